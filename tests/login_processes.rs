//! Several processes on one store: two guards act as two, and two real ones do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use planguard::login::{LoginFailure, LoginOutcome, ProviderError};
use planguard::store::{MemoryStore, SqliteStore, Store};
use planguard::time::ManualClock;
use planguard::{CatalogId, EditionId, Planguard};
use support::{
    MINUTE, SECOND, Upstream, app, builder, clock, error, local, never, now, request, settle, spawn,
};

fn open(clock: &ManualClock, store: impl Store + 'static) -> Planguard {
    builder(clock).fallback(CatalogId::Intl2024, EditionId::Standard).store(store).open().unwrap()
}

/// Two guards on one store, once in memory and once on disk.
fn pairs(clock: &ManualClock, dir: &tempfile::TempDir) -> [(Planguard, Planguard); 2] {
    let memory = MemoryStore::new();
    let path = dir.path().join("planguard.db");
    let pairs = [
        (open(clock, memory.clone()), open(clock, memory)),
        (open(clock, SqliteStore::open(&path).unwrap()), open(clock, SqliteStore::open(&path).unwrap())),
    ];
    clock.advance(Duration::from_millis(1));
    pairs
}

#[test]
fn a_login_that_runs_in_another_process_is_joined() {
    local(async {
        let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
        for (one, other) in pairs(&clock, &dir) {
            let sdk = Upstream::default();
            let first = spawn(&one, request("ada"), &sdk);
            settle().await;
            let second = spawn(&other, request("ada"), &sdk);
            settle().await;
            assert_eq!(sdk.started(), 1);
            // Far longer than a lease outlives its process: it is renewed meanwhile.
            for _ in 0..40 {
                clock.advance(SECOND);
                settle().await;
            }
            assert_eq!(sdk.started(), 1);
            sdk.answer(Ok(1));
            assert!(matches!(first.await.unwrap().unwrap(), LoginOutcome::Executed { .. }));
            clock.advance(SECOND);
            assert_eq!(second.await.unwrap().unwrap(), LoginOutcome::Joined);
            // What one process counted, the other knows.
            assert_eq!(never(&other, request("ada")).await, LoginOutcome::AlreadyLoggedIn);
            for guard in [&one, &other] {
                let report = guard.login_report("2024-08".parse().unwrap()).unwrap();
                assert_eq!((report.active_users, report.new_active_users), (1, 1));
            }
        }
    });
}

#[test]
fn a_failure_in_another_process_is_shared_and_waited_for() {
    local(async {
        let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
        for (one, other) in pairs(&clock, &dir) {
            now(&one, request("ada"), Err(error(9506))).await.unwrap_err();
            let outcome: support::Outcome =
                other.login(request("ada"), || async { panic!("not sent") }).await;
            let failure = outcome.unwrap_err();
            assert_eq!((failure.code, failure.source), (9506, None));
            assert!(matches!(never(&other, request("ada")).await, LoginOutcome::Denied { .. }));
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
        for (one, other) in pairs(&clock, &dir) {
            let sdk = Upstream::default();
            // A process that dies drops nothing: its login stays as it is, and nothing renews its lease.
            let dead = spawn(&one, request("ada"), &sdk);
            settle().await;
            let waiting = spawn(&other, request("ada"), &sdk);
            settle().await;
            clock.set(clock_now(&clock).plus(MINUTE));
            // The wall clock moves without a timer; then time passes for the poll of the one that waits, and not
            // for a renewal.
            for _ in 0..3 {
                settle().await;
                clock.advance(Duration::from_millis(200));
            }
            settle().await;
            assert_eq!(sdk.started(), 2);
            while sdk.answer(Ok(1)) {}
            assert!(matches!(waiting.await.unwrap().unwrap(), LoginOutcome::Executed { .. }));
            dead.abort();
        }
    });
}

fn clock_now(clock: &ManualClock) -> planguard::Timestamp {
    use planguard::time::Clock as _;
    clock.now()
}

/// Environment variables by which a child knows that it is one.
const STORE: &str = "PLANGUARD_TEST_LOGIN_STORE";
const CALLS: &str = "PLANGUARD_TEST_LOGIN_CALLS";

/// Not a test of its own: what each of the two processes runs.
#[test]
fn child_process() {
    let (Ok(store), Ok(calls)) = (std::env::var(STORE), std::env::var(CALLS)) else { return };
    let guard = Planguard::builder(app())
        .fallback(CatalogId::Intl2024, EditionId::Standard)
        .store(SqliteStore::open(store).unwrap())
        .open()
        .unwrap();
    let mut line = String::new();
    let mut parent = BufReader::new(std::io::stdin());
    say("ready");
    parent.read_line(&mut line).unwrap();
    let login = async || {
        // The upstream call leaves a mark that the parent counts, and takes until the parent says so.
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(calls).unwrap();
        file.write_all(b"call\n").unwrap();
        say("called");
        parent.read_line(&mut String::new()).unwrap();
        Ok(())
    };
    let request = request("ada");
    let outcome: Result<LoginOutcome<()>, LoginFailure<ProviderError>> =
        futures::executor::block_on(guard.login(request, login));
    say(match outcome.unwrap() {
        LoginOutcome::Executed { .. } => "executed",
        LoginOutcome::Joined => "joined",
        other => panic!("{other:?}"),
    });
}

/// One line for the parent, told from the test harness's own.
fn say(word: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n@{word}").unwrap();
    out.flush().unwrap();
}

struct Process {
    child: Child,
    output: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Process {
    fn start(store: &std::path::Path, calls: &std::path::Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_process", "--exact", "--nocapture", "--test-threads=1"])
            .env(STORE, store)
            .env(CALLS, calls)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, output }
    }

    fn hear(&mut self) -> String {
        loop {
            let line = self.output.next().unwrap().unwrap();
            if let Some(word) = line.strip_prefix('@') {
                return word.to_owned();
            }
        }
    }

    fn tell(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
    let (store, calls) = (dir.path().join("planguard.db"), dir.path().join("calls"));
    let mut one = Process::start(&store, &calls);
    let mut other = Process::start(&store, &calls);
    assert_eq!((one.hear(), other.hear()), ("ready".to_owned(), "ready".to_owned()));
    one.tell();
    assert_eq!(one.hear(), "called");
    // The other one asks while the first one's upstream call runs, and is let through.
    other.tell();
    one.tell();
    assert_eq!(one.hear(), "executed");
    assert_eq!(other.hear(), "joined");
    assert_eq!(std::fs::read_to_string(&calls).unwrap(), "call\n");
}
