//! One price list as text: comparison tables, services and moves. A `*` marks planguard's reading of what a document
//! leaves open.

use std::fmt::Write;

use planguard::catalog::Catalog;
use planguard::catalog::{
    BillingCycle, Edition, Effect, Overage, Rate, Rounding, Service, ServicePrice, SourceId, Validity,
};
use planguard::features::Support;
use planguard::limits::{Max, Scope};
use planguard::{Feature, LimitId};
use rust_decimal::Decimal;

use crate::prose;
use crate::sheet::{Sheet, lines};

pub(crate) fn render(catalog: &Catalog, width: u16) -> String {
    let mut out = String::new();
    let title = format!("{}: {}", catalog.id, catalog.title);
    heading(&mut out, &textwrap::fill(&title, lines(width)), '=');
    let marks = "* marks a reading of what a document leaves open; sources are named at the end.";
    let _ = write!(out, "{}\n\n", textwrap::fill(marks, lines(width)));
    section(&mut out, "Plans, limits and overage", comparison(catalog), width);
    section(&mut out, "Features", features(catalog), width);
    section(&mut out, "Value-added services", services(catalog), width);
    section(&mut out, "Moves between editions", moves(catalog), width);
    prose::rules(&mut out, catalog, width);
    prose::remarks(&mut out, catalog, width);
    prose::differences(&mut out, catalog, width);
    prose::sources(&mut out, catalog, width);
    out
}

pub(crate) fn heading(out: &mut String, title: &str, rule: char) {
    let longest = title.lines().map(textwrap::core::display_width).max().unwrap_or(0);
    let rule = rule.to_string().repeat(longest);
    let _ = write!(out, "{title}\n{rule}\n");
}

fn section(out: &mut String, title: &str, sheet: Sheet, width: u16) {
    heading(out, title, '-');
    // A table without rows says nothing: what the documents do not state.
    let _ = if sheet.rows.is_empty() {
        write!(out, "not stated\n\n")
    } else {
        write!(out, "{}\n\n", sheet.render(width))
    };
}

/// The short name of a document, as the list of sources at the end spells it.
pub(crate) fn cited(catalog: &Catalog, source: SourceId) -> String {
    catalog.source(source).map(|source| source.id.to_string()).unwrap_or_default()
}

fn sheet(header: Vec<String>) -> Sheet {
    Sheet { header, ..Sheet::default() }
}

fn by_edition(catalog: &Catalog, first: &str) -> Sheet {
    // A Chinese name stands below the English one: side by side the columns would not fit.
    let names = catalog.editions.iter().map(|edition| match &edition.local_name {
        Some(local) => format!("{}\n{local}", edition.name),
        None => edition.name.to_string(),
    });
    let header = std::iter::once(first.to_owned()).chain(names).chain(std::iter::once("source".to_owned()));
    sheet(header.collect())
}

fn money(catalog: &Catalog, price: Option<Decimal>) -> String {
    match (price, catalog.currency) {
        (None, _) => "not stated".to_owned(),
        (Some(price), _) if price.is_zero() => "free".to_owned(),
        (Some(price), Some(currency)) => format!("{} {currency}", price.normalize()),
        (Some(price), None) => price.normalize().to_string(),
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn max(max: Max) -> String {
    max.number().map_or_else(|| "unlimited".to_owned(), grouped)
}

fn comparison(catalog: &Catalog) -> Sheet {
    let mut table = by_edition(catalog, "");
    let source_of = |sources: Vec<SourceId>| {
        let mut cited: Vec<String> = Vec::new();
        for source in sources {
            let id = self::cited(catalog, source);
            if !cited.contains(&id) {
                cited.push(id);
            }
        }
        cited.join("\n")
    };
    let mut row = |label: String, cells: Vec<String>, sources: Vec<SourceId>| {
        table.rows.push(std::iter::once(label).chain(cells).chain([source_of(sources)]).collect());
    };
    let editions = &catalog.editions;
    let fee_sources = || editions.iter().map(|edition| edition.price_source).collect();
    let fees = editions.iter().map(|edition| money(catalog, edition.price_per_month)).collect();
    row("plan fee a month".to_owned(), fees, fee_sources());
    let held = |edition: &Edition| edition.validity.map_or("not stated", validity).to_owned();
    row("held".to_owned(), editions.iter().map(held).collect(), fee_sources());
    for &limit in LimitId::ALL {
        let sources: Vec<SourceId> =
            editions.iter().filter_map(|edition| edition.limit(limit)).map(|figure| figure.source).collect();
        if sources.is_empty() {
            continue;
        }
        let scope = match limit.scope() {
            Scope::App => "app",
            Scope::User => "user",
            Scope::Group => "group",
        };
        let cells = editions.iter().map(|edition| {
            edition.limit(limit).map_or_else(|| absent(edition, limit), |figure| max(figure.max))
        });
        row(format!("{limit} (per {scope})"), cells.collect(), sources);
    }
    for &meter in catalog.billing_model.meters() {
        let overages = || editions.iter().filter_map(|edition| edition.overage(meter));
        let cell = |edition: &Edition| {
            edition.overage(meter).map_or_else(|| "not stated".to_owned(), |terms| overage(catalog, terms))
        };
        let cells = editions.iter().map(cell).collect();
        row(format!("overage of {meter}"), cells, overages().map(|overage| overage.source).collect());
    }
    table
}

/// Where there is no figure: a dash where the edition cannot have what is counted.
fn absent(edition: &Edition, limit: LimitId) -> String {
    let cannot =
        limit == LimitId::Communities && edition.feature(Feature::Community).support.has() == Some(false);
    if cannot { "-" } else { "not stated" }.to_owned()
}

fn validity(validity: Validity) -> &'static str {
    match validity {
        Validity::Permanent => "without end",
        Validity::CalendarMonth => "by calendar month",
        Validity::TrialMonth => "one month on trial",
        Validity::PrepaidMonth => "by the month, prepaid",
    }
}

fn overage(catalog: &Catalog, overage: &Overage) -> String {
    match overage {
        Overage { supported: false, .. } => "not supported".to_owned(),
        Overage { rate: None, .. } => "charged, price not stated".to_owned(),
        Overage { rate: Some(terms), .. } => rate(catalog, terms),
    }
}

fn rate(catalog: &Catalog, rate: &Rate) -> String {
    let price = money(catalog, Some(rate.price));
    let mut text =
        if rate.per == 1 { format!("{price} each") } else { format!("{price} per {}", grouped(rate.per)) };
    if rate.rounding == Rounding::StartedBlock {
        text.push_str(" started");
    }
    if rate.reading {
        text.push('*');
    }
    text
}

fn features(catalog: &Catalog) -> Sheet {
    let mut table = by_edition(catalog, "");
    for &feature in Feature::ALL {
        let mut row = vec![feature.to_string()];
        for edition in catalog.editions.iter() {
            let figure = edition.feature(feature);
            let mut cell = match figure.support {
                Support::Supported => "yes".to_owned(),
                Support::Unsupported => "no".to_owned(),
                Support::OnApplication => "on application".to_owned(),
                Support::NotStated => "not stated".to_owned(),
            };
            if let Some(hours) = figure.waiting_time_hours {
                let _ = write!(cell, ", {hours} h after approval");
            }
            if let Some(cap) = figure.cap.and_then(|limit| edition.limit(limit)) {
                let _ = write!(cell, "\nup to {}", max(cap.max));
            }
            for condition in figure.conditions.iter() {
                let _ = write!(cell, "\n{condition}");
            }
            row.push(cell);
        }
        row.push(sources_of_feature(catalog, feature));
        table.rows.push(row);
    }
    table
}

fn sources_of_feature(catalog: &Catalog, feature: Feature) -> String {
    // One row of a document's table is one source for all its cells. What no document mentions has none.
    let rows = catalog.editions.iter().map(|edition| edition.feature(feature));
    let mut rows = rows;
    rows.find(|figure| figure.support != Support::NotStated)
        .map(|figure| cited(catalog, figure.source))
        .unwrap_or_default()
}

fn services(catalog: &Catalog) -> Sheet {
    let header = ["service", "edition", "tier", "price", "what it does", "source"];
    let mut table = sheet(header.map(str::to_owned).to_vec());
    for service in catalog.services.iter() {
        let mut first = true;
        for (row, editions) in offers(service) {
            let mut what: Vec<String> =
                service.effects.iter().filter_map(|effect| effect_on(effect, row)).collect();
            if first {
                what.extend(service.effects.iter().filter_map(|effect| shared_effect(catalog, effect)));
                what.extend(service.conditions.iter().map(ToString::to_string));
            }
            table.rows.push(vec![
                if first { format!("{}\n{}", service.id, service.name) } else { String::new() },
                editions.join("\n"),
                row.tier.as_deref().unwrap_or_default().to_owned(),
                price(catalog, row),
                what.join("\n"),
                cited(catalog, row.source),
            ]);
            first = false;
        }
    }
    table
}

/// The rows of a service's price table, with the editions to which the same row applies.
fn offers(service: &Service) -> Vec<(&ServicePrice, Vec<String>)> {
    let effects = |row: &ServicePrice| -> Vec<String> {
        service.effects.iter().filter_map(|effect| effect_on(effect, row)).collect()
    };
    let mut offers: Vec<(&ServicePrice, Vec<String>)> = Vec::new();
    for row in service.prices.iter() {
        let name = if row.reading { format!("{}*", row.edition) } else { row.edition.to_string() };
        let same = offers.iter_mut().find(|(other, _)| {
            let edition = other.edition;
            ServicePrice { edition, ..row.clone() } == **other && effects(row) == effects(other)
        });
        match same {
            Some((_, editions)) => editions.push(name),
            None => offers.push((row, vec![name])),
        }
    }
    offers
}

fn price(catalog: &Catalog, row: &ServicePrice) -> String {
    let mut text = money(catalog, row.price);
    let unit = if row.per_unit { " each" } else { "" };
    let _ = match row.cycle {
        BillingCycle::CalendarMonth => write!(text, "{unit} a calendar month"),
        BillingCycle::PrepaidMonth => write!(text, "{unit} a month, prepaid"),
        BillingCycle::PluginMonth => write!(text, "{unit} a month (T to T-1), prepaid"),
        BillingCycle::Once => write!(text, "{unit}, once"),
        BillingCycle::FixedDays => write!(text, "{unit} for {} days", row.days.unwrap_or_default()),
        BillingCycle::Day => write!(text, "{unit} a day"),
    };
    text
}

/// What a service does on the edition and tier of one price row alone.
fn effect_on(effect: &Effect, row: &ServicePrice) -> Option<String> {
    match effect {
        Effect::RaisesLimit { edition, tier, limit, to, reading, .. }
            if *edition == row.edition && *tier == row.tier =>
        {
            let mark = if *reading { "*" } else { "" };
            Some(match to {
                None => format!("raises {limit}, by how much is not stated"),
                Some(to) => format!("{limit}: {}{mark}", max(*to)),
            })
        }
        Effect::AddsCapability { tier: Some(tier), text, .. } if row.tier.as_ref() == Some(tier) => {
            Some(text.to_string())
        }
        _ => None,
    }
}

/// What a service does on every edition and tier.
fn shared_effect(catalog: &Catalog, effect: &Effect) -> Option<String> {
    match effect {
        Effect::RaisesLimit { .. } | Effect::AddsCapability { tier: Some(_), .. } => None,
        Effect::MeteredAllowance { limit, included, overage, cycle, .. } => {
            let then = rate(catalog, overage);
            let often = if *cycle == BillingCycle::Day { ", by the day" } else { "" };
            Some(format!("{limit}: {} included, then {then}{often}", grouped(*included)))
        }
        Effect::IncludesUnits { service, count, .. } => Some(format!("includes {count} {service}")),
        Effect::Pack { unit, count, .. } => Some(format!("{} {unit} in a pack", grouped(*count))),
        Effect::AddsFeature { feature, reading, .. } => {
            Some(format!("adds {feature}{}", if *reading { "*" } else { "" }))
        }
        Effect::AddsCapability { tier: None, text, .. } => Some(text.to_string()),
    }
}

/// What the documents say once of several moves is written once.
fn moves(catalog: &Catalog) -> Sheet {
    let mut table = sheet(["move", "how", "after the documents", "source"].map(str::to_owned).to_vec());
    for change in catalog.policies.moves.iter() {
        let mark = if change.reading { "*" } else { "" };
        let how = format!("{}{mark}", change.kind).replace('_', " ");
        let rest = [how, change.note.to_string(), cited(catalog, change.source)];
        let between = format!("{} to {}", change.from, change.to);
        match table.rows.iter_mut().find(|row| row[1..] == rest) {
            Some(row) => {
                row[0].push('\n');
                row[0].push_str(&between);
            }
            None => table.rows.push(std::iter::once(between).chain(rest).collect()),
        }
    }
    table
}
