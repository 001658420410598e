//! What the tests share: opening stores and guards, small works, and child processes.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use planguard::model::{CounterKey, CounterOp, HoldItem, LimitId, Max, Moment, Owner, Subject, Wait};
use planguard::port::BoxFuture;
use planguard::store::contract::{block_on, read, write};
use planguard::store::{
    Pass, PermitId, PostgresOptions, PostgresStore, Reserve, ReserveAnswer, Store, StoreError,
};
use planguard::time::{Clock, Elapsed, SystemClock, Timestamp};

pub(crate) const GROUPS: CounterKey =
    CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };

pub(crate) fn connect(url: &str, options: PostgresOptions) -> Result<PostgresStore, StoreError> {
    block_on(PostgresStore::connect(url, options))
}

pub(crate) fn open(url: &str) -> Arc<PostgresStore> {
    Arc::new(connect(url, PostgresOptions::new()).unwrap())
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-01T04:00:00Z".parse().unwrap()
}

/// Adds one, and gives what is then used.
pub(crate) fn add(store: &dyn Store) -> Result<u64, StoreError> {
    write(store, |t| {
        t.apply(&[CounterOp::Add { key: GROUPS, delta: 1, at: noon() }])?;
        Ok(t.counter(&GROUPS, Elapsed(0))?.used())
    })
}

pub(crate) fn used(store: &dyn Store) -> Result<u64, StoreError> {
    read(store, |t| Ok(t.counter(&GROUPS, Elapsed(0))?.used()))
}

/// Asks for room for one of `max`, for a minute.
pub(crate) fn reserve(store: &dyn Store, permit: u128, max: u64, elapsed: Elapsed) -> bool {
    let reserve = Reserve {
        permit: PermitId(permit),
        owner: Owner(1),
        items: vec![HoldItem { key: GROUPS, amount: 1, max: Max::Of(max) }],
        wait: Wait::new(elapsed, Duration::from_secs(60)),
        now: Moment { at: noon(), elapsed },
        pass: Pass::First,
    };
    let answer = write(store, move |t| t.reserve(&reserve)).unwrap();
    matches!(answer, ReserveAnswer::Held { .. })
}

/// The system's clock, by which nobody gives up for minutes: a machine that is busy is no store that hangs.
pub(crate) struct Patient(pub(crate) SystemClock);

impl Clock for Patient {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn elapsed(&self) -> Elapsed {
        self.0.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(if duration < Duration::from_secs(1) { duration } else { duration * 60 })
    }
}

/// One line for the parent, told from the test harness's own.
pub(crate) fn say(word: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n@{word}").unwrap();
    out.flush().unwrap();
}

/// This program, started again.
pub(crate) struct Process {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts one, and waits until it is ready.
    pub(crate) fn start(environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_process", "--exact", "--nocapture", "--test-threads=1"])
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut process = Self { child, output };
        assert_eq!(process.hear(), "ready");
        process
    }

    /// What it says next.
    pub(crate) fn hear(&mut self) -> String {
        self.hear_or_end().expect("a process that goes on")
    }

    /// What it says next; `None` once it has ended.
    pub(crate) fn hear_or_end(&mut self) -> Option<String> {
        loop {
            let line = self.output.next()?.unwrap();
            if let Some(word) = line.strip_prefix('@') {
                return Some(word.to_owned());
            }
        }
    }

    /// Tells it to go on.
    pub(crate) fn tell(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    }

    /// Kills it, as the system does: it cleans up nothing.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the parent says so.
pub(crate) fn wait_for_word() {
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
