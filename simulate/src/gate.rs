//! The real guard, as a server would run it: one guard, many users, a clock turned by the log.

use std::collections::HashSet;

use futures::executor::block_on;
use planguard::LoginOutcome;
use planguard::limits::{DecisionPolicy, Enforcement};
use planguard::login::{LoginRequest, UpstreamError};
use planguard::plan::IdError;
use planguard::store::{MemoryStore, StoreError};
use planguard::time::{BillingMonth, BillingZone, Timestamp};
use planguard::time::{Clock as _, ManualClock};
use planguard::{Action, CatalogId, EditionId, Planguard, SdkAppId, SessionMode, UserId};

use crate::log::Ask;

/// Any number but zero: the replay talks to no provider.
const APP: u64 = 1_400_000_001;

/// The guard failed, which a replay gives it no cause to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GateError {
    /// It did not open.
    #[error(transparent)]
    Open(#[from] planguard::OpenError),
    /// The app id is refused.
    #[error(transparent)]
    App(#[from] IdError),
    /// Its ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] StoreError),
    /// It came to an outcome that a single caller whose logins all succeed cannot have.
    #[error("the guard gave an outcome that this replay cannot have: {outcome}")]
    Unexpected {
        /// The outcome.
        outcome: &'static str,
    },
}

/// What the guard did with one login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It carried the login out.
    LoggedIn,
    /// The user was logged in already.
    Suppressed,
    /// It put the login off.
    Deferred,
    /// It refused the login.
    Denied,
}

/// In a replay every login that reaches the chat SDK succeeds.
enum Never {}

impl UpstreamError for Never {
    fn code(&self) -> i32 {
        match *self {}
    }

    fn message(&self) -> &str {
        match *self {}
    }
}

/// A guard with the clock it runs by.
pub(crate) struct Gate {
    guard: Planguard,
    clock: ManualClock,
    registered: HashSet<UserId>,
}

impl Gate {
    /// Opens a guard under this plan. No endpoint confirms the plan, so its limits are enforced on what would
    /// count as stale elsewhere: the plan is given, not assumed.
    pub(crate) fn open(catalog: CatalogId, edition: EditionId, zone: BillingZone) -> Result<Self, GateError> {
        let clock = ManualClock::at(Timestamp::MIN);
        let opening = Planguard::builder(SdkAppId::new(APP)?)
            .fallback(catalog, edition)
            .decisions(DecisionPolicy { on_stale: Enforcement::Enforce, ..DecisionPolicy::default() })
            .billing_zone(zone)
            .session_mode(SessionMode::MultiUser)
            .clock(clock.clone())
            .store(MemoryStore::new())
            .open();
        let guard = block_on(opening)?;
        Ok(Self { guard, clock, registered: HashSet::new() })
    }

    /// Lets time pass until `at`, on both clocks: waits and loops are counted in time that passed. Never back: the
    /// caller sees to that.
    pub(crate) fn set_time(&self, at: Timestamp) {
        self.clock.advance(at.since(self.clock.now()));
    }

    /// The user's app process ended, and the chat session with it.
    pub(crate) fn process_ended(&self, user: &UserId) {
        block_on(self.guard.session(user).ended());
    }

    /// Another device kicked the user off.
    pub(crate) fn kicked_off(&self, user: &UserId) {
        block_on(self.guard.session(user).kicked_off());
    }

    /// Asks for one login. What counts as a login is the call that reaches the chat SDK, not what the guard says
    /// of it.
    pub(crate) fn ask(&mut self, ask: &Ask) -> Result<Answer, GateError> {
        let known = self.registered.contains(&ask.user);
        let request = LoginRequest::new(ask.user, ask.intent).known_to_provider(known);
        let mut sent = false;
        let chat_sdk_login = || {
            sent = true;
            std::future::ready(Ok::<(), Never>(()))
        };
        let outcome = block_on(self.guard.login_with(request, chat_sdk_login));
        let unexpected = |outcome| Err(GateError::Unexpected { outcome });
        let answer = match outcome {
            Ok(LoginOutcome::Executed { .. }) if sent => Answer::LoggedIn,
            Ok(_) if sent => return unexpected("sent, but not executed"),
            Ok(LoginOutcome::Executed { .. }) => return unexpected("executed, but not sent"),
            Ok(LoginOutcome::AlreadyLoggedIn) => Answer::Suppressed,
            Ok(LoginOutcome::Deferred { .. }) => Answer::Deferred,
            Ok(LoginOutcome::Denied { .. }) => Answer::Denied,
            Ok(LoginOutcome::Joined) => return unexpected("joined"),
            Ok(LoginOutcome::Shed) => return unexpected("shed"),
            Err(_) => return unexpected("failed"),
        };
        if answer == Answer::LoggedIn && self.registered.insert(ask.user) {
            block_on(self.guard.record(&Action::RegisterUser));
        }
        Ok(answer)
    }

    /// The active users of `month` by the guard's ledger.
    pub(crate) fn active_users(&self, month: BillingMonth) -> Result<u64, GateError> {
        Ok(block_on(self.guard.login_report(month))?.active_users)
    }
}
