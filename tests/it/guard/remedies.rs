//! Ways out of a denial, by what the guard knows: the document, the observed lists, the billing zone.

use planguard::client::FetchPolicy;
use planguard::store::MemoryStore;
use planguard::{
    Action, CatalogId, EditionId, Feature, GroupType, Observation, Planguard, RejectionContext, Remedy,
};
use planguard_endpoint_faults::{DEFAULT_APP, Endpoint, Options};
use serde_json::json;
use support::{ada, at, builder, clock_at, group};

/// Pro of 2022, modified on 3 November: the service and the edition that would lift the limit can be had when
/// December begins in the zone that the app configured.
#[tokio::test]
async fn a_modified_plan_is_offered_changes_from_the_next_month_in_the_apps_zone() {
    let now = "2022-11-20T02:00:00Z";
    let clock = planguard_endpoint_faults::Clock::fixed(now.parse().unwrap());
    let endpoint = Endpoint::start(Options { clock, ..Options::default() }).await.unwrap();
    endpoint
        .set_document(
            DEFAULT_APP,
            json!({
                "schema": 1, "revision": 7, "sdk_app_id": DEFAULT_APP, "catalog": "intl-2022", "edition": "pro",
                "subscription": {
                    "starts_at": "2022-10-05T02:00:00Z", "expires_at": null, "changed_at": "2022-11-03T02:00:00Z"
                },
                "issued_at": "2022-11-20T01:00:00Z", "fresh_for_secs": 300
            }),
        )
        .unwrap();
    let guard = builder(&clock_at(now))
        .store(MemoryStore::new())
        .billing_zone("-05:00".parse().unwrap())
        .endpoint(endpoint.url())
        .open()
        .await
        .unwrap();
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let ada = ada();
    guard.observe(&Observation::Groups { user: ada, count: 500 }).await;
    let join = Action::JoinGroup { user: ada, group: group("g"), kind: GroupType::Public };
    let verdict = guard.assess(&join);
    assert!(!verdict.may_proceed());
    let december = Some(at("2022-12-01T05:00:00Z"));
    let remedies = verdict.remedies();
    let [
        Remedy::Remove { .. },
        Remedy::BuyService { not_before: service, .. },
        Remedy::ChangeEdition { not_before: edition, .. },
    ] = remedies.as_slice()
    else {
        panic!("{remedies:?}")
    };
    assert_eq!((*service, *edition), (december, december));
    endpoint.shutdown().await;
}

#[tokio::test]
async fn where_there_is_no_endpoint_to_ask_no_way_out_is_to_ask_it() {
    let clock = clock_at("2024-08-20T02:00:00Z");
    let (app, standard) = (support::app(), EditionId::STANDARD);
    let base = || Planguard::builder(app).clock(clock.clone()).fallback(CatalogId::INTL_2024, standard);
    for (guard, asks) in [
        (base().open().await.unwrap(), false),
        (base().endpoint("https://billing.example").open().await.unwrap(), true),
    ] {
        let community = guard.explain_feature(Feature::Community).remedies();
        assert!(community.iter().any(|way| matches!(way, Remedy::ChangeEdition { .. })));
        let refused = guard.report_rejection(10_037, "", &RejectionContext::default()).await;
        for ways_out in [community, refused.remedies] {
            assert_eq!(ways_out.contains(&Remedy::Sync), asks, "{ways_out:?}");
        }
    }
}
