//! Several processes on one store: two guards act as two, and real ones do, some of which are killed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod processes;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use planguard::login::{Begun, DenyReason, LoginOutcome, LoginRequest, ProviderError};
use planguard::store::{MemoryStore, ProcessRole, SqliteStore, Store, StoreError, Work};
use planguard::time::{Clock as _, ManualClock};
use planguard::{CatalogId, EditionId, Planguard, SessionMode};
use processes::Part;
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
    // However long either is held up: a lease does not lapse, and an answer stays one.
    let part = Part { lease: Some(LONG), settle: Some(LONG), ..Part::in_dir(&dir) };
    let mut one = part.start();
    let mut other = part.start();
    one.tell();
    assert_eq!(one.hear(), "called");
    // The other one asks while the first one's upstream call runs, or right after it.
    other.tell();
    one.tell();
    assert_eq!(one.hear(), "executed");
    assert_eq!(other.hear(), "joined");
    assert_eq!(processes::calls(&dir), 1);
}

/// Far longer than a test runs.
const LONG: Duration = Duration::from_secs(3_600);

/// A process is killed in its login; what the next one does, which asks for the same user.
fn after_a_death(dead: &Part, next: &Part) -> String {
    let mut dying = dead.start();
    dying.tell();
    assert_eq!(dying.hear(), "called");
    dying.kill();
    let mut heir = next.start();
    heir.tell();
    let answer = heir.hear();
    if answer == "called" {
        heir.tell();
        assert_eq!(heir.hear(), "executed");
        assert_eq!(
            heir.hear(),
            "active 1, uncertain 0, asked 1",
            "the dead one's login was of this user too"
        );
    }
    answer
}

#[test]
fn the_next_process_of_a_role_takes_over_at_once() {
    for ticket in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        // Its lease would last for an hour.
        let part = Part { role: Some(ProcessRole::App), lease: Some(LONG), ticket, ..Part::in_dir(&dir) };
        assert_eq!(after_a_death(&part, &part), "called");
        assert_eq!(processes::calls(&dir), 2);
    }
}

#[test]
fn a_process_of_another_role_leaves_a_running_login_alone() {
    for ticket in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let app = Part { role: Some(ProcessRole::App), lease: Some(LONG), ticket, ..Part::in_dir(&dir) };
        let extension = Part { role: Some(ProcessRole::Extension), timeout: Some(3 * SECOND), ..app.clone() };
        assert_eq!(after_a_death(&app, &extension), "timed out");
        assert_eq!(processes::calls(&dir), 1);
    }
}

#[test]
fn without_a_role_a_dead_process_holds_its_user_up_for_seconds() {
    // What it holds for a person who waits a minute; how many seconds they are is tested on a clock turned by hand.
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(after_a_death(&Part::in_dir(&dir), &Part::in_dir(&dir)), "called");
    // Nothing renews a ticket: it waits for as long as the app says that its answer may take.
    let dir = tempfile::tempdir().unwrap();
    let part = Part { ticket: true, lease: Some(2 * SECOND), ..Part::in_dir(&dir) };
    assert_eq!(after_a_death(&part, &part), "called");
}

/// Holds the thread of a store up until it is dropped: meanwhile the store answers nothing, for longer than any file that
/// another process has locked.
struct Stuck {
    release: Option<std::sync::mpsc::Sender<()>>,
    _store: Arc<SqliteStore>,
}

impl Stuck {
    fn hold(store: &Arc<SqliteStore>) -> Self {
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (stuck, is_stuck) = std::sync::mpsc::channel();
        // It ends when it is let go, and changes nothing.
        let held = store.transact(Work::write(move |_, _| {
            stuck.send(()).unwrap();
            let _ = released.recv();
            Err(StoreError::Busy)
        }));
        is_stuck.recv().unwrap();
        drop(held);
        Self { release: Some(release), _store: Arc::clone(store) }
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        // Before the store, which waits for its works.
        self.release = None;
    }
}

/// A guard on a store on disk, and that store.
async fn on_disk(clock: &ManualClock, dir: &tempfile::TempDir) -> (Planguard, Arc<SqliteStore>) {
    let store = Arc::new(SqliteStore::open(dir.path().join("planguard.db")).unwrap());
    let guard = builder(clock)
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .session_mode(SessionMode::MultiUser)
        .shared_store(store.clone())
        .open();
    (guard.await.unwrap(), store)
}

/// What comes of a call whose caller waits a second, by the clock. The store answers nothing: a call that waited for it
/// would never end.
async fn within_its_time<T>(clock: &ManualClock, call: impl Future<Output = T>) -> T {
    let (asked, mut call) = (clock.elapsed(), pin!(call));
    loop {
        if let Some(answer) = futures::future::poll_immediate(call.as_mut()).await {
            return answer;
        }
        settle().await;
        let waited = clock.elapsed().since(asked);
        // Keeping an answer that came at the last moment takes a sixteenth more.
        assert!(waited < Duration::from_millis(1_100), "{waited:?}");
        clock.advance(Duration::from_millis(25));
    }
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
    local(async {
        let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
        let (guard, store) = on_disk(&clock, &dir).await;
        let _stuck = Stuck::hold(&store);
        assert!(within_its_time(&clock, logs_in(&guard, "ada")).await);
        assert!(within_its_time(&clock, logs_in(&guard, "bob")).await, "and the waits do not add up");
    });
}

#[test]
fn a_store_that_is_locked_holds_no_ticket_beyond_its_time() {
    local(async {
        for (ends_well, patient) in [(true, true), (true, false), (false, true), (false, false)] {
            let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
            let (guard, store) = on_disk(&clock, &dir).await;
            let _stuck = Stuck::hold(&store);
            let request = if patient { a_second("ada") } else { a_second("ada").no_wait() };
            let begun = within_its_time(&clock, guard.begin_login_with(request)).await;
            let Begun::Ticket(ticket) = begun.unwrap() else { panic!("nobody else is there") };
            if ends_well {
                assert!(within_its_time(&clock, ticket.succeed()).await.is_logged_in());
            } else {
                let failed = within_its_time(&clock, ticket.fail(9506, "")).await;
                assert_eq!(failed.unwrap_err().code, 9506);
            }
        }
    });
}

#[test]
fn a_store_locked_after_the_ticket_was_given_holds_no_answer_up() {
    local(async {
        for ends_well in [true, false] {
            let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
            let (guard, store) = on_disk(&clock, &dir).await;
            let begun = guard.begin_login_with(a_second("ada")).await;
            let Begun::Ticket(ticket) = begun.unwrap() else { panic!("nobody else is there") };
            let _stuck = Stuck::hold(&store);
            if ends_well {
                assert!(within_its_time(&clock, ticket.succeed()).await.is_logged_in());
            } else {
                let failed = within_its_time(&clock, ticket.fail(60_020, "")).await;
                assert_eq!(failed.unwrap_err().code, 60_020);
            }
        }
    });
}

#[test]
fn a_store_that_is_locked_holds_eight_logins_at_once_no_longer_than_one() {
    local(async {
        let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
        let (guard, store) = on_disk(&clock, &dir).await;
        let stuck = Stuck::hold(&store);
        let users: Vec<String> = (0..8).map(|n| format!("user {n}")).collect();
        let logins = futures::future::join_all(users.iter().map(|user| logs_in(&guard, user)));
        assert_eq!(within_its_time(&clock, logins).await, [true; 8]);
        drop(stuck);
        // What memory kept meanwhile comes into the store, once each.
        let report = loop {
            match guard.login_report(guard.billing_month()).await {
                Ok(report) => break report,
                Err(StoreError::Busy) => settle().await,
                Err(error) => panic!("{error}"),
            }
        };
        assert_eq!((report.active_users, report.new_active_users, report.executed), (8, 8, 8));
        assert_eq!(report.uncertain, 0);
    });
}

#[test]
fn ten_thousand_logins_on_many_threads_make_one_upstream_call() {
    let dir = tempfile::tempdir().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let (guard, _store) = runtime.block_on(on_disk(&clock(), &dir));
    let outcomes = runtime.block_on(async {
        let logins: Vec<_> = (0..10_000)
            .map(|_| {
                let (guard, calls) = (guard.clone(), Arc::clone(&calls));
                tokio::spawn(async move {
                    let upstream = || async {
                        calls.fetch_add(1, Ordering::SeqCst);
                        tokio::task::yield_now().await;
                        Ok::<_, ProviderError>(())
                    };
                    guard.login_with(request("ada"), upstream).await.unwrap()
                })
            })
            .collect();
        futures::future::join_all(logins).await
    });
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap().is_logged_in()));
    let report = futures::executor::block_on(guard.login_report(guard.billing_month())).unwrap();
    assert_eq!((report.executed, report.active_users, report.asked()), (1, 1, 10_000));
}

/// Not a test of its own: what the processes run that others start.
#[test]
fn child_process() {
    processes::play_a_part();
    processes::crowd::join_the_crowd();
}

#[test]
fn four_processes_of_eight_threads_log_each_user_in_once_and_oversell_nothing() {
    processes::crowd::meet();
}
