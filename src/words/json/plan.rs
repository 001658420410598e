//! Limits, evidence and where the plan stands, as JSON.

use serde::ser::{Serialize, Serializer};

use super::{Fields, by_word, kind, ms, open_ms, opt_ms};
use crate::model::{
    ChangePath, EffectiveLimit, Evidence, Lifecycle, LimitStatus, Max, Standing, Subject, SuspensionCause,
};

by_word!(ChangePath, SuspensionCause);

impl Standing {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Fallback => "fallback",
            Self::Unknown => "unknown",
        }
    }
}

impl Subject {
    /// A fixed word for its kind, the same in every language: whose counter it is stays out of logs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::App => "app",
            Self::User(_) => "user",
            Self::Group(_) => "group",
        }
    }
}

impl SuspensionCause {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::TrialEnded => "trial_ended",
            Self::Arrears => "arrears",
            Self::Reported => "reported",
        }
    }
}

impl Lifecycle {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Active => "active",
            Self::ExpiringSoon { .. } => "expiring_soon",
            Self::Grace { .. } => "grace",
            Self::Suspended { .. } => "suspended",
            Self::Reclaimed { .. } => "reclaimed",
        }
    }
}

impl LimitStatus {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Threshold(_) => "threshold",
            Self::Exceeds => "exceeds",
            Self::Grandfathered => "grandfathered",
            Self::UsageUnknown => "usage_unknown",
            Self::NotKnown => "not_known",
        }
    }
}

/// As the billing endpoint writes it: a number, or `"unlimited"`.
impl Serialize for Max {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Of(max) => serializer.serialize_u64(*max),
            Self::Unlimited => serializer.serialize_str("unlimited"),
        }
    }
}

/// Its kind alone: `app`, `user` or `group`. Pseudonyms stay here.
impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for EffectiveLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?.put("max", &self.max)?.put("authority", &self.authority)?.end()
    }
}

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let age = u64::try_from(self.age.as_millis()).unwrap_or(u64::MAX);
        Fields::new(serializer)?
            .put("max", &self.max)?
            .put("authority", &self.authority)?
            .put("used", &self.used)?
            .put("reserved", &self.reserved)?
            .put("usage_origin", &self.usage_origin)?
            .put("usage_as_of_ms", &opt_ms(self.usage_as_of))?
            .put("added_since", &self.added_since)?
            .put("entitlements_as_of_ms", &opt_ms(self.entitlements_as_of))?
            .put("stale", &self.stale)?
            .put("age_ms", &age)?
            .end()
    }
}

impl Serialize for Lifecycle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::Unknown | Self::Active => fields,
            Self::ExpiringSoon { days_left, expires_at } => {
                fields.put("days_left", days_left)?.put("expires_at_ms", &ms(*expires_at))?
            }
            Self::Grace { cause, until } => fields.put("cause", cause)?.put("until_ms", &open_ms(*until))?,
            Self::Suspended { cause, since, reclaim_at } => fields
                .put("cause", cause)?
                .put("since_ms", &ms(*since))?
                .put("reclaim_at_ms", &open_ms(*reclaim_at))?,
            Self::Reclaimed { since } => fields.put("since_ms", &ms(*since))?,
        }
        .end()
    }
}
