//! The small answers: what most callers of a check or a feature gate need, copied and free.

use super::decision::{Assessment, Decision, VerdictReason};
use super::feature::Feature;
use super::feature_decision::{FeatureAssessment, FeatureReason};
use super::limit::{LimitId, Max};

/// How far one limit is used, and how much of what was asked for fits.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct LimitUse {
    /// The limit.
    pub limit: LimitId,
    /// The limit in force; `None` when it is not known.
    pub max: Option<Max>,
    /// What is used, without reservations; `None` when it was never reported.
    pub used: Option<u64>,
    /// What is used at least: what was counted here, where nothing was reported.
    pub at_least: u64,
    /// What live permits hold.
    pub reserved: u64,
    /// How much the action asks for; negative makes room.
    pub requested: i64,
    /// How much of it fits: 47 of 60.
    pub fits: u64,
}

/// The answer to "does this action fit". A denial is a value, not an error.
///
/// What it rests on (every limit touched, who reported the usage and when, remedies) is in the [`Assessment`] of the
/// same action, which [`Planguard::assess`](crate::Planguard::assess) gives and every denied
/// [`perform`](crate::Planguard::perform) or [`reserve`](crate::Planguard::reserve) carries.
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "a verdict that is not read guards nothing"]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Verdict {
    /// Whether the action may go ahead.
    pub decision: Decision,
    /// Why the action was decided so.
    pub reason: VerdictReason,
    /// The tightest limit the action touches; `None` where no limit is involved.
    pub tightest: Option<LimitUse>,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// Whether the billing endpoint ever confirmed the entitlements. A plan that is assumed was never confirmed.
    pub confirmed: bool,
}

impl Verdict {
    /// Whether the action may go ahead.
    pub const fn may_proceed(&self) -> bool {
        self.decision.may_proceed()
    }
}

impl Assessment {
    /// The same answer without what it rests on.
    pub fn verdict(&self) -> Verdict {
        let tightest = self.tightest().map(|check| LimitUse {
            limit: check.limit,
            max: check.evidence.max,
            used: check.evidence.known_use(),
            at_least: check.evidence.used,
            reserved: check.evidence.reserved,
            requested: check.requested,
            fits: check.fits,
        });
        Verdict {
            decision: self.decision,
            reason: self.reason,
            tightest,
            stale: self.is_stale(),
            confirmed: self.entitlements.is_confirmed(),
        }
    }
}

/// Whether a feature is granted, and why.
///
/// What it rests on and what would lift a denial is in the [`FeatureAssessment`] that
/// [`Planguard::explain_feature`](crate::Planguard::explain_feature) gives.
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "a decision that is not read gates nothing"]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct FeatureDecision {
    /// The feature.
    pub feature: Feature,
    /// Whether it may be used.
    pub granted: bool,
    /// Why the feature is granted or not.
    pub reason: FeatureReason,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// Whether the billing endpoint ever confirmed the entitlements. A plan that is assumed was never confirmed.
    pub confirmed: bool,
}

impl FeatureAssessment {
    /// The same answer without what it rests on.
    pub fn decision(&self) -> FeatureDecision {
        let Self { feature, granted, reason, .. } = *self;
        let (stale, confirmed) = (self.evidence.stale, self.evidence.entitlements_as_of.is_some());
        FeatureDecision { feature, granted, reason, stale, confirmed }
    }
}
