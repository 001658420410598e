//! Machines whose clocks have nothing in common but the server's.

use std::time::Duration;

use planguard::model::{LeaseAnswer, LeaseEnd, Moment, Owner, Pseudonym, Wait};
use planguard::store::contract::write;
use planguard::store::{PostgresOptions, PostgresStore, Store};
use planguard::time::{Clock as _, Elapsed, ManualClock};
use planguard_servers::Postgres;

use crate::tools::{connect, noon, reserve};

const SETTLE: Duration = Duration::from_secs(10);

/// A machine that has run for so many seconds, with its store.
fn machine(url: &str, up: u64) -> (ManualClock, PostgresStore) {
    let clock = ManualClock::at(noon());
    clock.advance(Duration::from_secs(up));
    let store = connect(url, PostgresOptions::new().machine(std::sync::Arc::new(clock.clone()))).unwrap();
    (clock, store)
}

fn acquire(store: &dyn Store, owner: u128, now: Elapsed) -> LeaseAnswer {
    let wait = Wait::new(now, Duration::from_secs(30));
    write(store, move |t| t.acquire_lease(Pseudonym([7; 16]), Owner(owner), wait, SETTLE)).unwrap()
}

#[test]
fn a_lease_holds_on_a_machine_that_was_started_hours_later_or_earlier() {
    for (ours, theirs) in [(90_000, 60), (60, 90_000), (500, 500)] {
        let url = Postgres::shared().database("leases");
        let ((here, one), (there, other)) = (machine(&url, ours), machine(&url, theirs));
        let LeaseAnswer::Granted { fence } = acquire(&one, 1, here.elapsed()) else { panic!("free") };
        let held = acquire(&other, 2, there.elapsed());
        let LeaseAnswer::Held(lease) = held else { panic!("{held:?}: it runs on the other machine") };
        let left = lease.wait.left(there.elapsed());
        assert!(left <= Duration::from_secs(30) && left > Duration::from_secs(25), "{left:?}");
        // Half an hour later by the clock of that machine alone, as after a sleep that the other slept, too.
        there.advance(Duration::from_secs(31));
        here.advance(Duration::from_secs(31));
        let LeaseAnswer::Granted { fence: next } = acquire(&other, 2, there.elapsed()) else {
            panic!("its time is over")
        };
        assert!(next > fence);
        let now = Moment { at: noon(), elapsed: here.elapsed() };
        let ended = write(&one, move |t| t.end_lease(Pseudonym([7; 16]), fence, LeaseEnd::Succeeded, now));
        assert!(!ended.unwrap(), "an older fence is void");
    }
}

#[test]
fn room_that_another_machine_holds_is_held() {
    let url = Postgres::shared().database("room");
    let ((here, one), (there, other)) = (machine(&url, 1_000_000), machine(&url, 5));
    assert!(reserve(&one, 1, 2, here.elapsed()));
    assert!(reserve(&other, 2, 2, there.elapsed()));
    assert!(!reserve(&one, 3, 2, here.elapsed()));
    assert!(!reserve(&other, 4, 2, there.elapsed()));
    there.advance(Duration::from_secs(61));
    assert!(reserve(&other, 5, 2, there.elapsed()), "a minute is over");
}
