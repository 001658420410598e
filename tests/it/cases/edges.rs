//! An edge is not lost, whatever moved: what is used, the limit, the service, or the store.

use planguard::client::{Event, EventStream, FetchPolicy};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::Clock as _;
use planguard::{Action, CatalogId, EditionId, Enforcement, GroupType, LimitId, Observation};
use serde_json::{Value, json};
use support::{DAY, HOUR, MINUTE, ada, add_friend, builder, clock, group, local, strict, user};

use crate::cases::rig::{Wire, but, doc, ok, online, plain, told};

/// The thresholds of that limit that were told.
fn warned(events: &mut EventStream, limit: LimitId) -> Vec<u8> {
    let of_limit = |event| match event {
        Event::LimitWarning { limit: of, threshold, .. } if of == limit => Some(threshold),
        _ => None,
    };
    told(events).into_iter().filter_map(of_limit).collect()
}

/// A guard with an endpoint whose next documents are these.
async fn with_documents(documents: &[Value]) -> (planguard::Planguard, planguard::time::ManualClock) {
    let (clock, wire) = (clock(), Wire::default());
    let guard = online(&clock, MemoryStore::new(), &wire).decisions(strict()).open().await.unwrap();
    for document in documents {
        wire.then(ok(document, clock.now()));
    }
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    (guard, clock)
}

#[test]
fn a_limit_that_is_lowered_warns_of_what_is_used_already() {
    local(async {
        let now = clock().now();
        let lowered = but(doc(2, "standard", now), "limits", json!({ "friends_per_user": 100 }));
        let (guard, _clock) = with_documents(&[doc(1, "standard", now), lowered]).await;
        guard.observe(&Observation::Friends { user: ada(), count: 96 }).await;
        let mut events = guard.subscribe();
        let _ = told(&mut events);
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert_eq!(warned(&mut events, LimitId::FriendsPerUser), [95]);
        guard.observe(&Observation::Friends { user: ada(), count: 100 }).await;
        assert_eq!(warned(&mut events, LimitId::FriendsPerUser), [100]);
    });
}

#[test]
fn a_service_that_ends_by_itself_warns_of_what_it_had_covered() {
    local(async {
        let now = clock().now();
        let ends = now.plus(2 * DAY);
        let service = json!([{ "id": "unlimited_av_groups", "quantity": 1, "expires_at": ends }]);
        let document = but(but(doc(1, "pro", now), "catalog", json!("intl-2022")), "value_added", service);
        let usage = json!({ "as_of": now, "av_groups": 10_000 });
        let (guard, clock) = with_documents(&[but(document, "usage", usage)]).await;
        let mut events = guard.subscribe();
        let _ = told(&mut events);
        clock.advance(3 * DAY);
        guard.record(&Action::RegisterUser).await;
        assert_eq!(warned(&mut events, LimitId::AvGroups), [100]);
    });
}

#[test]
fn a_threshold_warns_again_once_usage_has_fallen_well_below_it() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::FreeTrial).await;
        let mut events = guard.subscribe();
        let mut seen = Vec::new();
        for count in [16, 15, 16, 10, 16, 20, 20] {
            guard.observe(&Observation::Friends { user: ada(), count }).await;
            seen.push(warned(&mut events, LimitId::FriendsPerUser));
        }
        assert_eq!(seen[0], [80]);
        assert_eq!((seen[2].clone(), seen[4].clone()), (vec![], vec![80]));
        assert_eq!((seen[5].clone(), seen[6].clone()), (vec![100], vec![]));
    });
}

#[test]
fn a_jump_over_several_thresholds_is_told_as_the_highest() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::FreeTrial).await;
        let mut events = guard.subscribe();
        guard.observe(&Observation::Friends { user: ada(), count: 20 }).await;
        assert_eq!(warned(&mut events, LimitId::FriendsPerUser), [100]);
    });
}

#[test]
fn two_processes_warn_once_together() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let one = plain(&clock, store.clone(), EditionId::FreeTrial).await;
        let two = plain(&clock, store, EditionId::FreeTrial).await;
        let (mut first, mut second) = (one.subscribe(), two.subscribe());
        for n in 0..20_u32 {
            let guard = if n % 2 == 0 { &one } else { &two };
            guard.record(&Action::AddFriend { user: ada(), peer: user(&format!("p{n}")) }).await;
        }
        let mut all = warned(&mut first, LimitId::FriendsPerUser);
        all.extend(warned(&mut second, LimitId::FriendsPerUser));
        all.sort_unstable();
        assert_eq!(all, [80, 95, 100]);
    });
}

#[test]
fn a_warning_and_its_count_are_kept_together_wherever_the_process_is_killed() {
    local(async {
        for after in 0..12 {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = FaultyStore::new(memory.clone());
            let guard = plain(&clock, store.clone(), EditionId::FreeTrial).await;
            store.fail_later(after, u64::MAX, Fault::Backend);
            for count in [10, 16, 18, 20] {
                guard.observe(&Observation::Friends { user: ada(), count }).await;
            }
            drop(guard);
            let guard = plain(&clock, memory, EditionId::FreeTrial).await;
            let kept = guard.check(&add_friend()).assessment().checks.iter().map(|c| c.evidence.used).max();
            let mut events = guard.subscribe();
            guard.observe(&Observation::Friends { user: ada(), count: 20 }).await;
            // What was kept was warned of; what was lost is warned of now.
            let expected: &[u8] = if kept == Some(20) { &[] } else { &[100] };
            assert_eq!(warned(&mut events, LimitId::FriendsPerUser), expected, "{after}: {kept:?}");
        }
    });
}

#[test]
fn a_limit_switched_off_is_off_for_denials_warnings_and_new_documents() {
    local(async {
        let (clock, wire, mut policy) = (clock(), Wire::default(), strict());
        policy.enforcement[LimitId::NonAvGroups.index()] = Some(Enforcement::Off);
        let guard = online(&clock, MemoryStore::new(), &wire).decisions(policy).open().await.unwrap();
        let usage = json!({ "as_of": clock.now(), "non_av_groups": 500 });
        let limits = json!({ "non_av_groups": 10 });
        for revision in 1..=2 {
            let document = but(doc(revision, "standard", clock.now()), "usage", usage.clone());
            wire.then(ok(&but(document, "limits", limits.clone()), clock.now()));
            clock.advance(MINUTE);
            guard.sync(FetchPolicy::Fetch).await.unwrap();
        }
        let mut events = guard.subscribe();
        let create = Action::CreateGroup { owner: ada(), kind: GroupType::Public, initial_members: 0 };
        assert!(guard.reserve(&create).await.permit().is_some());
        assert_eq!(warned(&mut events, LimitId::NonAvGroups), Vec::<u8>::new());
    });
}

#[test]
fn who_befriends_themself_is_told_so_and_counts_nothing() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::Standard).await;
        let own = Action::AddFriend { user: ada(), peer: ada() };
        assert_eq!(own.invalid(), Some(planguard::InvalidAction::PeerIsUser));
        assert!(!guard.check(&own).may_proceed());
        assert!(guard.reserve(&own).await.permit().is_none());
        guard.record(&own).await;
        assert!(!guard.record_once("n", &own).await || guard.snapshot().usage.iter().count() == 0);
        assert_eq!(guard.snapshot().usage.iter().count(), 0);
    });
}

#[test]
fn usage_above_a_lowered_limit_stays_and_takes_nothing_more() {
    local(async {
        let now = clock().now();
        let lowered = but(doc(2, "standard", now), "limits", json!({ "members_per_group": 100 }));
        let (guard, clock) = with_documents(&[doc(1, "standard", now), lowered]).await;
        guard.observe(&Observation::Group { group: group("g"), members: 150, own_max: Some(200) }).await;
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        clock.advance(HOUR);
        let add = Action::AddMembers { group: group("g"), kind: GroupType::Public, count: 1 };
        let remove = Action::RemoveMembers { group: group("g"), kind: GroupType::Public, count: 1 };
        assert!(!guard.check(&add).may_proceed());
        assert!(guard.check(&remove).may_proceed());
    });
}

#[test]
fn a_fallback_that_is_replaced_by_a_document_warns_by_the_document() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = builder(&clock)
            .fallback(CatalogId::Intl2024, EditionId::Standard)
            .endpoint("https://billing.example")
            .transport(wire.clone())
            .store(MemoryStore::new())
            .open()
            .await
            .unwrap();
        guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
        let mut events = guard.subscribe();
        wire.then(ok(&doc(1, "free_trial", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert_eq!(warned(&mut events, LimitId::FriendsPerUser), [95]);
    });
}

#[test]
fn a_service_that_ended_while_the_app_was_closed_warns_when_it_is_opened() {
    local(async {
        let (clock, wire, store) = (clock(), Wire::default(), MemoryStore::new());
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        let now = clock.now();
        let service =
            json!([{ "id": "unlimited_av_groups", "quantity": 1, "expires_at": now.plus(2 * DAY) }]);
        let document = but(but(doc(1, "pro", now), "catalog", json!("intl-2022")), "value_added", service);
        wire.then(ok(&but(document, "usage", json!({ "as_of": now, "av_groups": 10_000 })), now));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        drop(guard);
        clock.advance(3 * DAY);
        for expected in [vec![100], vec![]] {
            let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
            let mut events = guard.subscribe();
            guard.record(&Action::RegisterUser).await;
            assert_eq!(warned(&mut events, LimitId::AvGroups), expected);
        }
    });
}

#[test]
fn a_lowered_limit_does_not_warn_of_a_day_that_is_over() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        let mut events = guard.subscribe();
        for (revision, calls) in [(1, 100), (2, 10)] {
            let limits = json!({ "push_calls_per_day": calls });
            wire.then(ok(&but(doc(revision, "standard", clock.now()), "limits", limits), clock.now()));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            for _ in 0..if revision == 1 { 20 } else { 1 } {
                guard.record(&Action::Push { messages: 1 }).await;
            }
            clock.advance(DAY);
        }
        assert_eq!(guard.entitlements().revision(), 2);
        assert_eq!(warned(&mut events, LimitId::PushCallsPerDay), Vec::<u8>::new());
    });
}

#[test]
fn a_limit_lowered_by_another_processs_sync_warns_once_in_all() {
    local(async {
        let (clock, wire, store) = (clock(), Wire::default(), MemoryStore::new());
        let one = online(&clock, store.clone(), &wire).open().await.unwrap();
        let two = online(&clock, store, &wire).open().await.unwrap();
        wire.then(ok(&doc(1, "standard", clock.now()), clock.now()));
        one.sync(FetchPolicy::Fetch).await.unwrap();
        two.observe(&Observation::Friends { user: ada(), count: 96 }).await;
        let (mut first, mut second) = (one.subscribe(), two.subscribe());
        let lowered = but(doc(2, "standard", clock.now()), "limits", json!({ "friends_per_user": 100 }));
        wire.then(ok(&lowered, clock.now()));
        one.sync(FetchPolicy::Fetch).await.unwrap();
        two.record(&Action::RegisterUser).await;
        two.record(&Action::RegisterUser).await;
        assert_eq!(two.entitlements().revision(), 2);
        let mut all = warned(&mut first, LimitId::FriendsPerUser);
        all.extend(warned(&mut second, LimitId::FriendsPerUser));
        assert_eq!(all, [95]);
    });
}

#[test]
fn a_warning_due_at_opening_survives_a_store_that_fails_then() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let lenient = builder(&clock).fallback(CatalogId::Intl2024, EditionId::Premium).store(memory.clone());
        let guard = lenient.open().await.unwrap();
        guard.observe(&Observation::Friends { user: ada(), count: 20 }).await;
        drop(guard);
        let store = FaultyStore::new(memory.clone());
        // Opening itself reads the store; what follows fails.
        store.fail_later(1, u64::MAX, Fault::DiskFull);
        let guard = plain(&clock, store.clone(), EditionId::FreeTrial).await;
        let mut events = guard.subscribe();
        guard.record(&Action::RegisterUser).await;
        assert_eq!(warned(&mut events, LimitId::FriendsPerUser), [100]);
        store.recover();
        guard.record(&Action::RegisterUser).await;
        drop(guard);
        let guard = plain(&clock, memory, EditionId::FreeTrial).await;
        assert_eq!(warned(&mut guard.subscribe(), LimitId::FriendsPerUser), Vec::<u8>::new());
    });
}
