//! Outcomes that carry nothing of the caller's own: the guard settles them without calling upstream.

use super::flight::FlightEnd;
use super::outcome::{LoginFailure, LoginOutcome};
use super::request::LoginRequest;
use super::shared::Shared;
use super::totals::Tally;
use crate::client::events::Event;
use crate::decide::login::{DeferReason, Deferral, Denial, DenyReason, FailureClass, remedies_for};
use crate::model::{Pseudonym, Timestamp};
use crate::store::DeferredLogin;

/// What came of a request that this caller did not carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    AlreadyLoggedIn,
    Joined,
    Deferred(Deferral),
    Denied(Denial),
    Shed { newer: u64 },
    Failed { class: FailureClass, code: i32, retry_at: Option<Timestamp> },
}

impl Answer {
    /// What those who waited for a flight get; `None` when they are to try for themselves.
    pub(super) const fn of_flight(end: FlightEnd) -> Option<Self> {
        match end {
            FlightEnd::Succeeded => Some(Self::Joined),
            FlightEnd::Failed { class, code, retry_at } => Some(Self::Failed { class, code, retry_at }),
            FlightEnd::Shed { newer } => Some(Self::Shed { newer }),
            FlightEnd::Abandoned => None,
        }
    }

    pub(super) const TIMED_OUT: Self =
        Self::Failed { class: FailureClass::TimedOut, code: 0, retry_at: None };

    const fn tally(&self) -> Tally {
        match self {
            Self::AlreadyLoggedIn => Tally::AlreadyLoggedIn,
            Self::Joined => Tally::Joined,
            Self::Deferred(deferral) => match deferral.reason {
                DeferReason::WouldCreateActiveUser => Tally::DeferredNewActiveUser,
                DeferReason::OtherUserActive => Tally::DeferredOtherUser,
            },
            Self::Denied(denial) => match denial.reason {
                DenyReason::Suspended(_) => Tally::DeniedSuspended,
                DenyReason::KickedOff => Tally::DeniedKickedOff,
                DenyReason::CredentialRefused { .. } => Tally::DeniedCredential,
                DenyReason::Permanent { .. } => Tally::DeniedPermanent,
                DenyReason::QuotaUsedUp { .. } => Tally::DeniedQuota,
                DenyReason::BudgetUsedUp => Tally::DeniedBudget,
                DenyReason::UsersFull => Tally::DeniedUsers,
                DenyReason::BackingOff { .. } => Tally::DeniedBackingOff,
                DenyReason::LoopBroken => Tally::DeniedLoop,
            },
            Self::Shed { .. } => Tally::Shed,
            Self::Failed { class: FailureClass::TimedOut, .. } => Tally::TimedOut,
            Self::Failed { .. } => Tally::Failed,
        }
    }
}

impl Shared {
    /// Counts an answer, keeps what must be kept of it, and puts it into the caller's terms.
    pub(super) fn answer<T, E>(
        &self,
        user: Pseudonym,
        request: &LoginRequest,
        answer: Answer,
    ) -> Result<LoginOutcome<T>, LoginFailure<E>> {
        self.count(answer.tally());
        match answer {
            Answer::AlreadyLoggedIn => Ok(LoginOutcome::AlreadyLoggedIn),
            Answer::Joined => Ok(LoginOutcome::Joined),
            Answer::Shed { newer } => Ok(LoginOutcome::Shed { newer }),
            Answer::Deferred(Deferral { reason, until, alternative }) => {
                let first_in_month = reason == DeferReason::WouldCreateActiveUser && self.note_deferral(user);
                let intent = request.intent;
                self.core.emit(Event::LoginDeferred { user, intent, reason, first_in_month });
                Ok(LoginOutcome::Deferred { reason, until, alternative })
            }
            Answer::Denied(Denial { reason, retry_at, evidence }) => {
                if let (DenyReason::LoopBroken, Some(until)) = (reason, retry_at)
                    && self.failures.tell_loop(&user)
                {
                    self.core.emit(Event::LoginLoopBroken { user, until });
                }
                let entitlements = &self.core.snapshot().entitlements;
                let remedies = remedies_for(&reason, retry_at, entitlements, self.core.now());
                Ok(LoginOutcome::Denied { reason, remedies, retry_at, evidence })
            }
            Answer::Failed { class, code, retry_at } => Err(LoginFailure::shared(class, code, retry_at)),
        }
    }

    /// Keeps, once per user and month, that a login was put off which would have made an active user: only then
    /// can the report say later whether it ever did. True the first time.
    fn note_deferral(&self, user: Pseudonym) -> bool {
        let core = &self.core;
        let at = core.now();
        let (day, month) = core.periods(at);
        if core.snapshot().ledger.counted(&user, day, month).this_month {
            return false;
        }
        {
            let mut deferred = self.deferred.lock();
            if deferred.0 != Some(month) {
                *deferred = (Some(month), std::collections::HashSet::new());
            }
            if !deferred.1.insert(user) {
                return false;
            }
        }
        match core.store.defer_login(DeferredLogin { user, month, at }) {
            Ok(first) => {
                self.totals.flush(core);
                first
            }
            Err(error) => {
                self.deferred.lock().1.remove(&user);
                core.store_failed("note a deferred login", &error);
                false
            }
        }
    }
}
