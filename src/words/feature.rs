//! Texts on whether a feature is granted.

use std::fmt;

use crate::model::{Condition, Feature, FeatureAssessment, FeatureDecision, FeatureReason, Locale};
use crate::words::check::Freshness;
use crate::words::condition::condition;
use crate::words::format::Reader;
use crate::words::plan;

/// What a text on a feature rests on.
#[derive(Clone, Copy)]
pub(crate) struct Gate<'a> {
    pub(crate) feature: Feature,
    pub(crate) granted: bool,
    pub(crate) reason: &'a FeatureReason,
    /// How well the plan is known.
    pub(crate) freshness: Freshness,
}

impl Gate<'_> {
    /// In sentences, the most important one first.
    fn parts(&self, reader: &Reader<'_>) -> Vec<String> {
        let feature = self.feature.name(reader.locale);
        vec![match self.reason {
            FeatureReason::Included => {
                reader.say(format!("the plan includes {feature}"), format!("当前套餐支持{feature}"))
            }
            FeatureReason::Approved => reader.say(
                format!("the plan includes {feature}, and the application for it was approved"),
                format!("当前套餐支持{feature}，开通申请已通过"),
            ),
            FeatureReason::NotInEdition => {
                reader.say(format!("the plan does not include {feature}"), format!("当前套餐不支持{feature}"))
            }
            FeatureReason::NotApplied => reader.say(
                format!("the plan offers {feature} on application, and no approval is known"),
                format!("{feature}需申请开通，目前没有申请通过的记录"),
            ),
            FeatureReason::WaitingUntil(at) => {
                let at = reader.moment(*at);
                reader.say(
                    format!("the application for {feature} was approved; available from {at}"),
                    format!("{feature}的开通申请已通过，将于{at}生效"),
                )
            }
            FeatureReason::ConditionUnmet(unmet) => return self.unmet(reader, unmet),
            FeatureReason::Suspended(lifecycle) => {
                let mut parts =
                    vec![reader.say(format!("not available now: {feature}"), format!("{feature}目前不可用"))];
                parts.extend(plan::lifecycle(reader, lifecycle));
                return parts;
            }
            FeatureReason::Unknown if self.granted => reader.say(
                format!("it is not known whether the plan includes {feature}; the app allows it meanwhile"),
                format!("尚不清楚当前套餐是否支持{feature}，应用暂时允许使用"),
            ),
            FeatureReason::Unknown => reader.say(
                format!(
                    "it is not known whether the plan includes {feature}; until then it is not available"
                ),
                format!("尚不清楚当前套餐是否支持{feature}，暂时不可用"),
            ),
        }]
    }

    fn unmet(&self, reader: &Reader<'_>, unmet: &Condition) -> Vec<String> {
        let (feature, condition) = (self.feature.name(reader.locale), condition(reader, unmet));
        let needs = if matches!(unmet, Condition::MinSdk { .. }) { "needs " } else { "" };
        let how = reader.say(format!("{feature}: {needs}{condition}"), format!("{feature}{condition}"));
        let plan =
            reader.say("the plan includes it, but it cannot be used here", "当前套餐支持，但在此处无法使用");
        vec![how, plan]
    }

    /// In sentences for a screen.
    pub(crate) fn explain(&self, reader: &Reader<'_>) -> String {
        let mut parts = self.parts(reader);
        if !matches!(self.reason, FeatureReason::Unknown) {
            parts.push(self.freshness.words(reader));
        }
        reader.sentences(parts)
    }

    /// In one line.
    pub(crate) fn line(&self) -> String {
        let reader = Reader::of(Locale::En);
        reader.line(self.parts(&reader))
    }
}

impl FeatureReason {
    /// Why `feature` is granted or not, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, feature: Feature, locale: Locale) -> String {
        let granted = matches!(self, Self::Included | Self::Approved);
        Gate { feature, granted, reason: self, freshness: Freshness::Fresh }.explain(&Reader::of(locale))
    }
}

impl fmt::Display for FeatureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        match self {
            Self::Included => f.write_str("included in the plan"),
            Self::Approved => f.write_str("included in the plan, and the application was approved"),
            Self::NotInEdition => f.write_str("not included in the plan"),
            Self::NotApplied => f.write_str("offered on application, and no approval is known"),
            Self::WaitingUntil(at) => write!(f, "approved; available from {}", reader.moment(*at)),
            Self::ConditionUnmet(unmet) => write!(f, "not usable here: {}", condition(&reader, unmet)),
            Self::Suspended(lifecycle) => lifecycle.fmt(f),
            Self::Unknown => f.write_str("not known"),
        }
    }
}

impl FeatureAssessment {
    fn words(&self) -> Gate<'_> {
        let evidence = &self.evidence;
        Gate {
            feature: self.feature,
            granted: self.granted,
            reason: &self.reason,
            freshness: Freshness::of(evidence.entitlements_as_of, evidence.stale, evidence.age),
        }
    }

    /// Whether the feature is there and why, in sentences for a screen. Dates are in the app's billing zone.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader { locale, zone: self.entitlements.zone.as_ref(), now: Some(self.at) };
        self.words().explain(&reader)
    }
}

impl fmt::Display for FeatureAssessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.granted { "granted" } else { "not granted" };
        write!(f, "{word}: {}", self.words().line())
    }
}

impl FeatureDecision {
    fn words(&self) -> Gate<'_> {
        let freshness = Freshness::small(self.stale, self.confirmed);
        Gate { feature: self.feature, granted: self.granted, reason: &self.reason, freshness }
    }

    /// Whether the feature is there and why, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        self.words().explain(&Reader::of(locale))
    }
}

impl fmt::Display for FeatureDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.granted { "granted" } else { "not granted" };
        write!(f, "{word}: {}", self.words().line())
    }
}
