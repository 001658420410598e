//! A real process that logs in: this test program, started again to play a part that its parent tells it step by step.

pub(crate) mod crowd;

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use futures::executor::block_on;
use planguard::login::{Begun, FailureClass, LoginFailure, LoginOutcome, LoginPolicy, ProviderError};
use planguard::store::{ProcessRole, SqliteStore};
use planguard::{CatalogId, EditionId, Planguard};
use support::{app, request};

/// The part of a process, as its environment holds it.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Where store and calls are kept.
    pub(crate) dir: PathBuf,
    /// The role it names.
    pub(crate) role: Option<ProcessRole>,
    /// How long its right to log in outlives it, where that is not the default.
    pub(crate) lease: Option<Duration>,
    /// For how long a success of another process is an answer, where that is not the default.
    pub(crate) settle: Option<Duration>,
    /// Whether it logs in by a ticket.
    pub(crate) ticket: bool,
    /// How long it waits for its outcome, where that is not the default.
    pub(crate) timeout: Option<Duration>,
}

const DIR: &str = "PLANGUARD_TEST_LOGIN_DIR";
const ROLE: &str = "PLANGUARD_TEST_LOGIN_ROLE";
const LEASE: &str = "PLANGUARD_TEST_LOGIN_LEASE_MS";
const SETTLE: &str = "PLANGUARD_TEST_LOGIN_SETTLE_MS";
const TICKET: &str = "PLANGUARD_TEST_LOGIN_TICKET";
const TIMEOUT: &str = "PLANGUARD_TEST_LOGIN_TIMEOUT_MS";

fn millis(name: &str) -> Option<Duration> {
    std::env::var(name).ok().map(|text| Duration::from_millis(text.parse().unwrap()))
}

impl Part {
    /// One without a role, on the store in that directory, with every default.
    pub(crate) fn in_dir(dir: &tempfile::TempDir) -> Self {
        Self {
            dir: dir.path().to_owned(),
            role: None,
            lease: None,
            settle: None,
            ticket: false,
            timeout: None,
        }
    }

    fn of_this_process() -> Option<Self> {
        let dir = std::env::var(DIR).ok()?.into();
        let role = std::env::var(ROLE).ok().map(|word| {
            let known = [ProcessRole::App, ProcessRole::Extension];
            known.into_iter().find(|role| role.as_str() == word).unwrap()
        });
        let ticket = std::env::var(TICKET).is_ok();
        Some(Self {
            dir,
            role,
            lease: millis(LEASE),
            settle: millis(SETTLE),
            ticket,
            timeout: millis(TIMEOUT),
        })
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let millis = |duration: Duration| duration.as_millis().to_string();
        let mut all = vec![(DIR, self.dir.to_str().unwrap().to_owned())];
        all.extend(self.role.map(|role| (ROLE, role.as_str().to_owned())));
        all.extend(self.lease.map(|lease| (LEASE, millis(lease))));
        all.extend(self.settle.map(|settle| (SETTLE, millis(settle))));
        all.extend(self.ticket.then(|| (TICKET, String::new())));
        all.extend(self.timeout.map(|timeout| (TIMEOUT, millis(timeout))));
        all
    }
}

/// How many upstream calls the processes in that directory have made.
pub(crate) fn calls(dir: &tempfile::TempDir) -> usize {
    std::fs::read_to_string(dir.path().join("calls")).unwrap().lines().count()
}

/// What a process does that was started for a part; nothing in any other.
pub(crate) fn play_a_part() {
    let Some(part) = Part::of_this_process() else { return };
    let mut policy = LoginPolicy::default();
    if let Some(lease) = part.lease {
        (policy.lease_ttl, policy.ticket_ttl) = (lease, lease);
    }
    policy.debounce = part.settle.unwrap_or(policy.debounce);
    let mut builder = Planguard::builder(app())
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .logins(policy)
        .store(SqliteStore::open(part.dir.join("planguard.db")).unwrap());
    if let Some(role) = part.role {
        builder = builder.process_role(role);
    }
    let guard = block_on(builder.open()).unwrap();
    let mut parent = BufReader::new(std::io::stdin()).lines();
    say("ready");
    parent.next().unwrap().unwrap();
    // The upstream call leaves a mark that the parent counts, and takes until the parent says so.
    let mut upstream = || {
        let calls = part.dir.join("calls");
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(calls).unwrap();
        file.write_all(b"call\n").unwrap();
        say("called");
        parent.next().unwrap().unwrap();
    };
    let request = part.timeout.map_or(request("ada"), |timeout| request("ada").timeout(timeout));
    let outcome: Result<LoginOutcome<()>, LoginFailure<ProviderError>> = block_on(async {
        if !part.ticket {
            return guard
                .login_with(request, || async {
                    upstream();
                    Ok(())
                })
                .await;
        }
        match guard.begin_login_with(request).await? {
            Begun::Outcome(outcome) => Ok(outcome),
            Begun::InFlight => panic!("it waits"),
            Begun::Ticket(ticket) => {
                upstream();
                Ok(ticket.succeed().await)
            }
        }
    });
    say(match outcome {
        Ok(LoginOutcome::Executed { .. }) => "executed",
        Ok(LoginOutcome::Joined) => "joined",
        Err(failure) if failure.class == FailureClass::TimedOut => "timed out",
        other => panic!("{other:?}"),
    });
    let report = block_on(guard.login_report(guard.billing_month())).unwrap();
    let (active, uncertain, asked) = (report.active_users, report.uncertain, report.asked());
    say(&format!("active {active}, uncertain {uncertain}, asked {asked}"));
}

/// One line for the parent, told from the test harness's own.
fn say(word: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n@{word}").unwrap();
    out.flush().unwrap();
}

/// A process that plays a part.
pub(crate) struct Process {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts one, and waits until it has opened its guard.
    pub(crate) fn start(part: &Part) -> Self {
        Self::with("child_process", part.environment())
    }

    /// Starts one that runs that test of this program, and waits until it is ready.
    fn with(test: &str, environment: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .envs(environment)
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
        loop {
            let line = self.output.next().unwrap().unwrap();
            if let Some(word) = line.strip_prefix('@') {
                return word.to_owned();
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
