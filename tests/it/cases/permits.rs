//! Permits under several causes at once: two names for one permit, another process, an outage, a corrected clock, a
//! caller that gives up.

use std::pin::pin;
use std::sync::Arc;

use planguard::client::{Committed, Done, FetchPolicy};
use planguard::store::{Fault, FaultyStore, MemoryStore, SqliteStore, Store};
use planguard::time::{Clock as _, ManualClock};
use planguard::{Action, EditionId, GroupType, Observation, Planguard, Timestamp};
use support::{DAY, HOUR, MINUTE, SECOND, ada, add_friend, clock, group, local, settle, strict};

use crate::cases::rig::{HangingStore, Wire, doc, ok, online, plain};

async fn trial(clock: &ManualClock, store: impl Store + 'static) -> Planguard {
    plain(clock, store, EditionId::FREE_TRIAL).await
}

/// Ada's friends: used and held.
fn friends(guard: &Planguard) -> (u64, u64) {
    let evidence = guard.assess(&add_friend()).tightest().unwrap().evidence;
    (evidence.used, evidence.reserved)
}

async fn seen(guard: &Planguard, count: u64) {
    guard.observe(&Observation::Friends { user: ada(), count }).await;
}

/// Polls `future` so often, then gives it up.
async fn given_up<F: Future>(polls: usize, future: F) {
    let mut future = pin!(future);
    for _ in 0..polls {
        if futures::future::poll_immediate(future.as_mut()).await.is_some() {
            return;
        }
        settle().await;
    }
}

/// The endpoint says twice that it is `real`.
async fn corrected(guard: &Planguard, wire: &Wire, real: Timestamp, revision: u64) {
    for _ in 0..2 {
        wire.then(ok(&doc(revision, "free_trial", real), real));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
    }
    assert_eq!(guard.now(), real);
}

#[test]
fn what_was_finished_by_its_id_elsewhere_is_not_counted_again_by_who_holds_it() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let (one, two) = (trial(&clock, memory.clone()).await, trial(&clock, memory).await);
        seen(&one, 5).await;
        let permit = one.reserve(&add_friend()).await.permit().unwrap();
        assert_eq!(two.commit_permit(permit.id(), Done::All).await, Committed::InTime);
        let second = permit.commit().await;
        assert_eq!((friends(&one).0, second), (6, Committed::NotKept));
    });
}

#[test]
fn dropping_a_permit_that_was_finished_by_its_id_takes_no_room_from_another() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let one = trial(&clock, memory.clone()).await;
        seen(&one, 5).await;
        let a = one.reserve(&add_friend()).await.permit().unwrap();
        let b = one.reserve(&add_friend()).await.permit().unwrap();
        one.commit_permit(a.id(), Done::All).await;
        assert_eq!(friends(&one), (6, 1));
        drop(a);
        one.record(&Action::Search).await;
        assert_eq!(friends(&one), (6, 1));
        drop(b);
        one.record(&Action::Search).await;
        assert_eq!(friends(&one), (6, 0));
    });
}

#[test]
fn dropping_a_permit_that_was_finished_by_its_id_gives_nothing_away_as_the_store_fails() {
    local(async {
        for (happened, times) in [(true, 1), (true, u64::MAX), (false, 1), (false, u64::MAX)] {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = FaultyStore::new(memory);
            let guard = trial(&clock, store.clone()).await;
            seen(&guard, 17).await;
            let a = guard.reserve(&add_friend()).await.permit().unwrap();
            let b = guard.reserve(&add_friend()).await.permit().unwrap();
            if happened {
                assert_eq!(guard.commit_permit(a.id(), Done::All).await, Committed::InTime);
            } else {
                assert!(guard.release_permit(a.id()).await);
            }
            store.fail_next(times, Fault::DiskFull);
            drop(a);
            let mut held = vec![b];
            while let Some(permit) = guard.reserve(&add_friend()).await.permit() {
                held.push(permit);
            }
            let used = if happened { 18 } else { 17 };
            assert_eq!(friends(&guard), (used, 20 - used), "{happened} {times}");
            assert_eq!(held.len() as u64, 20 - used);
        }
    });
}

#[test]
fn a_permit_finished_by_two_processes_across_an_outage_is_counted_once() {
    local(async {
        for who in 0..6 {
            for times in [1, 2, 3, 1000] {
                let (clock, memory) = (clock(), MemoryStore::new());
                let store = FaultyStore::new(memory.clone());
                let one = trial(&clock, store.clone()).await;
                let two = trial(&clock, memory.clone()).await;
                seen(&one, 5).await;
                let before = who % 2 == 0;
                if !before {
                    store.fail_next(times, Fault::Busy);
                }
                let permit = one.reserve(&add_friend()).await.permit().unwrap();
                if before {
                    store.fail_next(times, Fault::Busy);
                }
                let id = permit.id();
                match who / 2 {
                    0 => {
                        // Both processes, object first.
                        permit.commit().await;
                        two.commit_permit(id, Done::All).await;
                    }
                    1 => {
                        two.commit_permit(id, Done::All).await;
                        permit.commit().await;
                    }
                    _ => {
                        one.commit_permit(id, Done::All).await;
                        permit.commit().await;
                    }
                }
                store.recover();
                one.record(&Action::Search).await;
                two.record(&Action::Search).await;
                one.record(&Action::Search).await;
                assert_eq!((friends(&one), friends(&two)), ((6, 0), (6, 0)), "{who} {times}");
            }
        }
    });
}

#[test]
fn room_asked_for_and_given_up_goes_back_once_the_database_has_granted_it() {
    local(async {
        for polls in 1..6 {
            let folder = tempfile::tempdir().unwrap();
            let store = SqliteStore::open(folder.path().join("planguard.db")).unwrap();
            let guard = trial(&clock(), store).await;
            seen(&guard, 5).await;
            let other = guard.reserve(&add_friend()).await.permit().unwrap();
            given_up(polls, guard.reserve(&add_friend())).await;
            guard.record(&Action::Search).await;
            guard.record(&Action::Search).await;
            assert_eq!(friends(&guard), (5, 1), "{polls}");
            drop(other);
        }
    });
}

#[test]
fn room_asked_for_and_given_up_goes_back_wherever_the_store_hangs() {
    local(async {
        for after in 0..5 {
            for polls in 0..6 {
                let (clock, store) = (clock(), HangingStore::new(MemoryStore::new()));
                let guard = trial(&clock, store.clone()).await;
                seen(&guard, 5).await;
                let other = guard.reserve(&add_friend()).await.permit().unwrap();
                store.hang_after(after);
                given_up(polls, guard.reserve(&add_friend())).await;
                store.recover();
                clock.advance(SECOND);
                guard.record(&Action::Search).await;
                guard.record(&Action::Search).await;
                assert_eq!(friends(&guard), (5, 1), "{after} {polls}");
                drop(other);
            }
        }
    });
}

#[test]
fn a_list_read_before_time_was_corrected_contains_the_action_of_a_permit_kept_since() {
    local(async {
        for sqlite in [false, true] {
            for restart in [false, true] {
                for lag in [MINUTE, 3 * HOUR] {
                    let folder = tempfile::tempdir().unwrap();
                    let memory = MemoryStore::new();
                    let store = || -> Arc<dyn Store> {
                        if sqlite {
                            Arc::new(SqliteStore::open(folder.path().join("db")).unwrap())
                        } else {
                            Arc::new(memory.clone())
                        }
                    };
                    let (clock, wire) = (clock(), Wire::default());
                    let real = clock.now();
                    clock.set(real.plus(2 * HOUR));
                    let open = || {
                        online(&clock, MemoryStore::new(), &wire)
                            .shared_store(store())
                            .decisions(strict())
                            .open()
                    };
                    let guard = open().await.unwrap();
                    let id = guard.reserve_for(&add_friend(), DAY).await.permit().unwrap().keep();
                    let object = guard.reserve_for(&add_friend(), DAY).await.permit().unwrap();
                    clock.advance(MINUTE);
                    seen(&guard, 6).await;
                    corrected(&guard, &wire, real.plus(MINUTE), 1).await;
                    let guard = if restart {
                        std::mem::forget(object);
                        drop(guard);
                        open().await.unwrap()
                    } else {
                        clock.advance(lag);
                        assert_eq!(object.commit().await, Committed::InTime);
                        assert_eq!(friends(&guard).0, 6, "object {sqlite} {lag:?}");
                        guard
                    };
                    if restart {
                        clock.advance(lag);
                    }
                    guard.commit_permit(id, Done::All).await;
                    assert_eq!(friends(&guard).0, 6, "id {sqlite} {restart} {lag:?}");
                }
            }
        }
    });
}

#[test]
fn however_permits_end_across_faults_each_action_is_counted_once() {
    local(async {
        for seed in 0..200_u32 {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = FaultyStore::new(memory.clone());
            let (one, two) = (trial(&clock, store.clone()).await, trial(&clock, memory.clone()).await);
            seen(&one, 5).await;
            let mut n = seed.wrapping_mul(2_654_435_761).wrapping_add(97);
            let mut next = |of: u32| {
                n ^= n << 13;
                n ^= n >> 17;
                n ^= n << 5;
                n % of
            };
            let (mut expected, mut held) = (5, Vec::new());
            for _ in 0..12 {
                match next(5) {
                    0 | 1 => held.extend(
                        one.reserve(&add_friend()).await.permit().map(|permit| (permit.id(), permit)),
                    ),
                    2 => store.fail_next(u64::from(next(3)), Fault::Busy),
                    3 => clock.advance(SECOND * next(20)),
                    _ if held.is_empty() => {}
                    _ => {
                        let (id, permit) =
                            held.swap_remove(next(u32::try_from(held.len()).unwrap()) as usize);
                        match next(5) {
                            0 => {
                                permit.commit().await;
                                expected += 1;
                            }
                            1 => {
                                drop(permit);
                            }
                            2 => {
                                two.commit_permit(id, Done::All).await;
                                permit.commit().await;
                                expected += 1;
                            }
                            3 => {
                                permit.keep();
                                store.recover();
                                one.record(&Action::Search).await;
                                one.commit_permit(id, Done::All).await;
                                two.commit_permit(id, Done::All).await;
                                expected += 1;
                            }
                            _ => {
                                drop(permit.commit());
                                one.commit_permit(id, Done::All).await;
                                expected += 1;
                            }
                        }
                    }
                }
            }
            store.recover();
            let left = held.len();
            one.record(&Action::Search).await;
            two.record(&Action::Search).await;
            one.record(&Action::Search).await;
            assert_eq!((friends(&one).0, friends(&two).0), (expected, expected), "{seed}");
            assert_eq!(friends(&one).1, friends(&two).1, "{seed} {left}");
            drop(held);
            one.record(&Action::Search).await;
            two.record(&Action::Search).await;
            assert_eq!((friends(&one), friends(&two)), ((expected, 0), (expected, 0)), "{seed}");
        }
    });
}

#[test]
fn a_group_made_by_a_clock_ahead_is_not_known_from_a_time_to_come() {
    local(async {
        let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
        let real = clock.now();
        clock.set(real.plus(30 * DAY));
        let guard = online(&clock, memory.clone(), &wire).decisions(strict()).open().await.unwrap();
        let create = Action::CreateGroup { owner: ada(), kind: GroupType::Work, initial_members: 3 };
        let by_object = guard.reserve(&create).await.permit().unwrap();
        let by_id = guard.reserve(&create).await.permit().unwrap().keep();
        corrected(&guard, &wire, real, 1).await;
        by_object.commit_as(&group("g")).await;
        guard.commit_permit(by_id, Done::Created(group("h"))).await;
        for id in ["g", "h"] {
            let evidence = guard
                .assess(&Action::AddMembers { group: group(id), kind: GroupType::Work, count: 1 })
                .tightest()
                .unwrap()
                .evidence;
            assert!(evidence.usage_as_of.unwrap() <= guard.now(), "{id} {:?}", evidence.usage_as_of);
            assert_eq!(evidence.used, 4);
        }
    });
}
