//! Racing reservations, whatever their number, the room, the store and what becomes of the permits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use futures::executor::block_on;
use planguard::client::Committed;
use planguard::store::{MemoryStore, SqliteStore, Store};
use planguard::{Action, Observation, Planguard};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{ada, clock, enforcing, user};

/// The Free Trial allows so many friends.
const FRIENDS: u64 = 20;

fn open(store: impl Store + 'static) -> Planguard {
    block_on(enforcing(Arc::new(store), &clock()))
}

/// Every racer asks for one friend at the same moment, through one of the guards; those in `commits` commit what they
/// get and the others give it back at once. Returns how many got a permit, how many committed, and what is used then.
fn race(guards: &[Planguard], room: u64, commits: &[bool]) -> (usize, usize, u64) {
    let ada = ada();
    block_on(guards[0].observe(&Observation::Friends { user: ada, count: FRIENDS - room }));
    let start = Barrier::new(commits.len());
    let (held, committed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for (n, &commit) in commits.iter().enumerate() {
            let (start, held, committed) = (&start, &held, &committed);
            let guard = &guards[n % guards.len()];
            scope.spawn(move || {
                let peer = user(&format!("peer{n}"));
                start.wait();
                let Some(permit) = block_on(guard.reserve(&Action::AddFriend { user: ada, peer })).permit()
                else {
                    return;
                };
                held.fetch_add(1, Ordering::SeqCst);
                if commit {
                    assert_eq!(block_on(permit.commit()), Committed::InTime);
                    committed.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    // A reservation catches up with what the other guard wrote; the one asked for here is given back at once.
    let last = user("last");
    drop(block_on(guards[0].reserve(&Action::AddFriend { user: ada, peer: last })));
    let verdict = guards[0].assess(&Action::AddFriend { user: ada, peer: last });
    let used = verdict.checks.iter().map(|check| check.evidence.used).max().unwrap();
    (held.into_inner(), committed.into_inner(), used)
}

fn holds(guards: &[Planguard], room: u64, commits: &[bool]) -> Result<(), TestCaseError> {
    let fits = usize::try_from(room).unwrap();
    let (held, committed, used) = race(guards, room, commits);
    prop_assert!(committed <= fits, "{committed} committed into room for {fits}");
    prop_assert_eq!(used, FRIENDS - room + committed as u64);
    if commits.iter().all(|&commit| commit) {
        prop_assert_eq!(held, fits.min(commits.len()), "nobody gave anything back");
    } else {
        prop_assert!(held >= fits.min(commits.len()), "room was left and somebody was refused");
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::drawn::cases(48))]

    #[test]
    fn n_racing_reserves_never_oversell(
        room in 0..=FRIENDS,
        commits in prop_oneof![vec(Just(true), 1..32), vec(any::<bool>(), 1..32)],
    ) {
        holds(&[open(MemoryStore::new())], room, &commits)?;
        let shared = MemoryStore::new();
        holds(&[shared.clone(), shared].map(open), room, &commits)?;
    }
}

proptest! {
    #![proptest_config(crate::drawn::cases(16))]

    #[test]
    fn nor_do_those_of_two_processes_on_one_file(
        room in 0..=FRIENDS,
        commits in prop_oneof![vec(Just(true), 1..24), vec(any::<bool>(), 1..24)],
    ) {
        let dir = tempfile::tempdir().unwrap();
        let file = || open(SqliteStore::open(dir.path().join("planguard.db")).unwrap());
        holds(&[file(), file()], room, &commits)?;
    }
}
