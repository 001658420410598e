//! Texts on a limit: how much is used, how much fits, and what that rests on.

use std::fmt;
use std::time::Duration;

use crate::model::{Evidence, LimitCheck, LimitId, LimitStatus, LimitUse, Locale, Max, Timestamp};
use crate::words::format::{Reader, number, percent};
use crate::words::names::Noun;

/// The figures of one limit that a text gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    pub(crate) limit: LimitId,
    pub(crate) used: u64,
    pub(crate) reserved: u64,
    /// `None` when the limit is not known.
    pub(crate) max: Option<Max>,
    /// How much was asked for, and how much of it fits; `None` where everything does.
    pub(crate) asked: Option<(u64, u64)>,
}

impl From<&LimitUse> for Figures {
    fn from(usage: &LimitUse) -> Self {
        let asked = u64::try_from(usage.requested).ok().filter(|asked| usage.fits < *asked);
        Self {
            limit: usage.limit,
            used: usage.used.unwrap_or(usage.at_least),
            reserved: usage.reserved,
            max: usage.max,
            asked: asked.map(|asked| (asked, usage.fits)),
        }
    }
}

impl From<&LimitCheck> for Figures {
    fn from(check: &LimitCheck) -> Self {
        let asked = u64::try_from(check.requested).ok().filter(|asked| check.is_exceeded() && *asked > 0);
        Self {
            limit: check.limit,
            used: check.evidence.used,
            reserved: check.evidence.reserved,
            max: check.evidence.max,
            asked: asked.map(|asked| (asked, check.fits)),
        }
    }
}

/// `153 of 200 members in the group, 47 of the 60 asked for fit`.
pub(crate) fn figures(reader: &Reader<'_>, figures: &Figures) -> String {
    let noun = Noun::of(figures.limit);
    let used = number(figures.used);
    let mut text = match figures.max {
        Some(Max::Of(max)) => reader.say(
            format!("{used} of {}{}", noun.count(reader, max), noun.here),
            format!("{}：已用 {used} {m}，上限 {} {m}", noun.counted, number(max), m = noun.measure),
        ),
        Some(Max::Unlimited) => reader.say(
            format!("{}{}, without a limit", noun.count(reader, figures.used), noun.here),
            format!("{}：已用 {used} {}，无上限", noun.counted, noun.measure),
        ),
        None => reader.say(
            format!("{}{}, the limit is not known", noun.count(reader, figures.used), noun.here),
            format!("{}：已用 {used} {}，上限未知", noun.counted, noun.measure),
        ),
    };
    if figures.reserved > 0 {
        let reserved = number(figures.reserved);
        text += &reader
            .say(format!(", {reserved} more reserved"), format!("，另有 {reserved} {}已预留", noun.measure));
    }
    if let Some((asked, fits)) = figures.asked {
        let count = number(asked);
        text += &match (asked, fits) {
            (1, 0) => reader.say(", no room for 1 more", format!("，无法再增加 1 {}", noun.measure)),
            (_, 0) => reader.say(
                format!(", none of the {count} asked for fit"),
                format!("；请求增加 {count} {}，均无法容纳", noun.measure),
            ),
            _ => {
                let fit = if fits == 1 { "fits" } else { "fit" };
                reader.say(
                    format!(", {} of the {count} asked for {fit}", number(fits)),
                    format!("；请求增加 {count} {m}，可容纳 {} {m}", number(fits), m = noun.measure),
                )
            }
        };
    }
    text
}

/// A check in sentences: the figures, how it came out, and when the counter starts again.
pub(crate) fn check(reader: &Reader<'_>, check: &LimitCheck) -> Vec<String> {
    let mut parts = vec![figures(reader, &Figures::from(check))];
    match check.status {
        LimitStatus::Fits | LimitStatus::Exceeds | LimitStatus::NotKnown => {}
        LimitStatus::UsageUnknown => parts.push(unreported(reader)),
        LimitStatus::Threshold(share) => {
            let share = percent(share);
            parts.push(
                reader
                    .say(format!("this reaches {share} of the limit"), format!("此操作将达到上限的{share}")),
            );
        }
        LimitStatus::Grandfathered => parts.push(reader.say(
            "usage was above the limit before: what exists stays, and nothing can be added",
            "此前的用量已超出上限：已有的可以保留，但不能再增加",
        )),
    }
    if let Some(at) = check.resets_at {
        let at = reader.moment(at);
        parts.push(reader.say(format!("the count starts again on {at}"), format!("{at}重新计数")));
    }
    parts
}

/// How far the count can be trusted that nothing but this install made.
pub(crate) fn unreported(reader: &Reader<'_>) -> String {
    reader.say("how much is used was never reported, so it may be more", "实际用量从未上报，可能高于此数")
}

/// Where the figures come from: `limit from the price list`, `usage counted locally`.
fn sources(reader: &Reader<'_>, evidence: &Evidence) -> Vec<String> {
    let (authority, origin) =
        (evidence.authority.name(reader.locale), evidence.usage_origin.name(reader.locale));
    let mut usage = match evidence.usage_as_of {
        Some(at) => {
            let at = reader.moment(at);
            reader.say(format!("usage {origin}, as of {at}"), format!("用量{origin}，截至{at}"))
        }
        None => reader.say(format!("usage {origin}"), format!("用量{origin}")),
    };
    if evidence.usage_as_of.is_some() && evidence.added_since != 0 {
        let count = number(evidence.added_since.unsigned_abs());
        usage += &if evidence.added_since > 0 {
            reader.say(format!("; {count} added since"), format!("；此后增加 {count}"))
        } else {
            reader.say(format!("; {count} removed since"), format!("；此后减少 {count}"))
        };
    }
    let limit = match evidence.max {
        Some(_) => reader.say(format!("limit from {authority}"), format!("上限来自{authority}")),
        None => String::new(),
    };
    vec![limit, usage]
}

/// How well the plan is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Confirmed lately.
    Fresh,
    /// Confirmed too long ago; how long, where that is known.
    Stale(Option<Duration>),
    /// The billing endpoint never said.
    Never,
}

impl Freshness {
    /// By the small answers, which do not say how long ago.
    pub(crate) const fn small(stale: bool, confirmed: bool) -> Self {
        match (stale, confirmed) {
            (_, false) => Self::Never,
            (true, true) => Self::Stale(None),
            (false, true) => Self::Fresh,
        }
    }

    pub(crate) fn of(confirmed: Option<Timestamp>, stale: bool, age: Duration) -> Self {
        match confirmed {
            None => Self::Never,
            Some(_) if stale => Self::Stale(Some(age)),
            Some(_) => Self::Fresh,
        }
    }

    /// What to keep in mind; nothing where the plan is fresh.
    pub(crate) fn words(self, reader: &Reader<'_>) -> String {
        match self {
            Self::Fresh => String::new(),
            Self::Stale(None) => reader.say(
                "the plan was not confirmed lately and may have changed",
                "套餐信息近期未经确认，可能已有变化",
            ),
            Self::Stale(Some(age)) => {
                let age = reader.length(age);
                reader.say(
                    format!("the plan was last confirmed {age} ago and may have changed"),
                    format!("套餐信息上次确认于{age}前，可能已有变化"),
                )
            }
            Self::Never => reader
                .say("the plan was never confirmed by the billing endpoint", "套餐信息尚未经计费服务确认"),
        }
    }
}

fn freshness(reader: &Reader<'_>, evidence: &Evidence) -> String {
    Freshness::of(evidence.entitlements_as_of, evidence.stale, evidence.age).words(reader)
}

impl LimitCheck {
    /// The limit, what is used and what fits, and what that rests on, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let evidence = &self.evidence;
        let mut parts = check(&reader, self);
        parts.extend(sources(&reader, evidence));
        parts.push(freshness(&reader, evidence));
        reader.sentences(parts)
    }
}

impl fmt::Display for LimitCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        let origin = self.evidence.usage_origin.name(Locale::En);
        write!(f, "{}", figures(&reader, &Figures::from(self)))?;
        if self.evidence.max.is_some() {
            write!(f, "; limit from {}", self.evidence.authority.name(Locale::En))?;
        }
        write!(f, "; usage {origin}")
    }
}

impl Evidence {
    /// What was compared and what that rests on, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let mut parts = vec![compared(&reader, self, None)];
        parts.extend(sources(&reader, self));
        parts.push(freshness(&reader, self));
        reader.sentences(parts)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&compared(&Reader::of(Locale::En), self, None))
    }
}

/// What the figures of evidence count, where that is known: singular, plural, the Chinese noun and measure word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) english: [&'static str; 2],
    pub(crate) chinese: [&'static str; 2],
}

/// `8,124 of 10,000 active users`; `8,124 of 10,000 used` where it is not known what is counted.
pub(crate) fn compared(reader: &Reader<'_>, evidence: &Evidence, counted: Option<Counted>) -> String {
    let unit = |count: u64| match counted {
        Some(Counted { english, chinese: [_, measure] }) => reader.units(count, english, measure),
        None => number(count),
    };
    let (of, used) = match counted {
        Some(Counted { chinese: [noun, _], .. }) => (format!("{noun}："), ""),
        None => (String::new(), " used"),
    };
    let mut text = match evidence.max {
        Some(Max::Of(max)) => reader.say(
            format!("{} of {}{used}", number(evidence.used), unit(max)),
            format!("{of}已用 {}，上限 {}", unit(evidence.used), unit(max)),
        ),
        Some(Max::Unlimited) => reader.say(
            format!("{}{used}, without a limit", unit(evidence.used)),
            format!("{of}已用 {}，无上限", unit(evidence.used)),
        ),
        None => reader.say(
            format!("{}{used}, the limit is not known", unit(evidence.used)),
            format!("{of}已用 {}，上限未知", unit(evidence.used)),
        ),
    };
    if evidence.reserved > 0 {
        text += &reader.say(
            format!(", {} more reserved", number(evidence.reserved)),
            format!("，另有 {} 已预留", unit(evidence.reserved)),
        );
    }
    text
}
