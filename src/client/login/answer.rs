//! Outcomes that carry nothing of the caller's own: the guard settles them without calling upstream.

use std::time::Duration;

use super::facts::{Filing, Shared};
use super::flight::FlightEnd;
use super::outcome::{LoginFailure, LoginOutcome};
use super::report::Tally;
use super::request::LoginRequest;
use crate::client::events::Event;
use crate::decide::login::{DeferReason, Deferral, Denial, DenyReason, FailureClass, remedies_for};
use crate::model::{LimitId, Pseudonym, Timestamp};
use crate::store::DeferredLogin;

/// What came of a request that this caller did not carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    AlreadyLoggedIn,
    Joined,
    Deferred(Deferral),
    Denied(Denial),
    Shed,
    Failed { class: FailureClass, code: i32, retry_at: Option<Timestamp> },
}

impl Answer {
    /// What those who waited for a flight get; `None` when they are to try for themselves.
    pub(super) const fn of_flight(end: FlightEnd) -> Option<Self> {
        match end {
            FlightEnd::Succeeded => Some(Self::Joined),
            FlightEnd::Failed { class, code, retry_at } => Some(Self::Failed { class, code, retry_at }),
            FlightEnd::Shed => Some(Self::Shed),
            FlightEnd::Abandoned => None,
        }
    }

    pub(super) const TIMED_OUT: Self =
        Self::Failed { class: FailureClass::TimedOut, code: 0, retry_at: None };

    /// The store had no room in `limit`, whatever memory says.
    pub(super) const fn full(limit: LimitId, budget: bool) -> Self {
        let reason = match limit {
            LimitId::MaxUsers => DenyReason::UsersFull,
            _ if budget => DenyReason::BudgetUsedUp,
            _ => DenyReason::QuotaUsedUp { code: None },
        };
        Self::Denied(Denial { reason, retry_at: None, evidence: None })
    }

    const fn tally(&self) -> Tally {
        match self {
            Self::AlreadyLoggedIn => Tally::AlreadyLoggedIn,
            Self::Joined => Tally::Joined,
            Self::Deferred(deferral) => match deferral.reason {
                DeferReason::WouldCreateActiveUser => Tally::DeferredNewActiveUser,
                DeferReason::OtherUserActive => Tally::DeferredOtherUser,
                DeferReason::NotDeviceUser => Tally::DeferredNotDeviceUser,
                DeferReason::LoggedOut => Tally::DeferredLoggedOut,
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
            Self::Shed => Tally::Shed,
            Self::Failed { class: FailureClass::TimedOut, .. } => Tally::TimedOut,
            Self::Failed { .. } => Tally::Failed,
        }
    }
}

impl Shared {
    /// Counts an answer, keeps what must be kept of it, and puts it into the caller's terms.
    pub(super) async fn answer<T, E>(
        &self,
        user: Pseudonym,
        request: &LoginRequest,
        answer: Answer,
        filing: &Filing,
        wait: Duration,
    ) -> Result<LoginOutcome<T>, LoginFailure<E>> {
        filing.file(answer.tally());
        match answer {
            Answer::AlreadyLoggedIn => Ok(LoginOutcome::AlreadyLoggedIn),
            Answer::Joined => Ok(LoginOutcome::Joined),
            Answer::Shed => Ok(LoginOutcome::Shed),
            Answer::Failed { class, code, retry_at } => Err(LoginFailure::shared(class, code, retry_at)),
            // What is to be kept of the rest is large and rare.
            Answer::Deferred(Deferral { reason, until, alternative }) => {
                Box::pin(self.note_deferral(user, request, reason, wait)).await;
                Ok(LoginOutcome::Deferred { reason, until, alternative })
            }
            Answer::Denied(Denial { reason, retry_at, evidence }) => {
                if let (DenyReason::LoopBroken, Some(until)) = (reason, retry_at) {
                    Box::pin(self.report_loop(user, until, wait)).await;
                }
                let entitlements = &self.core.snapshot().entitlements;
                let remedies = remedies_for(&reason, retry_at, entitlements, self.core.now());
                Ok(LoginOutcome::Denied { reason, remedies, retry_at, evidence })
            }
        }
    }

    /// Keeps, once per user and month, that a login was put off which would have made an active user: only then
    /// can the report say later whether it ever did.
    async fn note_deferral(
        &self,
        user: Pseudonym,
        request: &LoginRequest,
        reason: DeferReason,
        wait: Duration,
    ) {
        let (intent, account) = (request.intent, self.core.account(&request.user));
        let event = move |first_in_month| Event::LoginDeferred { user, intent, reason, first_in_month };
        let at = self.core.now();
        let (day, month) = self.core.periods(at);
        let creates = reason == DeferReason::WouldCreateActiveUser
            && !self.core.snapshot().ledger.counted(&user, day, month).this_month;
        if !creates || !self.is_first_deferral(user, month) {
            return self.core.report(event(false));
        }
        let mut taken = self.take_totals();
        self.core
            .carry(wait, move |tx| {
                let first = tx.defer_login(DeferredLogin { user, month, at })?;
                taken.write(tx)?;
                tx.emit_naming(event(first), account)
            })
            .await;
    }

    /// Whether this process has not put this user off in `month` before.
    fn is_first_deferral(&self, user: Pseudonym, month: crate::model::BillingMonth) -> bool {
        let month = Some((self.core.taken_back(), month));
        let mut deferred = self.deferred.lock();
        if deferred.0 != month {
            *deferred = (month, std::collections::HashSet::new());
        }
        deferred.1.insert(user)
    }

    /// Reports a broken loop, once, whichever process broke it.
    async fn report_loop(&self, user: Pseudonym, until: Timestamp, wait: Duration) {
        let reported =
            self.core.snapshot().ledger.facts(&user).is_some_and(|facts| facts.memory.loop_reported);
        if reported {
            return;
        }
        self.core
            .carry(wait, move |tx| {
                let mut facts = tx.facts(user)?;
                if std::mem::replace(&mut facts.memory.loop_reported, true) {
                    return Ok(());
                }
                tx.save_facts(user, &facts)?;
                tx.emit(Event::LoginLoopBroken { user, until })
            })
            .await;
    }
}
