//! Bills, forecasts, refunds, moves and price lists.

use std::collections::BTreeMap;

use planguard::billing::{BillRequest, MonthUsage, Order, Ordered, RefundRequest};
use planguard::catalog::Catalog;
use planguard::ffi::{
    PlanguardError, bill, bill_of_json, catalogs, compare, forecast, marginal_mau_price, refund,
};
use planguard::{BillingZone, CatalogId, EditionId, Feature, LimitId, Locale, Max, Money, Support};
use support::{at, clock, own_catalog};

use super::hosts::{builder, open, options};

fn request() -> BillRequest {
    BillRequest {
        catalog: Catalog::named(CatalogId::INTL_2024).unwrap(),
        edition: EditionId::STANDARD,
        month: "2024-08".parse().unwrap(),
        currency: None,
        zone: BillingZone::default(),
        plan: None,
        value_added: Vec::new(),
        usage: MonthUsage { mau: Some(9_000), ..MonthUsage::default() },
        limits: BTreeMap::new(),
        suspended_at: None,
    }
}

fn usd(text: &str) -> Money {
    Money::new(text.parse().unwrap(), planguard::Currency::Usd)
}

#[test]
fn a_bill_and_its_lines_explain_themselves() {
    let month = bill(request()).unwrap();
    // Standard is 399 USD a month, and 9,000 active users are included.
    assert_eq!(month.total, Some(usd("399")));
    for locale in [Locale::En, Locale::ZhHans] {
        assert!(month.explain(locale).contains("399") && !month.lines[0].explain(locale).is_empty());
    }
    let json =
        r#"{"catalog": "intl-2024", "edition": "standard", "month": "2024-08", "usage": {"mau": 9000}}"#;
    assert_eq!(bill_of_json(json.to_owned()).unwrap().total, month.total);
    let wrong = bill_of_json("{}".to_owned()).unwrap_err();
    let PlanguardError::InvalidInput { details } = wrong else { panic!("{wrong}") };
    assert!(details.field_name.is_some(), "{}", details.reason);
    let ahead = forecast(request(), at("2024-08-16T00:00:00Z")).unwrap();
    assert!(ahead.linear_usage.mau > Some(9_000) && !ahead.explain(Locale::En).is_empty());
    assert!(forecast(request(), at("2024-01-01T00:00:00Z")).is_err());
}

#[tokio::test]
async fn a_guard_forecasts_and_previews() {
    let guard = open(&clock()).await;
    let ahead = guard.forecast().unwrap();
    assert_eq!(ahead.low.total, Some(usd("399")));
    let preview = guard.preview_change(EditionId::PREMIUM).unwrap();
    assert_eq!(preview.comparison.extra_per_month, Some(usd("300")));
    assert!(preview.comparison.features_gained.contains(&Feature::Community));
    assert!(preview.path.is_some() != preview.refusal.is_some());
    assert!(!preview.explain(Locale::ZhHans).is_empty());
    let mut unknown = options();
    (unknown.fallback_catalog, unknown.fallback_edition) = (None, None);
    let unknown = builder(unknown, &clock()).open().await.unwrap();
    assert!(matches!(unknown.forecast(), Err(PlanguardError::PlanUnknown { .. })));
    let preview = unknown.preview_change(EditionId::PREMIUM);
    assert!(matches!(preview, Err(PlanguardError::PlanUnknown { .. })));
}

#[test]
fn a_refund_is_worked_out_or_says_why_not() {
    let order = Order {
        item: Ordered::Plan(EditionId::STANDARD),
        starts_at: at("2024-08-01T00:00:00Z"),
        months: 3,
        cash: usd("1197"),
        credit: usd("0"),
        voucher: usd("0"),
    };
    let asked = |catalog| RefundRequest {
        catalog: Catalog::named(catalog).unwrap(),
        orders: vec![order.clone()],
        basis: None,
        zone: BillingZone::default(),
        now: at("2024-08-11T00:00:00Z"),
    };
    let back = refund(asked(CatalogId::INTL_2024)).unwrap();
    assert!(back.refund.amount > rust_decimal::Decimal::ZERO && back.cash == back.refund);
    let none = refund(asked(CatalogId::CN_DAU)).unwrap_err();
    assert!(none.to_string().starts_with("catalog: "), "{none}");
}

#[tokio::test]
async fn price_lists_are_read_compared_and_brought() {
    assert_eq!(catalogs().len(), CatalogId::BUILT_IN.len());
    let list = Catalog::named(CatalogId::INTL_2024).unwrap();
    assert_eq!(list.name(), CatalogId::INTL_2024);
    assert!(list.edition_ids().contains(&EditionId::PREMIUM) && !list.service_ids().is_empty());
    assert_eq!(list.price_per_month(EditionId::STANDARD).unwrap(), Some(usd("399")));
    assert_eq!(list.limit(EditionId::STANDARD, LimitId::GroupsPerUser).unwrap(), Some(Max::Of(500)));
    assert_eq!(list.support(EditionId::STANDARD, Feature::Community).unwrap(), Some(Support::Unsupported));
    let gained = compare(list.clone(), EditionId::STANDARD, EditionId::PREMIUM).unwrap();
    assert!(gained.features_gained.contains(&Feature::Community));
    let no_edition = compare(list.clone(), "gold".parse().unwrap(), EditionId::PREMIUM).unwrap_err();
    assert!(no_edition.to_string().contains("standard"), "{no_edition}");
    assert!(marginal_mau_price(list.clone(), EditionId::STANDARD, 10, None).unwrap().is_some());
    assert!(list.as_json().contains("399"));
    assert!(Catalog::named("nowhere".parse().unwrap()).unwrap_err().to_string().contains("intl-2024"));
    assert!(Catalog::read_json("{}".to_owned()).is_err() && Catalog::read_toml("=".to_owned()).is_err());

    let own = own_catalog();
    let mut brought = options();
    (brought.fallback_catalog, brought.fallback_edition) = (Some(own.id), Some(own.editions[0].id));
    brought.catalogs = vec![std::sync::Arc::new(own.clone())];
    let guard = builder(brought, &clock()).open().await.unwrap();
    assert_eq!(guard.entitlements().unwrap().catalog, Some(own.id));
}
