//! Reads allocate nothing, whichever way they go: counted, not timed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use futures::executor::block_on;
use planguard::login::{LoginIntent, LoginOutcome, LoginRequest, ProviderError};
use planguard::store::MemoryStore;
use planguard::{
    Action, Feature, FeatureContext, GroupId, GroupType, Observation, Planguard, Platform, UserId,
};
use support::{clock, enforcing};

fn guard() -> Planguard {
    block_on(enforcing(Arc::new(MemoryStore::new()), &clock()))
}

/// Runs once to warm up (lazy statics, thread locals), then counts.
fn allocations(mut work: impl FnMut()) -> u64 {
    work();
    measure(work).count_total
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(black_box(vec![1_u8]))), 1);
}

#[test]
fn feature_allocates_nothing_granted_or_not() {
    let guard = guard();
    let context = FeatureContext { platform: Some(Platform::Web), ..FeatureContext::default() };
    for &feature in Feature::ALL {
        assert_eq!(
            allocations(|| {
                let _ = black_box(guard.feature(feature));
            }),
            0,
            "{feature}"
        );
        assert_eq!(
            allocations(|| {
                let _ = black_box(guard.feature_in(feature, &context));
            }),
            0,
            "{feature}"
        );
    }
}

#[test]
fn the_lifecycle_and_the_time_allocate_nothing() {
    let guard = guard();
    assert_eq!(allocations(|| _ = black_box(guard.lifecycle())), 0);
    assert_eq!(allocations(|| drop(black_box((guard.now(), guard.billing_month(), guard.snapshot())))), 0);
}

#[test]
fn check_allocates_nothing_allowed_warned_or_denied() {
    let guard = guard();
    let (ada, bob) = (UserId::new("ada").unwrap(), UserId::new("bob").unwrap());
    let group = GroupId::new("g1").unwrap();
    let action = Action::AddFriend { user: ada, peer: bob };
    // The Free Trial allows 20 friends.
    for (friends, way) in [(0, "allowed"), (17, "warned"), (20, "denied")] {
        block_on(guard.observe(&Observation::Friends { user: ada, count: friends }));
        assert_eq!(guard.check(&action).decision.as_str(), way);
        assert_eq!(
            allocations(|| {
                let _ = black_box(guard.check(&action));
            }),
            0,
            "{way}"
        );
    }
    for action in [
        Action::CreateGroup { owner: ada, kind: GroupType::Public, initial_members: 30 },
        Action::CreateGroup { owner: ada, kind: GroupType::Community, initial_members: 1 },
        Action::AddMembers { group, kind: GroupType::Meeting, count: 60 },
        Action::JoinGroup { user: ada, group, kind: GroupType::Public },
        Action::EnlargeGroup { group, kind: GroupType::Work, to: 500 },
        Action::Push { messages: 1 },
        Action::RegisterUser,
    ] {
        assert_eq!(
            allocations(|| {
                let _ = black_box(guard.check(&action));
            }),
            0,
            "{action:?}"
        );
    }
}

#[test]
fn a_user_who_is_logged_in_already_costs_no_allocation() {
    let guard = guard();
    let ada = UserId::new("ada").unwrap();
    let request = LoginRequest::new(ada, LoginIntent::OpenChat);
    let login = || async { Ok::<_, ProviderError>(()) };
    let first = block_on(guard.login_with(request, login)).unwrap();
    assert!(matches!(first, LoginOutcome::Executed { .. }));
    // Polled by hand: an executor of its own would not be counted apart.
    let again = || {
        let future = std::pin::pin!(guard.login_with(request, login));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => assert_eq!(outcome.unwrap(), LoginOutcome::AlreadyLoggedIn),
            Poll::Pending => panic!("waited"),
        }
    };
    assert_eq!(allocations(again), 0);
    assert_eq!(allocations(|| _ = black_box(guard.session(ada).state())), 0);
}
