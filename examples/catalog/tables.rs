//! One price list as text: comparison tables, services, rules, remarks, sources.

use std::fmt::Write;

use comfy_table::presets::{UTF8_FULL, UTF8_FULL_CONDENSED};
use comfy_table::{ContentArrangement, Table};
use planguard::catalog::{BillingCycle, Effect, Meter, Overage, Rate, Rounding, ServicePrice, Stated};
use planguard::{Catalog, Feature, LimitId, Max, Scope, Support};
use rust_decimal::Decimal;

pub(crate) fn render(catalog: &Catalog, width: u16) -> String {
    let mut out = String::new();
    let title = format!("{}: {}", catalog.id, catalog.title);
    section(&mut out, &title, None);
    section(&mut out, "Plans, limits and overage", Some(comparison(catalog, width)));
    section(&mut out, "Features", Some(features(catalog, width)));
    section(&mut out, "Value-added services", Some(services(catalog, width)));
    section(&mut out, "Moves between editions", Some(moves(catalog, width)));
    rules(&mut out, catalog);
    remarks(&mut out, catalog);
    out
}

fn section(out: &mut String, title: &str, table: Option<Table>) {
    let rule = if table.is_some() { "-" } else { "=" }.repeat(title.chars().count());
    let _ = write!(out, "{title}\n{rule}\n");
    if let Some(table) = table {
        let _ = write!(out, "{table}\n\n");
    } else {
        out.push('\n');
    }
}

fn table(width: u16, header: Vec<String>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width).set_header(header);
    table
}

fn by_edition(catalog: &Catalog, width: u16, first: &str) -> Table {
    let names = catalog.editions.iter().map(|edition| match &edition.local_name {
        Some(local) => format!("{} ({local})", edition.name),
        None => edition.name.clone(),
    });
    table(width, std::iter::once(first.to_owned()).chain(names).collect())
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
    table.load_style(UTF8_FULL_CONDENSED);
    let mut row = |label: String, cells: Vec<String>| {
        table.add_row(std::iter::once(label).chain(cells));
    };
    let fee = |edition: &planguard::catalog::Edition| money(catalog, edition.price_per_month);
    row("plan fee a month".to_owned(), catalog.editions.iter().map(fee).collect());
    let held = |edition: &planguard::catalog::Edition| {
        edition.validity.map_or_else(|| "not stated".to_owned(), |validity| validity.to_string())
    };
    row("held".to_owned(), catalog.editions.iter().map(held).collect());
    for &limit in LimitId::ALL {
        if catalog.editions.iter().all(|edition| edition.limit(limit).is_none()) {
            continue;
        }
        let scope = match limit.scope() {
            Scope::App => "app",
            Scope::User => "user",
            Scope::Group => "group",
        };
        let cells = catalog
            .editions
            .iter()
            .map(|edition| edition.limit(limit).map_or_else(|| "-".to_owned(), |figure| max(figure.max)));
        row(format!("{limit} (per {scope})"), cells.collect());
    }
    for &meter in Meter::ALL {
        if catalog.editions.iter().all(|edition| edition.overage(meter).is_none()) {
            continue;
        }
        let cells = catalog.editions.iter().map(|edition| overage(catalog, edition.overage(meter)));
        row(format!("overage of {meter}"), cells.collect());
    }
    table
}

fn overage(catalog: &Catalog, overage: Option<&Overage>) -> String {
    match overage {
        None => "-".to_owned(),
        Some(Overage { supported: false, .. }) => "not supported".to_owned(),
        Some(Overage { rate: None, .. }) => "charged, price not stated".to_owned(),
        Some(Overage { rate: Some(terms), .. }) => rate(catalog, terms),
    }
}

fn rate(catalog: &Catalog, rate: &Rate) -> String {
    let mut text = format!("{} per {}", money(catalog, Some(rate.price)), grouped(rate.per));
    if rate.rounding == Rounding::StartedBlock {
        text.push_str(", started blocks whole");
    }
    if rate.reading {
        text.push_str(" (a reading)");
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
        table.add_row(row);
    }
    table
}

fn services(catalog: &Catalog, width: u16) -> Table {
    let header = ["service", "edition", "tier", "price", "what it does"];
    let mut table = table(width, header.map(str::to_owned).to_vec());
    for service in &catalog.services {
        let shared: Vec<String> =
            service.effects.iter().filter_map(|effect| shared_effect(catalog, effect)).collect();
        for (i, row) in service.prices.iter().enumerate() {
            let mut what: Vec<String> =
                service.effects.iter().filter_map(|effect| raised(effect, row)).collect();
            if i == 0 {
                what.extend(shared.iter().cloned());
                what.extend(service.conditions.iter().map(ToString::to_string));
            }
            table.add_row([
                if i == 0 { format!("{}\n{}", service.id, service.name) } else { String::new() },
                row.edition.to_string(),
                row.tier.clone().unwrap_or_default(),
                price(catalog, row),
                what.join("\n"),
            ]);
        }
    }
    table
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

/// What a service raises for the edition and tier of one price row.
fn raised(effect: &Effect, row: &ServicePrice) -> Option<String> {
    match effect {
        Effect::RaisesLimit { edition, tier, limit, to, .. }
            if *edition == row.edition && *tier == row.tier =>
        {
            Some(to.map_or_else(
                || format!("raises {limit}, by how much is not stated"),
                |to| format!("{limit}: {}", max(to)),
            ))
        }
        _ => None,
    }
}

/// What a service does on every edition and tier.
fn shared_effect(catalog: &Catalog, effect: &Effect) -> Option<String> {
    match effect {
        Effect::RaisesLimit { .. } => None,
        Effect::MeteredAllowance { limit, included, overage, .. } => {
            Some(format!("{limit}: {} included, then {}", grouped(*included), rate(catalog, overage)))
        }
        Effect::IncludesUnits { service, count, .. } => Some(format!("includes {count} {service}")),
        Effect::Pack { unit, count, .. } => Some(format!("{} {unit} in a pack", grouped(*count))),
        Effect::AddsCapability { text, .. } => Some(text.clone()),
    }
}

fn moves(catalog: &Catalog, width: u16) -> Table {
    let header = ["from", "to", "how", "in the documents' words"];
    let mut table = table(width, header.map(str::to_owned).to_vec());
    for change in &catalog.policies.moves {
        table.add_row([
            change.from.to_string(),
            change.to.to_string(),
            change.kind.to_string(),
            change.note.clone(),
        ]);
    }
    table
}

fn rules(out: &mut String, catalog: &Catalog) {
    fn rule<T: std::fmt::Debug>(out: &mut String, name: &str, stated: Option<&Stated<T>>) {
        if let Some(stated) = stated {
            let reading = if stated.reading { " (a reading)" } else { "" };
            let note = stated.note.as_deref().unwrap_or_default();
            let _ = writeln!(out, "- {name}: {note}{reading}");
        }
    }
    section(out, "Rules", None);
    let rules = &catalog.policies;
    rule(out, "plan payment", Some(&rules.plan_payment));
    rule(out, "overage payment", Some(&rules.overage_payment));
    rule(out, "plan period", Some(&rules.plan_period));
    rule(out, "plugin period", rules.plugin_period.as_ref());
    rule(out, "deduction", Some(&rules.deduction));
    rule(out, "overage from", rules.overage_from_activation_month.as_ref());
    rule(out, "purchase length", rules.purchase_length.as_ref());
    rule(out, "changes", rules.change_frequency.as_ref());
    rule(out, "free trial", rules.free_trial.as_ref());
    rule(out, "reminders", rules.reminders.as_ref());
    rule(out, "grace", rules.grace_hours.as_ref());
    rule(out, "arrears", rules.arrears_hours.as_ref());
    rule(out, "retention", rules.retention.as_ref());
    rule(out, "disabled app", rules.disabled_app_days.as_ref());
    rule(out, "month of suspension", rules.suspended_month_in_proportion.as_ref());
    rule(out, "apps of one account", rules.max_apps_per_account.as_ref());
    rule(out, "refund", rules.refund.as_ref());
    rule(out, "services", rules.services_on_paid_editions_only.as_ref());
    out.push('\n');
}

fn remarks(out: &mut String, catalog: &Catalog) {
    section(out, "Remarks", None);
    for note in &catalog.notes {
        let _ = writeln!(out, "- {}: {}", note.about, note.text);
    }
    for service in &catalog.services {
        for note in &service.notes {
            let _ = writeln!(out, "- service:{}: {}", service.id, note.text);
        }
    }
    out.push('\n');
    section(out, "Where the documents differ", None);
    for difference in &catalog.differences {
        let _ = writeln!(out, "- {}", difference.about);
        for statement in &difference.statements {
            let source = catalog.source(statement.source).map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(out, "    {} [{source}]", statement.text);
        }
        let _ = writeln!(out, "    -> {}", difference.used);
    }
    out.push('\n');
    section(out, "Sources", None);
    for source in &catalog.sources {
        let _ = writeln!(out, "- {source}");
    }
}
