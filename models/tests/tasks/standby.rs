//! The standby: writes go on while the store fails, hangs and comes back at any moment; nothing that was acknowledged is
//! lost or counted twice, and no room is granted twice.

use std::time::Duration;

use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::ManualClock;
use planguard::{Action, CatalogId, EditionId, Observation, Planguard};
use shuttle::future::spawn;

use crate::world::{Threaded, builder, clock, orders, user};

/// The Free Trial allows so many friends.
const FRIENDS: u64 = 20;
const ROOM: u64 = 3;

async fn open(clock: &ManualClock, store: Threaded) -> Planguard {
    builder(clock).fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL).store(store).open().await.unwrap()
}

async fn befriend(guard: Planguard, peers: [&'static str; 2]) -> u64 {
    let mut added = 0;
    for peer in peers {
        let add = Action::AddFriend { user: user("ada"), peer: user(peer) };
        if let Some(permit) = guard.reserve(&add).await.permit() {
            permit.commit().await;
            added += 1;
        }
    }
    added
}

fn used(guard: &Planguard) -> u64 {
    let assessed = guard.assess(&Action::AddFriend { user: user("ada"), peer: user("zoe") });
    assessed.checks.iter().map(|check| check.evidence.used).max().unwrap()
}

/// Fails, and is there again.
async fn failing(faulty: FaultyStore) {
    for fault in [Fault::DiskFull, Fault::Busy] {
        faulty.fail_next(2, fault);
        shuttle::future::yield_now().await;
        faulty.recover();
        shuttle::future::yield_now().await;
    }
}

/// Answers nothing for longer than anybody waits.
async fn hanging(faulty: FaultyStore, clock: ManualClock) {
    faulty.hang();
    for _ in 0..4 {
        shuttle::future::yield_now().await;
        clock.advance(Duration::from_secs(1));
    }
    faulty.recover();
}

async fn goes_on(hangs: bool) {
    let (clock, store) = (clock(), MemoryStore::new());
    let faulty = FaultyStore::new(store.clone());
    let guard = open(&clock, Threaded::over(faulty.clone())).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: FRIENDS - ROOM }).await;
    let racers = [["bob", "eve"], ["mia", "kim"]].map(|peers| spawn(befriend(guard.clone(), peers)));
    let trouble =
        if hangs { spawn(hanging(faulty.clone(), clock.clone())) } else { spawn(failing(faulty.clone())) };
    let mut added = 0;
    for racer in racers {
        added += racer.await.unwrap();
    }
    trouble.await.unwrap();
    assert_eq!(added, ROOM, "four asked for room for {ROOM}");
    assert_eq!(used(&guard), FRIENDS, "in memory");
    // The store takes what was kept for it with the next write, or the one after.
    for _ in 0..4 {
        guard.record(&Action::RegisterUser).await;
        clock.advance(Duration::from_secs(1));
    }
    let next = open(&clock, Threaded::over(store)).await;
    assert_eq!(used(&next), FRIENDS, "in the store");
}

#[test]
fn a_store_that_fails_and_comes_back_loses_nothing_and_oversells_nothing() {
    orders(|| goes_on(false));
}

#[test]
fn a_store_that_hangs_and_comes_back_loses_nothing_and_oversells_nothing() {
    orders(|| goes_on(true));
}
