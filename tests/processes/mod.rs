//! A real process that logs in: this test program, started again to play a part that its parent tells it step by step.

pub(crate) mod crowd;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use futures::executor::block_on;
use planguard::login::{Begun, FailureClass, LoginFailure, LoginOutcome, LoginPolicy, ProviderError};
use planguard::store::{ProcessRole, SqliteStore};
use planguard::{CatalogId, EditionId, Planguard};
use support::{Process, app, request, say, wait_for_word};

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

    /// Starts a process that plays it, and waits until that has opened its guard.
    pub(crate) fn start(&self) -> Process {
        Process::start(self.environment())
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
    say("ready");
    wait_for_word();
    // The upstream call leaves a mark that the parent counts, and takes until the parent says so.
    let upstream = || {
        let calls = part.dir.join("calls");
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(calls).unwrap();
        file.write_all(b"call\n").unwrap();
        say("called");
        wait_for_word();
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
