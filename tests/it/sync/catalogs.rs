//! Price lists that the endpoint serves: whatever the order in which document and list arrive, nothing held is lost.

use std::time::Duration;

use planguard::client::{Event, SyncError, SyncOutcome};
use planguard::net::DocumentError;
use planguard::{Authority, Catalog, CatalogId, EditionId, Feature, Finding, LimitId, Max, Standing};
use planguard_endpoint_faults::{
    Clock as EndpointClock, Endpoint, Fault, FaultKind, Faults, On, Options, StatusCode,
};
use serde_json::{Value, json};
use support::{OWN_CATALOG, own_catalog};

use super::rig::{APP, Build, Rig, SECRET, image, start, stored};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn own() -> CatalogId {
    "our-contract".parse().unwrap()
}

fn document(catalog: &str, edition: &str) -> Value {
    json!({
        "schema": 1, "revision": 1, "sdk_app_id": APP, "catalog": catalog, "edition": edition,
        "issued_at": start(), "fresh_for_secs": 300
    })
}

fn served() -> Value {
    Catalog::served_form(OWN_CATALOG).unwrap()
}

/// An endpoint on the rig's clock that serves that document, and no price list yet.
async fn serving(document: Value) -> (Endpoint, Build) {
    let build = Build::new("http://127.0.0.1:1");
    let clock = build.clock.clone();
    let clock = EndpointClock::from_fn(move || {
        jiff::Timestamp::from_millisecond(planguard::time::Clock::now(&clock).as_millis()).unwrap()
    });
    let options = Options { document, credential: Some(SECRET.to_owned()), clock, ..Options::default() };
    let endpoint = Endpoint::start(options).await.unwrap();
    let url = endpoint.url();
    (endpoint, Build { url, ..build })
}

fn set(endpoint: &Endpoint, catalog: &str, edition: &str) {
    endpoint.set_document(APP, document(catalog, edition)).unwrap();
}

fn friends(rig: &Rig) -> Option<(Max, Authority)> {
    rig.guard.entitlements().limit(LimitId::FriendsPerUser).map(|limit| (limit.max, limit.authority))
}

const SILVER: Option<(Max, Authority)> = Some((Max::Of(10), Authority::Catalog));

fn findings(rig: &Rig) -> Vec<Finding> {
    let told = rig.told().into_iter();
    told.filter_map(|event| match event {
        Event::DocumentFindings(findings) => Some(findings.to_vec()),
        _ => None,
    })
    .flatten()
    .collect()
}

fn asked_for_lists(endpoint: &Endpoint) -> Vec<u16> {
    let log = endpoint.requests().log;
    let lists = log.iter().filter(|request| request.path.starts_with("/v1/catalogs/"));
    lists.map(|request| request.status.unwrap()).collect()
}

#[tokio::test]
async fn a_served_list_is_in_force_with_its_document_and_after_a_restart_offline() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    endpoint.set_catalog("our-contract", Some(&served()));
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    assert_eq!(friends(&rig), SILVER);
    assert_eq!(findings(&rig), []);
    assert!(!rig.guard.feature(Feature::Community).granted);
    assert_eq!(rig.guard.forecast().unwrap().low.catalog, own());

    endpoint.go_offline().await.unwrap();
    let again = build.open().await;
    assert_eq!(friends(&again), SILVER);
    assert_eq!(findings(&again), []);
    again.fetch().await.unwrap_err();
    assert_eq!(friends(&again), SILVER);
}

#[tokio::test]
async fn a_first_document_before_its_list_is_completed_by_it() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    assert_eq!((rig.revision(), friends(&rig)), (Some(1), None));
    let told = findings(&rig);
    assert!(told.iter().any(|finding| finding.problem.contains("status 404")), "{told:?}");
    assert!(
        told.iter().any(|finding| {
            finding.field == "/catalog" && finding.problem.contains("`our-contract` is no price list")
        }),
        "{told:?}"
    );

    // Restarted in between, and the list comes with a document that has not changed.
    let rig = build.open().await;
    assert_eq!(friends(&rig), None);
    endpoint.set_catalog("our-contract", Some(&served()));
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
    assert_eq!(friends(&rig), SILVER);
}

#[tokio::test]
async fn a_document_that_names_an_unknown_list_leaves_the_held_one_until_the_list_comes() {
    let (endpoint, build) = serving(document("intl-2024", "standard")).await;
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    let standard = Some((Max::Of(3_000), Authority::Catalog));
    assert_eq!(friends(&rig), standard);

    set(&endpoint, "our-contract", "silver");
    let error = rig.fetch().await.unwrap_err();
    assert!(
        matches!(&error, SyncError::BadDocument { why: DocumentError::Loses { field: "catalog", problem }, .. }
            if problem.contains("our-contract")),
        "{error}"
    );
    assert_eq!((friends(&rig), stored(&rig.store).revision), (standard, 1));
    assert!(findings(&rig).iter().any(|finding| finding.remedy.contains("/v1/catalogs/our-contract")));

    // Nor does a restart take it.
    let rig = build.open().await;
    assert_eq!(friends(&rig), standard);
    rig.advance_to(error.retry_at().unwrap());
    build.clock.advance(Duration::from_secs(60));
    endpoint.set_catalog("our-contract", Some(&served()));
    rig.fetch().await.unwrap();
    assert_eq!((friends(&rig), rig.guard.entitlements().edition), (SILVER, "silver".parse().ok()));
}

#[tokio::test]
async fn an_unknown_edition_leaves_the_held_document_and_is_named() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    endpoint.set_catalog("our-contract", Some(&served()));
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    set(&endpoint, "our-contract", "platinum");
    let error = rig.fetch().await.unwrap_err();
    assert!(
        error.to_string().contains("`platinum` is no edition of our-contract; it has silver, gold"),
        "{error}"
    );
    assert_eq!((friends(&rig), rig.revision()), (SILVER, Some(1)));
    rig.advance_to(error.retry_at().unwrap());
    rig.fetch().await.unwrap_err();
    let told = findings(&rig);
    assert_eq!(told.len(), 1, "once for each revision: {told:?}");
    assert_eq!(told[0].field, "/edition");
    assert!(told[0].problem.contains("`platinum`"), "{told:?}");
    assert!(told[0].remedy.starts_with("the held document stays in force; correct edition in revision 2"));
    let rig = build.open().await;
    assert_eq!((friends(&rig), rig.revision()), (SILVER, Some(1)));
}

#[tokio::test]
async fn a_new_edition_may_come_with_a_new_version_of_its_list() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    endpoint.set_catalog("our-contract", Some(&served()));
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    let newer: Value = serde_json::from_str(&served().to_string().replace("silver", "platinum")).unwrap();
    endpoint.set_catalog("our-contract", Some(&newer));
    set(&endpoint, "our-contract", "platinum");
    build.clock.advance(DAY);
    rig.fetch().await.unwrap();
    assert_eq!((friends(&rig), rig.guard.entitlements().edition), (SILVER, "platinum".parse().ok()));
}

#[tokio::test]
async fn no_bad_list_takes_the_place_of_the_good_one() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    endpoint.set_catalog("our-contract", Some(&served()));
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    let without_silver: Value =
        serde_json::from_str(&served().to_string().replace("silver", "bronze")).unwrap();
    let mut negative = served();
    negative["limits"]["friends_per_user"]["max"]["silver"] = (-1).into();
    let mut other = served();
    other["id"] = "another".into();
    let mut huge = served();
    huge["title"] = "x".repeat(1024 * 1024).into();
    for (list, problem) in [
        (Some(without_silver), "lacks `silver`, the edition of the app; it has bronze, gold"),
        (Some(negative), "limits.friends_per_user.max.silver: -1 is out of range"),
        (Some(other), "id: the answer is `another`, asked for was `our-contract`"),
        (Some(json!([])), "not a JSON object; send the rows of one price list"),
        (Some(huge), "1048576"),
        (None, "status 404"),
    ] {
        endpoint.set_catalog("our-contract", list.as_ref());
        rig.told();
        for _ in 0..2 {
            build.clock.advance(DAY);
            rig.fetch().await.unwrap();
        }
        let told = findings(&rig);
        assert_eq!(told.len(), 1, "reported once: {told:?}");
        assert!(told[0].problem.contains(problem), "{problem}: {told:?}");
        assert!(told[0].remedy.contains("the one held stays"));
        assert_eq!(friends(&rig), SILVER, "{problem}");
        assert_eq!(friends(&build.open().await), SILVER, "{problem}");
        endpoint.set_catalog("our-contract", Some(&served()));
        build.clock.advance(DAY);
        rig.fetch().await.unwrap();
    }
}

#[tokio::test]
async fn a_list_is_revalidated_when_it_is_no_longer_fresh() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    endpoint.set_catalog("our-contract", Some(&served()));
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    // The endpoint says 300 seconds.
    for (secs, asked) in [(299, 1), (1, 2), (299, 2), (1, 3)] {
        build.clock.advance(Duration::from_secs(secs));
        rig.fetch().await.unwrap();
        assert_eq!(asked_for_lists(&endpoint).len(), asked);
    }
    let codes = asked_for_lists(&endpoint);
    assert_eq!(codes, [200, 304, 304]);
    let kept = image(&rig.store).image.catalogs;
    assert_eq!((kept.len(), kept[0].id, kept[0].fetched_at), (1, own(), rig.guard.now()));

    let mut raised = served();
    raised["limits"]["friends_per_user"]["max"]["silver"] = 12.into();
    endpoint.set_catalog("our-contract", Some(&raised));
    build.clock.advance(Duration::from_secs(300));
    rig.told();
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
    assert_eq!(friends(&rig), Some((Max::Of(12), Authority::Catalog)));
    assert!(rig.told().iter().any(|event| matches!(event, Event::EntitlementsChanged { .. })));
}

#[tokio::test]
async fn a_list_that_could_not_be_fetched_is_left_alone_for_a_minute() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    let rig = build.open().await;
    for _ in 0..3 {
        rig.fetch().await.unwrap();
    }
    assert_eq!(asked_for_lists(&endpoint).len(), 1);
    build.clock.advance(Duration::from_secs(60));
    rig.fetch().await.unwrap();
    assert_eq!(asked_for_lists(&endpoint).len(), 2);
}

#[tokio::test]
async fn built_in_and_brought_lists_are_never_asked_for_nor_replaced() {
    let mut false_list = served();
    false_list["id"] = "intl-2024".into();
    let (endpoint, build) = serving(document("intl-2024", "standard")).await;
    endpoint.set_catalog("intl-2024", Some(&false_list));
    endpoint.set_catalog("our-contract", Some(&false_list));
    let rig = build.rig(build.builder().catalog(own_catalog()).open().await.unwrap());
    rig.fetch().await.unwrap();
    assert_eq!(friends(&rig), Some((Max::Of(3_000), Authority::Catalog)));
    set(&endpoint, "our-contract", "gold");
    rig.fetch().await.unwrap();
    assert_eq!(friends(&rig), Some((Max::Of(20), Authority::Catalog)));
    assert!(asked_for_lists(&endpoint).is_empty());
}

#[tokio::test]
async fn another_process_follows_the_list() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    let (own, other) = (build.open().await, build.open().await);
    own.fetch().await.unwrap();
    endpoint.set_catalog("our-contract", Some(&served()));
    build.clock.advance(Duration::from_secs(60));
    own.fetch().await.unwrap();
    assert_eq!(friends(&own), SILVER);
    assert_eq!(friends(&other), None);
    other.reject(1..2).await;
    assert_eq!(friends(&other), SILVER);
}

#[tokio::test]
async fn a_fallback_may_name_a_served_list() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    endpoint.set_catalog("our-contract", Some(&served()));
    // The endpoint knows no document of the app, and serves price lists.
    endpoint.faults(
        Faults::none().and(Fault::from(FaultKind::status(StatusCode::NOT_FOUND)).on(On::Get).times(1)),
    );
    let gold: EditionId = "gold".parse().unwrap();
    let rig = build.rig(build.builder().fallback(own(), gold).open().await.unwrap());
    assert_eq!((rig.guard.entitlements().standing, friends(&rig)), (Standing::Unknown, None));
    rig.fetch().await.unwrap_err();
    assert_eq!(rig.guard.entitlements().standing, Standing::Fallback);
    assert_eq!(friends(&rig), Some((Max::Of(20), Authority::Fallback)));
    let again = build.rig(build.builder().fallback(own(), gold).open().await.unwrap());
    assert_eq!(friends(&again), Some((Max::Of(20), Authority::Fallback)));
}

#[tokio::test]
async fn a_fallback_that_names_no_known_list_is_told_once() {
    let build = Build::new("https://billing.example");
    let fallback = ("intl-2042".parse().unwrap(), EditionId::STANDARD);
    let rig = build.rig(build.builder().fallback(fallback.0, fallback.1).open().await.unwrap());
    let told = findings(&rig);
    let [finding] = &told[..] else { panic!("{told:?}") };
    assert_eq!(finding.field, "/fallback/catalog");
    assert!(finding.problem.contains("`intl-2042`") && finding.problem.contains("intl-2024"), "{finding:?}");
    assert!(finding.remedy.contains("/v1/catalogs/intl-2042"), "{finding:?}");
    assert!(!rig.guard.feature(Feature::Community).granted);
    assert_eq!(findings(&rig), []);
}

#[tokio::test]
async fn a_fallback_that_names_no_edition_of_a_known_list_is_refused_with_an_endpoint_too() {
    let build = Build::new("https://billing.example");
    let slip = "standart".parse().unwrap();
    let refused = build.builder().fallback(CatalogId::INTL_2024, slip).open().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "fallback: intl-2024 has no edition standart; it has free_trial, standard, premium; name an edition of that \
         price list"
    );
}

#[tokio::test]
async fn a_refused_credential_shows_no_list() {
    let (endpoint, build) = serving(document("our-contract", "silver")).await;
    endpoint.set_catalog("our-contract", Some(&served()));
    let rig = build.clone().credential("another").open().await;
    rig.fetch().await.unwrap_err();
    assert_eq!((friends(&rig), asked_for_lists(&endpoint).len()), (None, 0));
}

#[tokio::test]
async fn a_list_that_gave_its_place_to_later_ones_is_fetched_again_when_it_is_named_again() {
    let names: Vec<String> = (0..6).map(|n| format!("list-{n}")).collect();
    let (endpoint, build) = serving(document(&names[0], "silver")).await;
    for name in &names {
        let mut list = served();
        list["id"] = json!(name);
        endpoint.set_catalog(name, Some(&list));
    }
    let rig = build.open().await;
    for (asked, name) in names.iter().chain(&names[..1]).enumerate() {
        set(&endpoint, name, "silver");
        rig.fetch().await.unwrap();
        assert_eq!(rig.guard.entitlements().catalog.unwrap().as_str(), name);
        assert_eq!(friends(&rig), SILVER, "{name}");
        assert_eq!(asked_for_lists(&endpoint), vec![200; asked + 1]);
    }
}
