//! Every variant of what has words, with random figures. A variant that is missing here does not compile.

mod login;
mod money;

use std::sync::Arc;

use super::dice::Dice;
use crate::model::*;

/// Values of a type, at least one for each variant.
pub(crate) trait Every: Sized {
    fn every(dice: &mut Dice) -> Vec<Self>;
}

/// Implements [`Every`] from a match without a wildcard.
macro_rules! every {
    ($type:ty, $dice:ident: { $($pattern:pat => $make:expr),+ $(,)? }) => {
        impl Every for $type {
            fn every($dice: &mut Dice) -> Vec<Self> {
                let listed = |value: &Self| match value { $($pattern => {}),+ };
                let all = vec![$({
                    let value: Self = $make;
                    assert!(matches!(value, $pattern));
                    value
                }),+];
                all.iter().for_each(listed);
                all
            }
        }
    };
}

use every;

/// Implements [`Every`] for a type that lists its values itself.
macro_rules! all {
    ($($type:ty),+) => {
        $(impl Every for $type {
            fn every(_: &mut Dice) -> Vec<Self> {
                Self::ALL.to_vec()
            }
        })+
    };
}

use all;

all!(LimitId, Feature, GroupType, Platform);

impl Every for CatalogId {
    fn every(_: &mut Dice) -> Vec<Self> {
        Self::BUILT_IN.to_vec()
    }
}

every!(InvalidAction, _dice: {
    Self::PeerIsUser => Self::PeerIsUser,
});

every!(SuspensionCause, _dice: {
    Self::Expired => Self::Expired,
    Self::TrialEnded => Self::TrialEnded,
    Self::Arrears => Self::Arrears,
    Self::Reported => Self::Reported,
});

every!(Lifecycle, dice: {
    Self::Unknown => Self::Unknown,
    Self::Active => Self::Active,
    Self::ExpiringSoon { .. } => Self::ExpiringSoon { days_left: dice.small() % 8, expires_at: dice.at() },
    Self::Grace { .. } => Self::Grace { cause: one(dice), until: open(dice) },
    Self::Suspended { .. } => Self::Suspended { cause: one(dice), since: dice.at(), reclaim_at: open(dice) },
    Self::Reclaimed { .. } => Self::Reclaimed { since: dice.at() },
});

every!(Authority, _dice: {
    Self::Endpoint => Self::Endpoint,
    Self::ValueAdded => Self::ValueAdded,
    Self::Catalog => Self::Catalog,
    Self::GroupType => Self::GroupType,
    Self::GroupOwn => Self::GroupOwn,
    Self::Fallback => Self::Fallback,
    Self::Rejection => Self::Rejection,
    Self::App => Self::App,
    Self::Unknown => Self::Unknown,
});

every!(UsageOrigin, _dice: {
    Self::Unknown => Self::Unknown,
    Self::Counted => Self::Counted,
    Self::Observed => Self::Observed,
    Self::Endpoint => Self::Endpoint,
    Self::Inferred => Self::Inferred,
});

every!(Scope, _dice: {
    Self::App => Self::App,
    Self::User => Self::User,
    Self::Group => Self::Group,
});

every!(Subject, _dice: {
    Self::App => Self::App,
    Self::User(_) => Self::User(Dice::pseudonym()),
    Self::Group(_) => Self::Group(Dice::pseudonym()),
});

every!(Max, dice: {
    Self::Of(_) => Self::Of(dice.number()),
    Self::Unlimited => Self::Unlimited,
});

every!(Condition, dice: {
    Self::Platforms { .. } => Self::Platforms { platforms: several(dice) },
    Self::MinSdk { .. } => Self::MinSdk {
        platforms: several(dice),
        version: SdkVersion { major: dice.small(), minor: dice.small(), patch: dice.small() * 100 },
        variant: dice.maybe(SdkVariant::new("enhanced").unwrap()),
    },
    Self::GroupTypes { .. } => Self::GroupTypes { group_types: several(dice) },
    Self::MaxGroupSize { .. } => Self::MaxGroupSize { members: dice.number() },
    Self::ConsoleSwitch {} => Self::ConsoleSwitch {},
});

every!(Enforcement, _dice: {
    Self::Enforce => Self::Enforce,
    Self::Warn => Self::Warn,
    Self::Off => Self::Off,
});

every!(LimitStatus, dice: {
    Self::Fits => Self::Fits,
    Self::Threshold(_) => Self::Threshold(dice.percent()),
    Self::Exceeds => Self::Exceeds,
    Self::Grandfathered => Self::Grandfathered,
    Self::UsageUnknown => Self::UsageUnknown,
    Self::NotKnown => Self::NotKnown,
});

impl Every for Evidence {
    fn every(dice: &mut Dice) -> Vec<Self> {
        vec![Self {
            max: dice.flip().then(|| one(dice)),
            authority: one(dice),
            used: dice.number(),
            reserved: dice.number(),
            usage_origin: one(dice),
            usage_as_of: dice.flip().then(|| dice.at()),
            added_since: dice.signed(),
            entitlements_as_of: dice.flip().then(|| dice.at()),
            stale: dice.flip(),
            age: dice.length(),
        }]
    }
}

impl Every for LimitCheck {
    fn every(dice: &mut Dice) -> Vec<Self> {
        LimitStatus::every(dice)
            .into_iter()
            .map(|status| Self {
                limit: one(dice),
                subject: one(dice),
                requested: dice.signed(),
                fits: dice.number(),
                status,
                enforcement: one(dice),
                plan: dice.flip().then(|| EffectiveLimit { max: one(dice), authority: one(dice) }),
                resets_at: dice.flip().then(|| dice.at()),
                evidence: one(dice),
            })
            .collect()
    }
}

every!(VerdictReason, dice: {
    Self::WithinLimits => Self::WithinLimits,
    Self::UsageUnknown => Self::UsageUnknown,
    Self::NearLimit => Self::NearLimit,
    Self::LimitReached => Self::LimitReached,
    Self::StoreLost => Self::StoreLost,
    Self::FeatureNotInPlan(_) => Self::FeatureNotInPlan(one(dice)),
    Self::ServiceNotInPlan(_) => Self::ServiceNotInPlan(service(dice)),
    Self::GroupCallNotInPlan(_) => Self::GroupCallNotInPlan(service(dice)),
    Self::GroupTypeForbids(_) => Self::GroupTypeForbids(one(dice)),
    Self::Invalid(_) => Self::Invalid(one(dice)),
    Self::Suspended(_) => Self::Suspended(one(dice)),
    Self::Unknown => Self::Unknown,
});

impl Every for Assessment {
    fn every(dice: &mut Dice) -> Vec<Self> {
        VerdictReason::every(dice)
            .into_iter()
            .map(|reason| Self {
                decision: one(dice),
                reason,
                checks: LimitCheck::every(dice).into_iter().chain(LimitCheck::every(dice)).take(8).collect(),
                entitlements: entitlements(dice),
                at: dice.at(),
            })
            .collect()
    }
}

every!(Decision, _dice: {
    Self::Allowed => Self::Allowed,
    Self::Warned => Self::Warned,
    Self::Denied => Self::Denied,
});

impl Every for Verdict {
    fn every(dice: &mut Dice) -> Vec<Self> {
        Assessment::every(dice).iter().map(Assessment::verdict).collect()
    }
}

every!(FeatureReason, dice: {
    Self::Included => Self::Included,
    Self::Approved => Self::Approved,
    Self::NotInEdition => Self::NotInEdition,
    Self::NotApplied => Self::NotApplied,
    Self::WaitingUntil(_) => Self::WaitingUntil(dice.at()),
    Self::ConditionUnmet(_) => Self::ConditionUnmet(one(dice)),
    Self::Suspended(_) => Self::Suspended(one(dice)),
    Self::Unknown => Self::Unknown,
});

impl Every for FeatureAssessment {
    fn every(dice: &mut Dice) -> Vec<Self> {
        let evidence = |dice: &mut Dice| FeatureEvidence {
            support: dice.maybe(Support::OnApplication),
            authority: one(dice),
            approved_at: dice.flip().then(|| dice.at()),
            entitlements_as_of: dice.flip().then(|| dice.at()),
            stale: dice.flip(),
            age: dice.length(),
        };
        FeatureReason::every(dice)
            .into_iter()
            .map(|reason| Self {
                feature: one(dice),
                granted: dice.flip(),
                reason,
                evidence: evidence(dice),
                entitlements: entitlements(dice),
                at: dice.at(),
            })
            .collect()
    }
}

impl Every for FeatureDecision {
    fn every(dice: &mut Dice) -> Vec<Self> {
        FeatureAssessment::every(dice).iter().map(FeatureAssessment::decision).collect()
    }
}

every!(ChangePath, _dice: {
    Self::Upgrade => Self::Upgrade,
    Self::Modify => Self::Modify,
    Self::RefundAndRepurchase => Self::RefundAndRepurchase,
    Self::Downgrade => Self::Downgrade,
});

every!(Remedy, dice: {
    Self::ChangeEdition { .. } => Self::ChangeEdition {
        catalog: one(dice),
        to: edition(dice),
        path: one(dice),
        extra_per_month: dice.flip().then(|| dice.difference()),
        limit: dice.flip().then(|| one(dice)),
        raises_to: dice.flip().then(|| one(dice)),
        loses_features: dice.some(Feature::ALL),
        lowers_limits: dice.some(LimitId::ALL).into_iter().map(|limit| (limit, one(dice))).collect(),
        needs_application: dice.flip(),
        needs_service: dice.flip().then(|| service(dice)),
        service_per_month: dice.flip().then(|| dice.price()),
        drops_services: dice.some(ServiceId::BUILT_IN),
        saves_per_month: dice.flip().then(|| dice.price()),
        not_before: dice.flip().then(|| dice.at()),
    },
    Self::BuyService { .. } => Self::BuyService {
        service: service(dice),
        tier: dice.pick(&[None, Some("30"), Some("one_to_one"), Some("free"), Some("group")]).map(str::to_owned),
        price_per_month: dice.flip().then(|| dice.price()),
        for_days: dice.pick(&[None, Some(1), Some(7), Some(60)]),
        limit: dice.flip().then(|| one(dice)),
        raises_to: dice.flip().then(|| one(dice)),
        not_before: dice.flip().then(|| dice.at()),
    },
    Self::PayOverage { .. } => Self::PayOverage {
        limit: one(dice),
        price: dice.flip().then(|| dice.price()),
        per: dice.pick(&[1, 10_000, 100_000]),
    },
    Self::Renew { .. } => Self::Renew { price_per_month: dice.flip().then(|| dice.price()) },
    Self::PayArrears => Self::PayArrears,
    Self::Purchase { .. } => {
        Self::Purchase { edition: edition(dice), price_per_month: dice.flip().then(|| dice.price()) }
    },
    Self::ExtendTrial => Self::ExtendTrial,
    Self::DissolveGroups { .. } => Self::DissolveGroups { count: dice.number() },
    Self::Remove { .. } => Self::Remove { limit: one(dice), count: dice.number() },
    Self::Reduce { .. } => Self::Reduce { limit: one(dice), to: dice.number() },
    Self::WaitUntil(_) => Self::WaitUntil(dice.at()),
    Self::Apply { .. } => {
        Self::Apply { feature: one(dice), waiting_hours: dice.pick(&[None, Some(1), Some(48)]) }
    },
    Self::SwitchOn { .. } => Self::SwitchOn { feature: one(dice) },
    Self::RaiseGroupMaximum { .. } => Self::RaiseGroupMaximum { up_to: one(dice) },
    Self::Sync => Self::Sync,
    Self::CreateNewApp => Self::CreateNewApp,
    Self::ContactProvider => Self::ContactProvider,
});

/// One value of any variant.
pub(crate) fn one<T: Every + Clone>(dice: &mut Dice) -> T {
    let all = T::every(dice);
    dice.pick(&all)
}

/// One or more values.
fn several<T: Every + Clone, S: FromIterator<T>>(dice: &mut Dice) -> S {
    let all = T::every(dice);
    let some = dice.some(&all);
    if some.is_empty() { [dice.pick(&all)].into_iter().collect() } else { some.into_iter().collect() }
}

/// An instant that price lists may leave open.
fn open(dice: &mut Dice) -> Timestamp {
    if dice.flip() { dice.at() } else { Timestamp::MAX }
}

fn service(dice: &mut Dice) -> ServiceId {
    dice.pick(ServiceId::BUILT_IN)
}

fn edition(dice: &mut Dice) -> EditionId {
    dice.pick(EditionId::BUILT_IN)
}

fn entitlements(dice: &mut Dice) -> Arc<Entitlements> {
    let mut entitlements = Entitlements::unknown();
    entitlements.zone = dice.flip().then(BillingZone::default);
    entitlements.fetched_at = dice.flip().then(|| dice.at());
    Arc::new(entitlements)
}
