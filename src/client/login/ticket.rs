//! The two-step form: the app makes the upstream call itself, between a ticket and its answer.

use std::sync::Arc;

use super::enter::Entered;
use super::guard::LoginGuard;
use super::lead::Lead;
use super::lease::LeaseStep;
use super::outcome::{LoginFailure, LoginOutcome, ProviderError};
use super::request::LoginRequest;
use super::totals::Tally;

/// What a two-step login begins with.
#[derive(Debug)]
#[must_use = "a ticket that is dropped is an abandoned login"]
pub enum Begun {
    /// Log the user in and give the answer to the ticket.
    Ticket(LoginTicket),
    /// Nothing is to be carried out.
    Outcome(LoginOutcome<()>),
    /// A login of this user is under way. Only [`LoginGuard::try_begin_login`], which never waits, says so.
    InFlight,
}

/// The right to log one user in. Answer it with [`succeed`](Self::succeed) or [`fail`](Self::fail).
///
/// Dropped without an answer it is an abandoned login: whoever waits may take over, and the user stays uncertain in
/// the ledger. It lapses after the policy's `ticket_ttl`; an answer that comes later still counts in the ledger, but
/// no longer changes the session once somebody else has taken over.
#[must_use = "a ticket that is dropped is an abandoned login"]
pub struct LoginTicket {
    lead: Lead,
}

impl std::fmt::Debug for LoginTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginTicket").field("intent", &self.lead.request.intent).finish_non_exhaustive()
    }
}

impl LoginTicket {
    /// The chat SDK logged the user in.
    pub fn succeed(self) -> LoginOutcome<()> {
        match self.lead.succeed() {
            Ok(mau) => LoginOutcome::Executed { value: (), mau },
            Err(newer) => LoginOutcome::Shed { newer },
        }
    }

    /// The chat SDK failed with the provider's `code` and `message`. `Ok` only when the login was superseded, so
    /// that its failure concerns nobody.
    pub fn fail(
        self,
        code: i32,
        message: impl Into<String>,
    ) -> Result<LoginOutcome<()>, LoginFailure<ProviderError>> {
        let (shared, user, request) = (Arc::clone(&self.lead.shared), self.lead.user, self.lead.request);
        let message = message.into();
        let answer = self.lead.fail(code, &message);
        shared.answer(user, &request, answer).map_err(|failure: LoginFailure<ProviderError>| LoginFailure {
            source: Some(ProviderError { code, message }),
            ..failure
        })
    }
}

impl LoginGuard {
    /// The first step of a two-step login. Waits for a login of the same user that is under way, for as long as
    /// the request allows.
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when the login waited for failed, or the time ran out.
    pub async fn begin_login(&self, request: LoginRequest) -> Result<Begun, LoginFailure<ProviderError>> {
        let shared = &self.shared;
        let Some((asked, user)) = shared.ask(&request) else {
            return Ok(Begun::Outcome(LoginOutcome::AlreadyLoggedIn));
        };
        let mut timer = shared.core.clock.sleep(request.timeout.unwrap_or(shared.policy.timeout));
        shared.refresh();
        let held = match self.enter_or_wait(user, &request, &mut timer, true).await {
            Ok(lead) => lead.hold_lease(&mut timer).await,
            Err(answer) => Err(answer),
        };
        let begun = match held {
            Ok(lead) => Ok(Begun::ticket(lead)),
            Err(answer) => shared.answer(user, &request, answer).map(Begun::Outcome),
        };
        asked.answered();
        begun
    }

    /// As [`Self::begin_login`] without waiting: [`Begun::InFlight`] where that would have to.
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when a login of another process failed a moment ago.
    pub fn try_begin_login(&self, request: LoginRequest) -> Result<Begun, LoginFailure<ProviderError>> {
        let shared = &self.shared;
        let Some((asked, user)) = shared.ask(&request) else {
            return Ok(Begun::Outcome(LoginOutcome::AlreadyLoggedIn));
        };
        shared.refresh();
        let in_flight = || {
            shared.count(Tally::InFlight);
            Ok(Begun::InFlight)
        };
        let begun = loop {
            break match shared.enter(user, &request, true) {
                Entered::Again => continue,
                Entered::Wait(_) => in_flight(),
                Entered::Decided(answer) => shared.answer(user, &request, answer).map(Begun::Outcome),
                Entered::Lead(lead) => match lead.try_lease() {
                    LeaseStep::Ours(lead) => Ok(Begun::ticket(lead)),
                    LeaseStep::Answered(answer) => shared.answer(user, &request, answer).map(Begun::Outcome),
                    LeaseStep::Running(lead, _) => {
                        drop(lead);
                        in_flight()
                    }
                },
            };
        };
        asked.answered();
        begun
    }
}

impl Begun {
    fn ticket(mut lead: Lead) -> Self {
        lead.send();
        Self::Ticket(LoginTicket { lead })
    }
}
