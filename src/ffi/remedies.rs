//! Ways out of a denial as flat records.

use crate::model::{EditionId, Feature, LimitId, Max, Money, Remedy, ServiceId, Timestamp};

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
    /// How many to remove or dissolve.
    pub count: Option<u64>,
    /// The limit it is about.
    pub limit: Option<LimitId>,
    /// The feature it is about.
    pub feature: Option<Feature>,
    /// Until when to wait, in milliseconds since the epoch.
    pub until_ms: Option<i64>,
    /// Features that a change of edition takes away.
    pub loses_features: Vec<Feature>,
    /// Limits that a change of edition lowers.
    pub lowers_limits: Vec<LoweredLimit>,
    /// The service that must be bought besides, with `service_price` a month.
    pub needs_service: Option<ServiceId>,
    /// The price of `needs_service` a month.
    pub service_price: Option<PriceText>,
    /// Services that a change of edition makes needless or takes away.
    pub drops_services: Vec<ServiceId>,
    /// What `drops_services` cost a month, to be taken off `price`.
    pub saves: Option<PriceText>,
    /// The feature must be applied for besides.
    pub needs_application: bool,
    /// `price` is for this many days and not for a month.
    pub for_days: Option<u32>,
    /// From when it is possible, in milliseconds since the epoch; absent when at once.
    pub not_before_ms: Option<i64>,
}

/// A limit that a change of edition lowers.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LoweredLimit {
    /// Which limit.
    pub limit: LimitId,
    /// What it would then be.
    pub max: Option<u64>,
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
            lowers_limits: Vec::new(),
            needs_service: None,
            service_price: None,
            drops_services: Vec::new(),
            saves: None,
            needs_application: false,
            for_days: None,
            not_before_ms: None,
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
            Remedy::ChangeEdition {
                catalog: _,
                to,
                path: _,
                extra_per_month,
                limit,
                raises_to,
                loses_features,
                lowers_limits,
                needs_application,
                needs_service,
                service_per_month,
                drops_services,
                saves_per_month,
                not_before,
            } => Self {
                edition: Some(to),
                limit,
                price: price(extra_per_month),
                loses_features,
                lowers_limits: lowers_limits
                    .into_iter()
                    .map(|(limit, max)| LoweredLimit { limit, max: max.number() })
                    .collect(),
                needs_application,
                needs_service,
                service_price: price(service_per_month),
                drops_services,
                saves: price(saves_per_month),
                not_before_ms: not_before.map(Timestamp::as_millis),
                ..Self::of(K::ChangeEdition).raising(raises_to)
            },
            Remedy::BuyService { service, tier, price_per_month, for_days, limit, raises_to, not_before } => {
                Self {
                    limit,
                    service: Some(service),
                    tier,
                    price: price(price_per_month),
                    for_days,
                    not_before_ms: not_before.map(Timestamp::as_millis),
                    ..Self::of(K::BuyService).raising(raises_to)
                }
            }
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
            Remedy::Reduce { limit, to } => {
                Self { limit: Some(limit), count: Some(to), ..Self::of(K::Reduce) }
            }
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
