//! Room for one more active user and its price at the margin, with figures worked by hand.

use planguard::catalog;
use planguard::decide::login::{Budget, BudgetInput, LoginPolicy, Room, assess};
use planguard::{
    Authority, BillingDay, BillingMonth, CatalogId, Counted, Counter, CounterKey, Currency, DecisionPolicy,
    EditionId, EffectiveLimit, Elapsed, Enforcement, Entitlements, LimitId, Max, Moment, Money, Subject,
    Timestamp, Usage, UsageOrigin, Wait,
};

const NOW: Timestamp = Timestamp::from_secs(1_722_500_000);
const ELAPSED: Elapsed = Elapsed(5_000);

fn key(limit: LimitId) -> CounterKey {
    CounterKey { limit, subject: Subject::App, bucket: i32::from(limit != LimitId::MaxUsers) }
}

fn entitlements(catalog: CatalogId, edition: EditionId, limits: &[(LimitId, u64)]) -> Entitlements {
    let mut entitlements = Entitlements::unknown();
    entitlements.catalog = Some(catalog);
    entitlements.price_list = catalog::built_in(catalog).cloned();
    entitlements.edition = Some(edition);
    entitlements.fetched_at = Some(NOW.minus(std::time::Duration::from_secs(30)));
    entitlements.fresh_for = Some(300);
    for &(limit, max) in limits {
        let effective = EffectiveLimit { max: Max::Of(max), authority: Authority::Endpoint };
        entitlements.set_limit(limit, Some(effective));
    }
    entitlements
}

fn usage(counters: &[(LimitId, u64, i64)]) -> Usage {
    counters
        .iter()
        .map(|&(limit, base, added)| {
            let counter = Counter {
                base,
                added,
                as_of: Some(NOW.minus(std::time::Duration::from_secs(3_600))),
                origin: UsageOrigin::Endpoint,
                ..Counter::default()
            };
            (key(limit), counter)
        })
        .collect()
}

fn room(entitlements: &Entitlements, usage: &Usage, known: bool, login: &LoginPolicy) -> Budget {
    let input = BudgetInput {
        entitlements,
        usage,
        counted: Counted { this_month: false, today: false },
        registers: !known,
        repeats: false,
        day: BillingDay::from_number(1),
        month: BillingMonth::from_number(1),
        now: Moment { at: NOW, elapsed: ELAPSED },
    };
    assess(&input, login, &DecisionPolicy::default())
}

fn usd(text: &str) -> Money {
    Money::new(text.parse().unwrap(), Currency::Usd)
}

#[test]
fn standard_charges_each_user_beyond_ten_thousand() {
    let plan = entitlements(CatalogId::INTL_2024, EditionId::STANDARD, &[(LimitId::FreeMau, 10_000)]);
    let policy = LoginPolicy::default();
    // (reported, added since) -> the room for one more and its price.
    for (base, added, expected, price) in [
        (100, 0, Room::Within, "0"),
        // 7,999 + 1 = 8,000 = 80 % of 10,000.
        (7_990, 9, Room::NearQuota(80), "0"),
        (7_990, 8, Room::Within, "0"),
        (9_498, 1, Room::NearQuota(95), "0"),
        // The 10,000th still is inside.
        (9_999, 0, Room::NearQuota(100), "0"),
        (9_998, 2, Room::Charged, "0.015"),
        (12_345, 0, Room::Charged, "0.015"),
    ] {
        let budget = room(&plan, &usage(&[(LimitId::FreeMau, base, added)]), true, &policy);
        assert_eq!((budget.room, budget.price), (expected, Some(usd(price))), "{base} + {added}");
        assert_eq!(budget.evidence.added_since, added);
        assert_eq!(budget.evidence.used, base + u64::try_from(added).unwrap());
        assert_eq!(budget.evidence.usage_as_of, Some(NOW.minus(std::time::Duration::from_secs(3_600))));
        assert_eq!(budget.evidence.age.as_secs(), 30);
    }
}

#[test]
fn free_trial_ends_at_its_quota() {
    let plan = entitlements(CatalogId::INTL_2024, EditionId::FREE_TRIAL, &[(LimitId::FreeMau, 100)]);
    let policy = LoginPolicy::default();
    let budget = room(&plan, &usage(&[(LimitId::FreeMau, 99, 1)]), true, &policy);
    assert_eq!(
        (budget.room, budget.enforcement, budget.price),
        (Room::QuotaUsedUp, Enforcement::Enforce, None)
    );
    let budget = room(&plan, &usage(&[(LimitId::FreeMau, 99, 0)]), true, &policy);
    assert_eq!(budget.room, Room::NearQuota(100));
}

#[test]
fn on_stale_data_the_quota_warns() {
    let mut plan = entitlements(CatalogId::INTL_2024, EditionId::FREE_TRIAL, &[(LimitId::FreeMau, 100)]);
    plan.fresh_for = Some(30);
    let budget = room(&plan, &usage(&[(LimitId::FreeMau, 100, 0)]), true, &LoginPolicy::default());
    assert_eq!((budget.room, budget.enforcement), (Room::QuotaUsedUp, Enforcement::Warn));
    assert!(budget.evidence.stale);
}

#[test]
fn the_2022_list_charges_a_whole_block_when_it_is_started() {
    let plan = entitlements(CatalogId::INTL_2022, EditionId::PRO, &[(LimitId::FreeDau, 10_000)]);
    let overage = catalog::intl_2022().edition(EditionId::PRO).unwrap().overage(catalog::Meter::Dau).unwrap();
    let rate = overage.rate.as_ref().unwrap();
    let block = Money::new(rate.price, Currency::Usd);
    for (used, price) in [
        (9_999, usd("0")),
        // The first beyond the quota starts a block, the others of the block are paid with it.
        (10_000, block),
        (10_001, usd("0")),
        (10_000 + rate.per - 1, usd("0")),
        (10_000 + rate.per, block),
    ] {
        let usage = usage(&[(LimitId::FreeDau, used, 0), (LimitId::FreeMau, 900_000, 0)]);
        let budget = room(&plan, &usage, true, &LoginPolicy::default());
        assert_eq!(budget.price, Some(price), "{used}");
    }
}

#[test]
fn the_own_budget_counts_the_month_on_every_plan() {
    let policy = LoginPolicy { mau_budget: Some(500), ..LoginPolicy::default() };
    for (catalog, edition, quota) in [
        (CatalogId::INTL_2024, EditionId::STANDARD, LimitId::FreeMau),
        (CatalogId::INTL_2022, EditionId::PRO, LimitId::FreeDau),
    ] {
        let plan = entitlements(catalog, edition, &[(quota, 10_000)]);
        let budget = room(&plan, &usage(&[(LimitId::FreeMau, 500, 0)]), true, &policy);
        assert_eq!((budget.room, budget.enforcement), (Room::BudgetUsedUp, Enforcement::Enforce));
        assert_eq!((budget.evidence.max, budget.evidence.authority), (Some(Max::Of(500)), Authority::App));
        let budget = room(&plan, &usage(&[(LimitId::FreeMau, 499, 0)]), true, &policy);
        assert_eq!(budget.room, Room::Within);
    }
    let warns = LoginPolicy { on_budget: Some(Enforcement::Warn), ..policy.clone() };
    let plan = entitlements(CatalogId::INTL_2024, EditionId::FREE_TRIAL, &[(LimitId::FreeMau, 100)]);
    let budget = room(&plan, &usage(&[(LimitId::FreeMau, 500, 0)]), true, &warns);
    assert_eq!(budget.room, Room::QuotaUsedUp, "what is enforced comes before what only warns");
}

#[test]
fn an_unknown_id_needs_room_among_the_registered() {
    let limits = [(LimitId::FreeDau, 10_000), (LimitId::MaxUsers, 100)];
    let plan = entitlements(CatalogId::INTL_2022, EditionId::FREE, &limits);
    let full = usage(&[(LimitId::MaxUsers, 100, 0)]);
    let policy = LoginPolicy::default();
    assert_eq!(room(&plan, &full, false, &policy).room, Room::UsersFull);
    assert_eq!(room(&plan, &full, true, &policy).room, Room::Within);
    assert_eq!(room(&plan, &usage(&[(LimitId::MaxUsers, 99, 0)]), false, &policy).room, Room::Within);
}

#[test]
fn what_running_logins_hold_is_taken_until_they_lapse() {
    let plan = entitlements(CatalogId::INTL_2024, EditionId::FREE_TRIAL, &[(LimitId::FreeMau, 100)]);
    let policy = LoginPolicy { mau_budget: Some(99), ..LoginPolicy::default() };
    for (seconds, own, expected) in [
        (60, false, Room::QuotaUsedUp),
        (60, true, Room::BudgetUsedUp),
        // They lapsed in this very moment.
        (0, false, Room::NearQuota(95)),
        (0, true, Room::NearQuota(95)),
    ] {
        let counted = usage(&[(LimitId::FreeMau, 95, 0)]);
        let wait = Wait::new(ELAPSED, std::time::Duration::from_secs(seconds));
        let mut full = counted.get(&key(LimitId::FreeMau));
        for _ in 0..5 {
            full = full.holding(1, &wait);
        }
        let held = counted.with(key(LimitId::FreeMau), full);
        let policy = if own { &policy } else { &LoginPolicy::default() };
        let budget = room(&plan, &held, true, policy);
        assert_eq!(budget.room, expected, "{seconds} s, own budget: {own}");
        assert_eq!(budget.evidence.used, 95);
    }
}

#[test]
fn where_nothing_is_known_nothing_speaks_against_it() {
    let budget = room(&Entitlements::unknown(), &Usage::default(), false, &LoginPolicy::default());
    assert_eq!((budget.room, budget.price), (Room::Unknown, None));
}
