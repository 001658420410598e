//! What would lift a denial, what it costs, and what it takes away.

use super::feature::Feature;
use super::ids::{CatalogId, EditionId, ServiceId};
use super::instant::Timestamp;
use super::limit::{LimitId, Max};
use super::money::Money;

/// How an edition is changed to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum ChangePath {
    /// Upgraded in the provider's console, in force at once.
    Upgrade,
    /// Modified in the provider's console, in force at once.
    Modify,
    /// Refunded and bought anew; the service is suspended in between.
    RefundAndRepurchase,
    /// Downgraded: the price list speaks of it without saying how it is done.
    Downgrade,
}

/// One way out of a denial.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Remedy {
    /// Another edition of the same price list.
    ChangeEdition {
        /// The price list.
        catalog: CatalogId,
        /// The edition that would lift the denial.
        to: EditionId,
        /// How one gets there.
        path: ChangePath,
        /// The plan fee per month after the move less the one before; `None` where the source gives no prices.
        extra_per_month: Option<Money>,
        /// The limit in the way; `None` when a feature or a service was denied. Of several the tightest.
        limit: Option<LimitId>,
        /// What that limit would then be; `None` when a feature was denied.
        raises_to: Option<Max>,
        /// Features the move takes away.
        loses_features: Vec<Feature>,
        /// Limits the move lowers, with what they would then be.
        lowers_limits: Vec<(LimitId, Max)>,
        /// The feature must be applied for after the move.
        needs_application: bool,
        /// The service that must be bought after the move for it to be enough.
        needs_service: Option<ServiceId>,
        /// The price of that service per month, on top of `extra_per_month`; `None` without such a service or
        /// where the source gives no prices.
        service_per_month: Option<Money>,
        /// Services held that the move makes needless, or that the new edition cannot have.
        drops_services: Vec<ServiceId>,
        /// What those services cost per month, to be taken off `extra_per_month`; `None` when there are none or
        /// the source gives no prices.
        saves_per_month: Option<Money>,
        /// From when the move is possible, where the plan was modified as often as this month allows.
        not_before: Option<Timestamp>,
    },
    /// A value-added service on the present edition.
    BuyService {
        /// Which service.
        service: ServiceId,
        /// Its tier, where it has tiers.
        tier: Option<String>,
        /// Its price per month, or for `for_days`; `None` where the source gives no prices.
        price_per_month: Option<Money>,
        /// For how many days it is bought, where that is not by the month (free periods of calls).
        for_days: Option<u32>,
        /// The limit in the way; `None` when a feature or a service was denied.
        limit: Option<LimitId>,
        /// What that limit would then be; `None` when a feature was denied or the source gives no figure.
        raises_to: Option<Max>,
        /// From when it can be bought, where services were modified as often as this month allows.
        not_before: Option<Timestamp>,
    },
    /// Go beyond what is included and pay for it: keep the limit with [`Enforcement::Warn`](super::Enforcement).
    PayOverage {
        /// The limit that holds what is included.
        limit: LimitId,
        /// The price of one block; `None` where the source gives no prices.
        price: Option<Money>,
        /// The units in one block.
        per: u64,
    },
    /// Renew the prepaid plan.
    Renew {
        /// The plan fee per month, where the source gives one.
        price_per_month: Option<Money>,
    },
    /// Pay what is owed.
    PayArrears,
    /// Buy a paid plan: the trial has ended or the plan was suspended.
    Purchase {
        /// A paid edition.
        edition: EditionId,
        /// Its fee per month, where the source gives one.
        price_per_month: Option<Money>,
    },
    /// Apply to the provider for an extension of the trial.
    ExtendTrial,
    /// Dissolve this many groups.
    DissolveGroups {
        /// How many groups to dissolve.
        count: u64,
    },
    /// Remove this many of what fills the limit (friends, members, groups joined).
    Remove {
        /// The limit.
        limit: LimitId,
        /// How many have to go.
        count: u64,
    },
    /// Ask for less: this much fits now.
    Reduce {
        /// The limit.
        limit: LimitId,
        /// How much fits. Of a new group's members the owner is one.
        to: u64,
    },
    /// Wait until the counter starts again.
    WaitUntil(Timestamp),
    /// Apply to the provider for the feature.
    Apply {
        /// The feature.
        feature: Feature,
        /// Hours from approval until it works, where the source says.
        waiting_hours: Option<u32>,
    },
    /// Switch the feature on in the provider's console.
    SwitchOn {
        /// The feature.
        feature: Feature,
    },
    /// Raise the group's own maximum, up to what the plan allows.
    RaiseGroupMaximum {
        /// The most that the plan allows.
        up_to: Max,
    },
    /// Let the app fetch its entitlements: nothing is known yet, or what is known is old.
    Sync,
    /// Create a new app: the provider has reclaimed this one.
    CreateNewApp,
    /// Ask the provider: no published offer lifts this.
    ContactProvider,
}

impl Remedy {
    /// A fixed word for its kind, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ChangeEdition { .. } => "change_edition",
            Self::BuyService { .. } => "buy_service",
            Self::PayOverage { .. } => "pay_overage",
            Self::Renew { .. } => "renew",
            Self::PayArrears => "pay_arrears",
            Self::Purchase { .. } => "purchase",
            Self::ExtendTrial => "extend_trial",
            Self::DissolveGroups { .. } => "dissolve_groups",
            Self::Remove { .. } => "remove",
            Self::Reduce { .. } => "reduce",
            Self::WaitUntil(_) => "wait",
            Self::Apply { .. } => "apply",
            Self::SwitchOn { .. } => "switch_on",
            Self::RaiseGroupMaximum { .. } => "raise_group_maximum",
            Self::Sync => "sync",
            Self::CreateNewApp => "create_new_app",
            Self::ContactProvider => "contact_provider",
        }
    }
}

impl ChangePath {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Modify => "modify",
            Self::RefundAndRepurchase => "refund_and_repurchase",
            Self::Downgrade => "downgrade",
        }
    }
}
