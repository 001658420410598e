//! Limits through the guard: room held, usage counted, warnings given once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::executor::block_on;
use planguard::client::{Committed, Event, FetchPolicy, Reservation};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::ManualClock;
use planguard::{Action, GroupId, GroupType, LimitId, Observation, Planguard, VerdictReason};
use support::{add_friend, builder, clock, enforcing, user};

#[tokio::test]
async fn exactly_as_many_racing_reservations_succeed_as_there_is_room() {
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock()).await;
    // The Free Trial allows 20 friends: room for 5.
    guard.observe(&Observation::Friends { user: user("ada"), count: 15 }).await;
    let won = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for n in 0..40 {
            let (guard, won) = (&guard, &won);
            scope.spawn(move || {
                let action = Action::AddFriend { user: user("ada"), peer: user(&format!("peer{n}")) };
                block_on(async {
                    if let Some(permit) = guard.reserve(&action).await.permit() {
                        won.fetch_add(1, Ordering::SeqCst);
                        assert_eq!(permit.commit().await, Committed::InTime);
                    }
                });
            });
        }
    });
    assert_eq!(won.load(Ordering::SeqCst), 5);
    let verdict = guard.assess(&add_friend());
    assert_eq!(verdict.tightest().unwrap().evidence.used, 20);
    assert!(!verdict.may_proceed());
}

#[tokio::test]
async fn a_dropped_permit_gives_its_room_back_and_an_expired_one_is_still_counted() {
    let clock = clock();
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 19 }).await;
    let held = guard.reserve(&add_friend()).await;
    assert!(matches!(guard.reserve(&add_friend()).await, Reservation::Denied(_)));
    drop(held);
    let permit = guard.reserve(&add_friend()).await.permit().unwrap();
    clock.advance(Duration::from_secs(61));
    // The room went to somebody else, and still the friend was added.
    assert_eq!(guard.reserve(&add_friend()).await.permit().unwrap().commit().await, Committed::InTime);
    assert_eq!(permit.commit().await, Committed::AfterExpiry);
    let verdict = guard.assess(&add_friend());
    assert_eq!(verdict.tightest().unwrap().evidence.used, 21);
}

#[tokio::test]
async fn a_group_touches_the_app_the_day_and_its_owner_and_dissolving_makes_room() {
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock()).await;
    let create = Action::CreateGroup { owner: user("ada"), kind: GroupType::Work, initial_members: 3 };
    // The Free Trial allows 50 groups a user; the app and the day allow 100.
    for _ in 0..50 {
        guard.reserve(&create).await.permit().unwrap().commit().await;
    }
    let Reservation::Denied(denied) = guard.reserve(&create).await else { panic!("51 groups fit into 50") };
    assert_eq!(denied.reason, VerdictReason::LimitReached);
    assert_eq!(denied.tightest().unwrap().limit, LimitId::GroupsPerUser);
    let group = GroupId::new("g1").unwrap();
    guard.record(&Action::DissolveGroup { owner: user("ada"), group, kind: GroupType::Work }).await;
    assert!(guard.reserve(&create).await.permit().is_some());
}

#[tokio::test]
async fn a_warning_comes_once_per_threshold_also_across_restarts_and_again_after_usage_fell() {
    let (store, clock) = (MemoryStore::new(), clock());
    let warnings = async |guard: &Planguard, count: u64| {
        let mut stream = guard.subscribe();
        guard.observe(&Observation::Friends { user: user("ada"), count }).await;
        let mut seen = Vec::new();
        while let Some(Ok(event)) = stream.try_next() {
            if let Event::LimitWarning { limit: LimitId::FriendsPerUser, threshold, .. } = event {
                seen.push(threshold);
            }
        }
        seen
    };
    let first = enforcing(Arc::new(store.clone()), &clock).await;
    assert_eq!(warnings(&first, 16).await, [80]);
    assert_eq!(warnings(&first, 15).await, [0_u8; 0]);
    assert_eq!(warnings(&first, 16).await, [0_u8; 0], "15 of 20 is 75 %, not below it: still not armed");
    drop(first);
    let second = enforcing(Arc::new(store.clone()), &clock).await;
    assert_eq!(warnings(&second, 17).await, [0_u8; 0], "told before the restart");
    assert_eq!(warnings(&second, 20).await, [100], "the highest of those reached at once");
    assert_eq!(warnings(&second, 14).await, [0_u8; 0]);
    assert_eq!(warnings(&second, 16).await, [80]);
}

#[tokio::test]
async fn a_failing_store_neither_stops_the_guard_nor_lets_it_oversell() {
    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    let guard = enforcing(Arc::<FaultyStore>::clone(&store), &clock()).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 18 }).await;
    let failures = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&failures);
    guard.on_event(move |event| {
        if matches!(event, Event::StoreFailed { .. }) {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    store.fail_next(u64::MAX, Fault::DiskFull);
    let one = guard.reserve(&add_friend()).await.permit().unwrap();
    let two = guard.reserve(&add_friend()).await.permit().unwrap();
    assert!(guard.reserve(&add_friend()).await.permit().is_none());
    one.commit().await;
    drop(two);
    assert!(guard.reserve(&add_friend()).await.permit().is_some());
    assert_eq!(failures.load(Ordering::SeqCst), 1, "the app is told once per outage");
}

#[tokio::test]
async fn a_list_read_since_a_permit_was_held_contains_it_while_the_store_fails_too() {
    let (clock, store) = (clock(), FaultyStore::new(MemoryStore::new()));
    let guard = enforcing(Arc::new(store.clone()), &clock).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 10 }).await;
    clock.advance(Duration::from_secs(1));
    let listed = guard.reserve(&add_friend()).await.permit().unwrap();
    clock.advance(Duration::from_secs(1));
    guard.observe(&Observation::Friends { user: user("ada"), count: 11 }).await;
    clock.advance(Duration::from_secs(1));
    let added_since = guard.reserve(&add_friend()).await.permit().unwrap();
    store.fail_next(u64::MAX, Fault::DiskFull);
    let used = || guard.assess(&add_friend()).tightest().unwrap().evidence.used;
    listed.commit().await;
    assert_eq!(used(), 11, "the list has that friend");
    added_since.commit().await;
    assert_eq!(used(), 12);
    store.recover();
    guard.record(&Action::RegisterUser).await;
    assert_eq!(used(), 12, "the store comes to the same");
}

#[tokio::test]
async fn a_group_observed_without_its_own_maximum_keeps_the_one_known() {
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock()).await;
    let group = GroupId::new("g1").unwrap();
    guard.observe(&Observation::Group { group, members: 5, own_max: Some(6) }).await;
    guard.observe(&Observation::Group { group, members: 6, own_max: None }).await;
    let verdict = guard.assess(&Action::AddMembers { group, kind: GroupType::Work, count: 1 });
    // The Free Trial allows 20.
    assert_eq!(verdict.tightest().unwrap().evidence.max, Some(planguard::Max::Of(6)));
    assert!(!verdict.may_proceed());
}

#[tokio::test]
async fn a_permit_that_expired_stands_in_nobodys_way_while_a_later_one_lives() {
    let clock = clock();
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 18 }).await;
    let first = guard.reserve(&add_friend()).await.permit().unwrap();
    clock.advance(Duration::from_secs(30));
    let second = guard.reserve(&add_friend()).await.permit().unwrap();
    clock.advance(Duration::from_secs(31));
    let third = guard.reserve(&add_friend()).await.permit().unwrap();
    assert!(guard.reserve(&add_friend()).await.permit().is_none(), "18 and two that are held");
    assert_eq!((second.commit().await, third.commit().await), (Committed::InTime, Committed::InTime));
    assert_eq!(first.commit().await, Committed::AfterExpiry);
}

#[tokio::test]
async fn absurd_counts_are_full_and_nothing_overflows() {
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock()).await;
    let group = GroupId::new("g").unwrap();
    guard.observe(&Observation::Group { group, members: u64::MAX, own_max: Some(u64::MAX) }).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: u64::MAX }).await;
    for action in [Action::AddMembers { group, kind: GroupType::Work, count: 1 }, add_friend()] {
        assert!(!guard.check(&action).may_proceed());
        assert!(guard.reserve(&action).await.permit().is_none());
        guard.record(&action).await;
        assert!(!guard.check(&action).may_proceed());
    }
}

#[tokio::test]
async fn a_permit_held_over_midnight_is_used_on_the_day_it_was_given_also_in_memory() {
    // 15:59:50 UTC is ten seconds before midnight in the billing zone, UTC+08:00.
    let clock = ManualClock::at("2024-08-20T15:59:50Z".parse().unwrap());
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock).await;
    let create = Action::CreateGroup { owner: user("ada"), kind: GroupType::Work, initial_members: 1 };
    let net_new = |guard: &Planguard| {
        let verdict = guard.assess(&create);
        let check = verdict.checks.iter().find(|c| c.limit == LimitId::NetNewGroupsPerDay);
        check.map(|check| (check.evidence.used, check.evidence.reserved)).unwrap()
    };
    let (given_up, kept) =
        (guard.reserve(&create).await.permit().unwrap(), guard.reserve(&create).await.permit().unwrap());
    assert_eq!(net_new(&guard), (0, 2));
    clock.advance(Duration::from_secs(20));
    let today = guard.reserve(&create).await.permit().unwrap();
    drop(given_up);
    assert_eq!(kept.commit().await, Committed::InTime);
    assert_eq!(net_new(&guard), (0, 1), "what was held yesterday neither fills nor frees today");
    let zone = planguard::BillingZone::default();
    let yesterday = planguard::CounterKey::at(
        LimitId::NetNewGroupsPerDay,
        planguard::Subject::App,
        "2024-08-20T15:59:50Z".parse().unwrap(),
        &zone,
    );
    let counter = guard.snapshot().usage.get(&yesterday);
    assert_eq!((counter.used(), counter.reserved), (1, 0));
    assert_eq!(today.commit().await, Committed::InTime);
    assert_eq!(net_new(&guard), (1, 0));
}

#[tokio::test]
async fn a_limit_that_moves_warns_once_and_arms_again_when_it_moves_back() {
    let clock = clock();
    let fixed = planguard_endpoint_faults::Clock::fixed("2024-08-20T02:00:00Z".parse().unwrap());
    let options =
        planguard_endpoint_faults::Options { clock: fixed, ..planguard_endpoint_faults::Options::default() };
    let endpoint = planguard_endpoint_faults::Endpoint::start(options).await.unwrap();
    let app = planguard_endpoint_faults::DEFAULT_APP;
    let set = |max: u64| {
        endpoint.edit(app, |document| document["limits"]["friends_per_user"] = max.into()).unwrap()
    };
    let guard = builder(&clock).store(MemoryStore::new()).endpoint(endpoint.url()).open().await.unwrap();
    set(1_000);
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    guard.observe(&Observation::Friends { user: user("ada"), count: 96 }).await;
    let mut stream = guard.subscribe();
    for (max, expected) in [(100, &[95][..]), (100, &[]), (1_000, &[]), (110, &[80]), (90, &[100])] {
        set(max);
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        let mut warned = Vec::new();
        while let Some(Ok(event)) = stream.try_next() {
            if let Event::LimitWarning { limit: LimitId::FriendsPerUser, threshold, evidence, .. } = event {
                assert_eq!(evidence.max, Some(planguard::Max::Of(max)));
                warned.push(threshold);
            }
        }
        assert_eq!(warned, expected, "96 of {max}");
    }
    endpoint.shutdown().await;
}
