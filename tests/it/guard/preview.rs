//! What a move to another edition would do, from what the guard knows.

use planguard::Catalog;
use planguard::client::FetchPolicy;
use planguard::decide::change::{ChangePreview, ChangeRefusal, PreviewError};
use planguard::store::MemoryStore;
use planguard::{
    Authority, CatalogId, ChangePath, EditionId, Feature, GroupId, Lifecycle, LimitId, Locale, Max,
    Observation, Planguard, ServiceId, SuspensionCause,
};
use planguard_endpoint_faults::{DEFAULT_APP, Endpoint, Options};
use serde_json::{Value, json};
use support::{at, clock_at};

const NOW: &str = "2024-08-20T02:00:00Z";

/// A document of the list of 2024, with `more` in place of its fields.
fn standard(more: &Value) -> Value {
    let mut document = json!({
        "schema": 1, "revision": 7, "sdk_app_id": DEFAULT_APP, "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2024-07-15T02:00:00Z", "expires_at": "2024-12-15T02:00:00Z" },
        "issued_at": NOW, "fresh_for_secs": 300
    });
    for (field, value) in more.as_object().unwrap() {
        document[field] = value.clone();
    }
    document
}

/// A guard on the endpoint's `document`, synced; the endpoint is gone.
async fn synced(document: Value) -> Planguard {
    let clock = planguard_endpoint_faults::Clock::fixed(NOW.parse().unwrap());
    let endpoint = Endpoint::start(Options { clock, ..Options::default() }).await.unwrap();
    endpoint.set_document(DEFAULT_APP, document).unwrap();
    let guard = support::builder(&clock_at(NOW))
        .store(MemoryStore::new())
        .endpoint(endpoint.url())
        .open()
        .await
        .unwrap();
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    endpoint.shutdown().await;
    guard
}

fn raises(preview: &ChangePreview, limit: LimitId) -> bool {
    preview.comparison.limits_gained.iter().any(|change| change.limit == limit)
}

#[tokio::test]
async fn an_unknown_plan_has_no_preview() {
    let guard = support::builder(&clock_at(NOW)).store(MemoryStore::new()).open().await.unwrap();
    let error = guard.preview_change(EditionId::PREMIUM).unwrap_err();
    assert_eq!(error, PreviewError::PlanUnknown);
    assert_eq!(error.to_string(), "the plan is not known yet; sync, or configure a fallback");
}

#[tokio::test]
async fn what_the_endpoint_overrides_is_not_gained_again() {
    let plain = synced(standard(&json!({}))).await.preview_change(EditionId::PREMIUM).unwrap();
    assert!(raises(&plain, LimitId::GroupsPerUser));
    assert!(plain.comparison.features_gained.contains(&Feature::Community));

    let overridden =
        json!({ "limits": { "groups_per_user": 1200 }, "features": { "community": "supported" } });
    let guard = synced(standard(&overridden)).await;
    assert!(guard.feature(Feature::Community).granted);
    let preview = guard.preview_change(EditionId::PREMIUM).unwrap();
    assert_eq!(preview.allowed, Ok(ChangePath::Upgrade));
    assert!(!raises(&preview, LimitId::GroupsPerUser));
    assert!(!preview.comparison.features_gained.contains(&Feature::Community));
    // The table of Premium has 1,000.
    let [lost] = &*preview.comparison.limits_lost else { panic!("{preview:?}") };
    assert_eq!((lost.limit, lost.before_by), (LimitId::GroupsPerUser, Authority::Endpoint));
    assert_eq!((lost.before, lost.after), (Some(Max::Of(1_200)), Some(Max::Of(1_000))));
    // 699 less 399.
    assert_eq!(preview.comparison.extra_per_month.unwrap().to_string(), "300 USD");
    let words = preview.explain(Locale::En);
    assert!(words.contains("Lowers groups per user from 1,200 to 1,000."), "{words}");
}

#[tokio::test]
async fn a_fallback_edition_has_a_preview_too() {
    let guard = support::builder(&clock_at(NOW))
        .store(MemoryStore::new())
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .open()
        .await
        .unwrap();
    let preview = guard.preview_change(EditionId::PREMIUM).unwrap();
    assert_eq!((preview.from, preview.to), (EditionId::STANDARD, EditionId::PREMIUM));
    assert_eq!(preview.allowed, Ok(ChangePath::Upgrade));
    assert!(raises(&preview, LimitId::MembersPerGroup));
}

#[tokio::test]
async fn usage_seen_here_and_services_held_are_part_of_it() {
    let held = json!({
        "edition": "premium",
        "value_added": [
            { "id": "push", "tier": null, "quantity": 1, "expires_at": null },
            { "id": "desk", "tier": null, "quantity": 1, "expires_at": "2024-08-20T02:00:00Z" }
        ],
    });
    let guard = synced(standard(&held)).await;
    let group = GroupId::new("club").unwrap();
    guard.observe(&Observation::Group { group, members: 260, own_max: None }).await;
    let down = guard.preview_change(EditionId::STANDARD).unwrap();
    assert_eq!(down.allowed, Ok(ChangePath::RefundAndRepurchase));
    assert!(down.suspends);
    let [over] = &*down.over else { panic!("{down:?}") };
    assert_eq!((over.limit, over.used, over.max), (LimitId::MembersPerGroup, 260, 200));
    assert!(down.needless_services.is_empty());
    // The Free Trial cannot have the push plugin; the desk plugin has ended.
    let trial = guard.preview_change(EditionId::FREE_TRIAL).unwrap();
    assert_eq!(trial.allowed, Err(ChangeRefusal::NeverBack { edition: EditionId::FREE_TRIAL }));
    let [needless] = &*trial.needless_services else { panic!("{trial:?}") };
    assert_eq!((needless.service, needless.unavailable), (ServiceId::PUSH, true));
    assert_eq!(needless.price.unwrap().to_string(), "299 USD");
}

#[tokio::test]
async fn a_plan_modified_in_this_month_waits_for_the_next() {
    let moved = |changed_at| {
        json!({
            "catalog": "intl-2022", "edition": "ultimate",
            "subscription": { "starts_at": "2024-02-01T02:00:00Z", "changed_at": changed_at },
        })
    };
    let to_pro = |guard: Planguard| guard.preview_change(EditionId::PRO).unwrap().allowed;
    // 1 August begins in Beijing at 16:00 UTC of 31 July.
    let in_july = synced(standard(&moved("2024-07-31T15:59:59Z"))).await;
    assert_eq!(to_pro(in_july), Ok(ChangePath::Modify));
    let in_august = synced(standard(&moved("2024-07-31T16:00:00Z"))).await;
    let until = at("2024-08-31T16:00:00Z");
    assert_eq!(to_pro(in_august), Err(ChangeRefusal::OncePerMonth { times: 1, until }));
}

#[tokio::test]
async fn a_suspended_app_is_told_so() {
    // Pushed on 9 August at 10:00 in Beijing, suspended 24 hours later.
    let guard = synced(standard(&json!({ "arrears_since": "2024-08-09T02:00:00Z" }))).await;
    let preview = guard.preview_change(EditionId::PREMIUM).unwrap();
    let Lifecycle::Suspended { cause, since, .. } = preview.lifecycle else { panic!("{preview:?}") };
    assert_eq!((cause, since), (SuspensionCause::Arrears, at("2024-08-10T02:00:00Z")));
    // What the price list says of the move is the same.
    assert_eq!(preview.allowed, Ok(ChangePath::Upgrade));
    let words = preview.explain(Locale::En);
    assert!(words.contains("10 August 2024, 02:00 (UTC)"), "{words}");
    let running = synced(standard(&json!({}))).await.preview_change(EditionId::PREMIUM).unwrap();
    assert_eq!(running.lifecycle, Lifecycle::Active);
}

#[tokio::test]
async fn an_edition_that_the_price_list_lacks_has_no_way_to_it() {
    let guard = synced(standard(&json!({}))).await;
    for other in [EditionId::ULTIMATE, EditionId::new("platinum").unwrap()] {
        let preview = guard.preview_change(other).unwrap();
        let refusal = ChangeRefusal::OtherCatalog { edition: other, catalog: CatalogId::INTL_2024 };
        assert_eq!(preview.allowed, Err(refusal));
        assert_eq!(preview.comparison, planguard::decide::change::Comparison::default());
        assert!(preview.over.is_empty() && preview.needless_services.is_empty());
    }
    let same = guard.preview_change(EditionId::STANDARD).unwrap().allowed;
    assert_eq!(same, Err(ChangeRefusal::SameEdition { edition: EditionId::STANDARD }));
}

#[tokio::test]
async fn an_owners_price_list_has_its_own_editions() {
    let path = format!("{}/src/model/catalogs/intl-2024.toml", support::root().display());
    let text = std::fs::read_to_string(path).unwrap();
    let ours = text
        .replace("\"intl-2024\"", "\"acme-2025\"")
        .replace("\"premium\"", "\"gold\"")
        .replace("premium =", "gold =")
        .replace(".premium", ".gold");
    let ours = Catalog::from_toml(&ours).unwrap();
    let (id, gold) = (ours.id, EditionId::new("gold").unwrap());
    let guard = support::builder(&clock_at(NOW))
        .store(MemoryStore::new())
        .catalog(ours)
        .fallback(id, EditionId::STANDARD)
        .open()
        .await
        .unwrap();
    let preview = guard.preview_change(gold).unwrap();
    assert_eq!(preview.allowed, Ok(ChangePath::Upgrade));
    assert_eq!(preview.comparison.extra_per_month.unwrap().to_string(), "300 USD");
    let premium = guard.preview_change(EditionId::PREMIUM).unwrap();
    let refusal = ChangeRefusal::OtherCatalog { edition: EditionId::PREMIUM, catalog: id };
    assert_eq!(premium.allowed, Err(refusal));
}
