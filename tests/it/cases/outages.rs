//! A failing store is a store: memory follows it no earlier than it knows, and nothing acknowledged is lost.

use std::sync::Arc;
use std::time::Duration;

use planguard::client::{Committed, Event, FetchPolicy};
use planguard::login::{Begun, LoginIntent, LoginOutcome};
use planguard::model::{BillingDay, BillingMonth};
use planguard::store::{Changes, Fault, FaultyStore, MemoryStore, Pass, SqliteStore, Store, Work};
use planguard::time::{Clock as _, ManualClock};
use planguard::{Action, EditionId, Elapsed, GroupType, LimitId, Observation, Planguard, Pseudonym};
use serde_json::json;
use support::{MINUTE, SECOND, ada, add_friend, clock, local, request, settle, user, with};

use crate::cases::rig::{Wire, but, doc, figures, ok, online, plain, reached, told, used};

/// A guard with room for ten groups, as the endpoint says.
async fn ten_groups(clock: &ManualClock, store: FaultyStore) -> Planguard {
    let wire = Wire::default();
    let guard = online(clock, store, &wire).open().await.unwrap();
    let document = but(doc(1, "standard", clock.now()), "limits", json!({ "non_av_groups": 10 }));
    let document = but(document, "usage", json!({ "as_of": clock.now(), "non_av_groups": 0 }));
    wire.then(ok(&document, clock.now()));
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    guard
}

fn create(owner: u32) -> Action {
    Action::CreateGroup { owner: user(&format!("u{owner}")), kind: GroupType::Work, initial_members: 0 }
}

async fn created(guard: &Planguard, owners: std::ops::Range<u32>) -> usize {
    let mut count = 0;
    for owner in owners {
        if let Some(permit) = guard.reserve(&create(owner)).await.permit() {
            assert_eq!(permit.commit().await, Committed::InTime);
            count += 1;
        }
    }
    count
}

#[test]
fn a_permit_given_while_the_store_failed_still_holds_its_room_afterwards() {
    local(async {
        for (times, fault) in [(1, Fault::Busy), (2, Fault::Backend), (u64::MAX, Fault::DiskFull)] {
            let clock = clock();
            let faulty = FaultyStore::new(MemoryStore::new());
            let guard = plain(&clock, faulty.clone(), EditionId::FREE_TRIAL).await;
            guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
            faulty.fail_next(times, fault);
            let first = guard.reserve(&add_friend()).await.permit().unwrap();
            faulty.recover();
            let second = Action::AddFriend { user: ada(), peer: user("cy") };
            assert!(guard.reserve(&second).await.permit().is_none(), "{fault:?}");
            assert_eq!(first.commit().await, Committed::InTime);
            assert!(guard.reserve(&second).await.permit().is_none(), "{fault:?}");
        }
    });
}

#[test]
fn a_permit_of_the_outage_outlives_a_write_of_another_process() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let faulty = FaultyStore::new(memory.clone());
        let guard = plain(&clock, faulty.clone(), EditionId::FREE_TRIAL).await;
        let other = plain(&clock, memory, EditionId::FREE_TRIAL).await;
        guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
        faulty.fail_next(1, Fault::Busy);
        let first = guard.reserve(&add_friend()).await.permit().unwrap();
        other.record(&Action::RegisterUser).await;
        faulty.recover();
        let second = Action::AddFriend { user: ada(), peer: user("cy") };
        assert!(guard.reserve(&second).await.permit().is_none());
        // The store has been told by now: the other process sees it too.
        assert!(other.reserve(&second).await.permit().is_none());
        drop(first);
        assert!(guard.reserve(&second).await.permit().is_some());
    });
}

#[test]
fn what_was_committed_during_an_outage_takes_its_room_after_it() {
    local(async {
        for during in 0..=10 {
            let clock = clock();
            let store = FaultyStore::new(MemoryStore::new());
            let guard = ten_groups(&clock, store.clone()).await;
            store.fail_next(u64::MAX, Fault::DiskFull);
            assert_eq!(created(&guard, 0..during).await, during as usize);
            store.recover();
            assert_eq!(created(&guard, during..40).await, 10 - during as usize);
            assert_eq!(used(&guard, LimitId::NonAvGroups), 10);
        }
    });
}

#[test]
fn a_full_disk_loses_no_usage_event_and_no_count() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let store = FaultyStore::new(MemoryStore::new());
        let builder = online(&clock, store.clone(), &wire).session_mode(planguard::SessionMode::MultiUser);
        let guard = builder.open().await.unwrap();
        let mut events = guard.subscribe();
        wire.then(ok(&doc(1, "standard", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        let _ = told(&mut events);
        store.fail_next(u64::MAX, Fault::DiskFull);
        let mut failures = 0;
        for n in 0..300 {
            assert!(reached(&guard, request(&format!("u{n}"))).await);
            failures += told(&mut events).iter().filter(|e| matches!(e, Event::StoreFailed { .. })).count();
        }
        assert_eq!(failures, 1);
        store.recover();
        assert!(reached(&guard, request("u300")).await);
        let flushed = guard.flush().await;
        assert_eq!((flushed.delivered, flushed.dropped, flushed.waiting), (301, 0, 0));
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 301, 0]);
        assert!(told(&mut events).iter().any(|e| matches!(e, Event::StoreRecovered { dropped: 0, .. })));
    });
}

#[test]
fn who_is_counted_has_an_event_wherever_the_process_is_killed() {
    local(async {
        for after in 0..40 {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = FaultyStore::new(memory.clone());
            let lost = Wire::default();
            let guard = online(&clock, store.clone(), &lost).session_mode(planguard::SessionMode::MultiUser);
            let guard = guard.open().await.unwrap();
            // From here on nothing reaches the disk: the process is killed.
            store.fail_later(after, u64::MAX, Fault::Backend);
            for n in 0..5 {
                assert!(reached(&guard, request(&format!("u{n}"))).await);
            }
            drop(guard);
            clock.advance(MINUTE);
            let wire = Wire::default();
            let guard = online(&clock, memory, &wire).session_mode(planguard::SessionMode::MultiUser);
            let guard = guard.open().await.unwrap();
            let active = figures(&guard, "2024-08").await.unwrap()[1];
            let _ = guard.flush().await;
            let of_new = wire.received("planguard.login.executed");
            let of_new = of_new.iter().filter(|data| data["new_mau"] == 1).count();
            assert_eq!(u64::try_from(of_new).unwrap(), active, "killed after {after}");
        }
    });
}

#[test]
fn a_store_that_hangs_costs_a_login_one_wait_within_its_own_time() {
    local(async {
        for (timeout, most) in [(SECOND, 1500), (4 * SECOND, 4000), (MINUTE, 10_000)] {
            let clock = clock();
            let store = FaultyStore::new(MemoryStore::new());
            let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
            store.hang();
            let begun = clock.elapsed();
            let other = guard.clone();
            let login =
                tokio::task::spawn_local(
                    async move { reached(&other, request("ada").timeout(timeout)).await },
                );
            let mut waited = 0;
            while !login.is_finished() && waited < 600_000 {
                settle().await;
                clock.advance(Duration::from_millis(50));
                waited += 50;
            }
            let took = clock.elapsed().since(begun);
            assert!(took <= Duration::from_millis(most), "{timeout:?}: {took:?}");
            assert!(login.await.unwrap());
        }
    });
}

#[test]
fn a_lasting_lock_is_waited_for_once_and_then_no_more() {
    local(async {
        let clock = clock();
        let store = FaultyStore::new(MemoryStore::new());
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        store.hang();
        let mut waits = Vec::new();
        for n in 0..8 {
            let begun = clock.elapsed();
            let other = guard.clone();
            let step = tokio::task::spawn_local(async move {
                other.record(&create(n)).await;
                let permit = other.reserve(&create(n + 100)).await.permit().unwrap();
                assert_eq!(permit.commit().await, Committed::InTime);
                let Begun::Ticket(ticket) = other.begin_login_with(request("ada").no_wait()).await.unwrap()
                else {
                    panic!("logged in already");
                };
                assert!(ticket.succeed().await.is_logged_in());
                other.session(ada()).user_sig_expired().await;
            });
            for _ in 0..2_000 {
                settle().await;
                if step.is_finished() {
                    break;
                }
                clock.advance(Duration::from_millis(50));
            }
            step.await.unwrap();
            waits.push(clock.elapsed().since(begun));
            clock.advance(MINUTE);
        }
        assert!(waits[0] <= 3 * SECOND, "{waits:?}");
        assert!(waits[1..].iter().all(|wait| *wait <= 500 * Duration::from_millis(1)), "{waits:?}");
        store.recover();
        settle().await;
        assert_eq!(used(&guard, LimitId::NonAvGroups), 16);
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 1, 0]);
    });
}

#[test]
fn a_foreign_write_beside_a_hundred_thousand_users_is_followed_by_its_rows() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (day, month) = (BillingDay::from_number(19_945), BillingMonth::from_number(24_295));
        let at = clock.now();
        let of = |n: u32| Pseudonym(u128::from(n).to_be_bytes());
        let fill = Work::write(move |tx, _| {
            (0..100_000).try_for_each(|n| tx.count_active(of(n), day, month, at, Pass::First).map(|_| ()))
        });
        store.transact(fill).await.unwrap();
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        let other = plain(&clock, store.clone(), EditionId::STANDARD).await;
        let seq = Arc::new(std::sync::Mutex::new((0, None::<Changes>)));
        let slot = Arc::clone(&seq);
        store
            .transact(Work::read(move |tx| {
                slot.lock().unwrap().0 = tx.seq();
                Ok(())
            }))
            .await
            .unwrap();
        assert!(reached(&other, request("ada")).await);
        let slot = Arc::clone(&seq);
        let look = Work::read(move |tx| {
            let mut seen = slot.lock().unwrap();
            let since = seen.0.saturating_sub(1);
            seen.1 = Some(tx.changes_since(since, Elapsed(0))?);
            Ok(())
        });
        store.transact(look).await.unwrap();
        let changes = seq.lock().unwrap().1.take().unwrap();
        assert_eq!(changes.users.len(), 1);
        assert!(changes.counters.len() <= 4, "{}", changes.counters.len());
        assert_eq!(used(&guard, LimitId::FreeMau), 100_000);
        guard.record(&Action::RegisterUser).await;
        assert_eq!(used(&guard, LimitId::FreeMau), 100_001);
    });
}

#[test]
fn warnings_that_came_due_while_the_store_failed_are_told_once() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let guard = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
        let mut events = guard.subscribe();
        store.fail_next(u64::MAX, Fault::DiskFull);
        for count in [16, 19, 19, 20] {
            guard.observe(&Observation::Friends { user: ada(), count }).await;
        }
        store.recover();
        guard.observe(&Observation::Friends { user: ada(), count: 20 }).await;
        drop(guard);
        let again = plain(&clock, memory, EditionId::FREE_TRIAL).await;
        again.observe(&Observation::Friends { user: ada(), count: 20 }).await;
        let thresholds: Vec<_> = told(&mut events)
            .into_iter()
            .filter_map(|event| match event {
                Event::LimitWarning { threshold, .. } => Some(threshold),
                _ => None,
            })
            .collect();
        assert_eq!(thresholds, [80, 95, 100]);
        let mut events = again.subscribe();
        assert!(!told(&mut events).iter().any(|event| matches!(event, Event::LimitWarning { .. })));
    });
}

#[test]
fn a_login_begun_before_the_outage_and_answered_in_it_is_counted_once() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        let Begun::Ticket(ticket) = guard.begin_login_with(request("ada")).await.unwrap() else { panic!() };
        store.fail_next(u64::MAX, Fault::Unwritable);
        assert!(matches!(ticket.succeed().await, LoginOutcome::Executed { mau, .. } if mau.new_in_month));
        guard.session(ada()).user_sig_expired().await;
        assert!(reached(&guard, with("ada", LoginIntent::PushWake)).await);
        store.recover();
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 1, 0]);
        drop(guard);
        let guard = plain(&clock, memory, EditionId::STANDARD).await;
        assert_eq!(
            (figures(&guard, "2024-08").await.unwrap(), used(&guard, LimitId::FreeMau)),
            ([0, 1, 0], 1)
        );
    });
}

#[test]
fn what_happens_at_a_process_that_cannot_write_is_kept_in_the_file_once_it_can() {
    local(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let clock = clock();
        let store = FaultyStore::new(SqliteStore::open(&path).unwrap());
        let guard = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
        store.fail_next(3, Fault::Busy);
        for peer in ["p1", "p2", "p3", "p4", "p5", "p6"] {
            guard.record(&Action::AddFriend { user: ada(), peer: user(peer) }).await;
        }
        drop(guard);
        drop(store);
        let guard = plain(&clock, SqliteStore::open(&path).unwrap(), EditionId::FREE_TRIAL).await;
        assert_eq!(used(&guard, LimitId::FriendsPerUser), 12);
    });
}
