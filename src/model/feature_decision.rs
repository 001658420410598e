//! The answer to "is this feature in our plan", with what it rests on.

use std::sync::Arc;
use std::time::Duration;

use super::condition::{Condition, SdkVersion};
use super::entitlements::{Authority, Entitlements};
use super::feature::{Feature, GroupType, Platform, Support};
use super::instant::Timestamp;
use super::lifecycle::Lifecycle;

/// Why a feature is granted or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum FeatureReason {
    /// The plan has it.
    Included,
    /// The plan has it on application, and the application was approved and works.
    Approved,
    /// The edition lacks it.
    NotInEdition,
    /// The plan has it on application, and no approval is known.
    NotApplied,
    /// The application was approved; the feature works from this instant on.
    WaitingUntil(Timestamp),
    /// The plan has it, but not here: this condition does not hold.
    ConditionUnmet(Condition),
    /// The app is suspended.
    Suspended(Lifecycle),
    /// Nothing is known of it; what was answered is the app's own choice
    /// ([`DecisionPolicy::features_when_unknown`](super::DecisionPolicy)).
    Unknown,
}

impl FeatureReason {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Included => "included",
            Self::Approved => "approved",
            Self::NotInEdition => "not_in_edition",
            Self::NotApplied => "not_applied",
            Self::WaitingUntil(_) => "waiting",
            Self::ConditionUnmet(_) => "condition_unmet",
            Self::Suspended(_) => "suspended",
            Self::Unknown => "unknown",
        }
    }
}

/// What a decision about a feature rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct FeatureEvidence {
    /// How the plan supports the feature; `None` when it is not known.
    pub support: Option<Support>,
    /// Who said so.
    pub authority: Authority,
    /// When the application for it was approved, as far as it is known.
    pub approved_at: Option<Timestamp>,
    /// When the entitlements were last confirmed; `None` when never.
    pub entitlements_as_of: Option<Timestamp>,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// How long ago the entitlements were confirmed; zero when never.
    pub age: Duration,
}

/// Whether a feature is granted, why, and what that rests on.
#[derive(Clone)]
pub struct FeatureAssessment {
    /// The feature.
    pub feature: Feature,
    /// Whether it may be used.
    pub granted: bool,
    /// Why the feature is granted or not.
    pub reason: FeatureReason,
    /// What this rests on.
    pub evidence: FeatureEvidence,
    /// The entitlements that were decided on: remedies are computed from them when asked for, so that a
    /// decision itself allocates nothing.
    pub(crate) entitlements: Arc<Entitlements>,
    /// When it was decided, in trusted time.
    pub at: Timestamp,
}

impl FeatureAssessment {
    /// The conditions that come with the feature in this plan, all of which must hold; empty when there are
    /// none or when nothing is known of the plan.
    ///
    /// Where the plan grants a feature that its edition's table lacks, the conditions are those of the edition
    /// that has it: what a feature demands of SDK and platform does not depend on who granted it.
    pub fn conditions(&self) -> &[Condition] {
        let (Some(catalog), Some(id)) = (self.entitlements.price_list.as_deref(), self.entitlements.edition)
        else {
            return &[];
        };
        let own = catalog.edition(id).map(|edition| edition.feature(self.feature));
        let figure = match own {
            Some(figure) if figure.support.has() == Some(true) => Some(figure),
            _ if self.granted => catalog
                .editions
                .iter()
                .map(|edition| edition.feature(self.feature))
                .find(|figure| figure.support.has() == Some(true)),
            _ => None,
        };
        figure.map_or(&[], |figure| figure.conditions.as_ref())
    }
}

/// Where a feature is about to be used, as far as the app says. What is `None` is not held against it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct FeatureContext {
    /// The platform of the chat SDK.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub platform: Option<Platform>,
    /// The version of the chat SDK.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub sdk_version: Option<SdkVersion>,
    /// The type of the group.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub group_type: Option<GroupType>,
    /// How many members the group holds.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub group_size: Option<u64>,
    /// Whether the feature was switched on in the provider's console.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub switched_on: Option<bool>,
}

impl FeatureContext {
    /// Whether a condition holds here; `None` when the context does not say what it depends on.
    pub fn meets(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Platforms { platforms } => self.platform.map(|platform| platforms.contains(platform)),
            Condition::MinSdk { platforms, version, .. } => match (self.platform, self.sdk_version) {
                // The version counts for other platforms.
                (Some(platform), _) if !platforms.contains(platform) => Some(true),
                (Some(_), Some(has)) => Some(has >= *version),
                _ => None,
            },
            Condition::GroupTypes { group_types } => self.group_type.map(|kind| group_types.contains(kind)),
            Condition::MaxGroupSize { members } => self.group_size.map(|size| size <= *members),
            Condition::ConsoleSwitch {} => self.switched_on,
        }
    }
}
