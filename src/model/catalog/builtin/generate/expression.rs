//! The values of a price list as Rust expressions, in the short forms of `parts`.

use std::fmt::{Debug, Display};

use rust_decimal::Decimal;

use crate::model::catalog::{
    Effect, FeatureFigure, Move, Overage, Rate, Source, SourceId, Stated, Subject, Text,
};
use crate::model::id_set::SmallId;
use crate::model::{Condition, IdSet, Max};

pub(super) fn change(change: &Move) -> String {
    format!(
        "Move {{ from: {}, to: {}, kind: {}, immediate: {}, charge: {}, refunds_needless_services: {}, reading: {}, note: {}, source: {} }}",
        constant("EditionId", change.from),
        constant("EditionId", change.to),
        variant("MoveKind", change.kind),
        change.immediate,
        variant("ChangeCharge", change.charge),
        change.refunds_needless_services,
        change.reading,
        text(&change.note),
        id(change.source),
    )
}

pub(super) fn source(source: &Source) -> String {
    format!(
        "Source {{ id: {}, document: {}, language: {}, url: {}, date: {}, time: {} }}",
        text(&source.id),
        text(&source.document),
        text(&source.language),
        option(source.url.as_ref(), text),
        option(source.date, date),
        option(source.time, |time| {
            format!("Time::constant({}, {}, {}, 0)", time.hour(), time.minute(), time.second())
        }),
    )
}

pub(super) fn feature(figure: &FeatureFigure) -> String {
    format!(
        "FeatureFigure {{ support: {}, waiting_time_hours: {:?}, conditions: {}, cap: {}, source: {} }}",
        variant("Support", figure.support),
        figure.waiting_time_hours,
        list(&figure.conditions, condition),
        option(figure.cap, |limit| variant("LimitId", limit)),
        id(figure.source),
    )
}

pub(super) fn overage(overage: &Overage) -> String {
    let rate = option(overage.rate.as_ref(), rate);
    format!("Overage {{ supported: {}, rate: {rate}, source: {} }}", overage.supported, id(overage.source))
}

pub(super) fn rate(rate: &Rate) -> String {
    let (price, rounding) = (price(rate.price), variant("Rounding", rate.rounding));
    format!(
        "Rate {{ price: {price}, per: {}, rounding: {rounding}, reading: {} }}",
        number(rate.per),
        rate.reading
    )
}

pub(super) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::RaisesLimit { edition, tier, limit, to, reading, source } => format!(
            "Effect::RaisesLimit {{ edition: {}, tier: {}, limit: {}, to: {}, reading: {reading}, source: {} }}",
            constant("EditionId", edition),
            option(tier.as_ref(), text),
            variant("LimitId", limit),
            option(*to, max),
            id(*source),
        ),
        Effect::MeteredAllowance { limit, included, overage, cycle, source } => format!(
            "Effect::MeteredAllowance {{ limit: {}, included: {}, overage: {}, cycle: {}, source: {} }}",
            variant("LimitId", limit),
            number(*included),
            rate(overage),
            variant("BillingCycle", cycle),
            id(*source),
        ),
        Effect::IncludesUnits { service, count, source } => format!(
            "Effect::IncludesUnits {{ service: {}, count: {}, source: {} }}",
            constant("ServiceId", service),
            number(*count),
            id(*source),
        ),
        Effect::Pack { unit, count, source } => {
            let count = number(*count);
            format!("Effect::Pack {{ unit: {}, count: {count}, source: {} }}", text(unit), id(*source))
        }
        Effect::AddsFeature { feature, reading, source } => format!(
            "Effect::AddsFeature {{ feature: {}, reading: {reading}, source: {} }}",
            variant("Feature", feature),
            id(*source),
        ),
        Effect::AddsCapability { tier, text: adds, source } => format!(
            "Effect::AddsCapability {{ tier: {}, text: {}, source: {} }}",
            option(tier.as_ref(), text),
            text(adds),
            id(*source),
        ),
    }
}

pub(super) fn condition(condition: &Condition) -> String {
    fn members<T: SmallId + Debug>(of: &str, set: IdSet<T>) -> String {
        let members: Vec<String> = set.iter().map(|member| variant(of, member)).collect();
        format!("IdSet::<{of}>::of(&[{}])", members.join(", "))
    }
    match *condition {
        Condition::Platforms { platforms } => {
            format!("Condition::Platforms {{ platforms: {} }}", members("Platform", platforms))
        }
        Condition::MinSdk { platforms, version, variant } => format!(
            "Condition::MinSdk {{ platforms: {}, version: {version:?}, variant: {} }}",
            members("Platform", platforms),
            option(variant, |variant| constant("SdkVariant", variant)),
        ),
        Condition::GroupTypes { group_types } => {
            format!("Condition::GroupTypes {{ group_types: {} }}", members("GroupType", group_types))
        }
        Condition::MaxGroupSize { members } => {
            format!("Condition::MaxGroupSize {{ members: {} }}", number(members))
        }
        Condition::ConsoleSwitch {} => "Condition::ConsoleSwitch {}".to_owned(),
    }
}

pub(super) fn subject(subject: Subject) -> String {
    match subject {
        Subject::Catalog | Subject::Billing | Subject::Lifecycle => variant("Subject", subject),
        Subject::Edition(edition) => format!("Subject::Edition({})", constant("EditionId", edition)),
        Subject::Limit(limit) => format!("Subject::Limit({})", variant("LimitId", limit)),
        Subject::Feature(feature) => format!("Subject::Feature({})", variant("Feature", feature)),
        Subject::Service(service) => format!("Subject::Service({})", constant("ServiceId", service)),
        Subject::Meter(meter) => format!("Subject::Meter({})", variant("Meter", meter)),
    }
}

pub(super) fn stated<T: Copy>(rule: &Stated<T>, value: impl Fn(T) -> String) -> String {
    let note = option(rule.note.as_ref(), text);
    format!("stated({}, {note}, {}, {})", value(rule.value), rule.reading, rule.source.0)
}

pub(super) fn max(max: Max) -> String {
    match max {
        Max::Of(most) => format!("Max::Of({})", number(most)),
        Max::Unlimited => "Max::Unlimited".to_owned(),
    }
}

pub(super) fn price(price: Decimal) -> String {
    // The prices of the documents are short; a longer one would have to be written with all its words.
    let units = u32::try_from(price.mantissa()).unwrap();
    format!("price({}, {})", number(units), price.scale())
}

/// With separators: `100_000`.
fn number(number: impl Display) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

pub(super) fn date(date: jiff::civil::Date) -> String {
    format!("Date::constant({}, {}, {})", date.year(), date.month(), date.day())
}

pub(super) fn id(source: SourceId) -> String {
    format!("SourceId({})", source.0)
}

/// A constant of an open name: `EditionId::FREE_TRIAL`.
pub(super) fn constant(of: &str, name: impl Display) -> String {
    format!("{of}::{}", name.to_string().replace('-', "_").to_uppercase())
}

pub(super) fn variant(of: &str, variant: impl Debug) -> String {
    format!("{of}::{variant:?}")
}

pub(super) fn text(text: &Text) -> String {
    format!("text({text:?})")
}

pub(super) fn list<T>(rows: &[T], row: impl Fn(&T) -> String) -> String {
    let rows: Vec<String> = rows.iter().map(row).collect();
    if rows.is_empty() { "rows(&[])".to_owned() } else { format!("rows(const {{ &[{}] }})", rows.join(", ")) }
}

pub(super) fn option<T>(value: Option<T>, some: impl Fn(T) -> String) -> String {
    value.map_or("None".to_owned(), |value| format!("Some({})", some(value)))
}
