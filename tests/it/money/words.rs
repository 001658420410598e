//! Bills, forecasts, refunds and moves as a person reads them.

use planguard::decide::bill::{BillRequest, ServicePurchase, bill};
use planguard::decide::change::{ChangePreview, ChangeRequest, preview};
use planguard::decide::forecast::forecast;
use planguard::decide::refund::{Order, Ordered, RefundRequest, refund};
use planguard::{
    BillingZone, Counter, CounterKey, Currency, EditionId, LimitId, Locale, Money, Pseudonym, ServiceGrant,
    ServiceId, Subject, Usage, catalog,
};
use support::{at, home};

fn month(edition: EditionId, month: &str) -> BillRequest {
    BillRequest::new(home(edition), edition, month.parse().unwrap())
}

#[test]
fn a_forecast_says_what_is_included_both_ends_and_the_next_user() {
    let mut request = month(EditionId::STANDARD, "2024-09");
    request.usage.mau = Some(8_124);
    // 22 of 30 days: 8,124 x 30 / 22 rounded up is 11,079, and 1,079 x 0.015 = 16.185.
    let ahead = forecast(&request, at("2024-09-22T16:00:00Z")).unwrap();
    assert_eq!(
        ahead.to_string(),
        "so far: 8,124 of 10,000 monthly active users included; the month comes to 399 USD if nothing is added and to \
         415.185 USD at this pace; the next active user costs nothing"
    );
    assert_eq!(
        ahead.explain(Locale::En),
        "So far: 8,124 of 10,000 monthly active users included. The month comes to 399 USD if nothing is added and to \
         415.185 USD at this pace. The next active user costs nothing. Active user number 10,001 is the first that costs \
         more. Monthly active users: at this pace, the number of distinct users flattens towards the end of a month, so \
         this is an upper estimate."
    );
    assert_eq!(
        ahead.explain(Locale::ZhHans),
        "截至目前：月活跃用户（MAU）已用免费额度 10,000 名中的 8,124 名。不再新增用量时本月合计 399 美元，按当前速度合计 \
         415.185 美元。再增加一名活跃用户不收费。从第 10,001 名活跃用户起加收费用。月活跃用户（MAU）：按当前速度，\
         不重复用户数的增长在月末会放缓，因此这是偏高的估计。"
    );
}

#[test]
fn a_list_without_a_currency_is_free_or_not_stated_and_never_zero_of_something() {
    let trial = bill(&month(EditionId::TRIAL, "2023-05")).unwrap();
    assert_eq!((trial.total(), trial.is_free()), (None, true));
    assert!(trial.explain(Locale::En).starts_with("Trial, May 2023: free of charge. "));
    let paid = bill(&month(EditionId::PROFESSIONAL, "2023-05")).unwrap();
    assert_eq!((paid.total(), paid.is_free()), (None, false));
    let text = "Professional, May 2023: no total, because the price list does not state every price. ";
    assert!(paid.explain(Locale::En).starts_with(text), "{paid}");
    let line = "Professional plan: an amount that the price list does not state; paid in advance";
    assert_eq!(paid.lines[0].to_string(), line);
    let json = serde_json::to_value(&paid).unwrap();
    assert_eq!((&json["total"], &json["free"]), (&serde_json::Value::Null, &false.into()));
}

#[test]
fn a_line_says_how_it_comes_to_its_amount() {
    let mut request = month(EditionId::STANDARD, "2024-08");
    request.usage.mau = Some(12_345);
    request.value_added.push(ServicePurchase::new(ServiceId::PUSH));
    request.usage.push_messages = Some(30_010_001);
    let lines: Vec<_> = bill(&request).unwrap().lines.iter().map(ToString::to_string).collect();
    let expected = [
        "Standard plan: 399 USD; paid in advance",
        "the service “Push plugin”: 299 USD; paid in advance",
        "monthly active users beyond those included: 35.175 USD (2,345 at 0.015 USD each); deducted in the month after",
        "all-staff or tag push messages beyond those included: 0.20 USD (2 blocks of 10,000 at 0.10 USD each); deducted \
         in the month after",
    ];
    assert_eq!(lines, expected);
    let mut request = month(EditionId::PRO, "2022-11");
    request.plan = Some(planguard::decide::bill::PlanPurchase::new(at("2022-11-14T16:00:00Z")));
    let line = &bill(&request).unwrap().lines[0];
    let text = "Pro 版套餐：239.99 美元（全额 449.99 美元，按 30 天中的 16 天计）。次月扣费。\
                价目表未说明取整或比例的算法，此处按 planguard 的理解计算。";
    assert_eq!(line.explain(Locale::ZhHans), text);
}

#[test]
fn a_refund_says_what_comes_back_and_what_is_lost() {
    let usd = |amount: &str| Money::new(amount.parse().unwrap(), Currency::Usd);
    let back = refund(&RefundRequest {
        catalog: catalog::intl_2024().clone(),
        orders: vec![Order {
            item: Ordered::Plan(EditionId::STANDARD),
            starts_at: at("2024-08-01T02:00:00Z"),
            months: 2,
            cash: usd("700"),
            credit: usd("98"),
            voucher: usd("10"),
        }],
        basis: None,
        zone: BillingZone::default(),
        now: at("2024-08-10T02:00:00Z"),
    })
    .unwrap();
    // 10 of 31 days of 399 = 128.71; of 669.29 the cash is 700 / 798.
    assert_eq!(
        back.explain(Locale::En),
        "669.29 USD come back: 587.10 USD in cash and 82.19 USD as credit. 798 USD were paid for orders in effect and 0 \
         USD for orders not yet in effect. The value used, measured in days, is 128.71 USD. Vouchers are not returned, \
         and 10 USD are lost. The return suspends the app. Usage beyond the plan in this month is charged all the same."
    );
    let json = serde_json::to_value(&back).unwrap();
    assert_eq!(json["refund"], serde_json::json!({ "amount": "669.29", "currency": "USD" }));
}

fn look(from: EditionId, to: EditionId) -> ChangePreview {
    let (now, zone) = (at("2024-08-15T00:00:00Z"), BillingZone::default());
    let group = |n| CounterKey::at(LimitId::MembersPerGroup, Subject::Group(Pseudonym([n; 16])), now, &zone);
    let counter = |n| Counter { base: 240 + u64::from(n), ..Counter::default() };
    let usage: Usage = [1, 2].map(|n| (group(n), counter(n))).into_iter().collect();
    let held = [ServiceGrant { id: ServiceId::PUSH, tier: None, quantity: 1, expires_at: None }];
    preview(&ChangeRequest {
        catalog: catalog::intl_2024(),
        from,
        to,
        services: &held,
        effective: None,
        usage: &usage,
        last_change: None,
        now,
        zone: &zone,
    })
}

#[test]
fn a_preview_says_what_a_move_brings_and_takes() {
    let up = look(EditionId::STANDARD, EditionId::PREMIUM);
    let line =
        "from Standard to Premium: an upgrade; 300 USD a month more; adds 12 features; raises 4 limits";
    assert_eq!(up.to_string(), line);
    let text = up.explain(Locale::En);
    assert!(
        text.contains(" Raises groups per user from 500 to 1,000; members per group from 200 to 2,000; "),
        "{text}"
    );
    let down = look(EditionId::PREMIUM, EditionId::STANDARD);
    let line = "from Premium to Standard: a refund of the plan and a new purchase; 300 USD a month less; takes away 12 \
                features; lowers 4 limits; usage would be over 1 limit";
    assert_eq!(down.to_string(), line);
    let text = down.explain(Locale::En);
    for sentence in [
        "300 USD a month less. The app is suspended in between. ",
        "Over the new limit would be members per group: 242 used, 200 allowed. That is the furthest over of 2 groups. ",
    ] {
        assert!(text.contains(sentence), "{text}");
    }
    let json = serde_json::to_string(&down).unwrap();
    assert!(
        json.contains(
            r#""over":[{"limit":"members_per_group","subject":"group","used":242,"max":200,"subjects":2}]"#
        ),
        "{json}"
    );
}

#[test]
fn a_preview_of_a_move_that_is_not_allowed_says_why() {
    let back = look(EditionId::STANDARD, EditionId::FREE_TRIAL);
    let line = "the plan cannot be changed from Standard to Free Trial now; a paid app never returns to the edition Free \
                Trial";
    assert_eq!(back.to_string(), line);
    let text = back.explain(Locale::ZhHans);
    assert!(
        text.starts_with("目前无法从标准版变更为体验版。付费应用不能退回体验版。如需使用请创建新的应用。"),
        "{text}"
    );
    let text = back.explain(Locale::En);
    let service = "The new edition cannot have the service “Push plugin”. It costs 299 USD a month now. The price list \
                   states no refund for it.";
    assert!(text.ends_with(service), "{text}");
}
