//! What the ids of a bill mean, in words, and its numbers as a person reads them.

use planguard::Locale;
use planguard::Money;
use planguard::billing::{Assumption, BillRequest};
use planguard::catalog::Catalog;
use planguard::time::BillingMonth;
use rust_decimal::Decimal;

/// What a line charges: `Plan: Standard` for `plan:standard`.
pub(crate) fn item(catalog: &Catalog, item: &str) -> String {
    let (kind, id) = item.split_once(':').unwrap_or((item, ""));
    match kind {
        "plan" => {
            let edition = catalog.editions.iter().find(|edition| edition.id.as_str() == id);
            format!("Plan: {}", edition.map_or(id, |edition| &edition.name))
        }
        "service" => service(catalog, id),
        "overage" => overage(id).to_owned(),
        _ => item.to_owned(),
    }
}

/// A service by its name; behind it the tier, where it has tiers.
fn service(catalog: &Catalog, id: &str) -> String {
    let (id, tier) = id.split_once(':').map_or((id, None), |(id, tier)| (id, Some(tier)));
    let known = catalog.services.iter().find(|service| service.id.as_str() == id);
    let name = known.map_or(id, |service| &service.name);
    tier.map_or_else(|| name.to_owned(), |tier| format!("{name}, tier {tier}"))
}

fn overage(meter: &str) -> &str {
    match meter {
        "mau" => "Monthly active users beyond the quota",
        "dau" => "Daily active users beyond the quota, at peak",
        "peak_groups" => "Groups beyond the quota, at peak",
        "push_calls_per_day" => "Push calls beyond the daily allowance",
        "push_messages_per_month" => "Push messages beyond the monthly allowance",
        "search_messages_stored" => "Stored messages beyond the allowance",
        "search_requests_per_month" => "Search requests beyond the monthly allowance",
        other => other,
    }
}

/// What a note is about: a line, a service of the request, or a figure of it.
fn about(catalog: &Catalog, request: &BillRequest, about: &str) -> String {
    let index = about.strip_prefix("value_added[").and_then(|rest| rest.strip_suffix(']'));
    if let Some(held) = index.and_then(|index| request.value_added.get(index.parse::<usize>().ok()?)) {
        return service(catalog, held.id.as_str());
    }
    match about {
        "plan" => "Plan",
        "suspended_at" => "Suspension",
        "usage.mau" => "Monthly active users",
        "usage.peak_dau" => "Daily active users, at peak",
        "usage.peak_groups" => "Groups, at peak",
        "usage.push_calls_by_day" => "Push calls",
        "usage.push_messages" => "Push messages",
        "usage.search_stored" => "Stored messages",
        "usage.search_requests" => "Search requests",
        // The notes of the two forecasts say so themselves.
        "low" | "linear" | "as_of" => "",
        other => return item(catalog, other),
    }
    .to_owned()
}

/// The notes as sentences; one that is true of several things is written once.
pub(crate) fn notes<'a>(
    catalog: &Catalog,
    request: &BillRequest,
    assumptions: impl IntoIterator<Item = &'a Assumption>,
) -> Vec<String> {
    let mut grouped: Vec<(String, Vec<String>)> = Vec::new();
    for assumption in assumptions {
        let about = about(catalog, request, &assumption.about);
        let text = assumption.id.explain(Locale::En);
        match grouped.iter_mut().find(|(other, _)| *other == text) {
            Some((_, things)) if !things.contains(&about) => things.push(about),
            Some(_) => {}
            None => grouped.push((text, vec![about])),
        }
    }
    let sentence = |(text, things): (String, Vec<String>)| match things.join("; ") {
        nothing if nothing.is_empty() => text,
        things => format!("{things}: {text}"),
    };
    grouped.into_iter().map(sentence).collect()
}

/// `August 2024`.
pub(crate) fn month(month: BillingMonth) -> String {
    month.first_date().strftime("%B %Y").to_string()
}

/// `3 September 2024`.
pub(crate) fn day(date: jiff::civil::Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// An exact amount with cents and its thousands set apart; the headline names the currency.
pub(crate) fn amount(amount: Option<Money>) -> String {
    amount.map_or_else(|| "not stated".to_owned(), |amount| number(amount.amount, 2))
}

/// An exact number with its thousands set apart and at least so many places.
pub(crate) fn number(number: Decimal, places: usize) -> String {
    let text = number.normalize().to_string();
    let (whole, parts) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if parts.is_empty() && places == 0 {
        return format!("{sign}{grouped}");
    }
    format!("{sign}{grouped}.{parts:0<places$}")
}

/// The part of a total, as `26.8 %`.
pub(crate) fn share(part: Option<Money>, total: Option<Money>) -> String {
    let share = part.zip(total).and_then(|(part, total)| {
        let share = part.amount.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(total.amount)?;
        Some(format!(
            "{:.1} %",
            share.round_dp_with_strategy(1, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
        ))
    });
    share.unwrap_or_default()
}

/// Numbers padded so that their decimal points stand below each other in a column aligned to the right.
pub(crate) fn on_the_point(cells: &mut [String]) {
    let places = |cell: &str| cell.split_once('.').map(|(_, parts)| parts.len());
    let most = cells.iter().filter_map(|cell| places(cell)).max().unwrap_or(0);
    for cell in cells {
        if let Some(places) = places(cell) {
            cell.push_str(&" ".repeat(most - places));
        }
    }
}
