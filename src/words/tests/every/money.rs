//! Bills, forecasts, refunds and moves, with random figures.

use jiff::civil::date;
use rust_decimal::Decimal;

use super::{Every, all, edition, every, one, service};
use crate::decide::bill::{
    Assumption, AssumptionId, Bill, BillError, BillLine, Due, IncludedUsage, MonthUsage, Share, testing,
};
use crate::decide::change::{
    ChangePreview, ChangeRefusal, Comparison, LimitChange, NeedlessService, OverUse,
};
use crate::decide::forecast::{Forecast, LeftOut, Marginal};
use crate::decide::refund::Refund;
use crate::model::catalog::{ChangeCharge, UsedBasis};
use crate::model::*;
use crate::words::tests::dice::Dice;

all!(AssumptionId);

/// What notes and lines name.
const ABOUT: &[&str] = &[
    "plan",
    "plan.from",
    "plan.months",
    "suspended_at",
    "usage.mau",
    "usage.peak_dau",
    "usage.peak_groups",
    "usage.push_calls_by_day",
    "usage.push_messages",
    "usage.search_stored",
    "usage.search_requests",
    "push_calls_per_day",
    "search_messages_stored",
    "low",
    "linear",
    "as_of",
    "value_added[2]",
    "plan:free_trial",
    "overage:dau",
];

const METERED: &[LimitId] = &[
    LimitId::FreeMau,
    LimitId::FreeDau,
    LimitId::FreePeakGroups,
    LimitId::PushCallsPerDay,
    LimitId::PushMessagesPerMonth,
    LimitId::SearchMessagesStored,
    LimitId::SearchRequestsPerMonth,
];

impl Every for Assumption {
    fn every(dice: &mut Dice) -> Vec<Self> {
        AssumptionId::ALL.iter().map(|&id| Self { id, about: dice.pick(ABOUT).to_owned() }).collect()
    }
}

fn assumptions(dice: &mut Dice) -> Vec<Assumption> {
    let all = Assumption::every(dice);
    dice.some(&all)
}

every!(Due, _dice: {
    Self::InAdvance => Self::InAdvance,
    Self::Daily => Self::Daily,
    Self::NextMonth => Self::NextMonth,
});

impl Every for IncludedUsage {
    fn every(dice: &mut Dice) -> Vec<Self> {
        METERED
            .iter()
            .map(|&limit| Self {
                limit,
                used: dice.flip().then(|| dice.number()),
                included: dice.flip().then(|| one(dice)),
                source: None,
            })
            .collect()
    }
}

fn share(dice: &mut Dice) -> Option<Share> {
    dice.flip().then(|| Share { days: dice.small() % 30, of: 30 })
}

impl Every for BillLine {
    fn every(dice: &mut Dice) -> Vec<Self> {
        let items = [
            format!("plan:{}", edition(dice)),
            format!("service:{}", service(dice)),
            "service:history_retention:30".to_owned(),
            "service:call:group".to_owned(),
            "overage:mau".to_owned(),
            "overage:dau".to_owned(),
            "overage:peak_groups".to_owned(),
            "overage:push_calls_per_day".to_owned(),
            "overage:search_messages_stored".to_owned(),
        ];
        items
            .into_iter()
            .map(|item| {
                let quantity = dice.pick(&[Decimal::ONE, Decimal::from(2_345), Decimal::new(25, 1)]);
                let per = dice.pick(&[1, 1, 10_000]);
                let (price, amount) =
                    if dice.flip() { (Some(dice.price()), Some(dice.price())) } else { (None, None) };
                testing::line(item, (quantity, per), (price, amount), share(dice), one(dice), dice.flip())
            })
            .collect()
    }
}

impl Every for Bill {
    fn every(dice: &mut Dice) -> Vec<Self> {
        let totals = [None, Some(Money::zero(Currency::Usd)), Some(dice.price())];
        totals
            .into_iter()
            .map(|total| {
                let days = (date(2024, 9, 1), date(2024, 9, 3));
                let amounts = (total, dice.flip().then(|| dice.price()));
                let mut bill = testing::bill(edition(dice), "2024-08".parse().unwrap(), days, amounts);
                bill.lines = BillLine::every(dice);
                bill.included = IncludedUsage::every(dice);
                bill.assumptions = assumptions(dice);
                bill
            })
            .collect()
    }
}

every!(Marginal, dice: {
    Self::Free { .. } => Self::Free { next_at: dice.flip().then(|| dice.number()) },
    Self::Price(_) => Self::Price(dice.price()),
    Self::Block { .. } => Self::Block { price: dice.price(), next_at: dice.number() },
    Self::NotPossible => Self::NotPossible,
    Self::NotStated => Self::NotStated,
    Self::NotKnown => Self::NotKnown,
});

impl Every for LeftOut {
    fn every(dice: &mut Dice) -> Vec<Self> {
        let grant = ServiceGrant { id: service(dice), tier: None, quantity: dice.small(), expires_at: None };
        let error = BillError::TooLarge { field: "total".to_owned() };
        vec![Self { service: grant, error }]
    }
}

impl Every for Forecast {
    fn every(dice: &mut Dice) -> Vec<Self> {
        Marginal::every(dice)
            .into_iter()
            .map(|marginal| {
                let low: Bill = one(dice);
                let linear = if dice.flip() { low.clone() } else { one(dice) };
                Self {
                    as_of: dice.at(),
                    low,
                    linear,
                    linear_usage: MonthUsage::default(),
                    marginal,
                    assumptions: assumptions(dice),
                    left_out: if dice.flip() { LeftOut::every(dice) } else { Vec::new() },
                }
            })
            .collect()
    }
}

every!(UsedBasis, _dice: {
    Self::Days => Self::Days,
    Self::Time => Self::Time,
});

impl Every for Refund {
    fn every(dice: &mut Dice) -> Vec<Self> {
        UsedBasis::every(dice)
            .into_iter()
            .map(|basis| Self {
                effective: dice.price(),
                not_yet_effective: dice.price(),
                used: dice.price(),
                refund: dice.price(),
                cash: dice.price(),
                credit: dice.price(),
                vouchers_lost: dice.price(),
                basis,
                suspends: dice.flip(),
                still_charges_overage: dice.flip(),
            })
            .collect()
    }
}

impl Every for LimitChange {
    fn every(dice: &mut Dice) -> Vec<Self> {
        LimitId::ALL
            .iter()
            .map(|&limit| Self {
                limit,
                before: dice.flip().then(|| one(dice)),
                before_by: one(dice),
                after: dice.flip().then(|| one(dice)),
            })
            .collect()
    }
}

impl Every for Comparison {
    fn every(dice: &mut Dice) -> Vec<Self> {
        let changes = LimitChange::every(dice);
        let (limits_gained, limits_lost) = (dice.some(&changes), dice.some(&changes));
        vec![Self {
            limits_gained,
            limits_lost,
            features_gained: dice.some(Feature::ALL),
            features_lost: dice.some(Feature::ALL),
            extra_per_month: dice.flip().then(|| dice.difference()),
        }]
    }
}

impl Every for OverUse {
    fn every(dice: &mut Dice) -> Vec<Self> {
        let subjects = Subject::every(dice);
        subjects
            .into_iter()
            .map(|subject| Self {
                limit: one(dice),
                subject,
                used: dice.number(),
                max: dice.number(),
                subjects: dice.number(),
            })
            .collect()
    }
}

fn some_over(dice: &mut Dice) -> Vec<OverUse> {
    let all = OverUse::every(dice);
    dice.some(&all)
}

impl Every for NeedlessService {
    fn every(dice: &mut Dice) -> Vec<Self> {
        vec![Self {
            service: service(dice),
            tier: dice.pick(&[None, Some("group")]).map(str::to_owned),
            price: dice.flip().then(|| dice.price()),
            refunded: dice.flip(),
            unavailable: dice.flip(),
        }]
    }
}

every!(ChangeCharge, _dice: {
    Self::ByDay => Self::ByDay,
    Self::Unstated => Self::Unstated,
});

every!(ChangeRefusal, dice: {
    Self::SameEdition { .. } => Self::SameEdition { edition: edition(dice) },
    Self::OtherCatalog { .. } => Self::OtherCatalog { edition: edition(dice), catalog: one(dice) },
    Self::NeverBack { .. } => Self::NeverBack { edition: edition(dice) },
    Self::OncePerMonth { .. } => Self::OncePerMonth { times: 1, until: dice.at() },
    Self::NotStated { .. } => {
        Self::NotStated { catalog: one(dice), from: edition(dice), to: edition(dice) }
    },
});

impl Every for ChangePreview {
    fn every(dice: &mut Dice) -> Vec<Self> {
        let refusals = ChangeRefusal::every(dice).into_iter().map(Err);
        let ways: Vec<_> = ChangePath::every(dice).into_iter().map(Ok).chain(refusals).collect();
        ways.into_iter()
            .map(|allowed| Self {
                from: edition(dice),
                to: edition(dice),
                lifecycle: one(dice),
                allowed,
                immediate: dice.flip(),
                suspends: dice.flip(),
                charge: dice.flip().then(|| one(dice)),
                comparison: one(dice),
                over: some_over(dice),
                needless_services: if dice.flip() { NeedlessService::every(dice) } else { Vec::new() },
            })
            .collect()
    }
}
