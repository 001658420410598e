//! What a text on a value must say, worked out apart from the code that writes the texts.

mod login;
mod money;
mod remedy;

use std::time::Duration;

use super::told::Told;
use crate::client::Committed;
use crate::decide::login::{Alternative, DeferReason, Until};
use crate::model::*;

/// The names and figures of a text.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// What has to be there.
    pub(crate) must: Vec<String>,
    /// What may be there besides.
    pub(crate) may: Vec<String>,
}

/// For whom the facts are.
#[derive(Clone, Copy)]
pub(crate) struct Voice<'a> {
    pub(crate) locale: Locale,
    pub(crate) zone: Option<&'a BillingZone>,
    pub(crate) now: Option<Timestamp>,
}

impl Facts {
    fn none() -> Self {
        Self::default()
    }

    fn must(text: impl Into<String>) -> Self {
        Self { must: vec![text.into()], may: Vec::new() }
    }

    fn may(text: impl Into<String>) -> Self {
        Self { must: Vec::new(), may: vec![text.into()] }
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.must.extend(other.must);
        self.may.extend(other.may);
        self
    }

    fn all(facts: impl IntoIterator<Item = Self>) -> Self {
        facts.into_iter().fold(Self::none(), Self::and)
    }

    pub(crate) fn optional(self) -> Self {
        Self { must: Vec::new(), may: self.must.into_iter().chain(self.may).collect() }
    }
}

pub(crate) fn num(value: impl Into<u128>) -> String {
    let value: u128 = value.into();
    if value < 1000 { value.to_string() } else { format!("{},{:03}", num(value / 1000), value % 1000) }
}

fn count(value: impl Into<u128>) -> Facts {
    Facts::must(num(value))
}

/// A price in words: the amount with its currency, or nothing where it is free.
fn price(money: Option<Money>, voice: Voice<'_>) -> Facts {
    let Some(money) = money.filter(|money| !money.amount.is_zero()) else { return Facts::none() };
    let exact = money.amount.abs().normalize().to_string();
    let (whole, cents) = exact.split_once('.').unwrap_or((&exact, ""));
    let whole = num(whole.parse::<u64>().unwrap());
    let cents = match cents.len() {
        0 => String::new(),
        1 => format!(".{cents}0"),
        _ => format!(".{cents}"),
    };
    let unit = if voice.locale == Locale::En { "USD" } else { "美元" };
    Facts::must(format!("{whole}{cents} {unit}"))
}

fn moment(at: Timestamp, voice: Voice<'_>) -> Facts {
    let utc: BillingZone = "+00:00".parse().unwrap();
    let zone = voice.zone.unwrap_or(&utc);
    let hour = (zone.datetime(at).hour(), zone.datetime(at).minute());
    dated(at, &format!("{:02}:{:02}", hour.0, hour.1), voice)
}

/// The end of a wait: to the second, where it is not a whole minute.
fn instant(at: Timestamp, voice: Voice<'_>) -> Facts {
    let at = Timestamp::from_millis(
        at.as_millis().div_euclid(1000) * 1000 + 1000 * i64::from(at.as_millis() % 1000 != 0),
    );
    let seconds = at.as_millis().div_euclid(1000).rem_euclid(60);
    if seconds == 0 {
        return moment(at, voice);
    }
    let utc: BillingZone = "+00:00".parse().unwrap();
    let time = voice.zone.unwrap_or(&utc).datetime(at);
    dated(at, &format!("{:02}:{:02}:{seconds:02}", time.hour(), time.minute()), voice)
}

fn dated(at: Timestamp, clock: &str, voice: Voice<'_>) -> Facts {
    let utc: BillingZone = "+00:00".parse().unwrap();
    let date = voice.zone.unwrap_or(&utc).date(at);
    let name = if voice.zone.is_some() { "UTC+08:00" } else { "UTC" };
    let (year, month, day) = (date.year(), date.month(), date.day());
    let names = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let text = match voice.locale {
        Locale::En => {
            format!("{day} {} {year:04}, {clock} ({name}", names[usize::try_from(month).unwrap() - 1])
        }
        Locale::ZhHans => format!("{year:04}年{month}月{day}日 {clock}（{name}"),
    };
    let left = voice.now.map_or(Facts::none(), |now| length(at.since(now)).optional());
    Facts::must(text).and(left)
}

fn length(length: Duration) -> Facts {
    let seconds = length.as_secs();
    match (seconds / 86_400, seconds / 3600, seconds / 60) {
        (0, 0, 0) => Facts::none(),
        (0, 0, minutes) => count(minutes),
        (0, hours, _) => count(hours),
        (days, ..) => count(days),
    }
}

fn max(max: Option<Max>) -> Facts {
    max.and_then(Max::number).map_or(Facts::none(), count)
}

fn edition(id: EditionId, voice: Voice<'_>) -> Facts {
    Facts::must(id.name(voice.locale))
}

fn service(id: ServiceId, voice: Voice<'_>) -> Facts {
    Facts::must(id.name(voice.locale))
}

fn feature(feature: Feature, voice: Voice<'_>) -> Facts {
    let name = feature.name(voice.locale);
    // At the beginning of an English sentence it has a capital.
    Facts::must(if voice.locale == Locale::En { name[1..].to_owned() } else { name.to_owned() })
}

impl Told for Lifecycle {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let open = |at: Timestamp| if at == Timestamp::MAX { Facts::none() } else { moment(at, voice) };
        match self {
            Self::Unknown | Self::Active => Facts::none(),
            Self::ExpiringSoon { days_left, expires_at } => {
                let left = if *days_left == 0 { Facts::none() } else { count(*days_left) };
                left.and(moment(*expires_at, voice))
            }
            Self::Grace { until, .. } => open(*until),
            Self::Suspended { since, reclaim_at, .. } => moment(*since, voice).and(open(*reclaim_at)),
            Self::Reclaimed { since } => moment(*since, voice),
        }
    }
}

impl Told for Condition {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let on = |platforms: &IdSet<Platform>| {
            Facts::all(platforms.iter().map(|platform| Facts::must(platform.name(voice.locale))))
        };
        match self {
            Self::Platforms { platforms } => on(platforms),
            Self::MinSdk { platforms, version, variant } => {
                let word = if voice.locale == Locale::En { "enhanced" } else { "增强版" };
                on(platforms)
                    .and(Facts::must(version.to_string()))
                    .and(variant.as_ref().map_or(Facts::none(), |_| Facts::must(word)))
            }
            Self::GroupTypes { group_types } => {
                Facts::all(group_types.iter().map(|kind| Facts::must(kind.name(voice.locale))))
            }
            Self::MaxGroupSize { members } => count(*members),
            Self::ConsoleSwitch {} => Facts::none(),
        }
    }
}

/// Used, reserved and the limit.
fn compared(evidence: &Evidence) -> Facts {
    let reserved = if evidence.reserved > 0 { count(evidence.reserved) } else { Facts::none() };
    count(evidence.used).and(max(evidence.max)).and(reserved)
}

impl Told for Evidence {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let since = match self.usage_as_of {
            Some(at) if self.added_since != 0 => {
                moment(at, voice).and(count(self.added_since.unsigned_abs()))
            }
            Some(at) => moment(at, voice),
            None => Facts::none(),
        };
        let age = match self.entitlements_as_of {
            Some(_) if self.stale => length(self.age),
            _ => Facts::none(),
        };
        let authority = match self.max {
            Some(_) => Facts::must(self.authority.name(voice.locale)),
            None => Facts::none(),
        };
        compared(self)
            .and(since)
            .and(age)
            .and(authority)
            .and(Facts::must(self.usage_origin.name(voice.locale)))
    }
}

/// The figures of a check, without what they rest on.
fn figures(check: &LimitCheck, voice: Voice<'_>) -> Facts {
    let asked = match u64::try_from(check.requested) {
        Ok(0) | Err(_) => Facts::none(),
        Ok(_) if !check.is_exceeded() => Facts::none(),
        Ok(asked) if check.fits == 0 => count(asked),
        Ok(asked) => count(asked).and(count(check.fits)),
    };
    let share = match check.status {
        LimitStatus::Threshold(share) => Facts::must(format!("{share}%")),
        _ => Facts::none(),
    };
    compared(&check.evidence)
        .and(asked)
        .and(share)
        .and(check.resets_at.map_or(Facts::none(), |at| moment(at, voice)))
}

impl Told for LimitCheck {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        figures(self, voice).and(self.evidence.facts(voice))
    }
}

impl Told for VerdictReason {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        match self {
            Self::WithinLimits
            | Self::UsageUnknown
            | Self::NearLimit
            | Self::LimitReached
            | Self::StoreLost
            | Self::Unknown
            | Self::Invalid(_) => Facts::none(),
            Self::FeatureNotInPlan(name) => feature(*name, voice),
            Self::ServiceNotInPlan(id) | Self::GroupCallNotInPlan(id) => service(*id, voice),
            Self::GroupTypeForbids(kind) => {
                let name = kind.name(voice.locale);
                Facts::must(if voice.locale == Locale::En { &name[1..] } else { name })
            }
            Self::Suspended(lifecycle) => lifecycle.facts(voice),
        }
    }
}

impl Told for Assessment {
    fn in_line(&self) -> Facts {
        let tightest = match self.reason {
            VerdictReason::WithinLimits | VerdictReason::UsageUnknown => self.tightest(),
            _ => None,
        };
        tightest.map_or(Facts::none(), |check| {
            figures(check, Voice { locale: Locale::En, zone: None, now: None })
        })
    }

    fn voice<'a>(&'a self, voice: Voice<'a>) -> Voice<'a> {
        Voice { zone: self.entitlements.zone.as_ref(), now: Some(self.at), ..voice }
    }

    fn facts(&self, voice: Voice<'_>) -> Facts {
        let any_denies = self.checks.iter().any(LimitCheck::denies);
        let counted = Facts::all(self.checks.iter().map(|check| {
            let told = match self.reason {
                VerdictReason::LimitReached if any_denies => check.denies(),
                VerdictReason::LimitReached => check.is_exceeded(),
                VerdictReason::NearLimit => matches!(check.status, LimitStatus::Threshold(_)),
                _ => false,
            };
            if told { figures(check, voice) } else { Facts::none() }
        }));
        let age =
            self.entitlements.fetched_at.map_or(Facts::none(), |at| length(self.at.since(at)).optional());
        self.reason.facts(voice).and(counted).and(age)
    }
}

impl Told for Verdict {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let counted = matches!(
            self.reason,
            VerdictReason::WithinLimits
                | VerdictReason::UsageUnknown
                | VerdictReason::NearLimit
                | VerdictReason::LimitReached
        );
        let figures = self.tightest.filter(|_| counted).map_or(Facts::none(), |limit| {
            let asked = match u64::try_from(limit.requested) {
                Ok(asked) if asked > limit.fits && limit.fits == 0 => count(asked),
                Ok(asked) if asked > limit.fits => count(asked).and(count(limit.fits)),
                _ => Facts::none(),
            };
            let max = match limit.max {
                Some(Max::Of(max)) => count(max),
                _ => Facts::none(),
            };
            let reserved = if limit.reserved > 0 { count(limit.reserved) } else { Facts::none() };
            count(limit.used.unwrap_or(limit.at_least)).and(max).and(reserved).and(asked)
        });
        self.reason.facts(voice).and(figures)
    }
}

impl Told for FeatureDecision {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        feature(self.feature, voice).and(self.reason.facts(voice))
    }
}

impl Told for FeatureReason {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        match self {
            Self::WaitingUntil(at) => moment(*at, voice),
            Self::ConditionUnmet(condition) => condition.facts(voice),
            Self::Suspended(lifecycle) => lifecycle.facts(voice),
            Self::Included | Self::Approved | Self::NotInEdition | Self::NotApplied | Self::Unknown => {
                Facts::none()
            }
        }
    }
}

impl Told for FeatureAssessment {
    fn voice<'a>(&'a self, voice: Voice<'a>) -> Voice<'a> {
        Voice { zone: self.entitlements.zone.as_ref(), now: Some(self.at), ..voice }
    }

    fn facts(&self, voice: Voice<'_>) -> Facts {
        feature(self.feature, voice).and(self.reason.facts(voice)).and(length(self.evidence.age).optional())
    }
}

/// Types whose texts have no figures and name nothing.
macro_rules! plain {
    ($($type:ty),+) => {
        $(impl Told for $type {
            fn facts(&self, _: Voice<'_>) -> Facts {
                Facts::none()
            }
        })+
    };
}

plain!(InvalidAction, DeferReason, Until, Alternative, Committed);
