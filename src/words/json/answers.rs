//! Answers to "does it fit" and "is it in our plan", as JSON.

use serde::ser::{Serialize, Serializer};

use super::{Fields, by_word, kind, ms, opt_ms};
use crate::client::Committed;
use crate::model::{
    Assessment, FeatureAssessment, FeatureDecision, FeatureEvidence, FeatureReason, InvalidAction,
    LimitCheck, LimitStatus, LimitUse, Verdict, VerdictReason,
};

by_word!(Committed, InvalidAction);

impl Serialize for LimitCheck {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let threshold = match self.status {
            LimitStatus::Threshold(share) => Some(share),
            _ => None,
        };
        Fields::new(serializer)?
            .put("limit", &self.limit)?
            .put("subject", &self.subject)?
            .put("requested", &self.requested)?
            .put("fits", &self.fits)?
            .put("status", self.status.as_str())?
            .put("threshold_percent", &threshold)?
            .put("enforcement", &self.enforcement)?
            .put("plan", &self.plan)?
            .put("resets_at_ms", &opt_ms(self.resets_at))?
            .put("evidence", &self.evidence)?
            .end()
    }
}

impl Serialize for VerdictReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::WithinLimits
            | Self::UsageUnknown
            | Self::NearLimit
            | Self::LimitReached
            | Self::StoreLost
            | Self::Unknown => fields,
            Self::FeatureNotInPlan(feature) => fields.put("feature", feature)?,
            Self::ServiceNotInPlan(service) => {
                fields.put("service", service.as_str())?.put("group_call", &false)?
            }
            Self::GroupCallNotInPlan(service) => {
                fields.put("service", service.as_str())?.put("group_call", &true)?
            }
            Self::GroupTypeForbids(group_type) => fields.put("group_type", group_type)?,
            Self::Invalid(why) => fields.put("why", why)?,
            Self::Suspended(lifecycle) => fields.put("lifecycle", lifecycle)?,
        }
        .end()
    }
}

/// Without the entitlements.
impl Serialize for Assessment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("decision", &self.decision)?
            .put("reason", &self.reason)?
            .put("checks", &self.checks.as_slice())?
            .put("stale", &self.entitlements.is_stale(self.at))?
            .put("at_ms", &ms(self.at))?
            .end()
    }
}

impl Serialize for LimitUse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("limit", &self.limit)?
            .put("max", &self.max)?
            .put("used", &self.used)?
            .put("at_least", &self.at_least)?
            .put("reserved", &self.reserved)?
            .put("requested", &self.requested)?
            .put("fits", &self.fits)?
            .end()
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("decision", &self.decision)?
            .put("reason", &self.reason)?
            .put("tightest", &self.tightest)?
            .put("stale", &self.stale)?
            .put("confirmed", &self.confirmed)?
            .end()
    }
}

impl Serialize for FeatureDecision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("feature", &self.feature)?
            .put("granted", &self.granted)?
            .put("reason", &self.reason)?
            .put("stale", &self.stale)?
            .put("confirmed", &self.confirmed)?
            .end()
    }
}

impl Serialize for FeatureReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::Included | Self::Approved | Self::NotInEdition | Self::NotApplied | Self::Unknown => fields,
            Self::WaitingUntil(at) => fields.put("until_ms", &ms(*at))?,
            Self::ConditionUnmet(condition) => fields.put("condition", condition)?,
            Self::Suspended(lifecycle) => fields.put("lifecycle", lifecycle)?,
        }
        .end()
    }
}

impl Serialize for FeatureEvidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let age = u64::try_from(self.age.as_millis()).unwrap_or(u64::MAX);
        Fields::new(serializer)?
            .put("support", &self.support)?
            .put("authority", &self.authority)?
            .put("approved_at_ms", &opt_ms(self.approved_at))?
            .put("entitlements_as_of_ms", &opt_ms(self.entitlements_as_of))?
            .put("stale", &self.stale)?
            .put("age_ms", &age)?
            .end()
    }
}

/// Without the entitlements.
impl Serialize for FeatureAssessment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("feature", &self.feature)?
            .put("granted", &self.granted)?
            .put("reason", &self.reason)?
            .put("evidence", &self.evidence)?
            .put("at_ms", &ms(self.at))?
            .end()
    }
}
