//! One call for the whole of an action.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::FutureExt as _;
use planguard::login::UpstreamError;
use planguard::store::{FaultyStore, MemoryStore};
use planguard::{
    Action, Done, GroupType, LimitId, Observation, Planguard, ProviderError, Refused, RejectionClass, Remedy,
    VerdictReason,
};
use support::{add_friend, clock, enforcing, group, user};

async fn guard() -> Planguard {
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock()).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 18 }).await;
    guard
}

fn refusal(code: i32) -> ProviderError {
    ProviderError { code, message: "ada cannot".to_owned() }
}

fn friends(guard: &Planguard) -> (u64, u64) {
    let evidence = guard.assess(&add_friend()).tightest().unwrap().evidence;
    (evidence.used, evidence.reserved)
}

#[tokio::test]
async fn a_success_is_counted_and_its_value_comes_back() {
    let guard = guard().await;
    let value = guard.perform(&add_friend(), || async { Ok::<_, ProviderError>("done") }).await.unwrap();
    assert_eq!((value, friends(&guard)), ("done", (19, 0)));
}

#[tokio::test]
async fn what_the_plan_denies_is_not_called() {
    let guard = guard().await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 20 }).await;
    let calls = AtomicU32::new(0);
    let call = || async {
        calls.fetch_add(1, Ordering::Relaxed);
        Ok::<_, ProviderError>(())
    };
    let refused = guard.perform(&add_friend(), call).await.unwrap_err();
    let Refused::ByPlan(assessment) = &refused else { panic!("{refused:?}") };
    assert_eq!((assessment.reason, calls.into_inner()), (VerdictReason::LimitReached, 0));
    assert!(!assessment.remedies().is_empty());
    assert!(refused.rejection().is_none() && refused.assessment().is_some());
}

#[tokio::test]
async fn a_refusal_gives_the_room_back_and_corrects_the_limit() {
    let guard = guard().await;
    let refused = guard.perform(&add_friend(), || async { Err::<(), _>(refusal(30_010)) }).await.unwrap_err();
    assert!(!format!("{refused:?}").contains("ada"), "the provider's text may name a user");
    let Refused::ByProvider { rejection, source } = refused else { panic!("denied") };
    assert_eq!((rejection.class, source.code), (RejectionClass::LimitReached, 30_010));
    assert!(!rejection.remedies.is_empty());
    assert_eq!(friends(&guard), (18, 0));
    assert!(!guard.check(&add_friend()).may_proceed(), "18 were observed, and the provider took no more");
}

#[tokio::test]
async fn an_unknown_outcome_keeps_the_room_until_the_permit_lapses() {
    let guard = guard().await;
    for (code, held) in [(9_520, 1), (9_518, 1), (6_012, 2)] {
        let failed = guard.perform(&add_friend(), || async { Err::<(), _>(refusal(code)) }).await;
        let Err(Refused::ByProvider { rejection, .. }) = failed else { panic!("{code}: {failed:?}") };
        assert_eq!(rejection.outcome_unknown(), code != 9_518, "{code}");
        assert_eq!(friends(&guard), (18, held), "{code}");
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_keeps_its_room_and_one_not_begun_does_not() {
    let guard = guard().await;
    let action = add_friend();
    let mut given_up = Box::pin(guard.perform(&action, std::future::pending::<Result<(), ProviderError>>));
    while friends(&guard).1 == 0 {
        assert!((&mut given_up).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(given_up);
    guard.record(&Action::Search).await;
    assert_eq!(friends(&guard), (18, 1), "the friend may have been added");
}

#[tokio::test]
async fn a_panicking_call_keeps_its_room() {
    let guard = guard().await;
    let call = || async { panic!("a bug of the app") };
    let action = add_friend();
    let performed = std::panic::AssertUnwindSafe(guard.perform::<(), ProviderError, _, _>(&action, call));
    assert!(performed.catch_unwind().await.is_err());
    guard.record(&Action::Search).await;
    assert_eq!(friends(&guard), (18, 1));
}

#[tokio::test]
async fn the_answer_says_how_much_happened() {
    let guard = guard().await;
    let (of_group, kind) = (group("g"), GroupType::Work);
    let create = Action::CreateGroup { owner: user("ada"), kind, initial_members: 4 };
    let made =
        guard.perform_with(&create, || async { Ok::<_, ProviderError>("g") }, |id| Done::Created(group(id)));
    assert_eq!(made.await.unwrap(), "g");
    let invite = Action::AddMembers { group: of_group, kind, count: 10 };
    let added =
        guard.perform_with(&invite, || async { Ok::<_, ProviderError>(7) }, |added| Done::Amount(*added));
    assert_eq!(added.await.unwrap(), 7);
    assert_eq!(guard.assess(&invite).tightest().unwrap().evidence.used, 12);
}

#[tokio::test]
async fn a_call_given_up_while_its_failure_is_reported_keeps_its_room_where_the_outcome_is_unknown() {
    for (code, held) in [(9_520, 1), (9_518, 0)] {
        let store = FaultyStore::new(MemoryStore::new());
        let guard = enforcing(Arc::new(store.clone()), &clock()).await;
        guard.observe(&Observation::Friends { user: user("ada"), count: 18 }).await;
        let (action, switch) = (add_friend(), store.clone());
        let call = || async move {
            switch.hang();
            Err::<(), _>(refusal(code))
        };
        let mut given_up = Box::pin(guard.perform(&action, call));
        for _ in 0..10 {
            assert!((&mut given_up).now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        drop(given_up);
        store.recover();
        guard.record(&Action::Search).await;
        guard.record(&Action::Search).await;
        assert_eq!(friends(&guard), (18, held), "{code}");
    }
}

struct Faulty;

impl UpstreamError for Faulty {
    fn code(&self) -> i32 {
        panic!("a bug of the app")
    }

    fn message(&self) -> &'static str {
        ""
    }
}

#[tokio::test]
async fn what_panics_after_the_call_keeps_its_room() {
    let guard = guard().await;
    let action = add_friend();
    let call = || async { Ok::<_, ProviderError>(()) };
    let performed = guard.perform_with(&action, call, |()| panic!("a bug of the app"));
    assert!(std::panic::AssertUnwindSafe(performed).catch_unwind().await.is_err());
    assert_eq!(friends(&guard), (18, 1), "the friend was added");
    let performed = guard.perform(&action, || async { Err::<(), _>(Faulty) });
    assert!(std::panic::AssertUnwindSafe(performed).catch_unwind().await.is_err());
    guard.record(&Action::Search).await;
    assert_eq!(friends(&guard), (18, 2));
}

#[tokio::test]
async fn the_room_of_a_refused_action_is_back_before_what_is_used_is_looked_at() {
    let guard = guard().await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 19 }).await;
    let refused = guard.perform(&add_friend(), || async { Err::<(), _>(refusal(30_010)) }).await.unwrap_err();
    let remove = |count: u64| Remedy::Remove { limit: LimitId::FriendsPerUser, count };
    let ways_out = &refused.rejection().unwrap().remedies;
    assert!(ways_out.contains(&remove(1)) && !ways_out.contains(&remove(2)), "{ways_out:?}");
}
