//! What the app is entitled to, resolved: one immutable value that every decision reads.

use std::sync::Arc;

use super::catalog::Catalog;
use super::document::{EntitlementsDocument, Finding};
use super::feature::{Feature, Support};
use super::ids::{CatalogId, EditionId, ServiceId};
use super::instant::Timestamp;
use super::limit::{LimitId, Max};
use super::phase::AppPhase;
use super::zone::BillingZone;

/// Who set a limit or a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Authority {
    /// The billing endpoint said so itself.
    Endpoint,
    /// A value-added service that was bought raised it.
    ValueAdded,
    /// The edition's table in the built-in catalog.
    Catalog,
    /// The group type's own rule.
    GroupType,
    /// The maximum that the group itself was given.
    GroupOwn,
    /// The fallback the app configured for as long as nothing is known.
    Fallback,
    /// A provider rejection showed it.
    Rejection,
    /// The app's own configuration, such as its budget of active users.
    App,
    /// Nobody: it is not known.
    Unknown,
}

impl Authority {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::ValueAdded => "value_added",
            Self::Catalog => "catalog",
            Self::GroupType => "group_type",
            Self::GroupOwn => "group_own",
            Self::Fallback => "fallback",
            Self::Rejection => "rejection",
            Self::App => "app",
            Self::Unknown => "unknown",
        }
    }
}

/// A limit in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct EffectiveLimit {
    /// How much the limit allows.
    pub max: Max,
    /// Who set it.
    pub authority: Authority,
}

/// A feature as it stands in this plan, conditions aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct EffectiveFeature {
    /// Whether the plan has it.
    pub support: Support,
    /// When the provider approved the application for it, if it needs and has one.
    pub approved_at: Option<Timestamp>,
    /// From when an approved application works; `None` when there is no approval.
    pub available_from: Option<Timestamp>,
    /// Hours between an approval and the feature being there, where the source says.
    pub waiting_hours: Option<u32>,
    /// Who set it.
    pub authority: Authority,
}

/// A value-added service that was in force when the entitlements were resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct ServiceInForce {
    /// The service or plugin.
    pub id: ServiceId,
    /// Its tier, where it has tiers.
    pub tier: Option<String>,
}

/// How much is known of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Standing {
    /// The billing endpoint said it, now or before.
    Known,
    /// Nothing yet; the app's configured fallback stands in.
    Fallback,
    /// Nothing yet, and no fallback is configured.
    Unknown,
}

/// What the app is entitled to.
#[derive(Clone, Debug)]
pub struct Entitlements {
    /// How much is known.
    pub standing: Standing,
    /// The price list that the plan is of, when known.
    pub catalog: Option<CatalogId>,
    /// That price list itself; `None` while it is not known here.
    pub price_list: Option<Arc<Catalog>>,
    /// The edition, when known.
    pub edition: Option<EditionId>,
    /// The document behind it; `None` unless [`Standing::Known`].
    pub document: Option<EntitlementsDocument>,
    /// Trusted time at which the document was last known to be current: of the last answer that confirmed it, less
    /// that answer's `Age`.
    pub fetched_at: Option<Timestamp>,
    /// For how many seconds after `fetched_at` the endpoint says that it is fresh; `None` leaves it to the phase.
    pub fresh_for: Option<u64>,
    /// The phase the app is in: it decides how long data is fresh where the endpoint does not say.
    pub phase: AppPhase,
    /// Whether a billing endpoint can be asked: only then is a sync a way out of anything.
    pub asks_endpoint: bool,
    /// A provider rejection showed that the service is suspended, since then.
    pub reported_suspended: Option<Timestamp>,
    limits: [Option<EffectiveLimit>; LimitId::COUNT],
    features: [Option<EffectiveFeature>; Feature::COUNT],
    /// Value-added services in force.
    pub services: Vec<ServiceInForce>,
    /// The next instant at which resolving the same document again would give something else: a service
    /// ends. `None` when nothing is due to end.
    pub changes_at: Option<Timestamp>,
    /// The zone in which the app's billing months turn; `None` takes the default. Only remedies need it, to say
    /// from when a plan can be modified again.
    pub zone: Option<BillingZone>,
    /// What was not usable on the way here.
    pub findings: Vec<Finding>,
}

impl Entitlements {
    /// Nothing is known.
    pub const fn unknown() -> Self {
        Self {
            standing: Standing::Unknown,
            catalog: None,
            price_list: None,
            edition: None,
            document: None,
            fetched_at: None,
            fresh_for: None,
            phase: AppPhase::Foreground,
            asks_endpoint: true,
            reported_suspended: None,
            limits: [None; LimitId::COUNT],
            features: [None; Feature::COUNT],
            services: Vec::new(),
            changes_at: None,
            zone: None,
            findings: Vec::new(),
        }
    }

    /// Whether every answer taken from these terms is the same as from `other`: limits, features, services, lifecycle
    /// and suspension. How old they are, and how fresh, does not count, nor when the document was made: an endpoint may
    /// make it anew at every request.
    pub fn same_terms(&self, other: &Self) -> bool {
        let plan = |entitlements: &Self| {
            let document = entitlements.document.as_ref()?;
            Some((document.revision, document.subscription, document.arrears_since))
        };
        self.standing == other.standing
            && (self.catalog, self.edition) == (other.catalog, other.edition)
            && plan(self) == plan(other)
            && self.limits == other.limits
            && self.features == other.features
            && self.services == other.services
            && self.reported_suspended == other.reported_suspended
    }

    /// Time was corrected to `now`: nothing was confirmed later than that.
    pub fn clamp(&mut self, now: Timestamp) {
        self.fetched_at = self.fetched_at.map(|at| at.min(now));
        self.reported_suspended = self.reported_suspended.map(|at| at.min(now));
    }

    /// The revision of the document behind it; 0 without one.
    pub fn revision(&self) -> u64 {
        self.document.as_ref().map_or(0, |document| document.revision)
    }

    /// The limit in force; `None` when the plan does not know it, so that nothing can be said.
    pub const fn limit(&self, limit: LimitId) -> Option<EffectiveLimit> {
        self.limits[limit.index()]
    }

    /// Sets a limit; used while resolving.
    pub const fn set_limit(&mut self, limit: LimitId, effective: Option<EffectiveLimit>) {
        self.limits[limit.index()] = effective;
    }

    /// The feature as it stands; `None` when nothing is known of it.
    pub const fn feature(&self, feature: Feature) -> Option<EffectiveFeature> {
        self.features[feature.index()]
    }

    /// Sets a feature; used while resolving.
    pub const fn set_feature(&mut self, feature: Feature, effective: Option<EffectiveFeature>) {
        self.features[feature.index()] = effective;
    }

    /// The service, when it is in force.
    pub fn service(&self, id: ServiceId) -> Option<&ServiceInForce> {
        self.services.iter().find(|service| service.id == id)
    }

    /// Whether the billing endpoint ever confirmed it.
    pub const fn is_confirmed(&self) -> bool {
        self.fetched_at.is_some()
    }

    /// Whether the data is past its freshness at `now`, in the phase the app is in. What was never fetched is stale.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.is_stale_in(self.phase, now)
    }

    /// From when on the data is past its freshness, in the phase the app is in; `None` when it was never fetched.
    pub fn fresh_until(&self) -> Option<Timestamp> {
        self.fetched_at.map(|fetched_at| self.phase.fresh_until(fetched_at, self.fresh_for))
    }

    /// As [`Self::is_stale`], in `phase`.
    pub fn is_stale_in(&self, phase: AppPhase, now: Timestamp) -> bool {
        self.fetched_at.is_none_or(|fetched_at| !phase.is_fresh(fetched_at, self.fresh_for, now))
    }
}
