//! Futures that nobody waits for any longer, and processes that end between two writes: what was done stays done.

use std::pin::pin;

use planguard::client::FetchPolicy;
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::ManualClock;
use planguard::{Action, EditionId, LimitId, Observation, Planguard};
use serde_json::{Value, json};
use support::{DAY, MINUTE, SECOND, ada, add_friend, clock, error, local, now, request, settle};

use crate::cases::rig::{HangingStore, Wire, but, doc, figures, ok, online, plain, reached, used};

/// Waits for `future` as long as nothing it waits for is missing, then gives it up.
async fn given_up<F: Future>(future: F) {
    let mut future = pin!(future);
    for _ in 0..4 {
        if futures::future::poll_immediate(future.as_mut()).await.is_some() {
            return;
        }
        settle().await;
    }
}

fn reported(clock: &ManualClock) -> Value {
    let usage = json!({ "as_of": clock_now(clock), "mau": 90 });
    but(doc(1, "free_trial", clock_now(clock)), "usage", usage)
}

fn clock_now(clock: &ManualClock) -> planguard::Timestamp {
    planguard::time::Clock::now(clock)
}

fn friends(guard: &Planguard) -> Option<u64> {
    guard.assess(&add_friend()).checks.iter().map(|check| check.evidence.used).max()
}

#[test]
fn a_commit_that_is_given_up_while_the_store_hangs_is_counted() {
    local(async {
        for after in 0..3 {
            let (clock, store) = (clock(), HangingStore::new(MemoryStore::new()));
            let guard = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
            guard.observe(&Observation::Friends { user: ada(), count: 18 }).await;
            let permit = guard.reserve(&add_friend()).await.permit().unwrap();
            store.hang_after(after);
            given_up(permit.commit()).await;
            store.recover();
            guard.record(&Action::RegisterUser).await;
            clock.advance(2 * MINUTE);
            guard.record(&Action::RegisterUser).await;
            assert_eq!(friends(&guard), Some(19), "hanging after {after}");
        }
    });
}

#[test]
fn what_a_document_reports_is_counted_though_the_sync_was_given_up() {
    local(async {
        for after in 0..10 {
            let (clock, wire) = (clock(), Wire::default());
            let store = HangingStore::new(MemoryStore::new());
            let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
            let document = reported(&clock);
            wire.then(ok(&document, clock_now(&clock)));
            store.hang_after(after);
            given_up(guard.sync(FetchPolicy::Fetch)).await;
            store.recover();
            clock.advance(MINUTE);
            wire.then(ok(&document, clock_now(&clock)));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            assert_eq!(used(&guard, LimitId::FreeMau), 90, "hanging after {after}");
        }
    });
}

#[test]
fn what_a_document_reports_is_counted_wherever_the_process_is_killed() {
    local(async {
        for after in 0..12 {
            let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
            let store = FaultyStore::new(memory.clone());
            let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
            let document = reported(&clock);
            wire.then(ok(&document, clock_now(&clock)));
            store.fail_later(after, u64::MAX, Fault::Backend);
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            drop(guard);
            clock.advance(MINUTE);
            let guard = online(&clock, memory, &wire).open().await.unwrap();
            wire.then(ok(&document, clock_now(&clock)));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            assert_eq!(used(&guard, LimitId::FreeMau), 90, "killed after {after}");
        }
    });
}

#[test]
fn a_correction_of_time_is_made_though_the_sync_that_brought_it_was_given_up() {
    local(async {
        for after in 0..8 {
            let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
            let real = clock_now(&clock);
            clock.set(real.plus(30 * DAY));
            let store = HangingStore::new(memory.clone());
            let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
            assert!(reached(&guard, request("ada")).await);
            wire.then(ok(&doc(1, "standard", real), real));
            store.hang_after(after);
            given_up(guard.sync(FetchPolicy::Fetch)).await;
            store.recover();
            guard.record(&Action::RegisterUser).await;
            drop(guard);
            let guard = online(&clock, memory, &wire).open().await.unwrap();
            wire.then(ok(&doc(2, "standard", real), real));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            assert_eq!(figures(&guard, "2024-09").await.unwrap(), [0, 0, 0], "hanging after {after}");
        }
    });
}

#[test]
fn a_login_ends_within_its_time_wherever_the_store_begins_to_hang() {
    local(async {
        for answer in [Ok(1), Err(error(72_002)), Err(error(9506)), Err(error(6208))] {
            for after in 0..12 {
                let (clock, wire) = (clock(), Wire::default());
                let store = HangingStore::new(MemoryStore::new());
                let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
                wire.then(ok(&doc(1, "free_trial", clock_now(&clock)), clock_now(&clock)));
                guard.sync(FetchPolicy::Fetch).await.unwrap();
                store.hang_after(after);
                let begun = clock_now(&clock);
                let mut login = pin!(now(&guard, request("ada").timeout(SECOND), answer.clone()));
                while futures::future::poll_immediate(login.as_mut()).await.is_none() {
                    settle().await;
                    clock.advance(SECOND / 20);
                    let waited = clock_now(&clock).since(begun);
                    assert!(waited <= SECOND + SECOND / 4, "hanging after {after}: {waited:?}");
                }
            }
        }
    });
}

#[test]
fn the_past_is_forgotten_though_the_call_that_set_about_it_was_given_up() {
    local(async {
        let (clock, store) = (clock(), FaultyStore::new(MemoryStore::new()));
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        assert!(reached(&guard, request("ada")).await);
        for _ in 0..3 {
            clock.advance(31 * DAY);
            guard.record(&Action::Search).await;
        }
        // The first call that finds the new month to have lasted a day.
        clock.advance(2 * DAY);
        store.hang();
        assert!(futures::future::poll_immediate(Box::pin(guard.record(&Action::Search))).await.is_none());
        store.recover();
        clock.advance(DAY);
        guard.record(&Action::Search).await;
        assert_eq!(guard.snapshot().ledger.iter().count(), 0);
    });
}
