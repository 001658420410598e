//! Reservations: two guards on one store, as two processes are, never grant room twice.

use planguard::store::MemoryStore;
use planguard::{Action, CatalogId, EditionId, Observation, Planguard};
use shuttle::future::spawn;

use crate::world::{Threaded, builder, clock, orders, user};

/// The Free Trial allows so many friends.
const FRIENDS: u64 = 20;
const ROOM: u64 = 2;

async fn befriend(guard: Planguard, peer: &'static str, commits: bool) -> u64 {
    let add = Action::AddFriend { user: user("ada"), peer: user(peer) };
    let Some(permit) = guard.reserve(&add).await.permit() else { return 0 };
    shuttle::future::yield_now().await;
    if commits {
        permit.commit().await;
        return 1;
    }
    drop(permit);
    0
}

#[test]
fn exactly_what_there_is_room_for_is_granted() {
    orders(|| async {
        let (clock, store) = (clock(), MemoryStore::new());
        let mut guards = Vec::new();
        for _ in 0..2 {
            let guard = builder(&clock)
                .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
                .store(Threaded::over(store.clone()))
                .open();
            guards.push(guard.await.unwrap());
        }
        guards[0].observe(&Observation::Friends { user: user("ada"), count: FRIENDS - ROOM }).await;
        let racers: Vec<_> = ["bob", "eve", "mia", "kim"]
            .into_iter()
            .enumerate()
            .map(|(n, peer)| spawn(befriend(guards[n % 2].clone(), peer, true)))
            .collect();
        // One gives its room back, and may keep others out meanwhile, but never lets more in.
        let passing = spawn(befriend(guards[1].clone(), "leo", false));
        let mut granted = 0;
        for racer in racers {
            granted += racer.await.unwrap();
        }
        passing.await.unwrap();
        assert!(granted == ROOM || granted + 1 == ROOM, "{granted} into room for {ROOM}");
        let last = Action::AddFriend { user: user("ada"), peer: user("zoe") };
        drop(guards[0].reserve(&last).await);
        let assessed = guards[0].assess(&last);
        let used = assessed.checks.iter().map(|check| check.evidence.used).max();
        assert_eq!(used, Some(FRIENDS - ROOM + granted), "what was granted is counted");
    });
}
