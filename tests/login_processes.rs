//! Several processes on one store: two guards act as two, and real ones do, some of which are killed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod processes;

use std::time::Duration;

use planguard::login::{Begun, DenyReason, LoginOutcome, LoginRequest, ProviderError};
use planguard::store::{MemoryStore, ProcessRole, SqliteStore, Store, StoreError, Work};
use planguard::time::{Clock as _, ManualClock, SystemClock};
use planguard::{CatalogId, EditionId, Planguard, SessionMode};
use processes::{Part, Process};
use support::{MINUTE, SECOND, Upstream, builder, clock, error, local, never, now, request, settle, spawn};

async fn open(clock: &ManualClock, store: impl Store + 'static) -> Planguard {
    builder(clock).fallback(CatalogId::INTL_2024, EditionId::STANDARD).store(store).open().await.unwrap()
}

/// Two guards on one store, once in memory and once on disk.
async fn pairs(clock: &ManualClock, dir: &tempfile::TempDir) -> [(Planguard, Planguard); 2] {
    let memory = MemoryStore::new();
    let path = dir.path().join("planguard.db");
    let disk = || SqliteStore::open(&path).unwrap();
    let pairs = [
        (open(clock, memory.clone()).await, open(clock, memory).await),
        (open(clock, disk()).await, open(clock, disk()).await),
    ];
    clock.advance(Duration::from_millis(1));
    pairs
}

/// Lets everything run until it waits: a store on disk works on a thread of its own, and answers in order.
async fn rest(guards: [&Planguard; 2]) {
    for _ in 0..8 {
        settle().await;
        for guard in guards {
            guard.login_report("2024-08".parse().unwrap()).await.unwrap();
        }
    }
    settle().await;
}

#[test]
fn a_login_that_runs_in_another_process_is_joined() {
    local(async {
        let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
        for (one, other) in pairs(&clock, &dir).await {
            let sdk = Upstream::default();
            let first = spawn(&one, request("ada"), &sdk);
            rest([&one, &other]).await;
            let second = spawn(&other, request("ada"), &sdk);
            rest([&one, &other]).await;
            assert_eq!(sdk.started(), 1);
            // Far longer than a lease outlives its process: it is renewed meanwhile.
            for _ in 0..40 {
                clock.advance(SECOND);
                rest([&one, &other]).await;
            }
            assert_eq!(sdk.started(), 1);
            sdk.answer(Ok(1));
            assert!(matches!(first.await.unwrap().unwrap(), LoginOutcome::Executed { .. }));
            clock.advance(SECOND);
            assert_eq!(second.await.unwrap().unwrap(), LoginOutcome::Joined);
            // What one process counted, the other knows.
            assert_eq!(never(&other, request("ada")).await, LoginOutcome::AlreadyLoggedIn);
            for guard in [&one, &other] {
                let report = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
                assert_eq!((report.active_users, report.new_active_users, report.uncertain), (1, 1, 0));
            }
        }
    });
}

#[test]
fn what_failed_in_one_process_waits_in_the_other_too() {
    local(async {
        let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
        for (one, other) in pairs(&clock, &dir).await {
            now(&one, request("ada"), Err(error(9506))).await.unwrap_err();
            let outcome = never(&other, request("ada")).await;
            let LoginOutcome::Denied { reason, retry_at, .. } = outcome else { panic!("{outcome:?}") };
            assert_eq!(reason, DenyReason::BackingOff { code: 9506 });
            assert_eq!(retry_at, Some(other.now().plus(3 * SECOND)));
            clock.advance(MINUTE);
            assert!(matches!(
                now(&other, request("ada"), Ok(1)).await.unwrap(),
                LoginOutcome::Executed { .. }
            ));
        }
    });
}

#[test]
fn the_lease_of_a_process_that_died_lapses() {
    local(async {
        let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
        for (one, other) in pairs(&clock, &dir).await {
            let sdk = Upstream::default();
            let upstream = sdk.clone();
            // A process that dies drops nothing: its login stays as it is, and nothing renews its lease.
            let mut dead = Box::pin(one.login_with(request("ada"), || upstream.login()));
            while sdk.started() == 0 {
                assert!(futures::poll!(&mut dead).is_pending());
                rest([&one, &other]).await;
            }
            let waiting = spawn(&other, request("ada"), &sdk);
            rest([&one, &other]).await;
            clock.advance(4 * SECOND);
            rest([&one, &other]).await;
            assert_eq!(sdk.started(), 1, "the lease outlives its process by five seconds");
            for _ in 0..6 {
                clock.advance(Duration::from_millis(200));
                rest([&one, &other]).await;
            }
            assert_eq!(sdk.started(), 2);
            while sdk.answer(Ok(1)) {}
            assert!(matches!(waiting.await.unwrap().unwrap(), LoginOutcome::Executed { .. }));
            std::mem::forget(dead);
        }
    });
}

#[test]
fn processes_that_open_one_new_store_at_once_all_open_it() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("planguard.db");
        let start = std::sync::Barrier::new(4);
        // Connections lock files as processes do.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    SqliteStore::open(&path).unwrap();
                });
            }
        });
    }
}

#[test]
fn two_real_processes_make_one_upstream_call() {
    let dir = tempfile::tempdir().unwrap();
    let mut one = Process::start(&Part::in_dir(&dir));
    let mut other = Process::start(&Part::in_dir(&dir));
    one.tell();
    assert_eq!(one.hear(), "called");
    // The other one asks while the first one's upstream call runs, and is let through.
    other.tell();
    one.tell();
    assert_eq!(one.hear(), "executed");
    assert_eq!(other.hear(), "joined");
    assert_eq!(processes::calls(&dir), 1);
}

/// Far longer than a test runs.
const LONG: Duration = Duration::from_secs(3_600);

/// A process is killed in its login; what the next one does, which asks for the same user, and how long that takes.
fn after_a_death(dead: &Part, next: &Part) -> (String, Duration) {
    let mut dying = Process::start(dead);
    dying.tell();
    assert_eq!(dying.hear(), "called");
    dying.kill();
    let mut heir = Process::start(next);
    let asked = SystemClock.elapsed();
    heir.tell();
    let answer = heir.hear();
    let waited = SystemClock.elapsed().since(asked);
    if answer == "called" {
        heir.tell();
        assert_eq!(heir.hear(), "executed");
        assert_eq!(
            heir.hear(),
            "active 1, uncertain 0, asked 1",
            "the dead one's login was of this user too"
        );
    }
    (answer, waited)
}

#[test]
fn the_next_process_of_a_role_takes_over_at_once() {
    for ticket in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        // Its lease would last for an hour.
        let part = Part { role: Some(ProcessRole::App), lease: Some(LONG), ticket, ..Part::in_dir(&dir) };
        let (answer, _) = after_a_death(&part, &part);
        assert_eq!(answer, "called");
        assert_eq!(processes::calls(&dir), 2);
    }
}

#[test]
fn a_process_of_another_role_leaves_a_running_login_alone() {
    for ticket in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let app = Part { role: Some(ProcessRole::App), lease: Some(LONG), ticket, ..Part::in_dir(&dir) };
        let extension = Part { role: Some(ProcessRole::Extension), timeout: Some(3 * SECOND), ..app.clone() };
        assert_eq!(after_a_death(&app, &extension).0, "timed out");
        assert_eq!(processes::calls(&dir), 1);
    }
}

#[test]
fn without_a_role_a_dead_process_holds_its_user_up_for_seconds() {
    let dir = tempfile::tempdir().unwrap();
    let (answer, waited) = after_a_death(&Part::in_dir(&dir), &Part::in_dir(&dir));
    assert_eq!(answer, "called");
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    // Nothing renews a ticket: it waits for as long as the app says that its answer may take.
    let dir = tempfile::tempdir().unwrap();
    let part = Part { ticket: true, lease: Some(Duration::from_secs(2)), ..Part::in_dir(&dir) };
    let (answer, waited) = after_a_death(&part, &part);
    assert_eq!(answer, "called");
    assert!(waited < Duration::from_secs(7), "{waited:?}");
}

/// Another connection that holds the store's write lock until this is dropped.
struct Lock {
    _store: SqliteStore,
    release: Option<std::sync::mpsc::Sender<()>>,
}

impl Lock {
    fn take(path: &std::path::Path) -> Self {
        let store = SqliteStore::open(path).unwrap();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (locked, is_locked) = std::sync::mpsc::channel();
        // A work that writes begins with `BEGIN IMMEDIATE`; this one ends when it is let go, and changes nothing.
        let held = store.transact(Work::write(move |_, _| {
            locked.send(()).unwrap();
            let _ = released.recv();
            Err(StoreError::Busy)
        }));
        is_locked.recv().unwrap();
        drop(held);
        Self { _store: store, release: Some(release) }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before the store, which waits for its works.
        self.release = None;
    }
}

/// A guard on real time, whose store another process has locked.
fn locked_out(dir: &tempfile::TempDir) -> (Planguard, Lock) {
    let path = dir.path().join("planguard.db");
    let guard = Planguard::builder(support::app())
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .session_mode(SessionMode::MultiUser)
        .store(SqliteStore::open(&path).unwrap())
        .open();
    let guard = futures::executor::block_on(guard).unwrap();
    (guard, Lock::take(&path))
}

/// What a caller who waits a second waits at most, on a machine that does other things as well.
fn within_its_time<T>(call: impl Future<Output = T>) -> T {
    let asked = SystemClock.elapsed();
    let answer = futures::executor::block_on(call);
    let waited = SystemClock.elapsed().since(asked);
    assert!(waited < Duration::from_millis(1_500), "{waited:?}");
    answer
}

fn a_second(id: &str) -> LoginRequest {
    request(id).timeout(SECOND)
}

async fn logs_in(guard: &Planguard, id: &str) -> bool {
    let outcome = guard.login_with(a_second(id), || async { Ok::<_, ProviderError>(()) }).await;
    outcome.unwrap().is_logged_in()
}

#[test]
fn a_store_that_is_locked_holds_no_login_beyond_its_time() {
    let dir = tempfile::tempdir().unwrap();
    let (guard, _lock) = locked_out(&dir);
    assert!(within_its_time(logs_in(&guard, "ada")));
    assert!(within_its_time(logs_in(&guard, "bob")), "and the waits do not add up");
}

#[test]
fn a_store_that_is_locked_holds_no_ticket_beyond_its_time() {
    for ends_well in [true, false] {
        for patient in [true, false] {
            let dir = tempfile::tempdir().unwrap();
            let (guard, _lock) = locked_out(&dir);
            let begun = within_its_time(async {
                if patient {
                    guard.begin_login_with(a_second("ada")).await
                } else {
                    guard.begin_login_with(a_second("ada").no_wait()).await
                }
            });
            let Begun::Ticket(ticket) = begun.unwrap() else { panic!("nobody else is there") };
            if ends_well {
                assert!(within_its_time(ticket.succeed()).is_logged_in());
            } else {
                assert_eq!(within_its_time(ticket.fail(9506, "")).unwrap_err().code, 9506);
            }
        }
    }
}

#[test]
fn a_store_locked_after_the_ticket_was_given_holds_no_answer_up() {
    for ends_well in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let (guard, lock) = locked_out(&dir);
        drop(lock);
        let begun = futures::executor::block_on(guard.begin_login_with(a_second("ada")));
        let Begun::Ticket(ticket) = begun.unwrap() else { panic!("nobody else is there") };
        let _lock = Lock::take(&dir.path().join("planguard.db"));
        if ends_well {
            assert!(within_its_time(ticket.succeed()).is_logged_in());
        } else {
            assert_eq!(within_its_time(ticket.fail(60_020, "")).unwrap_err().code, 60_020);
        }
    }
}

#[test]
fn a_store_that_is_locked_holds_eight_logins_at_once_no_longer_than_one() {
    let dir = tempfile::tempdir().unwrap();
    let (guard, lock) = locked_out(&dir);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let guard = &guard;
            scope.spawn(move || assert!(within_its_time(logs_in(guard, &format!("user {n}")))));
        }
    });
    drop(lock);
    // What memory kept meanwhile is in the store soon, once each.
    let asked = SystemClock.elapsed();
    let report = loop {
        match futures::executor::block_on(guard.login_report(guard.billing_month())) {
            Ok(report) => break report,
            Err(error) => assert!(SystemClock.elapsed().since(asked) < MINUTE, "{error}"),
        }
        std::thread::yield_now();
    };
    assert_eq!((report.active_users, report.new_active_users, report.executed), (8, 8, 8));
    assert_eq!(report.uncertain, 0);
}

#[test]
fn ten_thousand_logins_on_many_threads_make_one_upstream_call() {
    let dir = tempfile::tempdir().unwrap();
    let (guard, lock) = locked_out(&dir);
    drop(lock);
    let calls = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let outcomes = runtime.block_on(async {
        let logins: Vec<_> = (0..10_000)
            .map(|_| {
                let (guard, calls) = (guard.clone(), std::sync::Arc::clone(&calls));
                tokio::spawn(async move {
                    let upstream = || async {
                        calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        tokio::task::yield_now().await;
                        Ok::<_, ProviderError>(())
                    };
                    guard.login_with(request("ada"), upstream).await.unwrap()
                })
            })
            .collect();
        futures::future::join_all(logins).await
    });
    assert_eq!(calls.load(std::sync::atomic::Ordering::SeqCst), 1);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap().is_logged_in()));
    let report = futures::executor::block_on(guard.login_report(guard.billing_month())).unwrap();
    assert_eq!((report.executed, report.active_users, report.asked()), (1, 1, 10_000));
}

/// Not a test of its own: what the processes run that others start.
#[test]
fn child_process() {
    processes::play_a_part();
}
