//! What the README promises of a whole guard, where no other test shows it from the outside.

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::executor::block_on;
use planguard::client::{Event, FetchPolicy};
use planguard::lock::without_locks;
use planguard::login::{DenyReason, LoginOutcome, ProviderError};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::ManualClock;
use planguard::{
    Authority, CatalogId, Decision, EditionId, Feature, FeatureContext, FeatureReason, Lifecycle,
    Observation, Planguard, Platform, Remedy, SessionState, VerdictReason,
};
use planguard_endpoint_faults::{DEFAULT_APP, Endpoint};
use serde_json::json;
use support::{Scripted, ada, add_friend, at, builder, clock_at, request, start_endpoint};

/// An endpoint whose plan was bought on 20 July and ends on 20 August at 20:00 in the billing zone.
async fn endpoint(clock: &ManualClock) -> Endpoint {
    let document = json!({
        "schema": 1, "revision": 1, "sdk_app_id": DEFAULT_APP, "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2024-07-20T12:00:00Z", "expires_at": "2024-08-20T12:00:00Z" },
        "issued_at": "2024-08-20T01:00:00Z", "fresh_for_secs": 300
    });
    start_endpoint(clock, document).await
}

async fn open(clock: &ManualClock, store: &MemoryStore, endpoint: &Endpoint) -> Planguard {
    builder(clock).store(store.clone()).endpoint(endpoint.url()).open().await.unwrap()
}

#[tokio::test]
async fn a_fallback_gates_features_and_warns_at_limits() {
    let guard = builder(&clock_at("2024-08-20T02:00:00Z"))
        .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
        .open()
        .await
        .unwrap();
    let community = guard.explain_feature(Feature::Community);
    assert_eq!((community.granted, community.evidence.authority), (true, Authority::Fallback));
    // The Free Trial allows 20 friends.
    guard.observe(&Observation::Friends { user: ada(), count: 20 }).await;
    let verdict = guard.assess(&add_friend());
    let tightest = verdict.tightest().unwrap();
    assert_eq!(tightest.evidence.authority, Authority::Fallback);
    assert!(tightest.evidence.stale);
    assert!(verdict.decision == Decision::Warned, "{verdict:?}");
}

#[tokio::test]
async fn a_clock_set_back_makes_nothing_fresh_prolongs_no_grace_and_reopens_no_month() {
    let start = at("2024-08-20T02:00:00Z");
    let clock = ManualClock::at(start);
    let store = MemoryStore::new();
    let endpoint = endpoint(&clock).await;
    let guard = open(&clock, &store, &endpoint).await;
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    endpoint.go_offline().await.unwrap();
    let stale = |guard: &Planguard| guard.explain_feature(Feature::GlobalCoverage).evidence.stale;
    assert!(!stale(&guard));

    clock.advance(Duration::from_secs(300));
    assert!(stale(&guard));
    clock.set(start);
    assert!(stale(&guard), "set back to the time of the sync");

    clock.set(at("2024-08-21T11:59:59Z"));
    assert!(matches!(guard.lifecycle(), Lifecycle::Grace { .. }));
    clock.set(at("2024-08-20T11:00:00Z"));
    assert!(matches!(guard.lifecycle(), Lifecycle::Grace { .. }), "back before the expiry");
    clock.set(at("2024-08-21T12:00:00Z"));
    assert!(matches!(guard.lifecycle(), Lifecycle::Suspended { .. }));
    clock.set(start);
    assert!(matches!(guard.lifecycle(), Lifecycle::Suspended { .. }), "back before the grace");

    clock.set(at("2024-09-01T00:00:00Z"));
    let september = guard.billing_month();
    // Whatever is written also persists the time it was written at.
    guard.observe(&Observation::Friends { user: ada(), count: 1 }).await;
    clock.set(start);
    assert_eq!(guard.billing_month(), september);
    drop(guard);
    let guard = open(&clock, &store, &endpoint).await;
    assert_eq!(guard.billing_month(), september, "a restart does not help");
    assert!(stale(&guard));
}

#[tokio::test]
async fn a_suspended_plan_refuses_features_actions_and_logins_with_the_way_back() {
    let clock = clock_at("2024-08-21T12:00:00Z");
    let endpoint = endpoint(&clock).await;
    let guard = open(&clock, &MemoryStore::new(), &endpoint).await;
    guard.sync(FetchPolicy::Fetch).await.unwrap();

    let feature = guard.explain_feature(Feature::GlobalCoverage);
    assert!(!feature.granted);
    assert!(matches!(feature.reason, FeatureReason::Suspended(_)));
    let verdict = guard.assess(&add_friend());
    assert!(!verdict.may_proceed());
    assert!(matches!(verdict.reason, VerdictReason::Suspended(_)));
    let outcome = guard
        .login_with(request("ada"), || async { panic!("a suspended app logs nobody in") })
        .await
        .unwrap_or_else(|failure: planguard::login::LoginFailure<ProviderError>| panic!("{failure}"));
    let LoginOutcome::<()>::Denied { reason: DenyReason::Suspended(_), remedies, .. } = outcome else {
        panic!("{outcome:?}")
    };
    for ways in [feature.remedies(), verdict.remedies(), remedies] {
        assert!(!ways.is_empty());
        assert!(
            ways.iter().all(|way| matches!(way, Remedy::Purchase { .. } | Remedy::Renew { .. })),
            "{ways:?}"
        );
    }
}

#[tokio::test]
async fn reads_do_not_touch_the_store() {
    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    let guard = builder(&clock_at("2024-08-20T02:00:00Z"))
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .shared_store(store.clone())
        .open()
        .await
        .unwrap();
    let login = || guard.login_with(request("ada"), || async { Ok::<_, ProviderError>(()) });
    assert!(matches!(login().await, Ok(LoginOutcome::Executed { .. })));

    let mut events = guard.subscribe();
    while events.try_next().is_some() {}
    // Whoever touches the store from here on is told on.
    store.fail_next(u64::MAX, Fault::Backend);
    let _ = guard.feature(Feature::Community);
    let _ = guard.check(&add_friend());
    assert!(guard.forecast().is_ok() && guard.preview_change(EditionId::PREMIUM).is_ok());
    let _ = guard.lifecycle();
    assert!(matches!(login().await, Ok(LoginOutcome::AlreadyLoggedIn)));
    assert_eq!(events.try_next(), None);
    guard.record(&add_friend()).await;
    assert!(matches!(events.try_next(), Some(Ok(Event::StoreFailed { .. }))));
}

#[test]
fn reads_take_no_lock() {
    let guard = block_on(
        builder(&clock_at("2024-08-20T02:00:00Z"))
            .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
            .endpoint("https://billing.example.com")
            .transport(Scripted::default())
            .store(MemoryStore::new())
            .open(),
    )
    .unwrap();
    let login = || guard.login_with(request("ada"), || async { Ok::<_, ProviderError>(()) });
    assert!(matches!(block_on(login()), Ok(LoginOutcome::Executed { .. })));
    block_on(guard.observe(&Observation::Friends { user: ada(), count: 3_000 }));

    without_locks(|| {
        let context = FeatureContext { platform: Some(Platform::Web), ..FeatureContext::default() };
        for &feature in Feature::ALL {
            let _ = (guard.feature(feature), guard.feature_in(feature, &context));
        }
        assert!(!guard.check(&add_friend()).may_proceed() || guard.entitlements().is_stale(guard.now()));
        assert!(guard.forecast().is_ok() && guard.preview_change(EditionId::PREMIUM).is_ok());
        let _ = (guard.lifecycle(), guard.snapshot(), guard.billing_month());
        assert_eq!(guard.session(ada()).state(), SessionState::LoggedIn);
        let again = pin!(login()).poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(again, Poll::Ready(Ok(LoginOutcome::AlreadyLoggedIn))));
    });
}

#[test]
#[should_panic(expected = "a lock was taken where none may be")]
fn a_write_takes_a_lock_which_shows_that_the_test_above_sees_them() {
    let guard = block_on(builder(&clock_at("2024-08-20T02:00:00Z")).open()).unwrap();
    without_locks(|| block_on(guard.record(&add_friend())));
}

/// Not run: that it compiles is the test.
#[allow(dead_code, reason = "checked by the compiler")]
fn futures_can_cross_threads(guard: &Planguard) {
    fn sendable(_: impl Send) {}
    sendable(guard.sync(FetchPolicy::Fetch));
    sendable(guard.flush());
    sendable(guard.begin_login_with(request("ada")));
    sendable(guard.login_with(request("ada"), || async { Ok::<_, ProviderError>(()) }));
}
