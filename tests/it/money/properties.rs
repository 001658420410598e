//! What holds for every input: periods tile the calendar, bills grow with usage, refunds stay within what was paid.

use jiff::civil::{Date, date};
use planguard::catalog;
use planguard::catalog::{PeriodRule, UsedBasis};
use planguard::decide::bill::{BillLine, BillRequest, MonthUsage, ServicePurchase, bill};
use planguard::decide::refund::{Order, Ordered, RefundRequest, refund};
use planguard::{BillingMonth, BillingZone, Currency, EditionId, Money, PlanPeriods, ServiceId, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::Arc;
use support::home;

const DAY_MS: i64 = 86_400_000;
const FIFTY_YEARS: u32 = 600;

fn rules() -> impl Strategy<Value = PeriodRule> {
    prop_oneof![Just(PeriodRule::ToSameDay), Just(PeriodRule::ToDayBefore), Just(PeriodRule::CalendarMonth)]
}

fn zones() -> impl Strategy<Value = BillingZone> {
    // One without and two with summer time, of which Lord Howe's is half an hour.
    prop_oneof![Just("+08:00"), Just("America/New_York"), Just("Australia/Lord_Howe")]
        .prop_map(|name| name.parse().unwrap())
}

/// The day after T-1 of the month `n` months after the anchor's, or after that month's last day: by counting.
fn after_day_before(anchor: Date, n: u32) -> Date {
    if anchor.day() == 1 {
        return same_day(anchor, n);
    }
    let eve = date(anchor.year(), anchor.month(), anchor.day() - 1);
    same_day(eve, n).tomorrow().unwrap()
}

/// The anchor's day of the month `n` months later, or that month's last day: by counting, not by the calendar
/// that the periods use.
fn same_day(anchor: Date, n: u32) -> Date {
    let month = i32::from(anchor.year()) * 12 + i32::from(anchor.month()) - 1 + i32::try_from(n).unwrap();
    let (year, month) = (month / 12, month % 12 + 1);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    date(i16::try_from(year).unwrap(), i8::try_from(month).unwrap(), anchor.day().min(last))
}

#[test]
fn the_months_of_every_anchor_tile_fifty_years() {
    let zone = BillingZone::default();
    let new_year: Timestamp = "2024-01-01T02:30:00Z".parse().unwrap();
    for rule in [PeriodRule::ToSameDay, PeriodRule::ToDayBefore] {
        // Every day of a leap year is an anchor, 29 February and all the 31sts among them.
        for day in 0..366 {
            let anchor = Timestamp::from_millis(new_year.as_millis() + day * DAY_MS);
            let periods = PlanPeriods::new(rule, anchor, zone.clone());
            let mut expected = anchor;
            for n in 0..FIFTY_YEARS {
                let period = periods.nth(n);
                assert_eq!(period.start, expected, "{rule} {anchor} {n}");
                let first = match rule {
                    PeriodRule::ToDayBefore => after_day_before(zone.date(anchor), n),
                    _ => same_day(zone.date(anchor), n),
                };
                assert_eq!(zone.date(period.start), first, "{rule} {anchor} {n}");
                expected = period.end;
            }
        }
    }
}

#[test]
fn billing_months_tile_fifty_years() {
    let zone = BillingZone::default();
    let mut month: BillingMonth = "2020-01".parse().unwrap();
    for _ in 0..FIFTY_YEARS {
        let end = zone.start_of(month.next().first_date());
        assert_eq!(zone.month(end), month.next());
        assert_eq!(zone.month(Timestamp::from_millis(end.as_millis() - 1)), month);
        let length = end.since(zone.start_of(month.first_date())).as_millis();
        assert_eq!(length, u128::from(month.days()) * u128::from(DAY_MS.unsigned_abs()));
        month = month.next();
    }
}

fn usage() -> impl Strategy<Value = MonthUsage> {
    let count = || prop_oneof![0..200_000_u64, 0..u64::MAX / 2];
    let calls = proptest::collection::vec(0..1_000_u64, 0..=30);
    (count(), count(), count(), calls, count(), count(), count()).prop_map(
        |(mau, peak_dau, peak_groups, push_calls_by_day, push_messages, search_stored, search_requests)| {
            MonthUsage {
                mau: Some(mau),
                peak_dau: Some(peak_dau),
                peak_groups: Some(peak_groups),
                push_calls_by_day,
                push_messages: Some(push_messages),
                search_stored: Some(search_stored),
                search_requests: Some(search_requests),
            }
        },
    )
}

fn more(usage: &MonthUsage, which: usize, by: u64) -> MonthUsage {
    let mut usage = usage.clone();
    let add = |count: &mut Option<u64>| *count = count.map(|count| count + by);
    match which {
        0 => add(&mut usage.mau),
        1 => add(&mut usage.peak_dau),
        2 => add(&mut usage.peak_groups),
        3 => match usage.push_calls_by_day.last_mut() {
            Some(day) => *day += by,
            None => usage.push_calls_by_day.push(by),
        },
        4 => add(&mut usage.push_messages),
        5 => add(&mut usage.search_stored),
        _ => add(&mut usage.search_requests),
    }
    usage
}

fn priced_editions() -> impl Strategy<Value = EditionId> {
    proptest::sample::select(vec![
        EditionId::FREE,
        EditionId::PRO,
        EditionId::ULTIMATE,
        EditionId::FREE_TRIAL,
        EditionId::STANDARD,
        EditionId::PREMIUM,
    ])
}

proptest! {
    #[test]
    fn an_instant_lies_in_exactly_one_period(
        rule in rules(),
        zone in zones(),
        anchor in 1_500_000_000_000..1_900_000_000_000_i64,
        later in 0..50 * 365 * DAY_MS,
    ) {
        let anchor = Timestamp::from_millis(anchor);
        let at = Timestamp::from_millis(anchor.as_millis() + later);
        let periods = PlanPeriods::new(rule, anchor, zone);
        let (n, period) = periods.containing(at).unwrap();
        prop_assert!(period.contains(at));
        prop_assert_eq!(periods.nth(n), period);
        prop_assert_eq!(periods.nth(n + 1).start, period.end);
        prop_assert!(!periods.nth(n + 1).contains(at));
        prop_assert!(n == 0 || !periods.nth(n - 1).contains(at));
    }

    #[test]
    fn a_bill_never_falls_when_usage_rises(
        edition in priced_editions(),
        usage in usage(),
        which in 0..7_usize,
        by in 1..1_000_000_u64,
        suspended_on in proptest::option::of(1..30_i64),
    ) {
        let mut request = BillRequest::new(home(edition),edition, "2024-08".parse().unwrap());
        request.suspended_at = suspended_on
            .map(|day| Timestamp::from_millis("2024-07-31T16:00:00Z".parse::<Timestamp>().unwrap().as_millis() + day * DAY_MS));
        if matches!(edition, EditionId::STANDARD | EditionId::PREMIUM) {
            for id in [ServiceId::PUSH, ServiceId::CLOUD_SEARCH] {
                request.value_added.push(ServicePurchase::new(id));
            }
        }
        request.usage = usage;
        let before = bill(&request).unwrap();
        request.usage = more(&request.usage, which, by);
        let after = bill(&request).unwrap();
        prop_assert!(after.total().map(|m| m.amount) >= before.total().map(|m| m.amount), "{before:?} {after:?}");
        let sum: Decimal = after.lines.iter().filter_map(BillLine::amount).map(|m| m.amount).sum();
        prop_assert_eq!(after.total(), Some(Money::new(sum, Currency::Usd)));
    }

    #[test]
    fn a_refund_is_never_negative_nor_above_what_was_paid(
        paid in proptest::collection::vec((0..500_000_i64, 0..500_000_i64, 0..50_000_i64, 0..800_i64, 1..=24_u32), 0..5),
        premium in any::<bool>(),
        by_time in any::<bool>(),
    ) {
        let now: Timestamp = "2025-01-15T04:00:00Z".parse().unwrap();
        let edition = if premium { EditionId::PREMIUM } else { EditionId::STANDARD };
        let cents = |amount| Money::new(Decimal::new(amount, 2), Currency::Usd);
        let orders: Vec<Order> = paid
            .iter()
            .map(|&(cash, credit, voucher, days_ago, months)| Order {
                item: Ordered::Plan(edition),
                // Some lie in the future.
                starts_at: Timestamp::from_millis(now.as_millis() - (days_ago - 100) * DAY_MS),
                months,
                cash: cents(cash),
                credit: cents(credit),
                voucher: cents(voucher),
            })
            .collect();
        let cash: Decimal = orders.iter().map(|order| order.cash.amount).sum();
        let credit: Decimal = orders.iter().map(|order| order.credit.amount).sum();
        let basis = Some(if by_time { UsedBasis::Time } else { UsedBasis::Days });
        let back = refund(&RefundRequest {
            catalog: Arc::clone(catalog::intl_2024()),
            orders,
            basis,
            zone: BillingZone::default(),
            now,
        })
        .unwrap();
        for part in [back.refund, back.cash, back.credit] {
            prop_assert!(part.amount >= Decimal::ZERO && part.amount.normalize().scale() <= 2, "{back:?}");
        }
        prop_assert_eq!(back.cash.amount + back.credit.amount, back.refund.amount);
        prop_assert!(back.cash.amount <= cash && back.credit.amount <= credit, "{back:?}");
    }
}
