//! Forecasts and marginal prices, worked by hand.

use planguard::decide::bill::{AssumptionId, BillRequest, ServicePurchase};
use planguard::decide::forecast::{Marginal, forecast, marginal_mau_price};
use planguard::{Currency, EditionId, LimitId, Max, Money, ServiceId, Timestamp};
use rust_decimal::Decimal;
use serde_json::json;
use support::at;
use support::home;

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn usd(text: &str) -> Money {
    Money::new(dec(text), Currency::Usd)
}

fn marginal(edition: EditionId, so_far: u64) -> Marginal {
    let list = home(edition);
    marginal_mau_price(list, edition, so_far, None).unwrap()
}

#[test]
fn low_adds_nothing_and_linear_goes_on_at_the_pace() {
    let mut request =
        BillRequest::new(home(EditionId::STANDARD), EditionId::STANDARD, "2024-09".parse().unwrap());
    request.usage.mau = Some(8_001);
    request.usage.search_requests = Some(7);
    request.usage.peak_dau = Some(9);
    // Ten of 30 days have passed as 11 September begins in Beijing: 8,001 x 3 = 24,003 users, 14,003 over the
    // quota at 0.015 = 210.045, and 399.
    let forecast = forecast(&request, at("2024-09-10T16:00:00Z")).unwrap();
    assert_eq!(forecast.low.total(), Some(usd("399")));
    assert_eq!(forecast.linear_usage.mau, Some(24_003));
    assert_eq!(forecast.linear_usage.search_requests, Some(21));
    assert_eq!(forecast.linear_usage.peak_dau, Some(9));
    assert_eq!(forecast.linear.total(), Some(usd("609.045")));
    let ids: Vec<_> = forecast.assumptions.iter().map(|a| a.id.as_str()).collect();
    assert!(ids.contains(&"linear_mau_overstates") && ids.contains(&"no_more_growth"), "{ids:?}");
    assert!(!ids.contains(&"peak_stays"), "no line of this price list is of daily active users: {ids:?}");
}

#[test]
fn of_usage_that_was_not_given_nothing_is_assumed() {
    let mut request = BillRequest::new(home(EditionId::PRO), EditionId::PRO, "2022-11".parse().unwrap());
    let about = |request: &BillRequest| -> Vec<String> {
        let answer = forecast(request, at("2022-11-10T16:00:00Z")).unwrap();
        let all = answer.assumptions.into_iter().map(|assumption| assumption.about);
        all.filter(|about| about.starts_with("usage.")).collect()
    };
    assert_eq!(about(&request), [""; 0]);
    request.usage.peak_dau = Some(9_000);
    assert_eq!(about(&request), ["usage.peak_dau"]);
}

#[test]
fn push_calls_of_the_days_left_are_the_average_rounded_up() {
    let mut request =
        BillRequest::new(home(EditionId::STANDARD), EditionId::STANDARD, "2024-09".parse().unwrap());
    let push = ServicePurchase::new(ServiceId::PUSH);
    request.value_added = vec![push];
    request.usage.push_calls_by_day = vec![100, 103];
    // 203 / 2, rounded up 102, on each of 28 days: 3 + 28 x 2 = 59 calls at 10.
    let forecast = forecast(&request, at("2024-09-02T16:00:00Z")).unwrap();
    assert_eq!(forecast.linear_usage.push_calls_by_day.len(), 30);
    assert_eq!(forecast.linear.lines[2].amount(), Some(usd("590")));
    assert_eq!(forecast.low.lines[2].amount(), Some(usd("30")));
}

#[test]
fn at_both_ends_of_the_month_there_is_nothing_to_extrapolate() {
    let mut request =
        BillRequest::new(home(EditionId::STANDARD), EditionId::STANDARD, "2024-09".parse().unwrap());
    request.usage.mau = Some(12_000);
    let start = at("2024-08-31T16:00:00Z");
    let first = forecast(&request, start).unwrap();
    assert_eq!(first.low, first.linear);
    assert!(first.assumptions.iter().any(|a| a.id == AssumptionId::NothingElapsed));
    let end = forecast(&request, at("2024-09-30T16:00:00Z")).unwrap();
    assert_eq!(end.linear_usage.mau, Some(12_000));
    let before = forecast(&request, Timestamp::from_millis(start.as_millis() - 1)).unwrap_err();
    assert!(before.to_string().starts_with("as_of: 2024-08-31T15:59:59.999Z lies before 2024-09"));
}

#[test]
fn an_absurd_pace_is_an_error() {
    let mut request =
        BillRequest::new(home(EditionId::STANDARD), EditionId::STANDARD, "2024-09".parse().unwrap());
    request.usage.mau = Some(u64::MAX);
    let error = forecast(&request, at("2024-08-31T16:00:00.001Z")).unwrap_err().to_string();
    assert!(error.starts_with("usage.mau: the amount exceeds"), "{error}");
}

#[test]
fn one_more_mau_is_free_inside_the_quota_and_has_its_price_beyond() {
    let price = Money::new(dec("0.015"), Currency::Usd);
    assert_eq!(marginal(EditionId::STANDARD, 9_999), Marginal::Free { next_at: Some(10_001) });
    assert_eq!(marginal(EditionId::STANDARD, 10_000), Marginal::Price(price));
    assert_eq!(marginal(EditionId::PREMIUM, 50_000), Marginal::Price(price));
    assert_eq!(marginal(EditionId::FREE_TRIAL, 99), Marginal::Free { next_at: None });
    assert_eq!(marginal(EditionId::FREE_TRIAL, 100), Marginal::NotPossible);
    let list = home(EditionId::STANDARD);
    let wider = marginal_mau_price(list, EditionId::STANDARD, 10_000, Some(Max::Of(20_000)));
    assert_eq!(wider, Some(Marginal::Free { next_at: Some(20_001) }));
    assert_eq!(marginal_mau_price(list, EditionId::PRO, 0, None), None);
}

/// The forecast says it too, by the usage and the quota that it was given.
#[test]
fn a_forecast_carries_the_price_of_the_next_user() {
    let month = |edition| BillRequest::new(home(edition), edition, "2024-09".parse().unwrap());
    let json = |request: &BillRequest| {
        serde_json::to_value(forecast(request, at("2024-09-10T16:00:00Z")).unwrap()).unwrap()
    };
    let usd = |amount| json!({ "amount": amount, "currency": "USD" });
    let mut standard = month(EditionId::STANDARD);
    standard.usage.mau = Some(10_000);
    assert_eq!(json(&standard)["marginal"], json!({ "kind": "price", "price": usd("0.015") }));
    standard.limits.insert(LimitId::FreeMau, Max::Of(12_000));
    assert_eq!(json(&standard)["marginal"], json!({ "kind": "free", "next_at": 12_001 }));
    let mut pro = month(EditionId::PRO);
    (pro.usage.mau, pro.usage.peak_dau) = (Some(5), Some(20_000));
    assert_eq!(json(&pro)["marginal"], json!({ "kind": "block", "price": usd("449.99"), "next_at": 30_001 }));
    let mut trial = month(EditionId::FREE_TRIAL);
    trial.usage.mau = Some(100);
    assert_eq!(json(&trial)["marginal"], json!({ "kind": "not_possible" }));
}

#[test]
fn on_the_list_of_2022_the_first_user_of_a_block_pays_it_whole() {
    let block = Money::new(dec("449.99"), Currency::Usd);
    assert_eq!(marginal(EditionId::PRO, 10_000), Marginal::Block { price: block, next_at: 20_001 });
    assert_eq!(marginal(EditionId::PRO, 10_001), Marginal::Free { next_at: Some(20_001) });
    assert_eq!(marginal(EditionId::PRO, 19_999), Marginal::Free { next_at: Some(20_001) });
    assert_eq!(marginal(EditionId::PRO, 20_000), Marginal::Block { price: block, next_at: 30_001 });
    assert_eq!(marginal(EditionId::FREE, 100), Marginal::NotPossible);
}

#[test]
fn the_chinese_list_counts_daily_users_and_states_no_price() {
    for edition in [EditionId::PROFESSIONAL, EditionId::FLAGSHIP] {
        assert_eq!(marginal(edition, 9_999), Marginal::Free { next_at: Some(10_001) });
        assert_eq!(marginal(edition, 10_000), Marginal::NotStated);
    }
    assert_eq!(marginal(EditionId::TRIAL, 99), Marginal::Free { next_at: None });
    assert_eq!(marginal(EditionId::TRIAL, 100), Marginal::NotPossible);
}

#[test]
fn at_the_end_of_the_calendar_no_part_of_a_month_passes() {
    for month in ["9999-11", "9999-12"] {
        let mut request =
            BillRequest::new(home(EditionId::STANDARD), EditionId::STANDARD, month.parse().unwrap());
        request.usage.mau = Some(7);
        // The calendar has no month after the last, so that one cannot be billed.
        assert_eq!(forecast(&request, Timestamp::MAX).is_ok(), month == "9999-11", "{month}");
    }
}

#[test]
fn usage_goes_on_until_a_suspension_to_come() {
    let mut request =
        BillRequest::new(home(EditionId::STANDARD), EditionId::STANDARD, "2024-09".parse().unwrap());
    request.usage.mau = Some(8_000);
    // Ten days have passed and the app will be suspended after 15: 8,000 x 1.5 = 12,000, of which half is charged.
    request.suspended_at = Some(at("2024-09-15T16:00:00Z"));
    let ahead = forecast(&request, at("2024-09-10T16:00:00Z")).unwrap();
    assert_eq!(ahead.linear_usage.mau, Some(12_000));
    assert_eq!(ahead.linear.total(), Some(usd("414")));
    // Once suspended it stays as it is.
    let after = forecast(&request, at("2024-09-20T16:00:00Z")).unwrap();
    assert_eq!(after.linear_usage.mau, Some(8_000));
    assert_eq!(after.marginal, Marginal::NotPossible);
}
