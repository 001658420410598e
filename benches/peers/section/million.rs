//! A server's file with a million users: the first right answer after opening, and a write after another process's.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use futures::executor::block_on;
use planguard::store::{Store, StoreError};
use planguard::{
    LoginIntent, LoginOutcome, Observation, OpenError, Planguard, ProviderError, SqliteStore, UserId,
};
use planguard_bench::cli::Arguments;
use planguard_bench::fill::{self, Rows};
use planguard_bench::operation::{add_friend, login};
use planguard_bench::report::{Report, Target, Timing, Wanted, nanoseconds};
use planguard_bench::{app, process};

use super::thousands;
use crate::rounds::min_and_median;

/// A write of one user.
type Write = fn(&Planguard, UserId);

/// Rounds of writes, alone and after another guard's.
const ROUNDS: u32 = 60;

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let count = arguments.pick(1_000_000, 30_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let started = Instant::now();
    fill::fill(&store(&path), count, Rows::FriendsAndLedger, |done| {
        if done % 100_000 == 0 {
            println!("    {done} of {count} users written");
        }
    });
    println!("    filled in {:.1} s (not measured)", started.elapsed().as_secs_f64());
    // The file has the document too, from an earlier run of the server.
    drop(open_patiently(&path, report));
    open(&path, count, arguments, report);
    foreign(&path, count, report);
}

fn store(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path).unwrap())
}

/// From the path to two right answers: a limit that is nearly used up, and a login that passes because its user is
/// counted already.
fn open(path: &Path, count: u32, arguments: &Arguments, report: &mut Report) {
    let (mut to_check, mut to_login) = (Vec::new(), Vec::new());
    for round in 0..arguments.pick(3, 2) {
        let number = count / 2 + 977 + round;
        let user = UserId::new(app::name(number)).unwrap();
        let peer = UserId::new(app::name(number + 1)).unwrap();
        let started = Instant::now();
        let guard = block_on(app::builder(store(path)).open()).unwrap();
        let assessment = guard.assess(&add_friend(user, peer));
        let checked = started.elapsed();
        assert_eq!(guard.entitlements().revision(), 7, "the answer rests on no document");
        let found: Vec<_> = assessment.checks.iter().map(|check| check.evidence.used).collect();
        for expected in [fill::friends(number), fill::friends(number + 1)] {
            assert!(found.contains(&expected), "{expected} friends are in the file, not {found:?}");
        }
        // A push wakes nobody who is not counted this month.
        let woken = guard.login(user, LoginIntent::PushWake, || async { Ok::<_, ProviderError>(()) });
        let woken = block_on(woken).unwrap();
        assert!(matches!(woken, LoginOutcome::Executed { .. }), "counted in the file, but {woken:?}");
        let logged_in = started.elapsed();
        to_check.push(checked.as_secs_f64() * 1e9);
        to_login.push(logged_in.as_secs_f64() * 1e9);
        if let Some(bytes) = process::resident() {
            println!("    {} MB are resident with the guard open", bytes / 1_000_000);
        }
    }
    let (check, median) = min_and_median(to_check);
    let (login, _) = min_and_median(to_login);
    let among = thousands(count);
    report.target(Target {
        what: format!("open with {among} ledger and {among} counter rows, to the first right answer"),
        measured: format!(
            "{} (median {}); with a login of a counted user {}",
            nanoseconds(check),
            nanoseconds(median),
            nanoseconds(login)
        ),
        value: Some(check / 1e9),
        unit: "s",
        wanted: Wanted::Below(1.0),
    });
}

/// What the write of another guard costs the next write of this one.
fn foreign(path: &Path, count: u32, report: &mut Report) {
    let guards = [(); 2].map(|()| open_patiently(path, report));
    let kinds: [(&str, Write); 2] = [("first login", first_login), ("observe", observe)];
    let mut worst: Option<(f64, String)> = None;
    for (kind, (name, write)) in kinds.into_iter().enumerate() {
        let (mut alone, mut after) = (Vec::new(), Vec::new());
        let kind = u32::try_from(kind).unwrap();
        for round in 0..ROUNDS {
            let users = app::users(count + 3 * (kind * ROUNDS + round), 3);
            alone.push(timed(|| write(&guards[0], users[0])));
            write(&guards[1], users[1]);
            after.push(timed(|| write(&guards[0], users[2])));
        }
        let timing = |name: String, times| {
            let (min, median) = min_and_median(times);
            println!("    {name:<58} min {:>10}   median {:>10}", nanoseconds(min), nanoseconds(median));
            Timing {
                group: format!("a write beside another process, {} users", thousands(count)),
                name,
                min,
                median,
            }
        };
        let timings = [
            timing(format!("{name}, alone"), alone),
            timing(format!("{name}, after another guard's"), after),
        ];
        // By the median: a single round in which the other's write fell out of sight says nothing.
        let more = timings[1].median - timings[0].median;
        let measured =
            format!("{name}: {} against {}", nanoseconds(timings[1].median), nanoseconds(timings[0].median));
        if worst.as_ref().is_none_or(|(most, _)| more > *most) {
            worst = Some((more, measured));
        }
        report.timings.extend(timings);
    }
    let (more, measured) = worst.unwrap();
    report.target(Target {
        what: format!(
            "a write after a foreign write, {} users: what it costs more (medians)",
            thousands(count)
        ),
        measured,
        value: Some(more.max(0.0) / 1e6),
        unit: "ms",
        wanted: Wanted::Below(5.0),
    });
}

/// Opens a guard; again while the store is busy, which a note tells of: it is what an app would meet.
fn open_patiently(path: &Path, report: &mut Report) -> Planguard {
    for attempt in 1..=10 {
        match app::try_guard(store(path)) {
            Ok(guard) => return guard,
            Err(OpenError::Store(StoreError::Busy)) => {
                report.note(format!("opening a guard on it found the file busy (attempt {attempt})"));
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the file stays busy");
}

fn first_login(guard: &Planguard, user: UserId) {
    assert!(matches!(block_on(login(guard, user)), LoginOutcome::Executed { .. }));
}

fn observe(guard: &Planguard, user: UserId) {
    block_on(guard.observe(&Observation::Friends { user, count: 7 }));
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64() * 1e9
}
