//! The two-step form: the app makes the upstream call itself, between a ticket and its answer.

use std::sync::Arc;
use std::time::Duration;

use super::deadline::{Deadline, longest_store_wait};
use super::facts::{Asked, Filing};
use super::guard::{Led, LoginGuard};
use super::lead::{Lead, Refusal};
use super::outcome::{LoginFailure, LoginOutcome, ProviderError};
use super::report::Tally;
use super::request::LoginRequest;
use super::surroundings::{Surroundings, WaitsFor};

/// What a two-step login begins with.
#[derive(Debug)]
#[must_use = "a ticket that is dropped is an abandoned login"]
pub enum Begun {
    /// Log the user in and give the answer to the ticket.
    Ticket(LoginTicket),
    /// Nothing is to be carried out.
    Outcome(LoginOutcome<()>),
    /// A login of this user is under way. Only a request that does not
    /// [wait](super::LoginRequest::no_wait) for other logins gets this.
    InFlight,
}

/// The right to log one user in. Answer it with [`succeed`](Self::succeed) or [`fail`](Self::fail), or
/// [give it up](Self::abandon).
///
/// Dropped without an answer it is an abandoned login: whoever waits may take over, and the user stays uncertain in
/// the ledger. It lapses after the policy's `ticket_ttl`; an answer that comes later still counts in the ledger, but
/// no longer changes the session once somebody else has taken over.
#[must_use = "a ticket that is dropped is an abandoned login"]
pub struct LoginTicket {
    lead: Box<Lead>,
    filing: Filing,
    /// How long the store is waited for.
    wait: Duration,
}

impl std::fmt::Debug for LoginTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginTicket").field("intent", &self.lead.request.intent).finish_non_exhaustive()
    }
}

impl LoginTicket {
    /// The chat SDK logged the user in.
    pub async fn succeed(self) -> LoginOutcome<()> {
        match self.lead.succeed(self.wait).await {
            Ok(mau) => LoginOutcome::Executed { value: (), mau },
            Err(_) => LoginOutcome::Shed,
        }
    }

    /// The chat SDK failed with the provider's `code` and `message`. `Ok` only when the login was superseded, so
    /// that its failure concerns nobody.
    pub async fn fail(
        self,
        code: i32,
        message: impl Into<String>,
    ) -> Result<LoginOutcome<()>, LoginFailure<ProviderError>> {
        let Self { lead, filing, wait } = self;
        let (shared, user, request) = (Arc::clone(&lead.shared), lead.user(), lead.request);
        let message = message.into();
        let error = ProviderError { code, message };
        let answer = lead.fail(Refusal::of(&error), wait).await;
        let answered = shared.answer(user, &request, answer, &filing, wait).await;
        answered
            .map_err(|failure: LoginFailure<ProviderError>| LoginFailure { source: Some(error), ..failure })
    }

    /// The app gives the login up, for example because its own code failed: whoever waits may take over, and the room that
    /// was held for an active user goes back at once. The user stays uncertain in the ledger: the chat SDK may have been
    /// asked.
    pub fn abandon(mut self) {
        self.lead.gives_back = true;
    }
}

impl LoginGuard {
    /// The first step of a two-step login.
    pub(super) async fn begin(
        &self,
        asked: Asked,
        request: &LoginRequest,
        deadline: &mut Deadline,
        around: &impl Surroundings,
    ) -> Result<Begun, LoginFailure<ProviderError>> {
        let waits = if request.no_wait { WaitsFor::Nobody } else { WaitsFor::OthersOnly };
        let answer = match self.lead(&asked, request, deadline, waits, around).await {
            Led::Sent(lead) => {
                let (filing, wait) = (asked.filing, longest_store_wait(self.limit(request)));
                return Ok(Begun::Ticket(LoginTicket { lead, filing, wait }));
            }
            Led::InFlight => {
                asked.filing.file(Tally::InFlight);
                return Ok(Begun::InFlight);
            }
            Led::Answered(answer) => answer,
        };
        let wait = deadline.store_wait(&self.shared.core);
        let answered = self.shared.answer(asked.user, request, answer, &asked.filing, wait).await;
        answered.map(Begun::Outcome)
    }
}
