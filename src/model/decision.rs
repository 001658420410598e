//! Decisions: what planguard answers, with the evidence it rests on.

use std::sync::Arc;
use std::time::Duration;

use arrayvec::ArrayVec;

use super::counter_key::{Subject, UsageOrigin};
use super::entitlements::{Authority, EffectiveLimit, Entitlements};
use super::instant::Timestamp;
use super::lifecycle::Lifecycle;
use super::limit::{LimitId, Max};
use super::named::named_enum;
use super::policy::Enforcement;

named_enum! {
    /// Whether an action may go ahead.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum Decision as "decision" {
        /// It fits.
        Allowed = "allowed",
        /// It may go ahead; something about it should be shown.
        Warned = "warned",
        /// It must not go ahead.
        Denied = "denied",
    }
}

impl Decision {
    /// Whether the action may go ahead.
    pub const fn may_proceed(self) -> bool {
        !matches!(self, Self::Denied)
    }
}

/// What a decision about one limit rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Evidence {
    /// The limit in force; `None` when it is not known.
    pub max: Option<Max>,
    /// Who set the limit.
    pub authority: Authority,
    /// What is used, without reservations; at least this much where the origin is
    /// [`UsageOrigin::Unknown`].
    pub used: u64,
    /// What live permits hold.
    pub reserved: u64,
    /// Who reported the usage.
    pub usage_origin: UsageOrigin,
    /// When the reported usage was true; `None` when it was never reported.
    pub usage_as_of: Option<Timestamp>,
    /// What this install counted since then; part of `used`.
    pub added_since: i64,
    /// When the entitlements were last confirmed; `None` when never.
    pub entitlements_as_of: Option<Timestamp>,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// How long ago the entitlements were confirmed; zero when never.
    pub age: Duration,
}

impl Evidence {
    /// What is used, without reservations; `None` when it was never reported: a list that was never read is not
    /// empty.
    pub const fn known_use(&self) -> Option<u64> {
        match self.usage_origin {
            UsageOrigin::Unknown => None,
            _ => Some(self.used),
        }
    }
}

/// How one limit of an action came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum LimitStatus {
    /// Inside.
    Fits,
    /// Inside, and usage reaches this threshold, in percent of the limit.
    Threshold(u8),
    /// The action does not fit.
    Exceeds,
    /// Usage lay above the limit before the action (the limit was lowered): what exists stays, nothing is added.
    Grandfathered,
    /// Inside by what this install counted, but how much is used was never reported: the provider may refuse.
    UsageUnknown,
    /// The limit is not known, so nothing speaks against the action.
    NotKnown,
}

/// One limit that an action touches, and how it came out.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct LimitCheck {
    /// Which limit.
    pub limit: LimitId,
    /// Whose counter. Where there is none yet (the members of a group about to be created, the new maximum of
    /// a group), the app.
    pub subject: Subject,
    /// How much the action asks for; negative makes room.
    pub requested: i64,
    /// How much of it fits: 47 of 60.
    pub fits: u64,
    /// How it came out.
    pub status: LimitStatus,
    /// How strictly the limit is kept here and now.
    pub enforcement: Enforcement,
    /// What the plan or the group type allows; above the maximum in the evidence where the group was itself
    /// given a lower one.
    pub plan: Option<EffectiveLimit>,
    /// When the counter starts again at zero; `None` for a level, which never does.
    pub resets_at: Option<Timestamp>,
    /// What this rests on.
    pub evidence: Evidence,
}

impl LimitCheck {
    /// Whether the action goes beyond this limit, however strictly the limit is kept.
    pub const fn is_exceeded(&self) -> bool {
        matches!(self.status, LimitStatus::Exceeds | LimitStatus::Grandfathered)
    }

    /// Whether this limit alone is enough to deny the action.
    pub const fn denies(&self) -> bool {
        self.is_exceeded() && matches!(self.enforcement, Enforcement::Enforce)
    }

    /// What the counter would stand at after the action, reservations included.
    pub const fn total(&self) -> u64 {
        self.evidence.used.saturating_add(self.evidence.reserved).saturating_add_signed(self.requested)
    }
}

/// Why an action was decided as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum VerdictReason {
    /// Every limit has room.
    WithinLimits,
    /// By what this install counted every limit has room, but how much of the tightest one is used was never
    /// reported: [`observe`](crate::Planguard::observe) the chat SDK's list, or sync.
    UsageUnknown,
    /// A threshold is reached.
    NearLimit,
    /// A limit has no room.
    LimitReached,
    /// The store that a fleet shares is lost, and this process may grant no more until it is back
    /// ([`WhenLost`](crate::store::WhenLost)).
    StoreLost,
    /// The plan lacks the feature that the action needs.
    FeatureNotInPlan(super::feature::Feature),
    /// The plan lacks the value-added service that the action needs.
    ServiceNotInPlan(super::ids::ServiceId),
    /// The plan lacks the call service, or holds a tier of it that does not cover group calls.
    GroupCallNotInPlan(super::ids::ServiceId),
    /// The group type does not allow the action at all.
    GroupTypeForbids(super::feature::GroupType),
    /// The action makes no sense, whatever the plan.
    Invalid(super::action::InvalidAction),
    /// The app is suspended.
    Suspended(Lifecycle),
    /// Nothing is known of the plan, so nothing speaks against the action.
    Unknown,
}

impl VerdictReason {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::WithinLimits => "within_limits",
            Self::UsageUnknown => "usage_unknown",
            Self::NearLimit => "near_limit",
            Self::LimitReached => "limit_reached",
            Self::StoreLost => "store_lost",
            Self::FeatureNotInPlan(_) => "feature_not_in_plan",
            Self::ServiceNotInPlan(_) | Self::GroupCallNotInPlan(_) => "service_not_in_plan",
            Self::GroupTypeForbids(_) => "group_type_forbids",
            Self::Invalid(_) => "invalid",
            Self::Suspended(_) => "suspended",
            Self::Unknown => "unknown",
        }
    }
}

/// The limits of one action, the tightest first.
pub type LimitChecks = ArrayVec<LimitCheck, 8>;

/// The answer to "does this action fit", with everything it rests on.
#[derive(Clone)]
pub struct Assessment {
    /// Whether the action may go ahead.
    pub decision: Decision,
    /// Why the action was decided so.
    pub reason: VerdictReason,
    /// Every limit the action touches and that is not switched off, the tightest first: what denies before
    /// what only warns, then by the share of the limit that is left. Empty where no limit is involved.
    pub checks: LimitChecks,
    /// The entitlements that were decided on: remedies are computed from them when asked for, so that a
    /// decision itself allocates nothing.
    pub(crate) entitlements: Arc<Entitlements>,
    /// When it was decided, in trusted time.
    pub at: Timestamp,
}

impl Assessment {
    /// The tightest limit.
    pub fn tightest(&self) -> Option<&LimitCheck> {
        self.checks.first()
    }

    /// Whether the action may go ahead.
    pub const fn may_proceed(&self) -> bool {
        self.decision.may_proceed()
    }

    /// Whether the entitlements were past their freshness.
    pub fn is_stale(&self) -> bool {
        self.entitlements.is_stale(self.at)
    }
}
