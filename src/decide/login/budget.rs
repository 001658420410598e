//! What room there is for one more active user, and what it costs.

use arrayvec::ArrayVec;
use rust_decimal::Decimal;

use super::policy::LoginPolicy;
use crate::decide::{quota, threshold};
use crate::model::catalog::{BillingModel, Meter, Overage};
use crate::model::{
    Authority, BillingDay, BillingMonth, Counted, Counter, CounterKey, Currency, DecisionPolicy,
    EffectiveLimit, Enforcement, Entitlements, Evidence, HoldItem, LimitCheck, LimitId, LimitStatus, Max,
    Moment, Money, Subject, Timestamp, Usage,
};

/// How much room there is for one more active user; the tightest bound is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Room {
    /// No quota is known, or the price list does not state what happens beyond it: nothing speaks against it.
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
    /// What is used, and what running logins hold.
    pub usage: &'a Usage,
    /// Whether the user is counted already.
    pub counted: Counted,
    /// Whether the login registers the user id with the provider: it is unknown there.
    pub registers: bool,
    /// Whether an earlier login of this user, of unknown end, may hold room still: this one takes its place.
    pub repeats: bool,
    /// The billing day of the decision.
    pub day: BillingDay,
    /// The billing month of the decision.
    pub month: BillingMonth,
    /// The time of the decision.
    pub now: Moment,
}

/// The room that a login takes while it runs, counter by counter.
pub type LoginRoom = ArrayVec<HoldItem, 3>;

/// One bound on active or registered users.
#[derive(Clone, Copy)]
struct Bound {
    /// What there is when it is reached.
    room: Room,
    key: CounterKey,
    limit: Option<EffectiveLimit>,
    enforcement: Enforcement,
    /// Nothing goes beyond it; a quota with overage goes on at a price.
    is_final: bool,
}

impl BudgetInput<'_> {
    /// The app's own counter of `limit` in the period of the decision.
    pub fn key(&self, limit: LimitId) -> CounterKey {
        let bucket = match limit {
            LimitId::FreeMau => self.month.number(),
            LimitId::FreeDau => self.day.number(),
            _ => 0,
        };
        CounterKey { limit, subject: Subject::App, bucket }
    }

    /// What is used, the other logins under way included.
    fn taken(&self, counter: &Counter) -> u64 {
        let held = counter.reserved_at(self.now.elapsed).saturating_sub(u64::from(self.repeats));
        counter.used().saturating_add(held)
    }

    fn is_full(&self, bound: &Bound) -> bool {
        let taken = self.taken(&self.usage.get(&bound.key));
        bound.limit.is_some_and(|limit| !limit.max.fits(taken.saturating_add(1)))
    }

    fn evidence(&self, bound: &Bound) -> Evidence {
        quota::evidence(self.entitlements, bound.limit, &self.usage.get(&bound.key), self.now)
    }

    fn of_plan(&self, limit: LimitId, room: Room, is_final: bool, policy: &DecisionPolicy) -> Bound {
        let key = self.key(limit);
        Bound {
            room,
            key,
            limit: quota::binds(self.entitlements, limit, None, &self.usage.get(&key)),
            enforcement: policy.enforcement(limit, self.entitlements.is_stale(self.now.at)),
            is_final,
        }
    }

    /// The quota of the plan.
    fn quota(&self, policy: &DecisionPolicy) -> Bound {
        let (limit, meter) = match billing_model(self.entitlements) {
            BillingModel::Mau => (LimitId::FreeMau, Meter::Mau),
            BillingModel::DauPeakGroups => (LimitId::FreeDau, Meter::Dau),
        };
        let (overage, _) = overage(self.entitlements, meter);
        let is_final = overage.is_some_and(|overage| !overage.supported);
        self.of_plan(limit, Room::QuotaUsedUp, is_final, policy)
    }

    /// The app's own budget. On a plan that bills days, somebody counted in this month takes nothing more out of a
    /// month's budget.
    fn budget(&self, login: &LoginPolicy, policy: &DecisionPolicy) -> Option<Bound> {
        let budget = login.mau_budget.filter(|_| !self.counted.this_month)?;
        let by_limit = self.of_plan(LimitId::FreeMau, Room::BudgetUsedUp, true, policy);
        Some(Bound {
            limit: Some(EffectiveLimit { max: Max::Of(budget), authority: Authority::App }),
            enforcement: login.on_budget.unwrap_or(by_limit.enforcement),
            ..by_limit
        })
    }

    /// The users that the plan registers.
    fn users(&self, policy: &DecisionPolicy) -> Option<Bound> {
        self.registers.then(|| self.of_plan(LimitId::MaxUsers, Room::UsersFull, true, policy))
    }
}

/// What the plan counts active users by. Where no catalog is known it is taken to be the month.
pub fn billing_model(entitlements: &Entitlements) -> BillingModel {
    entitlements.price_list.as_ref().map_or(BillingModel::Mau, |catalog| catalog.billing_model)
}

/// Finds the tightest bound on one more active user. One that is enforced comes before one that only warns.
pub fn assess(input: &BudgetInput<'_>, login: &LoginPolicy, policy: &DecisionPolicy) -> Budget {
    let plan = plan_room(input, policy);
    let full = |bound: Option<Bound>| bound.filter(|bound| input.is_full(bound));
    let reached = |bound: Bound| Budget {
        room: bound.room,
        enforcement: bound.enforcement,
        price: None,
        evidence: input.evidence(&bound),
    };
    let (users, own) = (full(input.users(policy)), full(input.budget(login, policy)));
    let mut bounds = [users, own].into_iter().flatten().map(reached).chain([plan]);
    let enforced = bounds.clone().find(|bound| {
        bound.enforcement == Enforcement::Enforce
            && matches!(bound.room, Room::UsersFull | Room::BudgetUsedUp | Room::QuotaUsedUp)
    });
    let tightest = enforced.or_else(|| bounds.find(|bound| bound.enforcement != Enforcement::Off));
    Budget { price: plan.price, ..tightest.unwrap_or(plan) }
}

/// The room that a login takes until it ends, so that concurrent logins never oversell a bound that [`assess`]
/// enforces. Where a bound only warns, the room is unlimited and counted all the same.
pub fn login_room(input: &BudgetInput<'_>, login: &LoginPolicy, policy: &DecisionPolicy) -> LoginRoom {
    let quota = input.quota(policy);
    let bounds = [Some(quota), input.budget(login, policy), input.users(policy)];
    let item = |limit| {
        let key = input.key(limit);
        let enforced = bounds
            .iter()
            .flatten()
            .filter(|bound| bound.key == key && bound.is_final && bound.enforcement == Enforcement::Enforce);
        let max = enforced.filter_map(|bound| bound.limit).map(|limit| limit.max).min();
        HoldItem { key, amount: 1, max: max.unwrap_or(Max::Unlimited) }
    };
    let takes = [
        (!input.counted.this_month, LimitId::FreeMau),
        (!input.counted.today, LimitId::FreeDau),
        (input.registers, LimitId::MaxUsers),
    ];
    takes.into_iter().filter(|(takes, _)| *takes).map(|(_, limit)| item(limit)).collect()
}

/// How one more user fits below a quota of the app, for a refusal that speaks of it.
pub fn quota_check(
    input: &BudgetInput<'_>,
    limit: LimitId,
    resets_at: Option<Timestamp>,
    policy: &DecisionPolicy,
) -> LimitCheck {
    let bound = input.of_plan(limit, Room::QuotaUsedUp, true, policy);
    let full = input.is_full(&bound);
    let status = match bound.limit {
        None => LimitStatus::NotKnown,
        Some(_) if full => LimitStatus::Exceeds,
        Some(_) => LimitStatus::Fits,
    };
    LimitCheck {
        limit,
        subject: Subject::App,
        requested: 1,
        fits: u64::from(!full),
        status,
        enforcement: bound.enforcement,
        plan: input.entitlements.limit(limit),
        resets_at,
        evidence: input.evidence(&bound),
    }
}

fn plan_room(input: &BudgetInput<'_>, policy: &DecisionPolicy) -> Budget {
    let bound = input.quota(policy);
    let taken = input.taken(&input.usage.get(&bound.key));
    let meter = if bound.key.limit == LimitId::FreeMau { Meter::Mau } else { Meter::Dau };
    let (overage, currency) = overage(input.entitlements, meter);
    let zero = currency.map(Money::zero);
    let (room, price) = match bound.limit.map(|limit| limit.max) {
        None => (Room::Unknown, None),
        Some(Max::Unlimited) => (Room::Within, zero),
        Some(max @ Max::Of(_)) if !input.is_full(&bound) => {
            let reached = threshold::step(0, taken.saturating_add(1), max, policy).highest();
            (reached.map_or(Room::Within, Room::NearQuota), zero)
        }
        Some(Max::Of(_)) if bound.is_final => (Room::QuotaUsedUp, None),
        // What happens beyond the quota is not stated.
        Some(Max::Of(_)) if overage.is_none() && input.entitlements.price_list.is_some() => {
            (Room::Unknown, None)
        }
        Some(Max::Of(quota)) => {
            let price = overage.and_then(|overage| marginal_price(overage, currency, taken, quota));
            (Room::Charged, price)
        }
    };
    Budget { room, enforcement: bound.enforcement, price, evidence: input.evidence(&bound) }
}

fn overage(entitlements: &Entitlements, meter: Meter) -> (Option<&Overage>, Option<Currency>) {
    let Some(catalog) = entitlements.price_list.as_deref() else {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::entitle;
    use crate::model::{CatalogId, Catalogs, EditionId, Elapsed, EnforcementByLimit, Wait};

    fn fallback(edition: EditionId) -> Entitlements {
        entitle::fallback(CatalogId::INTL_2024, edition, &Catalogs::default())
    }

    const NOW: Moment = Moment { at: Timestamp::from_secs(1_722_500_000), elapsed: Elapsed(1_000) };

    fn strict() -> DecisionPolicy {
        DecisionPolicy {
            enforcement: EnforcementByLimit::all(Enforcement::Enforce),
            ..DecisionPolicy::default()
        }
    }

    fn input<'a>(entitlements: &'a Entitlements, usage: &'a Usage) -> BudgetInput<'a> {
        BudgetInput {
            entitlements,
            usage,
            counted: Counted { this_month: false, today: false },
            registers: true,
            repeats: false,
            day: BillingDay::from_number(20_000),
            month: BillingMonth::from_number(24_296),
            now: NOW,
        }
    }

    fn held(usage: &Usage, key: CounterKey, used: u64, held: i64) -> Usage {
        let counter = Counter { base: used, ..Counter::default() };
        usage.with(key, counter.holding(held, &Wait::new(NOW.elapsed, std::time::Duration::from_secs(60))))
    }

    #[test]
    fn logins_under_way_take_room_in_the_quota_and_the_budget() {
        let trial = fallback(EditionId::FREE_TRIAL);
        let (empty, login) =
            (Usage::default(), LoginPolicy { mau_budget: Some(3), ..LoginPolicy::default() });
        let key = input(&trial, &empty).key(LimitId::FreeMau);
        let room =
            |used, hold| assess(&input(&trial, &held(&empty, key, used, hold)), &login, &strict()).room;
        assert_ne!(room(1, 1), Room::BudgetUsedUp);
        assert_eq!(room(1, 2), Room::BudgetUsedUp);
        let unbounded = LoginPolicy::default();
        let quota = |hold| assess(&input(&trial, &held(&empty, key, 99, hold)), &unbounded, &strict()).room;
        assert_eq!((quota(0), quota(1)), (Room::NearQuota(100), Room::QuotaUsedUp));
    }

    #[test]
    fn a_repetition_takes_the_place_of_the_users_own_login() {
        let trial = fallback(EditionId::FREE_TRIAL);
        let (empty, login) =
            (Usage::default(), LoginPolicy { mau_budget: Some(2), ..LoginPolicy::default() });
        let key = input(&trial, &empty).key(LimitId::FreeMau);
        for (used, hold, full) in [(1, 1, false), (1, 2, true), (2, 0, true)] {
            let usage = held(&empty, key, used, hold);
            let again = BudgetInput { repeats: true, ..input(&trial, &usage) };
            assert_eq!(assess(&again, &login, &strict()).room == Room::BudgetUsedUp, full, "{used} {hold}");
        }
    }

    #[test]
    fn the_room_of_a_login_is_bounded_by_what_is_enforced() {
        let trial = fallback(EditionId::FREE_TRIAL);
        let standard = fallback(EditionId::STANDARD);
        let (usage, login) =
            (Usage::default(), LoginPolicy { mau_budget: Some(30), ..LoginPolicy::default() });
        let max = |entitlements: &Entitlements, login: &LoginPolicy, policy: &DecisionPolicy| {
            let room = login_room(&input(entitlements, &usage), login, policy);
            room.iter().map(|item| (item.key.limit, item.max)).collect::<Vec<_>>()
        };
        let mau = |rooms: Vec<(LimitId, Max)>| rooms[0];
        assert_eq!(mau(max(&trial, &LoginPolicy::default(), &strict())), (LimitId::FreeMau, Max::Of(100)));
        assert_eq!(mau(max(&trial, &login, &strict())), (LimitId::FreeMau, Max::Of(30)));
        // Beyond the quota Standard goes on at a price, and a fallback is stale and only warns.
        assert_eq!(mau(max(&standard, &LoginPolicy::default(), &strict())).1, Max::Unlimited);
        assert_eq!(mau(max(&trial, &login, &DecisionPolicy::default())).1, Max::Unlimited);
        assert_eq!(max(&trial, &login, &strict()).len(), 3);
        let counted = BudgetInput {
            counted: Counted { this_month: true, today: true },
            registers: false,
            ..input(&trial, &usage)
        };
        assert!(login_room(&counted, &login, &strict()).is_empty());
    }

    #[test]
    fn a_refused_quota_is_shown_as_it_stood() {
        let trial = fallback(EditionId::FREE_TRIAL);
        let usage = Usage::default();
        let check = quota_check(&input(&trial, &usage), LimitId::FreeMau, None, &strict());
        assert_eq!((check.requested, check.fits, check.status), (1, 1, LimitStatus::Fits));
        assert_eq!((check.evidence.used, check.evidence.max), (0, Some(Max::Of(100))));
    }
}
