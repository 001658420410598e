//! Bills with their numbers worked by hand: plans, usage beyond them, suspension, deduction.

use planguard::decide::bill::{AssumptionId, BillRequest, PlanPurchase, Share, bill};
use planguard::{EditionId, LimitId, Max, ServiceId};
use rust_decimal::Decimal;

use super::worked::{assumed, at, dec, line, lines, month, service, usd};

#[test]
fn plan_fees_are_those_of_the_price_lists() {
    for (edition, fee) in [
        (EditionId::FREE, "0"),
        (EditionId::PRO, "449.99"),
        (EditionId::ULTIMATE, "899.99"),
        (EditionId::FREE_TRIAL, "0"),
        (EditionId::STANDARD, "399"),
        (EditionId::PREMIUM, "699"),
    ] {
        let bill = bill(&month(edition, "2024-08")).unwrap();
        assert_eq!(lines(&bill), [line(&format!("plan:{edition}"), "1", fee)]);
        assert_eq!(bill.total(), Some(usd(fee)));
    }
}

#[test]
fn mau_beyond_the_quota_is_charged_by_the_user() {
    let mut request = month(EditionId::STANDARD, "2024-08");
    request.usage.mau = Some(10_000);
    assert_eq!(bill(&request).unwrap().total(), Some(usd("399")));
    // 10,007 - 10,000 = 7 users x 0.015 = 0.105, not rounded; 399 + 0.105.
    request.usage.mau = Some(10_007);
    let bill = bill(&request).unwrap();
    assert_eq!(lines(&bill), [line("plan:standard", "1", "399"), line("overage:mau", "7", "0.105")]);
    assert_eq!(bill.total(), Some(usd("399.105")));
    assert!(!bill.lines[1].reading);
    assert_eq!(bill.lines[1].source.document, "seeds/001 Chat Purchase Guide: Pricing");
    assert_eq!(bill.lines[1].source.date.unwrap().to_string(), "2024-07-22");
}

#[test]
fn the_free_trial_is_not_served_beyond_its_quota_and_pays_nothing() {
    let mut request = month(EditionId::FREE_TRIAL, "2024-08");
    request.usage.mau = Some(150);
    let bill = bill(&request).unwrap();
    assert_eq!(bill.total(), Some(usd("0")));
    assert!(assumed(&bill, AssumptionId::NotServed));
}

#[test]
fn peaks_of_2022_are_charged_in_started_blocks() {
    // Pro covers 10,000 DAU and 100,000 groups; blocks of 10,000 and 100,000 at 449.99 each.
    for (dau, groups, blocks_of_dau, blocks_of_groups) in [
        (10_000, 100_000, 0, 0),
        (10_001, 100_000, 1, 0),
        (20_000, 100_001, 1, 1),
        (20_001, 300_000, 2, 2),
        (35_000, 300_001, 3, 3),
    ] {
        let mut request = month(EditionId::PRO, "2022-12");
        request.usage.peak_dau = Some(dau);
        request.usage.peak_groups = Some(groups);
        let total = bill(&request).unwrap().total().unwrap().amount;
        // The plan is 449.99 as well: one more of the same.
        let expected = dec("449.99") * Decimal::from(1 + blocks_of_dau + blocks_of_groups);
        assert_eq!(total, expected, "{dau} {groups}");
    }
}

#[test]
fn the_month_of_an_upgrade_is_charged_by_day_in_2022() {
    let mut request = month(EditionId::PRO, "2022-11");
    // 15 November in Beijing has begun at 16:00 UTC of the 14th: 16 of 30 days, 449.99 x 16 / 30 = 239.9946...
    request.plan =
        Some(PlanPurchase { starts_at: at("2022-11-14T16:00:00Z"), months: None, from: None, ends_at: None });
    let upgrade = bill(&request).unwrap();
    assert_eq!(upgrade.lines[0].share, Some(Share { days: 16, of: 30 }));
    assert_eq!(upgrade.total(), Some(usd("239.99")));
    assert!(upgrade.lines[0].reading);
    // One millisecond earlier it is still the 14th: 17 days, 254.9943...
    request.plan = Some(PlanPurchase {
        starts_at: at("2022-11-14T15:59:59.999Z"),
        months: None,
        from: None,
        ends_at: None,
    });
    assert_eq!(bill(&request).unwrap().total(), Some(usd("254.99")));
    // The month after is charged whole.
    request.month = "2022-12".parse().unwrap();
    assert_eq!(bill(&request).unwrap().total(), Some(usd("449.99")));
}

#[test]
fn usage_beyond_the_plan_is_charged_whole_from_the_month_of_activation() {
    let mut request = month(EditionId::PRO, "2022-11");
    request.plan =
        Some(PlanPurchase { starts_at: at("2022-11-20T00:00:00Z"), months: None, from: None, ends_at: None });
    request.usage.peak_dau = Some(10_001);
    // 11 of 30 days: 449.99 x 11 / 30 = 164.9963..., and one block of 449.99 all the same.
    let bill = bill(&request).unwrap();
    assert_eq!(lines(&bill), [line("plan:pro", "1", "165"), line("overage:dau", "1", "449.99")]);
}

#[test]
fn the_month_of_a_modification_charges_both_editions_by_day() {
    let mut request = month(EditionId::ULTIMATE, "2022-11");
    request.plan = Some(PlanPurchase {
        starts_at: at("2022-11-10T16:00:00Z"),
        months: None,
        from: Some(EditionId::PRO),
        ends_at: None,
    });
    // Changed on the 11th: 10 days of Pro, 449.99 / 3 = 149.9966..., and 20 of Ultimate, 899.99 x 2 / 3 = 599.9933...
    let bill = bill(&request).unwrap();
    assert_eq!(lines(&bill), [line("plan:pro", "1", "150"), line("plan:ultimate", "1", "599.99")]);
    assert_eq!(bill.total(), Some(usd("749.99")));
}

#[test]
fn a_prepaid_fee_stands_in_each_month_in_which_a_paid_month_starts() {
    // Bought on 31 January for two months: they start on 31 January and 29 February and end on 31 March.
    let mut request = month(EditionId::STANDARD, "2024-01");
    request.plan = Some(PlanPurchase {
        starts_at: at("2024-01-31T02:00:00Z"),
        months: Some(2),
        from: None,
        ends_at: None,
    });
    let total = |request: &BillRequest| bill(request).unwrap().total().unwrap().amount;
    assert_eq!(total(&request), dec("399"));
    request.month = "2024-02".parse().unwrap();
    assert_eq!(total(&request), dec("399"));
    request.month = "2024-03".parse().unwrap();
    request.usage.mau = Some(10_001);
    let march = bill(&request).unwrap();
    assert_eq!(lines(&march), [line("overage:mau", "1", "0.015")]);
    assert!(assumed(&march, AssumptionId::PaidInEarlierMonth));
    request.month = "2024-04".parse().unwrap();
    let error = bill(&request).unwrap_err().to_string();
    assert!(error.starts_with("plan: in force from 2024-01-31 until 2024-03-31T02:00:00Z"), "{error}");
}

#[test]
fn the_chinese_list_has_quantities_and_no_prices() {
    let mut request = month(EditionId::PROFESSIONAL, "2023-05");
    request.usage.peak_dau = Some(10_500);
    request.value_added = vec![service(ServiceId::HISTORY_RETENTION, Some("360"), 1)];
    request.value_added[0].starts_at = Some(at("2023-05-20T00:00:00Z"));
    let bill = bill(&request).unwrap();
    assert_eq!(bill.total(), None);
    assert_eq!(bill.currency, None);
    let all: Vec<_> =
        bill.lines.iter().map(|l| (l.item.as_str(), l.quantity, l.unit_price(), l.share)).collect();
    let one = Decimal::ONE;
    assert_eq!(
        all,
        [
            ("plan:professional", one, None, None),
            ("service:history_retention:360", one, None, None),
            ("overage:dau", Decimal::from(500), None, None),
        ]
    );
    assert_eq!(bill.unpriced().count(), 3);
    assert!(assumed(&bill, AssumptionId::NoPrice));
}

#[test]
fn the_chinese_list_counts_peaks_beyond_its_own_quotas() {
    // 10,000 DAU and 100,000 peak groups on both paid editions, 100 and 100 on Trial.
    let overage = |edition, dau, groups| {
        let mut request = month(edition, "2023-05");
        (request.usage.peak_dau, request.usage.peak_groups) = (Some(dau), Some(groups));
        let bill = bill(&request).unwrap();
        let lines: Vec<_> = bill.lines[1..].iter().map(|line| (line.item.clone(), line.quantity)).collect();
        (lines, assumed(&bill, AssumptionId::NotServed))
    };
    for edition in [EditionId::PROFESSIONAL, EditionId::FLAGSHIP] {
        assert_eq!(overage(edition, 10_000, 100_000), (vec![], false));
        let (dau, groups) =
            (("overage:dau".to_owned(), dec("1")), ("overage:peak_groups".to_owned(), dec("1")));
        assert_eq!(overage(edition, 10_001, 100_001), (vec![dau, groups], false));
    }
    assert_eq!(overage(EditionId::TRIAL, 100, 100), (vec![], false));
    assert_eq!(overage(EditionId::TRIAL, 101, 100), (vec![], true));
    assert_eq!(overage(EditionId::TRIAL, 100, 101), (vec![], true));
}

#[test]
fn a_suspended_month_is_charged_by_the_days_before_the_suspension() {
    let mut request = month(EditionId::STANDARD, "2024-09");
    request.usage.mau = Some(12_000);
    // Suspended on the 16th, Beijing: 15 of 30 days. 2,000 x 0.015 = 30, of which half.
    request.suspended_at = Some(at("2024-09-15T16:00:00Z"));
    let half = bill(&request).unwrap();
    assert_eq!(half.lines[1].share, Some(Share { days: 15, of: 30 }));
    assert_eq!(lines(&half), [line("plan:standard", "1", "399"), line("overage:mau", "2000", "15")]);
    // One millisecond earlier it is the 15th: 14 days, 30 x 14 / 30 = 14.
    request.suspended_at = Some(at("2024-09-15T15:59:59.999Z"));
    assert_eq!(bill(&request).unwrap().lines[1].amount(), Some(usd("14")));
    // From the month after on nothing is charged: usage is none, and no plan is renewed. A later suspension changes nothing.
    request.suspended_at = Some(at("2024-08-31T15:59:59.999Z"));
    assert_eq!(lines(&bill(&request).unwrap()), [line("overage:mau", "2000", "0")]);
    request.suspended_at = Some(at("2024-09-30T16:00:00Z"));
    assert_eq!(bill(&request).unwrap().lines[1].amount(), Some(usd("30")));
    // The Chinese list says the same: 15 of 30 days of 500 users, at a price that it does not give.
    let mut chinese = month(EditionId::PROFESSIONAL, "2024-09");
    chinese.usage.peak_dau = Some(10_500);
    chinese.suspended_at = Some(at("2024-09-15T16:00:00Z"));
    assert_eq!(bill(&chinese).unwrap().lines[1].share, Some(Share { days: 15, of: 30 }));
    // The list of 2022 does not speak of it.
    let mut older = month(EditionId::PRO, "2022-12");
    older.suspended_at = Some(at("2022-12-10T00:00:00Z"));
    let older = bill(&older).unwrap();
    assert_eq!(older.total(), Some(usd("449.99")));
    assert!(assumed(&older, AssumptionId::SuspensionNotStated));
}

#[test]
fn what_is_due_afterwards_is_deducted_on_the_first_three_days_of_the_next_month() {
    let mut request = month(EditionId::STANDARD, "2024-12");
    request.usage.mau = Some(11_000);
    let december = bill(&request).unwrap();
    assert_eq!(december.deduction.first.to_string(), "2025-01-01");
    assert_eq!(december.deduction.last.to_string(), "2025-01-03");
    // The plan was paid ahead: only 1,000 x 0.015 is deducted.
    assert_eq!(december.deduction.amount(), Some(usd("15")));
    // In 2022 the plan is billed afterwards too.
    let pro = bill(&month(EditionId::PRO, "2022-12")).unwrap();
    assert_eq!(pro.deduction.amount(), Some(usd("449.99")));
}

#[test]
fn a_quota_that_the_endpoint_overrides_counts() {
    let mut request = month(EditionId::STANDARD, "2024-08");
    request.usage.mau = Some(12_000);
    request.limits.insert(LimitId::FreeMau, Max::Of(11_000));
    assert_eq!(bill(&request).unwrap().total(), Some(usd("414")));
    request.limits.insert(LimitId::FreeMau, Max::Unlimited);
    assert_eq!(bill(&request).unwrap().total(), Some(usd("399")));
}

#[test]
fn absurd_numbers_are_exact_or_an_error_never_a_panic() {
    let mut request = month(EditionId::STANDARD, "2024-08");
    request.usage.mau = Some(u64::MAX);
    // (18446744073709551615 - 10000) x 0.015 + 399.
    assert_eq!(bill(&request).unwrap().total(), Some(usd("276701161105643523.225")));
    request.value_added =
        vec![service(ServiceId::PUSH, None, 1), service(ServiceId::AI_CHATBOT_PREMIUM, None, u64::MAX)];
    request.usage.push_calls_by_day = vec![u64::MAX; 31];
    request.usage.push_messages = Some(u64::MAX);
    assert!(bill(&request).unwrap().total().is_some());
}
