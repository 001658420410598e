//! What every operation of the login guard shares, and how it reads the state to decide.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;

use super::churn::Churn;
use super::failures::{Failures, Moment};
use super::flight::Flights;
use super::request::LoginRequest;
use super::totals::{Tally, Totals};
use crate::client::core::Core;
use crate::client::entitled;
use crate::client::guard::{Inner, Planguard};
use crate::decide::lifecycle::lifecycle;
use crate::decide::login::{
    BudgetInput, FailureClass, LoginDecision, LoginFacts, LoginPolicy, Standing, assess, at_once,
    billing_model, decide,
};
use crate::model::catalog::BillingModel;
use crate::model::{
    BillingDay, BillingMonth, CounterKey, DecisionPolicy, LimitId, Pseudonym, RejectionContext, SessionMode,
    SessionState, Snapshot, Subject, Timestamp,
};

/// A successful login that the store did not take; it is tried again with the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uncounted {
    pub(super) user: Pseudonym,
    pub(super) day: BillingDay,
    pub(super) month: BillingMonth,
    pub(super) at: Timestamp,
}

pub(super) struct Shared {
    pub(super) core: Arc<Core>,
    pub(super) policy: LoginPolicy,
    pub(super) decisions: Arc<DecisionPolicy>,
    pub(super) opened_at: Timestamp,
    /// The guard this belongs to: it takes refusals to heart.
    pub(super) owner: OnceLock<Weak<Inner>>,
    pub(super) flights: Mutex<Flights>,
    pub(super) failures: Failures,
    pub(super) totals: Totals,
    pub(super) churn: Churn,
    pub(super) uncounted: Mutex<Vec<Uncounted>>,
    /// Users whose deferral in a month is in the store already.
    pub(super) deferred: Mutex<(Option<BillingMonth>, HashSet<Pseudonym>)>,
}

impl Shared {
    pub(super) fn count(&self, tally: Tally) {
        let (_, month) = self.core.periods(self.core.now());
        self.totals.count(&self.core, month, tally);
    }

    /// Whether this very user is logged in, which is the answer to most requests: one snapshot load, no lock, no
    /// allocation, no I/O.
    pub(super) fn already_logged_in(&self, user: &Pseudonym, request: &LoginRequest) -> bool {
        let snapshot = self.core.snapshot();
        let standing = self.standing(&snapshot, user);
        if standing != Standing::Mine(SessionState::LoggedIn) {
            return false;
        }
        let stands = lifecycle(&snapshot.entitlements, self.core.now(), &self.core.zone);
        at_once(request.intent, standing, stands) == Some(LoginDecision::AlreadyLoggedIn)
    }

    pub(super) fn standing(&self, snapshot: &Snapshot, user: &Pseudonym) -> Standing {
        match (self.core.session_mode, snapshot.sessions.current()) {
            (SessionMode::Device, Some(other)) if other != *user => {
                Standing::Other(snapshot.sessions.state(&other))
            }
            _ => Standing::Mine(snapshot.sessions.state(user)),
        }
    }

    /// Reads everything and decides. Takes the short lock of the failure memory, does no I/O.
    pub(super) fn decide(&self, user: &Pseudonym, request: &LoginRequest) -> LoginDecision {
        let core = &self.core;
        let moment = self.moment();
        let now = moment.now;
        let (day, month) = core.periods(now);
        let snapshot = core.snapshot();
        let billing = billing_model(&snapshot.entitlements);
        let counted = snapshot.ledger.counted(user, day, month);
        let uncertain = snapshot.ledger.get(user).uncertain.is_some_and(|at| {
            let (day_then, month_then) = core.periods(at);
            match billing {
                BillingModel::Mau => month_then == month,
                BillingModel::DauPeakGroups => day_then == day,
            }
        });
        let key = |limit| CounterKey::at(limit, Subject::App, now, &core.zone);
        let input = BudgetInput {
            entitlements: &snapshot.entitlements,
            usage: &snapshot.usage,
            counted,
            known_to_provider: request.known_to_provider,
            mau: key(LimitId::FreeMau),
            dau: key(LimitId::FreeDau),
            now,
        };
        let facts = LoginFacts {
            intent: request.intent,
            standing: self.standing(&snapshot, user),
            counted,
            uncertain,
            billing,
            lifecycle: lifecycle(&snapshot.entitlements, now, &core.zone),
            budget: assess(&input, &self.policy, &self.decisions),
            failure: self.failures.state(user, &moment, &self.policy),
            now,
            day_turns: moment.day_turns,
            month_turns: moment.month_turns,
        };
        decide(&facts, &self.policy)
    }

    /// Brings clock, entitlements and ledger up to date before a decision. Tells the app, so no lock is held.
    pub(super) fn refresh(&self) {
        self.core.watch();
        // Before memory follows the store, the store must know what memory does.
        self.count_pending();
        self.core.catch_up();
        drop(entitled::current(&self.core, self.core.now()));
    }

    /// Corrects what is known of the plan after a login that was refused for it.
    pub(super) fn refused(&self, class: FailureClass, code: i32, message: &str) {
        let about_the_plan = match class {
            FailureClass::QuotaUsedUp(_) | FailureClass::Suspended | FailureClass::Permanent => true,
            FailureClass::RateLimited
            | FailureClass::LockedOut
            | FailureClass::CredentialExpired
            | FailureClass::KickedOff
            | FailureClass::NotReady
            | FailureClass::InProgress
            | FailureClass::TimedOut
            | FailureClass::Other => false,
        };
        if about_the_plan && let Some(inner) = self.owner.get().and_then(Weak::upgrade) {
            Planguard { inner }.report_rejection(code, message, &RejectionContext::default());
        }
    }

    pub(super) fn moment(&self) -> Moment {
        let core = &self.core;
        let now = core.now();
        let (day, month) = core.periods(now);
        Moment {
            now,
            wall: core.clock.now(),
            day_turns: core.zone.start_of(day.next().date()),
            month_turns: core.zone.start_of(month.next().first_date()),
        }
    }
}

/// What nobody wrote yet is written; the last clone is gone.
impl Drop for Shared {
    fn drop(&mut self) {
        self.core.settle();
        self.count_pending();
        self.totals.flush(&self.core);
    }
}
