//! Answers as flat records: what a screen shows and what a program branches on.

use crate::client::SyncOutcome;
use crate::decide::remedy::Remedies as _;
use crate::model::{
    EditionId, Feature, FeatureDecision, LimitCheck, LimitId, Max, Money, Remedy, ServiceId, Timestamp,
    Verdict,
};

/// An exact amount of money.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PriceText {
    /// The amount as exact decimal text, for example `449.99`.
    pub amount: String,
    /// The ISO 4217 code of the currency.
    pub currency: String,
}

impl From<Money> for PriceText {
    fn from(money: Money) -> Self {
        Self { amount: money.amount_text(), currency: money.currency.as_str().to_owned() }
    }
}

/// What a remedy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RemedyKind {
    /// Change to `edition`; `price` is the difference per month.
    ChangeEdition,
    /// Buy `service`; `price` is per month.
    BuyService,
    /// Go beyond what is included and pay `price` for every `count` units.
    PayOverage,
    /// Renew the plan; `price` is per month.
    Renew,
    /// Pay what is owed.
    PayArrears,
    /// Buy `edition`; `price` is per month.
    Purchase,
    /// Apply for an extension of the trial.
    ExtendTrial,
    /// Dissolve `count` groups.
    DissolveGroups,
    /// Remove `count` of what fills `limit`.
    Remove,
    /// Ask for `count` only.
    Reduce,
    /// Wait until `until_ms`.
    Wait,
    /// Apply to the provider for `feature`.
    Apply,
    /// Switch `feature` on in the provider's console.
    SwitchOn,
    /// Raise the group's own maximum to at most `raises_to`.
    RaiseGroupMaximum,
    /// Sync.
    Sync,
    /// Create a new app with the provider.
    CreateNewApp,
    /// Ask the provider.
    ContactProvider,
    /// A kind that this binding does not know yet.
    Other,
}

/// One way out of a denial. Which fields are set depends on `kind`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RemedyAnswer {
    /// What it is.
    pub kind: RemedyKind,
    /// The edition.
    pub edition: Option<EditionId>,
    /// The value-added service.
    pub service: Option<ServiceId>,
    /// The tier of the service.
    pub tier: Option<String>,
    /// The price; absent where the source gives none.
    pub price: Option<PriceText>,
    /// What the limit would then be; absent when unlimited or unknown.
    pub raises_to: Option<u64>,
    /// The limit would then be unlimited.
    pub unlimited: bool,
    /// How many.
    pub count: Option<u64>,
    /// The limit it is about.
    pub limit: Option<LimitId>,
    /// The feature it is about.
    pub feature: Option<Feature>,
    /// Until when to wait, in milliseconds since the epoch.
    pub until_ms: Option<i64>,
    /// Features that a change of edition takes away.
    pub loses_features: Vec<Feature>,
}

impl RemedyAnswer {
    const fn of(kind: RemedyKind) -> Self {
        Self {
            kind,
            edition: None,
            service: None,
            tier: None,
            price: None,
            raises_to: None,
            unlimited: false,
            count: None,
            limit: None,
            feature: None,
            until_ms: None,
            loses_features: Vec::new(),
        }
    }

    fn raising(self, max: Option<Max>) -> Self {
        Self { raises_to: max.and_then(Max::number), unlimited: max == Some(Max::Unlimited), ..self }
    }
}

impl From<Remedy> for RemedyAnswer {
    fn from(remedy: Remedy) -> Self {
        use RemedyKind as K;
        let price = |money: Option<Money>| money.map(PriceText::from);
        match remedy {
            Remedy::ChangeEdition { to, extra_per_month, raises_to, loses_features, .. } => Self {
                edition: Some(to),
                price: price(extra_per_month),
                loses_features,
                ..Self::of(K::ChangeEdition).raising(raises_to)
            },
            Remedy::BuyService { service, tier, price_per_month, raises_to, .. } => Self {
                service: Some(service),
                tier,
                price: price(price_per_month),
                ..Self::of(K::BuyService).raising(raises_to)
            },
            Remedy::PayOverage { limit, price: of_block, per } => Self {
                limit: Some(limit),
                price: price(of_block),
                count: Some(per),
                ..Self::of(K::PayOverage)
            },
            Remedy::Renew { price_per_month } => Self { price: price(price_per_month), ..Self::of(K::Renew) },
            Remedy::PayArrears => Self::of(K::PayArrears),
            Remedy::Purchase { edition, price_per_month } => {
                Self { edition: Some(edition), price: price(price_per_month), ..Self::of(K::Purchase) }
            }
            Remedy::ExtendTrial => Self::of(K::ExtendTrial),
            Remedy::DissolveGroups { count } => Self { count: Some(count), ..Self::of(K::DissolveGroups) },
            Remedy::Remove { limit, count } => {
                Self { limit: Some(limit), count: Some(count), ..Self::of(K::Remove) }
            }
            Remedy::Reduce { to } => Self { count: Some(to), ..Self::of(K::Reduce) },
            Remedy::WaitUntil(at) => Self { until_ms: Some(at.as_millis()), ..Self::of(K::Wait) },
            Remedy::Apply { feature, .. } => Self { feature: Some(feature), ..Self::of(K::Apply) },
            Remedy::SwitchOn { feature } => Self { feature: Some(feature), ..Self::of(K::SwitchOn) },
            Remedy::RaiseGroupMaximum { up_to } => Self::of(K::RaiseGroupMaximum).raising(Some(up_to)),
            Remedy::Sync => Self::of(K::Sync),
            Remedy::CreateNewApp => Self::of(K::CreateNewApp),
            Remedy::ContactProvider => Self::of(K::ContactProvider),
        }
    }
}

/// Whether a feature is granted, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeatureAnswer {
    /// Whether it may be used.
    pub granted: bool,
    /// Why, as a fixed word: `included`, `not_in_edition`, ...
    pub reason: String,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// When the entitlements were last confirmed, in milliseconds since the epoch.
    pub as_of_ms: Option<i64>,
    /// What would lift a denial, the cheapest first.
    pub remedies: Vec<RemedyAnswer>,
}

impl From<&FeatureDecision> for FeatureAnswer {
    fn from(decision: &FeatureDecision) -> Self {
        Self {
            granted: decision.granted,
            reason: decision.reason.as_str().to_owned(),
            stale: decision.evidence.stale,
            as_of_ms: decision.evidence.entitlements_as_of.map(Timestamp::as_millis),
            remedies: decision.remedies().into_iter().map(RemedyAnswer::from).collect(),
        }
    }
}

/// Which way a verdict went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Outcome {
    /// It fits.
    Allowed,
    /// It may go ahead; something about it should be shown.
    Warned,
    /// It must not go ahead.
    Denied,
}

/// How one limit came out.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LimitAnswer {
    /// Which limit.
    pub limit: LimitId,
    /// The most that is allowed; absent when unlimited or unknown.
    pub max: Option<u64>,
    /// What is used.
    pub used: u64,
    /// What is reserved on top.
    pub reserved: u64,
    /// How much the action asks for.
    pub requested: i64,
    /// How much of it fits.
    pub fits: u64,
}

impl From<&LimitCheck> for LimitAnswer {
    fn from(check: &LimitCheck) -> Self {
        Self {
            limit: check.limit,
            max: check.evidence.max.and_then(Max::number),
            used: check.evidence.used,
            reserved: check.evidence.reserved,
            requested: check.requested,
            fits: check.fits,
        }
    }
}

/// Whether an action fits.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VerdictAnswer {
    /// Which way it went.
    pub outcome: Outcome,
    /// Why, as a fixed word: `within_limits`, `limit_reached`, ...
    pub reason: String,
    /// Every limit the action touches, the tightest first.
    pub limits: Vec<LimitAnswer>,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// What would lift a denial, the cheapest first.
    pub remedies: Vec<RemedyAnswer>,
}

impl From<&Verdict> for VerdictAnswer {
    fn from(verdict: &Verdict) -> Self {
        let assessment = verdict.assessment();
        Self {
            outcome: match verdict {
                Verdict::Allowed(_) => Outcome::Allowed,
                Verdict::Warned(_) => Outcome::Warned,
                Verdict::Denied(_) => Outcome::Denied,
            },
            reason: assessment.reason.as_str().to_owned(),
            limits: assessment.checks.iter().map(LimitAnswer::from).collect(),
            stale: assessment.entitlements.is_stale(assessment.at),
            remedies: assessment.remedies().into_iter().map(RemedyAnswer::from).collect(),
        }
    }
}

/// When to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FetchMode {
    /// Never.
    CacheOnly,
    /// Now.
    Fetch,
    /// Unless what is held is fresh.
    FreshOrFetch,
    /// Answer from what is held; `revalidate` says whether to sync again with `FreshOrFetch` when convenient.
    StaleWhileRevalidate,
}

/// What a sync brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncResult {
    /// A newer document holds.
    Updated,
    /// The document held was confirmed.
    NotModified,
    /// The endpoint was not asked.
    FromCache,
    /// There is no document.
    Nothing,
}

/// What a sync brought, and what holds now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncAnswer {
    /// What happened.
    pub result: SyncResult,
    /// The revision that holds; absent when there is no document.
    pub revision: Option<u64>,
    /// Sync again when convenient: what is held is stale.
    pub revalidate: bool,
}

impl From<&SyncOutcome> for SyncAnswer {
    fn from(outcome: &SyncOutcome) -> Self {
        let (result, revalidate) = match outcome {
            SyncOutcome::UpdatedTo { .. } => (SyncResult::Updated, false),
            SyncOutcome::NotModified { .. } => (SyncResult::NotModified, false),
            SyncOutcome::FromCache { revalidate, .. } => (SyncResult::FromCache, *revalidate),
            SyncOutcome::Nothing => (SyncResult::Nothing, false),
        };
        Self { result, revision: outcome.document().map(|document| document.revision), revalidate }
    }
}
