//! An owner's own price list: given to the builder, decided by, billed by.

use std::sync::Arc;

use planguard::client::OpenError;
use planguard::decide::bill::{BillError, BillRequest, bill};
use planguard::decide::change::{ChangeRefusal, ChangeRequest, preview};
use planguard::decide::forecast::{Marginal, marginal_mau_price};
use planguard::{
    BillingZone, Catalog, CatalogError, CatalogId, Catalogs, ChangePath, EditionId, Feature, FeatureReason,
    LimitId, Max, Observation, Planguard, Timestamp, Usage, catalog,
};
use support::{OWN_CATALOG, ada, add_friend, builder, clock, own_catalog, strict};

fn id() -> CatalogId {
    "our-contract".parse().unwrap()
}

fn edition(name: &str) -> EditionId {
    name.parse().unwrap()
}

async fn open(edition: EditionId) -> Planguard {
    builder(&clock()).catalog(own_catalog()).fallback(id(), edition).decisions(strict()).open().await.unwrap()
}

#[tokio::test]
async fn decisions_are_by_its_table() {
    let guard = open(edition("silver")).await;
    let entitlements = guard.entitlements();
    assert_eq!((entitlements.catalog, entitlements.edition), (Some(id()), Some(edition("silver"))));
    assert_eq!(entitlements.findings, []);
    assert_eq!(entitlements.limit(LimitId::FriendsPerUser).map(|limit| limit.max), Some(Max::Of(10)));
    assert_eq!(entitlements.limit(LimitId::GroupsPerUser), None, "not stated is not known");

    let community = guard.feature(Feature::Community);
    assert_eq!((community.granted, community.reason), (false, FeatureReason::NotInEdition));
    assert!(open(edition("gold")).await.feature(Feature::Community).granted);

    guard.observe(&Observation::Friends { user: ada(), count: 9 }).await;
    assert!(guard.check(&add_friend()).may_proceed());
    guard.observe(&Observation::Friends { user: ada(), count: 10 }).await;
    assert!(!guard.check(&add_friend()).may_proceed());
}

#[tokio::test]
async fn the_months_forecast_is_by_its_prices() {
    let guard = open(edition("gold")).await;
    let low = guard.forecast().unwrap().low;
    assert_eq!(low.catalog, id());
    assert_eq!(low.total().map(|total| total.to_string()), Some("900 USD".to_owned()));
}

#[test]
fn a_bill_is_by_its_prices() {
    let list = Arc::new(own_catalog());
    let mut request = BillRequest::new(&list, edition("gold"), "2026-08".parse().unwrap());
    request.usage.mau = Some(6_000);
    // 900, and 1,000 users beyond 5,000 at 0.02.
    assert_eq!(bill(&request).unwrap().total().map(|total| total.to_string()), Some("920 USD".to_owned()));
    let next = marginal_mau_price(&list, edition("gold"), 5_000, None);
    assert!(matches!(next, Some(Marginal::Price(price)) if price.amount_text() == "0.02"));
}

#[test]
fn a_bill_in_json_may_name_it_where_it_is_known() {
    let text = r#"{"catalog":"our-contract","edition":"silver","month":"2026-08",
        "value_added":[{"id":"more_friends"}]}"#;
    let unknown = BillRequest::from_json(text).unwrap_err();
    assert!(matches!(&unknown, BillError::UnknownCatalog { catalog, .. } if *catalog == id()), "{unknown}");
    let mut catalogs = Catalogs::default();
    catalogs.bring(Arc::new(own_catalog())).unwrap();
    let request = BillRequest::from_json_of(text, &catalogs).unwrap();
    // 500 and 50.
    assert_eq!(bill(&request).unwrap().total().map(|total| total.to_string()), Some("550 USD".to_owned()));
    let other = text.replace("silver", "standard");
    let error = bill(&BillRequest::from_json_of(&other, &catalogs).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "edition: `our-contract` has no edition `standard`; it has: silver, gold");
}

#[test]
fn its_moves_are_previewed_by_its_own_rules() {
    let list = own_catalog();
    let look = |from, to| {
        preview(&ChangeRequest {
            catalog: &list,
            from: edition(from),
            to: edition(to),
            services: &[],
            effective: None,
            usage: &Usage::default(),
            last_change: None,
            now: Timestamp::MIN,
            zone: &BillingZone::default(),
        })
    };
    let up = look("silver", "gold");
    assert_eq!(up.allowed, Ok(ChangePath::Upgrade));
    assert_eq!(up.comparison.extra_per_month.map(|extra| extra.to_string()), Some("400 USD".to_owned()));
    assert_eq!(up.comparison.features_gained, [Feature::Community]);
    let gained: Vec<_> =
        up.comparison.limits_gained.iter().map(|change| (change.limit, change.after)).collect();
    assert_eq!(
        gained,
        [(LimitId::FriendsPerUser, Some(Max::Of(20))), (LimitId::FreeMau, Some(Max::Of(5_000)))]
    );
    assert_eq!(look("gold", "silver").allowed, Err(ChangeRefusal::NeverBack { edition: edition("silver") }));
}

async fn refused(open: planguard::client::Builder) -> String {
    match open.open().await {
        Err(error @ OpenError::Setting { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_cannot_be_brought_is_refused_at_opening() {
    let renamed = |id: &str| {
        let text = OWN_CATALOG.replace("id = \"our-contract\"", &format!("id = \"{id}\""));
        Catalog::from_toml(&text).unwrap()
    };
    let clock = clock();
    let error = refused(builder(&clock).catalog(renamed("intl-2024"))).await;
    assert!(error.starts_with("catalog: intl-2024 is the id of another price list"), "{error}");
    let error = refused(builder(&clock).catalog(own_catalog()).catalog(own_catalog())).await;
    assert!(error.starts_with("catalog: our-contract is the id of another price list"), "{error}");
    let error = refused(builder(&clock).catalog(own_catalog()).fallback(id(), EditionId::STANDARD)).await;
    assert!(
        error.starts_with("fallback: our-contract has no edition standard; it has silver, gold"),
        "{error}"
    );
    let error = refused(builder(&clock).fallback(id(), edition("gold"))).await;
    assert!(error.starts_with("fallback: there is no price list our-contract; known: intl-2022,"), "{error}");
    assert!(error.contains("with an endpoint that serves it"), "{error}");
}

#[test]
fn a_built_in_list_is_never_replaced() {
    let mut catalogs = Catalogs::default();
    let before = Arc::clone(catalogs.get(CatalogId::INTL_2024).unwrap());
    let error = catalogs.bring(Arc::clone(catalog::intl_2024())).unwrap_err();
    assert_eq!(error, CatalogError::BuiltIn { id: CatalogId::INTL_2024 });
    assert!(Arc::ptr_eq(catalogs.get(CatalogId::INTL_2024).unwrap(), &before));
}

#[test]
fn its_rows_as_json_say_the_same() {
    let served = Catalog::served_form(OWN_CATALOG).unwrap();
    assert_eq!(Catalog::from_json(served.to_string().as_bytes()).unwrap(), own_catalog());
    for list in ["intl-2022", "intl-2024", "cn-dau", "intl-2026"] {
        let path = support::root().join(format!("src/model/catalogs/{list}.toml"));
        let text = std::fs::read_to_string(path).unwrap();
        let served = Catalog::served_form(&text).unwrap().to_string();
        assert_eq!(
            Catalog::from_json(served.as_bytes()).unwrap(),
            Catalog::from_toml(&text).unwrap(),
            "{list}"
        );
    }
}

/// The loader's checks hold for JSON as for TOML, and name where.
#[test]
fn its_json_is_checked_like_its_toml() {
    let mut served = Catalog::served_form(OWN_CATALOG).unwrap();
    served["limits"]["friends_per_user"]["max"]["silver"] = (-1).into();
    let error = Catalog::from_json(served.to_string().as_bytes()).unwrap_err();
    assert!(
        matches!(&error, CatalogError::OutOfRange { field, .. } if field == "limits.friends_per_user.max.silver")
    );
    for broken in ["", "[]", r#"{"id":"a","id":"b"}"#, r#"{"id":"our-contract"}"#] {
        let error = Catalog::from_json(broken.as_bytes()).unwrap_err();
        assert!(matches!(error, CatalogError::Syntax { .. }), "{broken}: {error}");
    }
    assert!(matches!(Catalog::served_form("id = 1"), Err(CatalogError::Syntax { .. })));
}
