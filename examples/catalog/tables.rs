//! One price list as text: comparison tables, services and moves. A `*` marks planguard's reading of what a document
//! leaves open.

use std::fmt::Write;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use planguard::catalog::{
    BillingCycle, Edition, Effect, Overage, Rate, Rounding, Service, ServicePrice, SourceId, Validity,
};
use planguard::{Catalog, Feature, LimitId, Max, Scope, Support};
use rust_decimal::Decimal;

use crate::prose;

pub(crate) fn render(catalog: &Catalog, width: u16) -> String {
    let mut out = String::new();
    let title = format!("{}: {}", catalog.id, catalog.title);
    heading(&mut out, &title, '=');
    out.push_str("* marks a reading of what a document leaves open; sources are named at the end.\n\n");
    section(&mut out, "Plans, limits and overage", &comparison(catalog, width));
    section(&mut out, "Features", &features(catalog, width));
    section(&mut out, "Value-added services", &services(catalog, width));
    section(&mut out, "Moves between editions", &moves(catalog, width));
    prose::rules(&mut out, catalog, width);
    prose::remarks(&mut out, catalog, width);
    prose::differences(&mut out, catalog, width);
    prose::sources(&mut out, catalog, width);
    out
}

pub(crate) fn heading(out: &mut String, title: &str, rule: char) {
    let rule = rule.to_string().repeat(title.chars().count());
    let _ = write!(out, "{title}\n{rule}\n");
}

fn section(out: &mut String, title: &str, table: &Table) {
    heading(out, title, '-');
    // A table without rows says nothing: what the documents do not state.
    let _ = if table.is_empty() { write!(out, "not stated\n\n") } else { write!(out, "{table}\n\n") };
}

/// The short name of a document, as the list of sources at the end spells it.
pub(crate) fn cited(catalog: &Catalog, source: SourceId) -> String {
    catalog.source(source).map(|source| source.id.clone()).unwrap_or_default()
}

fn table(width: u16, header: Vec<String>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width).set_header(header);
    table
}

fn by_edition(catalog: &Catalog, width: u16, first: &str) -> Table {
    // A Chinese name stands below the English one: side by side the columns would not fit.
    let names = catalog.editions.iter().map(|edition| match &edition.local_name {
        Some(local) => format!("{}\n{local}", edition.name),
        None => edition.name.clone(),
    });
    let header = std::iter::once(first.to_owned()).chain(names).chain(std::iter::once("source".to_owned()));
    table(width, header.collect())
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

fn comparison(catalog: &Catalog, width: u16) -> Table {
    let mut table = by_edition(catalog, width, "");
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
        table.add_row(std::iter::once(label).chain(cells).chain(std::iter::once(source_of(sources))));
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

fn features(catalog: &Catalog, width: u16) -> Table {
    let mut table = by_edition(catalog, width, "");
    for &feature in Feature::ALL {
        let mut row = vec![feature.to_string()];
        for edition in &catalog.editions {
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
            for condition in &figure.conditions {
                let _ = write!(cell, "\n{condition}");
            }
            row.push(cell);
        }
        row.push(sources_of_feature(catalog, feature));
        table.add_row(row);
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

fn services(catalog: &Catalog, width: u16) -> Table {
    let header = ["service", "edition", "tier", "price", "what it does", "source"];
    let mut table = table(width, header.map(str::to_owned).to_vec());
    for service in &catalog.services {
        let mut first = true;
        for (row, editions) in offers(service) {
            let mut what: Vec<String> =
                service.effects.iter().filter_map(|effect| effect_on(effect, row)).collect();
            if first {
                what.extend(service.effects.iter().filter_map(|effect| shared_effect(catalog, effect)));
                what.extend(service.conditions.iter().map(ToString::to_string));
            }
            table.add_row([
                if first { format!("{}\n{}", service.id, service.name) } else { String::new() },
                editions.join("\n"),
                row.tier.clone().unwrap_or_default(),
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
    for row in &service.prices {
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
            Some(text.clone())
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
        Effect::AddsCapability { tier: None, text, .. } => Some(text.clone()),
    }
}

fn moves(catalog: &Catalog, width: u16) -> Table {
    let header = ["from", "to", "how", "after the documents", "source"];
    let mut table = table(width, header.map(str::to_owned).to_vec());
    for change in &catalog.policies.moves {
        table.add_row([
            change.from.to_string(),
            change.to.to_string(),
            if change.reading { format!("{}*", change.kind) } else { change.kind.to_string() },
            change.note.clone(),
            cited(catalog, change.source),
        ]);
    }
    table
}
