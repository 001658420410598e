//! Refunds of the list of 2024, worked by hand.

use planguard::catalog;
use planguard::catalog::UsedBasis;
use planguard::decide::refund::{Order, Ordered, Refund, RefundError, RefundRequest, refund};
use planguard::{BillingZone, CatalogId, Currency, EditionId, Money, ServiceId};
use rust_decimal::Decimal;
use std::sync::Arc;
use support::at;

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn usd(text: &str) -> Money {
    Money::new(dec(text), Currency::Usd)
}

fn standard(starts_at: &str, months: u32, cash: &str, credit: &str, voucher: &str) -> Order {
    Order {
        item: Ordered::Plan(EditionId::STANDARD),
        starts_at: at(starts_at),
        months,
        cash: usd(cash),
        credit: usd(credit),
        voucher: usd(voucher),
    }
}

fn returned(orders: Vec<Order>, now: &str, basis: Option<UsedBasis>) -> Result<Refund, RefundError> {
    let catalog = Arc::clone(catalog::intl_2024());
    refund(&RefundRequest { catalog, orders, basis, zone: BillingZone::default(), now: at(now) })
}

#[test]
fn the_used_value_is_by_days_unless_the_other_document_is_asked_for() {
    // Bought on 1 August 2024 at 10:00 Beijing time, returned on the 10th at 22:00: 10 of 31 days,
    // 399 x 10 / 31 = 128.7096..., and 399 - 128.71 = 270.29.
    let order = || vec![standard("2024-08-01T02:00:00Z", 1, "399", "0", "0")];
    let by_days = returned(order(), "2024-08-10T14:00:00Z", None).unwrap();
    assert_eq!(by_days.basis, UsedBasis::Days);
    assert_eq!((by_days.used.amount, by_days.refund.amount), (dec("128.71"), dec("270.29")));
    // By time 9.5 of 31 days: 399 x 9.5 / 31 = 122.2741..., and 399 - 122.27 = 276.73.
    let by_time = returned(order(), "2024-08-10T14:00:00Z", Some(UsedBasis::Time)).unwrap();
    assert_eq!((by_time.used.amount, by_time.refund.amount), (dec("122.27"), dec("276.73")));
    assert!(by_days.suspends && by_days.still_charges_overage);
}

#[test]
fn a_day_turns_in_the_billing_zone_and_time_is_whole_seconds() {
    let order = || vec![standard("2024-08-01T02:00:00Z", 1, "399", "0", "0")];
    let used = |now, basis| returned(order(), now, Some(basis)).unwrap().used.amount;
    // The 2nd begins at 16:00 UTC of the 1st: one day, 399 / 31 = 12.8709..., then two.
    assert_eq!(used("2024-08-01T15:59:59.999Z", UsedBasis::Days), dec("12.87"));
    assert_eq!(used("2024-08-01T16:00:00Z", UsedBasis::Days), dec("25.74"));
    // 399 / 2,678,400 seconds: 34 seconds are 0.0050649..., which rounds to a cent; 33.999 are 33, 0.0049...
    assert_eq!(used("2024-08-01T02:00:33.999Z", UsedBasis::Time), dec("0"));
    assert_eq!(used("2024-08-01T02:00:34Z", UsedBasis::Time), dec("0.01"));
}

#[test]
fn vouchers_are_lost_and_cash_and_credit_come_back_in_proportion() {
    // 300 cash, 60 credit, 39 voucher. 360 - 128.71 = 231.29; 231.29 x 300 / 360 = 192.7416..., the rest 38.55.
    let order = standard("2024-08-01T02:00:00Z", 1, "300", "60", "39");
    let back = returned(vec![order], "2024-08-10T14:00:00Z", None).unwrap();
    assert_eq!(back.refund.amount, dec("231.29"));
    assert_eq!((back.cash.amount, back.credit.amount), (dec("192.74"), dec("38.55")));
    assert_eq!(back.vouchers_lost.amount, dec("39"));
}

#[test]
fn orders_not_yet_effective_come_back_whole_and_those_run_out_not_at_all() {
    let orders = vec![
        standard("2024-07-01T02:00:00Z", 1, "399", "0", "0"),
        standard("2024-08-01T02:00:00Z", 1, "399", "0", "0"),
        standard("2024-09-01T02:00:00Z", 2, "798", "0", "0"),
    ];
    // 399 + 798 - 128.71.
    let back = returned(orders, "2024-08-10T14:00:00Z", None).unwrap();
    assert_eq!((back.effective.amount, back.not_yet_effective.amount), (dec("399"), dec("798")));
    assert_eq!(back.refund.amount, dec("1068.29"));
}

#[test]
fn an_order_is_effective_from_its_start_to_its_end_to_the_millisecond() {
    // 1 August 10:00 to 1 September 10:00, Beijing.
    let at_instant = |now| {
        let order = standard("2024-08-01T02:00:00Z", 1, "399", "0", "0");
        let back = returned(vec![order], now, Some(UsedBasis::Time)).unwrap();
        (back.effective.amount, back.not_yet_effective.amount, back.refund.amount)
    };
    let (all, none) = (dec("399"), dec("0"));
    assert_eq!(at_instant("2024-08-01T01:59:59.999Z"), (none, all, all));
    assert_eq!(at_instant("2024-08-01T02:00:00Z"), (all, none, all));
    // Of 2,678,400 seconds one is left, worth less than a cent.
    assert_eq!(at_instant("2024-09-01T01:59:59.999Z"), (all, none, none));
    assert_eq!(at_instant("2024-09-01T02:00:00Z"), (none, none, none));
}

#[test]
fn months_of_an_order_that_have_run_out_are_used_entirely() {
    // Three months from 15 January; on 20 March the third, of 31 days, has had 6. 1,197 - 2 x 399 - 399 x 6 / 31
    // (77.2258...) = 321.77.
    let order = standard("2024-01-15T02:00:00Z", 3, "1197", "0", "0");
    let back = returned(vec![order], "2024-03-20T02:00:00Z", None).unwrap();
    assert_eq!((back.used.amount, back.refund.amount), (dec("875.23"), dec("321.77")));
}

#[test]
fn what_is_used_up_comes_back_as_nothing_never_less() {
    // Paid 100 after a discount, 31 of 31 days used at the list price of 399.
    let order = standard("2024-08-01T02:00:00Z", 1, "100", "0", "299");
    let back = returned(vec![order], "2024-08-31T14:00:00Z", None).unwrap();
    assert_eq!((back.refund.amount, back.cash.amount, back.credit.amount), (dec("0"), dec("0"), dec("0")));
}

#[test]
fn prepaid_services_come_back_too() {
    // Push, bought on 1 August: its month ends with 31 August. 299 - 299 x 10 / 31 (96.4516...) = 202.55.
    let item =
        Ordered::Service { edition: EditionId::STANDARD, id: ServiceId::PUSH, tier: None, quantity: 1 };
    let order = Order { item, ..standard("2024-08-01T02:00:00Z", 1, "299", "0", "0") };
    assert_eq!(returned(vec![order], "2024-08-10T14:00:00Z", None).unwrap().refund.amount, dec("202.55"));
}

#[test]
fn bad_orders_are_named() {
    let text = |order| returned(vec![order], "2024-08-10T14:00:00Z", None).unwrap_err().to_string();
    let order = |cash: &str, months| standard("2024-08-01T02:00:00Z", months, cash, "0", "0");
    assert_eq!(
        text(order("-1", 1)),
        "orders[0].cash: -1 USD is not an amount paid: zero or more, in whole cents"
    );
    assert_eq!(
        text(order("0.001", 1)),
        "orders[0].cash: 0.001 USD is not an amount paid: zero or more, in whole cents"
    );
    assert_eq!(text(order("399", 25)), "orders[0].months: 25 months; from 1 to 24 can be bought at once");
    let trial = Order { item: Ordered::Plan(EditionId::FREE_TRIAL), ..order("0", 1) };
    assert!(text(trial).starts_with("orders[0]: `intl-2024` has no prepaid monthly price for it"));
    let pre_2024 = RefundRequest {
        catalog: Arc::clone(catalog::intl_2022()),
        orders: Vec::new(),
        basis: None,
        zone: BillingZone::default(),
        now: at("2024-08-10T14:00:00Z"),
    };
    assert_eq!(refund(&pre_2024), Err(RefundError::NotOffered { catalog: CatalogId::INTL_2022 }));
}
