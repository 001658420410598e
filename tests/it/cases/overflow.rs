//! More writes in one outage than can be kept: what is dropped is dropped whole, counted and told.

use planguard::client::Event;
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::{Action, EditionId, Observation, SessionMode};
use support::{MINUTE, ada, add_friend, clock, local, request};

use crate::cases::rig::{Wire, doc, figures, ok, online, plain, reached, told};

#[test]
fn more_than_can_be_kept_is_dropped_counted_and_told_and_leaves_no_half_of_a_login() {
    local(async {
        for before in [9_978, 9_979, 9_980, 9_981] {
            let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
            let store = FaultyStore::new(memory.clone());
            let open = || online(&clock, store.clone(), &wire).session_mode(SessionMode::MultiUser).open();
            let guard = open().await.unwrap();
            wire.then(ok(&doc(1, "standard", guard.now()), guard.now()));
            guard.sync(planguard::client::FetchPolicy::Fetch).await.unwrap();
            let mut events = guard.subscribe();
            store.fail_next(u64::MAX, Fault::DiskFull);
            for _ in 0..before {
                guard.record(&Action::RegisterUser).await;
            }
            for n in 0..20 {
                assert!(reached(&guard, request(&format!("u{n}"))).await);
            }
            store.recover();
            guard.record(&Action::RegisterUser).await;
            let recovered: Vec<_> = told(&mut events)
                .into_iter()
                .filter_map(|event| match event {
                    Event::StoreRecovered { replayed, dropped } => Some((replayed, dropped)),
                    _ => None,
                })
                .collect();
            let [(10_000, dropped)] = recovered[..] else { panic!("{recovered:?}") };
            assert!((1..100).contains(&dropped), "{dropped}");
            let usage = guard.snapshot().usage.clone();
            let of_month = figures(&guard, "2024-08").await.unwrap();
            let flushed = guard.flush().await;
            let [uncertain, active, _] = of_month;
            assert_eq!((flushed.delivered, flushed.waiting), (active, 0));
            assert!(uncertain <= 1 && active < 20, "{of_month:?}");
            drop(guard);
            let guard = open().await.unwrap();
            assert_eq!(guard.snapshot().usage.iter().count(), usage.iter().count());
            for (key, counter) in usage.iter() {
                assert_eq!(guard.snapshot().usage.get(&key).used(), counter.used(), "{key:?}");
            }
            clock.advance(10 * MINUTE);
            for n in 0..20 {
                guard.session(support::user(&format!("u{n}"))).ended().await;
                assert!(reached(&guard, request(&format!("u{n}"))).await);
            }
            assert_eq!(figures(&guard, "2024-08").await.unwrap()[1], 20);
        }
    });
}

#[test]
fn a_permit_whose_commit_is_more_than_can_be_kept_gives_its_room_back_in_time() {
    local(async {
        for before in [9_997, 9_998, 9_999, 10_000, 10_001] {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = FaultyStore::new(memory.clone());
            let guard = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
            guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
            store.fail_next(u64::MAX, Fault::DiskFull);
            for _ in 0..before {
                guard.record(&Action::RegisterUser).await;
            }
            let _ = guard.reserve(&add_friend()).await.permit().unwrap().commit().await;
            assert!(guard.reserve(&add_friend()).await.permit().is_none(), "{before}: granted twice");
            store.recover();
            guard.record(&Action::Search).await;
            // Listed again, as it is advised.
            guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
            clock.advance(MINUTE + MINUTE);
            let room = guard.reserve(&add_friend()).await.permit().is_some();
            drop(guard);
            let guard = plain(&clock, memory, EditionId::FREE_TRIAL).await;
            clock.advance(MINUTE + MINUTE);
            assert_eq!((before, room), (before, true));
            assert!(guard.reserve(&add_friend()).await.permit().is_some(), "{before}");
        }
    });
}
