//! How a guard is opened, as plain values. Everything but the app id may be left out.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::client::{
    LinkTimeouts as CoreTimeouts, OpenError, login::LoginPolicy as CoreLogins, thresholds as thresholds_of,
};
use crate::model::catalog::Catalog;
use crate::model::{
    AppPhase, BillingZone, CatalogId, DecisionPolicy as CoreDecisions, EditionId, Enforcement, LimitId,
    SdkAppId, SessionMode,
};
use crate::store::ProcessRole;

/// How strictly limits are kept, and when to warn. What is left out is as the core has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct DecisionPolicy {
    /// Warn when usage reaches these shares of a limit, in percent from 1 to 100, ascending. Default 80, 95, 100.
    #[uniffi(default = None)]
    pub thresholds: Option<Vec<u32>>,
    /// A threshold is armed again once usage has fallen this many percentage points below it. Default 5.
    #[uniffi(default = None)]
    pub hysteresis: Option<u8>,
    /// The limits for which the app departs from the default.
    #[uniffi(default = None)]
    pub enforcement: Option<HashMap<LimitId, Enforcement>>,
    /// What holds for every limit without an entry in `enforcement`. Default: enforced on fresh data.
    #[uniffi(default = None)]
    pub all_limits: Option<Enforcement>,
    /// What holds for a limit without an entry of its own while the entitlements are stale. Default warn.
    #[uniffi(default = None)]
    pub on_stale: Option<Enforcement>,
    /// Whether a feature is granted while nothing is known of the plan. Default no.
    #[uniffi(default = None)]
    pub features_when_unknown: Option<bool>,
}

impl TryFrom<DecisionPolicy> for CoreDecisions {
    type Error = OpenError;

    fn try_from(chosen: DecisionPolicy) -> Result<Self, OpenError> {
        let mut policy = Self::default();
        if let Some(thresholds) = &chosen.thresholds {
            policy.thresholds = thresholds_of(thresholds)?;
        }
        policy.hysteresis = chosen.hysteresis.unwrap_or(policy.hysteresis);
        policy.on_stale = chosen.on_stale.unwrap_or(policy.on_stale);
        policy.features_when_unknown = chosen.features_when_unknown.unwrap_or(policy.features_when_unknown);
        if let Some(how) = chosen.all_limits {
            policy.enforcement = crate::model::EnforcementByLimit::all(how);
        }
        for (limit, how) in chosen.enforcement.into_iter().flatten() {
            policy.enforce(limit, how);
        }
        Ok(policy)
    }
}

/// Which logins reach the chat SDK, and how failures and loops of them are met. What is left out is as the core has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct LoginPolicy {
    /// Whether an app launch may make a new active user, as opening chat may. Default no.
    #[uniffi(default = None)]
    pub launch_is_person: Option<bool>,
    /// Whether audio-video groups can be joined without a login here. Default no.
    #[uniffi(default = None)]
    pub guest_av_groups: Option<bool>,
    /// The most active users a month the app's owner wants to pay for. Default no bound.
    #[uniffi(default = None)]
    pub mau_budget: Option<u64>,
    /// What happens at `mau_budget`. Default: like a limit, enforced on fresh data, warned on stale.
    #[uniffi(default = None)]
    pub on_budget: Option<Enforcement>,
    /// How long one caller waits for its outcome. Default 60 seconds.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
    /// For how long the right to log a user in outlives its process. Default 5 seconds.
    #[uniffi(default = None)]
    pub lease_ttl: Option<Duration>,
    /// For how long a ticket waits for its answer. Default 60 seconds.
    #[uniffi(default = None)]
    pub ticket_ttl: Option<Duration>,
    /// How often a login that runs in another process is looked at. Default 200 milliseconds.
    #[uniffi(default = None)]
    pub lease_poll: Option<Duration>,
    /// A login that another process finished this recently counts as this one. Default 3 seconds.
    #[uniffi(default = None)]
    pub debounce: Option<Duration>,
    /// The first wait after a failure that may pass; doubled with each further one. Default 2 seconds.
    #[uniffi(default = None)]
    pub backoff_base: Option<Duration>,
    /// The longest such wait. Default 5 minutes.
    #[uniffi(default = None)]
    pub backoff_max: Option<Duration>,
    /// For how long a refusal is believed that repeating does not change. Default 1 day.
    #[uniffi(default = None)]
    pub refusal_kept: Option<Duration>,
    /// The most logins of one user carried out within `loop_window`. Default 6.
    #[uniffi(default = None)]
    pub loop_max: Option<u32>,
    /// See `loop_max`. Default 1 minute.
    #[uniffi(default = None)]
    pub loop_window: Option<Duration>,
    /// Warn when more than this many distinct users were logged in on one device in a month. Default 5.
    #[uniffi(default = None)]
    pub identities_per_month: Option<u64>,
}

impl From<LoginPolicy> for CoreLogins {
    fn from(chosen: LoginPolicy) -> Self {
        let core = Self::default();
        Self {
            launch_is_person: chosen.launch_is_person.unwrap_or(core.launch_is_person),
            guest_av_groups: chosen.guest_av_groups.unwrap_or(core.guest_av_groups),
            mau_budget: chosen.mau_budget.or(core.mau_budget),
            on_budget: chosen.on_budget.or(core.on_budget),
            timeout: chosen.timeout.unwrap_or(core.timeout),
            lease_ttl: chosen.lease_ttl.unwrap_or(core.lease_ttl),
            ticket_ttl: chosen.ticket_ttl.unwrap_or(core.ticket_ttl),
            lease_poll: chosen.lease_poll.unwrap_or(core.lease_poll),
            debounce: chosen.debounce.unwrap_or(core.debounce),
            backoff_base: chosen.backoff_base.unwrap_or(core.backoff_base),
            backoff_max: chosen.backoff_max.unwrap_or(core.backoff_max),
            refusal_kept: chosen.refusal_kept.unwrap_or(core.refusal_kept),
            loop_max: chosen.loop_max.unwrap_or(core.loop_max),
            loop_window: chosen.loop_window.unwrap_or(core.loop_window),
            identities_per_month: chosen.identities_per_month.unwrap_or(core.identities_per_month),
        }
    }
}

/// How long the credential provider and the transport are waited for. What is left out is as the core has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, uniffi::Record)]
pub struct LinkTimeouts {
    /// For the credential provider. Default 10 seconds.
    #[uniffi(default = None)]
    pub credential: Option<Duration>,
    /// For a whole call: credential, request, redirects and answer. Default 60 seconds.
    #[uniffi(default = None)]
    pub request: Option<Duration>,
}

impl From<LinkTimeouts> for CoreTimeouts {
    fn from(chosen: LinkTimeouts) -> Self {
        let core = Self::default();
        Self {
            credential: chosen.credential.unwrap_or(core.credential),
            request: chosen.request.unwrap_or(core.request),
        }
    }
}

/// How a guard is opened. Every field but the app id may be left out.
#[derive(Clone, uniffi::Record)]
pub struct OpenOptions {
    /// The provider's number for the app (`SDKAppID`).
    pub sdk_app_id: SdkAppId,
    /// The file that holds the state; absent keeps it in memory, which forgets with the process.
    #[uniffi(default = None)]
    pub store_path: Option<String>,
    /// The billing endpoint's URL.
    #[uniffi(default = None)]
    pub endpoint: Option<String>,
    /// The bearer credential for the billing endpoint.
    #[uniffi(default = None)]
    pub credential: Option<String>,
    /// The zone in which billing days and months turn: an offset or an IANA name. Default `+08:00`.
    #[uniffi(default = None)]
    pub billing_zone: Option<BillingZone>,
    /// One user at a time (a device, the default) or many (a server).
    #[uniffi(default = None)]
    pub session_mode: Option<SessionMode>,
    /// How strictly limits are kept, and when to warn.
    #[uniffi(default = None)]
    pub decisions: Option<DecisionPolicy>,
    /// Which logins reach the chat SDK.
    #[uniffi(default = None)]
    pub logins: Option<LoginPolicy>,
    /// Own price lists: a negotiated contract, or one that is newer than planguard.
    #[uniffi(default = [])]
    pub catalogs: Vec<Arc<Catalog>>,
    /// The price list to assume while nothing is known of the plan; goes with `fallback_edition`.
    #[uniffi(default = None)]
    pub fallback_catalog: Option<CatalogId>,
    /// The edition to assume while nothing is known of the plan; goes with `fallback_catalog`.
    #[uniffi(default = None)]
    pub fallback_edition: Option<EditionId>,
    /// An entitlements document that ships with the app, as the billing endpoint would serve it.
    #[uniffi(default = None)]
    pub seed: Option<Vec<u8>>,
    /// The billing endpoint's public keys, by the name that it gives each in `kid`: Ed25519, as base64url, as a JWK, or as a
    /// `PUBLIC KEY` file. With one or more of them only documents and price lists that one of them signed are accepted, the
    /// seed and cached ones included.
    #[uniffi(default = None)]
    pub trusted_keys: Option<HashMap<String, String>>,
    /// For whom signed documents must be: the `aud` of their header. Default those that name nobody.
    #[uniffi(default = None)]
    pub audience: Option<String>,
    /// How old a signed document may be that is taken over while none is held. Default 31 days.
    #[uniffi(default = None)]
    pub max_document_age: Option<Duration>,
    /// How long a permit holds its room. Default 60 seconds.
    #[uniffi(default = None)]
    pub permit_ttl: Option<Duration>,
    /// How many undelivered usage events are kept. Default 10,000.
    #[uniffi(default = None)]
    pub outbox_capacity: Option<u64>,
    /// How long the credential provider and the transport are waited for.
    #[uniffi(default = None)]
    pub endpoint_timeouts: Option<LinkTimeouts>,
    /// Whether somebody is looking at the app. Default foreground.
    #[uniffi(default = None)]
    pub phase: Option<AppPhase>,
    /// The part this process plays in the app, where several share one store.
    #[uniffi(default = None)]
    pub process_role: Option<ProcessRole>,
    /// Something that tells this device from others; only a keyed hash of it is kept.
    #[uniffi(default = None)]
    pub device_marker: Option<String>,
    /// Draws a new guest id and install id, for an app that knows its store was copied.
    #[uniffi(default = false)]
    pub renew_install: bool,
}

/// Without the credential and what tells the device.
impl std::fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenOptions").field("sdk_app_id", &self.sdk_app_id).finish_non_exhaustive()
    }
}
