//! An owner's own price list may hold any figure that passes the loader's checks: none of them panics anywhere.

use std::sync::Arc;

use planguard::decide::bill::{BillRequest, PlanPurchase, ServicePurchase, bill};
use planguard::decide::change::{ChangeRequest, preview};
use planguard::decide::forecast::{forecast, marginal_mau_price};
use planguard::decide::lifecycle::lifecycle;
use planguard::decide::refund::{Order, Ordered, RefundRequest, refund};
use planguard::{
    BillingZone, Catalog, Catalogs, Currency, EditionId, LimitId, Max, Money, ServiceGrant, Subscription,
    Timestamp, Usage,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use support::{OWN_CATALOG, at, document};

const MOST: &str = "79228162514264337593543950335";

/// Each text of the own catalog with what takes its place.
const EXTREMES: &[(&str, &str)] = &[
    ("price_per_month = \"500\"", "price_per_month = \"79228162514264337593543950335\""),
    ("price_per_month = \"900\"", "price_per_month = \"0.0000000000000000000000000001\""),
    ("silver = 10, gold = 20", "silver = 0, gold = 9223372036854775807"),
    ("silver = 1000, gold = 5000", "silver = 0, gold = \"unlimited\""),
    ("price = \"0.02\", per = 1,", "price = \"79228162514264337593543950335\", per = 9223372036854775807,"),
    ("price = \"0.02\", per = 1,", "price = \"79228162514264337593543950335\", per = 1,"),
    ("rounding = \"exact\"", "rounding = \"started_block\""),
    ("to = 15", "to = \"unlimited\""),
    ("price = \"50\"", "price = \"79228162514264337593543950335\""),
    ("cycle = \"prepaid_month\"", "cycle = \"fixed_days\", days = 4294967295"),
    ("validity = \"prepaid_month\"", "validity = \"trial_month\""),
    ("validity = \"prepaid_month\"", "validity = \"calendar_month\""),
    ("first_day = 1, last_day = 3", "first_day = 31, last_day = 31"),
    (
        "moves = [",
        "grace_hours = { value = 4294967295, source = \"contract\" }
         arrears_hours = { value = 4294967295, source = \"contract\" }
         retention = { value = { days = 4294967295, counts_suspension_day = true }, source = \"contract\" }
         free_trial = { value = { months = 4294967295, extendable = true }, source = \"contract\" }
         purchase_length = { value = { min_months = 1, max_months = 4294967295 }, source = \"contract\" }
         change_frequency = { value = { per_calendar_month = 0, includes_services = true }, source = \"contract\" }
         reminders = { value = { days_before = 4294967295, includes_expiry_day = true, days_after = 4294967295 }, source = \"contract\" }
         refund = { value = { used_basis = \"time\", returns_vouchers = true, splits_cash_and_credit = true, suspends = true, still_charges_overage = true }, source = \"contract\" }
         suspended_month_in_proportion = { value = true, source = \"contract\" }
         moves = [",
    ),
];

fn edition(name: &str) -> EditionId {
    name.parse().unwrap()
}

fn exercise(list: &Arc<Catalog>) {
    let mut catalogs = Catalogs::default();
    catalogs.bring(Arc::clone(list)).unwrap();
    let zone = BillingZone::default();
    for name in ["silver", "gold"] {
        let mut doc = document(list.id, edition(name), at("2026-08-01T00:00:00Z"));
        doc.subscription = Some(Subscription {
            starts_at: at("2026-07-31T00:00:00Z"),
            expires_at: Some(at("2026-08-31T00:00:00Z")),
            changed_at: Some(at("2026-08-02T00:00:00Z")),
        });
        doc.arrears_since = Some(at("2026-08-03T00:00:00Z"));
        let service = "more_friends".parse().unwrap();
        doc.value_added =
            vec![ServiceGrant { id: service, tier: None, quantity: u32::MAX, expires_at: None }];
        for now in ["1970-01-01T00:00:00Z", "2026-08-15T00:00:00Z", "9999-11-30T00:00:00Z"].map(at) {
            let entitlements = planguard::decide::entitle::resolve(&doc, &catalogs, now, now, None);
            let _ = lifecycle(&entitlements, now, &zone);
            for to in ["silver", "gold"] {
                let _ = preview(&ChangeRequest {
                    catalog: list,
                    from: edition(name),
                    to: edition(to),
                    services: &doc.value_added,
                    effective: Some(&entitlements),
                    usage: &Usage::default(),
                    last_change: None,
                    now,
                    zone: &zone,
                });
            }
        }
        for used in [0, 1, u64::MAX] {
            let mut request = BillRequest::new(list, edition(name), "2026-08".parse().unwrap());
            request.usage.mau = Some(used);
            request.plan = Some(PlanPurchase {
                months: Some(u32::MAX),
                ..PlanPurchase::new(at("2026-08-01T00:00:00Z"))
            });
            request.value_added =
                vec![ServicePurchase { quantity: u64::MAX, ..ServicePurchase::new(service) }];
            let _ = bill(&request);
            request.value_added[0].quantity = 1;
            let _ = bill(&request);
            let _ = forecast(&request, at("2026-08-15T00:00:00Z"));
            let _ = marginal_mau_price(list, edition(name), used, None);
            let _ = marginal_mau_price(list, edition(name), used, Some(Max::Of(u64::MAX)));
            request.limits.insert(LimitId::FreeMau, Max::Of(0));
            let _ = bill(&request);
        }
        for months in [1, u32::MAX] {
            let paid = Money::new(MOST.parse::<Decimal>().unwrap(), Currency::Usd);
            let order = |item| Order {
                item,
                starts_at: at("2026-08-01T00:00:00Z"),
                months,
                cash: paid,
                credit: paid,
                voucher: paid,
            };
            let service =
                Ordered::Service { edition: edition(name), id: service, tier: None, quantity: u32::MAX };
            for item in [Ordered::Plan(edition(name)), service] {
                let _ = refund(&RefundRequest {
                    catalog: Arc::clone(list),
                    orders: vec![order(item)],
                    basis: None,
                    zone: zone.clone(),
                    now: Timestamp::MAX,
                });
            }
        }
    }
}

#[test]
fn no_figure_panics_anywhere() {
    for (from, to) in EXTREMES {
        let text = OWN_CATALOG.replace(from, to);
        assert_ne!(text, OWN_CATALOG, "{from}");
        let list = Catalog::from_toml(&text).unwrap_or_else(|error| panic!("{to}: {error}"));
        exercise(&Arc::new(list));
    }
    let all = EXTREMES.iter().fold(OWN_CATALOG.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
    exercise(&Arc::new(Catalog::from_toml(&all).unwrap()));
}

proptest! {
    /// Whatever stands in a file or an answer, it is a price list or an error, and a price list can be used.
    #[test]
    fn no_file_and_no_answer_panics(
        cut in 0..OWN_CATALOG.len(),
        length in 0..12_usize,
        put in prop_oneof![
            Just(String::new()), Just("0".to_owned()), Just("-1".to_owned()), Just("9223372036854775807".to_owned()),
            Just("\"".to_owned()), Just("[".to_owned()), Just("gold".to_owned()), any::<String>(),
        ],
    ) {
        let mut text = OWN_CATALOG.as_bytes().to_vec();
        let end = (cut + length).min(text.len());
        text.splice(cut..end, put.bytes());
        if let Ok(text) = std::str::from_utf8(&text)
            && let Ok(list) = Catalog::from_toml(text)
            && list.edition(edition("silver")).is_some()
        {
            let mut catalogs = Catalogs::default();
            if catalogs.bring(Arc::new(list.clone())).is_ok() {
                exercise(&Arc::new(list));
            }
        }
        let _ = Catalog::from_json(&text);
        let mut json = Catalog::served_form(OWN_CATALOG).unwrap().to_string().into_bytes();
        let cut = cut % json.len();
        let end = (cut + length).min(json.len());
        json.splice(cut..end, put.bytes());
        if let Ok(list) = Catalog::from_json(&json)
            && Catalogs::default().bring(Arc::new(list.clone())).is_ok()
        {
            exercise(&Arc::new(list));
        }
    }
}
