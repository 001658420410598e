//! What room there is for one more active user, and what it costs.

use rust_decimal::Decimal;

use super::policy::LoginPolicy;
use crate::model::catalog::{BillingModel, Meter, Overage};
use crate::model::{
    Authority, CatalogId, Counted, Counter, CounterKey, Currency, DecisionPolicy, Enforcement, Entitlements,
    Evidence, LimitId, Max, Money, Subject, Timestamp, Usage,
};

/// How much room there is for one more active user; the tightest bound is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Room {
    /// No quota is known, so nothing speaks against it.
    Unknown,
    /// Inside the quota that the plan fee covers.
    Within,
    /// Inside, and this threshold of the quota is reached, in percent.
    NearQuota(u8),
    /// Beyond the quota, on a plan that charges for it.
    Charged,
    /// The quota is used up, on a plan that does not go on beyond it.
    QuotaUsedUp,
    /// The app's own budget is used up.
    BudgetUsedUp,
    /// The user is unknown to the provider, and the plan registers no more.
    UsersFull,
}

/// What room there is, how strictly the bound is kept, and what this rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The room.
    pub room: Room,
    /// How strictly the bound that `room` names is kept.
    pub enforcement: Enforcement,
    /// What one more active user costs at the margin: zero inside the quota, `None` when not known.
    pub price: Option<Money>,
    /// The usage and limit that were compared. Usage from the endpoint lags: see `usage_as_of` and
    /// `added_since`.
    pub evidence: Evidence,
}

/// What [`assess`] looks at.
#[derive(Clone, Copy, Debug)]
pub struct BudgetInput<'a> {
    /// What the app is entitled to.
    pub entitlements: &'a Entitlements,
    /// What is used.
    pub usage: &'a Usage,
    /// Whether the user is counted already.
    pub counted: Counted,
    /// Whether the provider knows the user id: an unknown one is registered by its first login.
    pub known_to_provider: bool,
    /// The key of the current period's counter: `free_mau` of this month.
    pub mau: CounterKey,
    /// The key of the current period's counter: `free_dau` of this day.
    pub dau: CounterKey,
    /// The time of the decision.
    pub now: Timestamp,
}

/// What the plan counts active users by. Where no catalog is known it is taken to be the month.
pub fn billing_model(entitlements: &Entitlements) -> BillingModel {
    entitlements.catalog.map(CatalogId::catalog).map_or(BillingModel::Mau, |catalog| catalog.billing_model)
}

/// Finds the tightest bound on one more active user. One that is enforced comes before one that only warns.
pub fn assess(input: &BudgetInput<'_>, login: &LoginPolicy, policy: &DecisionPolicy) -> Budget {
    let stale = input.entitlements.is_stale(input.now);
    let plan = plan_room(input, policy, stale);
    let own = own_budget(input, login, policy, stale);
    let users = users_room(input, policy, stale);
    let mut bounds = [users, own].into_iter().flatten().chain([plan]);
    let enforced = bounds.clone().find(|bound| {
        bound.enforcement == Enforcement::Enforce
            && matches!(bound.room, Room::UsersFull | Room::BudgetUsedUp | Room::QuotaUsedUp)
    });
    let tightest = enforced.or_else(|| bounds.find(|bound| bound.enforcement != Enforcement::Off));
    Budget { price: plan.price, ..tightest.unwrap_or(plan) }
}

fn plan_room(input: &BudgetInput<'_>, policy: &DecisionPolicy, stale: bool) -> Budget {
    let (key, meter) = match billing_model(input.entitlements) {
        BillingModel::Mau => (&input.mau, Meter::Mau),
        BillingModel::DauPeakGroups => (&input.dau, Meter::Dau),
    };
    let counter = input.usage.get(key);
    let used = counter.used();
    let evidence = evidence(input, key.limit, &counter, stale);
    let enforcement = policy.enforcement(key.limit, stale);
    let (overage, currency) = overage(input.entitlements, meter);
    let zero = currency.map(Money::zero);
    let (room, price) = match evidence.max {
        None => (Room::Unknown, None),
        Some(Max::Unlimited) => (Room::Within, zero),
        Some(Max::Of(quota)) if used < quota => {
            (reached(used.saturating_add(1), quota, policy).map_or(Room::Within, Room::NearQuota), zero)
        }
        Some(Max::Of(quota)) => match overage {
            Some(Overage { supported: false, .. }) => (Room::QuotaUsedUp, None),
            Some(overage) => (Room::Charged, marginal_price(overage, currency, used, quota)),
            None => (Room::Charged, None),
        },
    };
    Budget { room, enforcement, price, evidence }
}

/// The highest threshold that `used` of `quota` reaches.
fn reached(used: u64, quota: u64, policy: &DecisionPolicy) -> Option<u8> {
    let percent = u128::from(used) * 100;
    policy.thresholds.iter().rev().copied().find(|&t| percent >= u128::from(t) * u128::from(quota))
}

fn overage(entitlements: &Entitlements, meter: Meter) -> (Option<&'static Overage>, Option<Currency>) {
    let Some(catalog) = entitlements.catalog.map(CatalogId::catalog) else {
        return (None, None);
    };
    let overage =
        entitlements.edition.and_then(|id| catalog.edition(id)).and_then(|edition| edition.overage(meter));
    (overage, catalog.currency)
}

/// What the active user after `used` adds to the bill: the price of one, or of the block that it starts, or
/// nothing where the block it falls into is paid already. On a plan that bills the month's peak day this is
/// what it costs if today is that day.
fn marginal_price(overage: &Overage, currency: Option<Currency>, used: u64, quota: u64) -> Option<Money> {
    let rate = overage.rate.as_ref()?;
    let over = used.saturating_sub(quota);
    let price: Decimal = rate.charge(over.checked_add(1)?)?.checked_sub(rate.charge(over)?)?;
    Some(Money::new(price, currency?))
}

fn own_budget(
    input: &BudgetInput<'_>,
    login: &LoginPolicy,
    policy: &DecisionPolicy,
    stale: bool,
) -> Option<Budget> {
    let budget = login.mau_budget?;
    let counter = input.usage.get(&input.mau);
    // On a plan that bills days, somebody counted in this month takes nothing more out of a month's budget.
    if input.counted.this_month || counter.used() < budget {
        return None;
    }
    let evidence = Evidence {
        max: Some(Max::Of(budget)),
        authority: Authority::App,
        ..evidence(input, LimitId::FreeMau, &counter, stale)
    };
    let enforcement = login.on_budget.unwrap_or_else(|| policy.enforcement(LimitId::FreeMau, stale));
    Some(Budget { room: Room::BudgetUsedUp, enforcement, price: None, evidence })
}

fn users_room(input: &BudgetInput<'_>, policy: &DecisionPolicy, stale: bool) -> Option<Budget> {
    if input.known_to_provider {
        return None;
    }
    let counter = input.usage.get(&CounterKey { limit: LimitId::MaxUsers, subject: Subject::App, bucket: 0 });
    let evidence = evidence(input, LimitId::MaxUsers, &counter, stale);
    if evidence.max.is_none_or(|max| max.fits(counter.used().saturating_add(1))) {
        return None;
    }
    let enforcement = policy.enforcement(LimitId::MaxUsers, stale);
    Some(Budget { room: Room::UsersFull, enforcement, price: None, evidence })
}

fn evidence(input: &BudgetInput<'_>, limit: LimitId, counter: &Counter, stale: bool) -> Evidence {
    let effective = input.entitlements.limit(limit);
    Evidence {
        max: effective.map(|limit| limit.max),
        authority: effective.map_or(Authority::Unknown, |limit| limit.authority),
        used: counter.used(),
        reserved: counter.reserved_at(input.now),
        usage_origin: counter.origin,
        usage_as_of: counter.as_of,
        added_since: counter.added,
        entitlements_as_of: input.entitlements.fetched_at,
        stale,
        age: input.entitlements.fetched_at.map_or_else(Default::default, |at| input.now.since(at)),
    }
}
