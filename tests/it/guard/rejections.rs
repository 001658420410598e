//! Rejections through the guard: understood, taken to heart, told on.

use std::time::Duration;

use planguard::client::{Event, FetchPolicy, SyncOutcome};
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{
    Action, Advice, Authority, CatalogId, EditionId, Feature, FeatureReason, GroupId, GroupType, LimitId,
    Max, Observation, Planguard, Rejection, RejectionClass, RejectionContext, UserId,
};
use planguard_endpoint_faults::DEFAULT_APP;
use support::{ada, clock, start_endpoint, strict};

fn builder(clock: &ManualClock) -> planguard::client::Builder {
    support::builder(clock)
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .decisions(strict())
        .store(MemoryStore::new())
}

async fn reject(guard: &Planguard, code: i32, action: &Action) -> Rejection {
    let context = RejectionContext { action: Some(action), ..RejectionContext::default() };
    guard.report_rejection(code, "", &context).await
}

#[tokio::test]
async fn a_limit_met_at_the_provider_corrects_the_counter_so_that_the_next_check_denies() {
    let guard = builder(&clock()).open().await.unwrap();
    let group = GroupId::new("g1").unwrap();
    let join = Action::JoinGroup { user: ada(), group, kind: GroupType::Public };
    assert!(guard.check(&join).may_proceed(), "nothing was counted here yet");
    let rejection = reject(&guard, 10037, &join).await;
    assert_eq!(
        (rejection.class, rejection.limit),
        (RejectionClass::LimitReached, Some(LimitId::GroupsPerUser))
    );
    let verdict = guard.assess(&join);
    assert!(!verdict.may_proceed());
    assert_eq!(verdict.tightest().unwrap().evidence.used, 500);
}

#[tokio::test]
async fn a_limit_lower_than_known_is_believed_where_the_usage_was_observed() {
    let guard = builder(&clock()).open().await.unwrap();
    guard.observe(&Observation::Friends { user: ada(), count: 1_000 }).await;
    let add = Action::AddFriend { user: ada(), peer: UserId::new("bob").unwrap() };
    assert!(guard.check(&add).may_proceed());
    reject(&guard, 30010, &add).await;
    let verdict = guard.assess(&add);
    let full = verdict.tightest().unwrap();
    assert_eq!((full.evidence.max, full.evidence.authority), (Some(Max::Of(1_000)), Authority::Rejection));
    assert!(!verdict.may_proceed());
    // The refusal was about Ada's list: the plan's limit and everybody else's stay.
    assert_eq!(guard.entitlements().limit(LimitId::FriendsPerUser).unwrap().max, Max::Of(3_000));
    let other = Action::AddFriend { user: UserId::new("cid").unwrap(), peer: UserId::new("dan").unwrap() };
    assert!(guard.check(&other).may_proceed());
}

#[tokio::test]
async fn a_full_group_is_the_groups_own_maximum_and_no_upsell() {
    let guard = builder(&clock()).open().await.unwrap();
    let group = GroupId::new("g1").unwrap();
    guard.observe(&Observation::Group { group, members: 50, own_max: None }).await;
    let add = Action::AddMembers { group, kind: GroupType::Public, count: 1 };
    let rejection = reject(&guard, 10014, &add).await;
    assert_eq!(rejection.advice, Advice::RaiseGroupMaximum);
    let verdict = guard.assess(&add);
    assert_eq!(verdict.tightest().unwrap().evidence.authority, Authority::GroupOwn);
    assert!(!verdict.may_proceed());
}

#[tokio::test]
async fn a_suspension_is_believed_for_five_minutes() {
    let clock = clock();
    let guard = builder(&clock).open().await.unwrap();
    assert!(guard.feature(Feature::GlobalCoverage).granted);
    let rejection = guard.report_rejection(60020, "", &RejectionContext::default()).await;
    assert_eq!(rejection.class, RejectionClass::Suspended);
    let decision = guard.feature(Feature::GlobalCoverage);
    assert!(matches!(decision.reason, FeatureReason::Suspended(_)));
    clock.advance(Duration::from_millis(5 * 60 * 1000 - 1));
    assert!(!guard.feature(Feature::GlobalCoverage).granted);
    clock.advance(Duration::from_millis(1));
    assert!(
        guard.feature(Feature::GlobalCoverage).granted,
        "a new plan takes about 5 minutes: time to try again"
    );
}

#[tokio::test]
async fn a_refusal_that_puts_the_plan_in_doubt_lets_the_next_sync_fetch_and_asks_for_it_once() {
    let clock = clock();
    let endpoint = start_endpoint(&clock, None).await;
    let guard = builder(&clock).endpoint(endpoint.url()).open().await.unwrap();
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let fresh = guard.sync(FetchPolicy::FreshOrFetch).await.unwrap();
    assert!(matches!(fresh, SyncOutcome::FromCache { .. }));

    let mut events = guard.subscribe();
    for _ in 0..3 {
        let context = RejectionContext { feature: Some(Feature::UserStatus), ..RejectionContext::default() };
        let rejection = guard.report_rejection(7013, "", &context).await;
        assert_eq!((rejection.class, rejection.refetch), (RejectionClass::FeatureNotInPlan, true));
    }
    let mut wanted = 0;
    while let Some(Ok(event)) = events.try_next() {
        wanted += u32::from(event == Event::SyncWanted);
    }
    assert_eq!(wanted, 1);
    let asked = guard.sync(FetchPolicy::FreshOrFetch).await.unwrap();
    assert!(matches!(asked, SyncOutcome::NotModified { .. }), "{asked:?}");
    let fresh = guard.sync(FetchPolicy::FreshOrFetch).await.unwrap();
    assert!(matches!(fresh, SyncOutcome::FromCache { .. }));
    guard.flush().await;
    let events = endpoint.events().received;
    let told = events.iter().filter(|event| event.event["type"] == "planguard.rejection").count();
    assert_eq!(told, 3, "each refusal is told to the endpoint");
    endpoint.shutdown().await;
}

#[tokio::test]
async fn a_newer_document_ends_a_reported_suspension_and_findings_are_told_once() {
    let clock = clock();
    let endpoint = start_endpoint(&clock, None).await;
    endpoint.edit(DEFAULT_APP, |document| document["limits"]["not_a_limit"] = 7.into()).unwrap();
    let guard = builder(&clock).endpoint(endpoint.url()).open().await.unwrap();
    let mut stream = guard.subscribe();
    let mut seen = || {
        let (mut changed, mut findings) = (0, 0);
        while let Some(Ok(event)) = stream.try_next() {
            changed += u32::from(matches!(event, Event::EntitlementsChanged { .. }));
            findings += u32::from(matches!(event, Event::DocumentFindings(_)));
        }
        (changed, findings)
    };
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    assert_eq!(seen(), (2, 1), "on opening, and by the document");
    guard.report_rejection(60020, "", &RejectionContext::default()).await;
    assert!(!guard.feature(Feature::GlobalCoverage).granted);
    assert_eq!(seen(), (1, 0));
    let confirmed = guard.sync(FetchPolicy::Fetch).await.unwrap();
    assert!(matches!(confirmed, SyncOutcome::NotModified { .. }));
    assert!(!guard.feature(Feature::GlobalCoverage).granted, "the refusal is newer than what is confirmed");
    assert_eq!(seen(), (0, 0), "the same terms again are no change");
    endpoint.edit(DEFAULT_APP, |document| document["limits"]["av_groups"] = 7.into()).unwrap();
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    assert!(guard.feature(Feature::GlobalCoverage).granted);
    assert_eq!(seen(), (1, 1), "a table of answers is out of date: a feature is granted again");
    endpoint.shutdown().await;
}

#[tokio::test]
async fn opening_reports_only_what_is_news() {
    let clock = clock();
    let endpoint = start_endpoint(&clock, None).await;
    endpoint.edit(DEFAULT_APP, |document| document["limits"]["not_a_limit"] = 7.into()).unwrap();
    let store = MemoryStore::new();
    let open = async || {
        let builder = support::builder(&clock).store(store.clone()).endpoint(endpoint.url());
        builder.open().await.unwrap()
    };
    let told = |guard: &Planguard| {
        let mut stream = guard.subscribe();
        std::iter::from_fn(move || stream.try_next()).map(Result::unwrap).collect::<Vec<_>>()
    };
    let first = open().await;
    assert_eq!(told(&first), [], "nothing is known, so nothing changed");
    let mut stream = first.subscribe();
    first.sync(FetchPolicy::Fetch).await.unwrap();
    let first_told: Vec<_> = std::iter::from_fn(|| stream.try_next()).map(Result::unwrap).collect();
    let findings = first_told.iter().filter(|event| matches!(event, Event::DocumentFindings(_)));
    assert_eq!(findings.count(), 1);
    drop(first);
    let again = open().await;
    assert!(
        matches!(told(&again)[..], [Event::EntitlementsChanged { revision: Some(_), .. }]),
        "the findings of the document were reported when it came"
    );
    endpoint.shutdown().await;
}
