//! Machines whose clocks have nothing in common but the server's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use planguard::model::{LeaseAnswer, LeaseEnd, Moment, Owner, Pseudonym, Wait};
use planguard::port::BoxFuture;
use planguard::store::contract::write;
use planguard::store::{PostgresOptions, PostgresStore, Store};
use planguard::time::{Clock, Elapsed, ManualClock, SystemClock, Timestamp};
use planguard_servers::Postgres;

use crate::tools::{connect, noon, reserve, wait_until};

const SETTLE: Duration = Duration::from_secs(10);

/// A machine that has run for so many seconds, with its store.
fn machine(url: &str, up: u64) -> (ManualClock, PostgresStore) {
    let clock = ManualClock::at(noon());
    clock.advance(Duration::from_secs(up));
    let store = connect(url, PostgresOptions::new().machine(Arc::new(clock.clone()))).unwrap();
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
    assert!(reserve(&one, 1, 2, here.elapsed()).unwrap());
    assert!(reserve(&other, 2, 2, there.elapsed()).unwrap());
    assert!(!reserve(&one, 3, 2, here.elapsed()).unwrap());
    assert!(!reserve(&other, 4, 2, there.elapsed()).unwrap());
    there.advance(Duration::from_secs(61));
    assert!(reserve(&other, 5, 2, there.elapsed()).unwrap(), "a minute is over");
}

#[test]
fn the_servers_clock_is_read_after_the_wait_for_who_writes() {
    let (server, url) = (Postgres::shared(), Postgres::shared().database("waits"));
    let name = url.rsplit('/').next().unwrap();
    let (clock, store) = machine(&url, 1_000);
    // Somebody holds the row of the store, waits until the store waits for it, and lets go of it as it was.
    let hold = "BEGIN; SELECT seq FROM planguard.head FOR UPDATE; DO $$ BEGIN FOR i IN 1..6000 LOOP \
                PERFORM pg_stat_clear_snapshot(); \
                EXIT WHEN EXISTS (SELECT FROM pg_stat_activity \
                WHERE datname = current_database() AND wait_event_type = 'Lock'); \
                PERFORM pg_sleep(0.01); END LOOP; END $$; \
                SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint; ROLLBACK";
    let let_go = std::thread::scope(|scope| {
        let holder = scope.spawn(|| server.sql(name, hold));
        let locks = "SELECT count(*) FROM pg_locks WHERE relation = 'planguard.head'::regclass AND mode = 'RowShareLock'";
        wait_until(|| server.sql(name, locks) != "0");
        assert!(matches!(acquire(&store, 1, clock.elapsed()), LeaseAnswer::Granted { .. }));
        holder.join().unwrap()
    });
    let let_go: i64 = let_go.lines().last().unwrap().parse().unwrap();
    let ahead: i64 = server.sql(name, "SELECT ahead FROM planguard.leases").parse().unwrap();
    let read = ahead + i64::try_from(clock.elapsed().0).unwrap();
    assert!(
        read >= let_go,
        "{} ms early: other machines take the lease to end as much earlier",
        let_go - read
    );
}

/// A machine's clock that is set: to the machine, the server's clock then is.
#[derive(Debug)]
struct Set(AtomicU64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        noon()
    }

    fn elapsed(&self) -> Elapsed {
        Elapsed(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        SystemClock.sleep(duration)
    }
}

#[test]
fn a_lease_outlasts_a_server_whose_clock_is_set_on_the_machine_that_holds_it() {
    const UP: u64 = 10_000_000;
    const HOUR: u64 = 3_600_000;
    for seems in [UP - HOUR, UP + HOUR] {
        let url = Postgres::shared().database("set");
        let clock = Arc::new(Set(AtomicU64::new(UP)));
        let options = PostgresOptions::new().machine(Arc::clone(&clock) as _);
        let (one, other) = (connect(&url, options.clone()).unwrap(), connect(&url, options).unwrap());
        assert!(matches!(acquire(&one, 1, Elapsed(UP)), LeaseAnswer::Granted { .. }));
        clock.0.store(seems, Ordering::SeqCst);
        let later = Elapsed(UP + 1_000);
        write(&other, move |t| t.sweep_leases(later, SETTLE)).unwrap();
        let held = acquire(&other, 2, later);
        assert!(matches!(held, LeaseAnswer::Held(_)), "{seems}: {held:?}");
        let over = Elapsed(UP + 31_000);
        write(&other, move |t| t.sweep_leases(over, SETTLE)).unwrap();
        assert!(matches!(acquire(&other, 2, over), LeaseAnswer::Granted { .. }), "{seems}");
    }
}
