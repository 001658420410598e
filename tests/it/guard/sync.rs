//! The billing endpoint through a whole guard: what it may do, and what of it outlives a restart.

use std::time::Duration;

use planguard::client::{FetchPolicy, SyncError};
use planguard::net::Credential;
use planguard::store::MemoryStore;
use planguard::time::{Clock, ManualClock};
use planguard::{
    Action, Authority, CounterKey, EditionId, Feature, LimitId, Max, Observation, Planguard,
    RejectionContext, Standing, Subject, UserId, VerdictReason,
};
use planguard_endpoint_faults::{DEFAULT_APP, Endpoint, FaultKind, Faults, RetryAfter, StatusCode};
use serde_json::{Value, json};
use support::{MINUTE, at, builder, clock_at, start_endpoint, strict};

fn document() -> Value {
    json!({
        "schema": 1, "revision": 7, "sdk_app_id": DEFAULT_APP, "catalog": "intl-2024", "edition": "premium",
        "subscription": { "starts_at": "2024-08-01T00:00:00Z", "expires_at": "2024-10-01T00:00:00Z" },
        "value_added": [{ "id": "cloud_search", "quantity": 1, "expires_at": "2024-08-20T04:00:00Z" }],
        "usage": { "as_of": "2024-07-31T15:59:59Z", "mau": 8123, "av_groups": 2, "net_new_groups_today": 3 },
        "issued_at": "2024-08-20T01:00:00Z", "fresh_for_secs": 86400
    })
}

struct Rig {
    clock: ManualClock,
    store: MemoryStore,
    endpoint: Endpoint,
}

impl Rig {
    async fn start() -> Self {
        let clock = clock_at("2024-08-20T02:00:00Z");
        let endpoint = start_endpoint(&clock, document()).await;
        Self { clock, store: MemoryStore::new(), endpoint }
    }

    /// Opens a guard, as an app does that is started again.
    async fn open(&self, credential: &str) -> Planguard {
        builder(&self.clock)
            .decisions(strict())
            .store(self.store.clone())
            .endpoint(self.endpoint.url())
            .credential(Credential::new(credential).unwrap())
            .open()
            .await
            .unwrap()
    }

    fn asked(&self) -> u64 {
        self.endpoint.requests().total
    }
}

#[tokio::test]
async fn whatever_the_endpoint_answers_the_last_good_copy_stays_and_outlives_a_restart() {
    let rig = Rig::start().await;
    let guard = rig.open("one").await;
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let faults = [
        FaultKind::OldRevision,
        FaultKind::status(StatusCode::INTERNAL_SERVER_ERROR),
        FaultKind::status(StatusCode::TOO_MANY_REQUESTS),
        FaultKind::status(StatusCode::NOT_FOUND),
        FaultKind::status(StatusCode::IM_A_TEAPOT),
        FaultKind::Redirect("https://elsewhere.example/".to_owned()),
        FaultKind::Garbage,
        FaultKind::CutOff,
        FaultKind::Oversize,
        FaultKind::WrongContentType,
        FaultKind::WrongApp,
        FaultKind::status(StatusCode::FORBIDDEN),
    ];
    for fault in faults {
        // Past every pause, and stale for long.
        rig.clock.advance(Duration::from_secs(2 * 86_400));
        rig.endpoint.faults(fault.clone());
        let before = rig.asked();
        guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        // From the second one on there is a newer document to miss.
        rig.endpoint.edit(DEFAULT_APP, |document| document["limits"] = json!({ "av_groups": 1 })).unwrap();
        assert!(rig.asked() > before, "{fault:?} was met");
        for guard in [guard.clone(), rig.open("one").await] {
            let held = guard.entitlements();
            let revision = held.document.as_ref().map(|document| document.revision);
            assert_eq!((held.edition, revision), (Some(EditionId::PREMIUM), Some(7)), "{fault:?}");
            let community = guard.explain_feature(Feature::Community);
            assert!(community.granted && community.evidence.stale, "{fault:?}");
            assert_eq!(community.evidence.entitlements_as_of, Some(at("2024-08-20T02:00:00Z")), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn the_pause_an_endpoint_asks_for_outlives_a_restart() {
    let rig = Rig::start().await;
    for wait in [RetryAfter::Secs(120), RetryAfter::HttpDateInSecs(120)] {
        let (code, retry_after) = (StatusCode::SERVICE_UNAVAILABLE, Some(wait));
        rig.endpoint.faults(FaultKind::Status { code, retry_after });
        let asked_for = rig.clock.now().plus(2 * MINUTE);
        let error = rig.open("one").await.sync(FetchPolicy::Fetch).await.unwrap_err();
        let until = error.retry_at().unwrap();
        assert_eq!(error, SyncError::Busy { status: 503, retry_at: until });
        // Up to a tenth later than asked for.
        assert!(until.since(asked_for) < Duration::from_secs(12) && until >= asked_for, "{until}");
        let asked = rig.asked();
        rig.endpoint.faults(Faults::none());
        rig.clock.advance(until.minus(Duration::from_millis(1)).since(rig.clock.now()));
        let error = rig.open("one").await.sync(FetchPolicy::Fetch).await.unwrap_err();
        assert_eq!((error, rig.asked()), (SyncError::NotYet { retry_at: until }, asked));
        rig.clock.advance(Duration::from_millis(1));
        rig.open("one").await.sync(FetchPolicy::Fetch).await.unwrap();
    }
}

#[tokio::test]
async fn a_refused_credential_is_not_sent_again_until_it_changes_also_after_a_restart() {
    let rig = Rig::start().await;
    rig.endpoint.set_credential(Some("two".to_owned()));
    let refused = rig.open("one").await.sync(FetchPolicy::Fetch).await.unwrap_err();
    assert_eq!(refused, SyncError::CredentialRefused { status: Some(401) });
    rig.clock.advance(Duration::from_secs(3_000));
    let again = rig.open("one").await.sync(FetchPolicy::Fetch).await.unwrap_err();
    assert_eq!((again, rig.asked()), (SyncError::CredentialRefused { status: None }, 1));
    rig.open("two").await.sync(FetchPolicy::Fetch).await.unwrap();
    assert_eq!(rig.asked(), 2);
}

#[tokio::test]
async fn reported_usage_lands_in_the_window_it_was_true_in() {
    let rig = Rig::start().await;
    let guard = rig.open("one").await;
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let zone = planguard::BillingZone::default();
    let (then, now) = (at("2024-07-31T15:59:59Z"), guard.now());
    let used = |limit, at| guard.snapshot().usage.get(&CounterKey::at(limit, Subject::App, at, &zone)).used();
    assert_eq!((used(LimitId::FreeMau, then), used(LimitId::FreeMau, now)), (8123, 0));
    assert_eq!((used(LimitId::NetNewGroupsPerDay, then), used(LimitId::NetNewGroupsPerDay, now)), (3, 0));
    assert_eq!(used(LimitId::AvGroups, now), 2);
}

#[tokio::test]
async fn a_service_that_expires_between_syncs_ends_then_and_what_the_provider_refused_stays() {
    let rig = Rig::start().await;
    let guard = rig.open("one").await;
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let ada = UserId::new("ada").unwrap();
    guard.observe(&Observation::Friends { user: ada, count: 1_000 }).await;
    let add = Action::AddFriend { user: ada, peer: UserId::new("bob").unwrap() };
    let context = RejectionContext { action: Some(&add), ..RejectionContext::default() };
    guard.report_rejection(30010, "", &context).await;
    let friends = |guard: &Planguard| {
        let verdict = guard.assess(&add);
        let evidence = verdict.tightest().unwrap().evidence;
        (evidence.max, evidence.authority)
    };
    assert_eq!(friends(&guard), (Some(Max::Of(1_000)), Authority::Rejection));

    rig.clock.set(at("2024-08-20T03:59:59.999Z"));
    assert!(guard.check(&Action::Search).may_proceed());
    rig.clock.set(at("2024-08-20T04:00:00Z"));
    let search = guard.check(&Action::Search);
    assert!(matches!(search.reason, VerdictReason::ServiceNotInPlan(_)), "{search:?}");
    assert_eq!(guard.entitlements().standing, Standing::Known);
    assert_eq!(friends(&guard), (Some(Max::Of(1_000)), Authority::Rejection));
}
