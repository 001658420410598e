//! The login guard's face.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::answer::Answer;
use super::enter::Entered;
use super::lead::Lead;
use super::outcome::{LoginFailure, LoginOutcome, UpstreamError};
use super::report::LoginReport;
use super::request::LoginRequest;
use super::shared::Shared;
use super::totals::Tally;
use super::wait::{or_timeout, upstream};
use crate::client::core::Core;
use crate::client::guard::Inner;
use crate::decide::login::{IdentityWarning, LoginPolicy};
use crate::model::{BillingMonth, DecisionPolicy, IdError, Pseudonym, UserId};
use crate::port::BoxFuture;
use crate::store::StoreError;

/// Decides which logins reach the chat SDK, and carries them out once. Clones share one guard.
#[derive(Clone)]
pub struct LoginGuard {
    pub(super) shared: Arc<Shared>,
}

impl std::fmt::Debug for LoginGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginGuard").field("policy", &self.shared.policy).finish_non_exhaustive()
    }
}

/// Counts a request whose caller went away before it had an outcome.
pub(super) struct Asked<'a> {
    shared: &'a Shared,
    answered: bool,
}

impl Shared {
    /// Counts a request. `None` when this very user is logged in already, which is the answer to most of them.
    pub(super) fn ask(&self, request: &LoginRequest) -> Option<(Asked<'_>, Pseudonym)> {
        self.count(Tally::Asked);
        let user = self.core.pseudonyms.user(&request.user);
        if self.already_logged_in(&user, request) {
            self.count(Tally::AlreadyLoggedIn);
            return None;
        }
        Some((Asked { shared: self, answered: false }, user))
    }
}

impl Asked<'_> {
    pub(super) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.shared.count(Tally::Cancelled);
        }
    }
}

impl LoginGuard {
    pub(crate) fn new(core: Arc<Core>, policy: LoginPolicy, decisions: Arc<DecisionPolicy>) -> Self {
        let opened_at = core.now();
        let shared = Shared {
            opened_at,
            owner: std::sync::OnceLock::new(),
            core,
            policy,
            decisions,
            flights: Mutex::default(),
            failures: super::failures::Failures::default(),
            totals: super::totals::Totals::default(),
            churn: super::churn::Churn::default(),
            uncounted: Mutex::default(),
            deferred: Mutex::new((None, HashSet::new())),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Says whose part this is.
    pub(crate) fn belongs_to(&self, guard: Weak<Inner>) {
        // Set once, by the guard that just made this.
        let _ = self.shared.owner.set(guard);
    }

    /// Logs a user in, unless that is needless, harmful or refused.
    ///
    /// `upstream` is the app's own call of its chat SDK. It runs inside this future, at most once, and only when
    /// the outcome is [`LoginOutcome::Executed`] (or an error of this caller's own); nothing is spawned.
    ///
    /// - However many callers ask for one user, in this process and in others on the same store, one login
    ///   runs; the others get [`LoginOutcome::Joined`], or the same failure without its `source`.
    /// - When the caller that carries it out is dropped or its time runs out, another one that waits takes over
    ///   with its own `upstream`, if its own intent allows. The user stays uncertain in the ledger: the provider
    ///   may have counted the login.
    /// - On a device the latest user wins: whoever waits for another gets [`LoginOutcome::Shed`], and so does a
    ///   login of another user that still runs, once its answer is there. A success counts in the ledger even
    ///   then, because the provider counts it.
    /// - A user who is logged in already gets [`LoginOutcome::AlreadyLoggedIn`] without lock, allocation or I/O.
    /// - A panic in `upstream` reaches its own caller and nobody else.
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when a login was carried out, here or by the caller joined, and failed, or when this
    /// caller's time ran out. A refusal by the guard is an outcome.
    pub async fn login<T, E, F, Fut>(
        &self,
        request: LoginRequest,
        upstream_login: F,
    ) -> Result<LoginOutcome<T>, LoginFailure<E>>
    where
        E: UpstreamError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let shared = &self.shared;
        let Some((asked, user)) = shared.ask(&request) else { return Ok(LoginOutcome::AlreadyLoggedIn) };
        let mut timer = shared.core.clock.sleep(request.timeout.unwrap_or(shared.policy.timeout));
        let outcome = match self.lead(user, &request, &mut timer).await {
            Err(answer) => shared.answer(user, &request, answer),
            Ok(mut lead) => {
                lead.send();
                match upstream(&lead, upstream_login(), &mut timer).await {
                    Some(Ok(value)) => Ok(match lead.succeed() {
                        Ok(mau) => LoginOutcome::Executed { value, mau },
                        Err(newer) => LoginOutcome::Shed { newer },
                    }),
                    Some(Err(error)) => {
                        let answer = lead.fail(error.code(), error.message());
                        shared
                            .answer(user, &request, answer)
                            .map_err(|failure| LoginFailure { source: Some(error), ..failure })
                    }
                    None => {
                        drop(lead);
                        shared.answer(user, &request, Answer::TIMED_OUT)
                    }
                }
            }
        };
        asked.answered();
        outcome
    }

    /// Waits until this caller is to carry the login out, or has its answer.
    pub(super) async fn lead(
        &self,
        user: Pseudonym,
        request: &LoginRequest,
        timer: &mut BoxFuture<'static, ()>,
    ) -> Result<Lead, Answer> {
        let shared = &self.shared;
        shared.refresh();
        self.enter_or_wait(user, request, timer, false).await?.hold_lease(timer).await
    }

    pub(super) async fn enter_or_wait(
        &self,
        user: Pseudonym,
        request: &LoginRequest,
        timer: &mut BoxFuture<'static, ()>,
        ticket: bool,
    ) -> Result<Lead, Answer> {
        let shared = &self.shared;
        loop {
            let flight = match shared.enter(user, request, ticket) {
                Entered::Lead(lead) => return Ok(lead),
                Entered::Decided(answer) => return Err(answer),
                Entered::Again => continue,
                Entered::Wait(flight) => flight,
            };
            let mut end = flight.wait();
            let ended = async {
                // A ticket that nobody answers lapses; whoever waits for it looks again then.
                match flight.expires {
                    None => end.wait_for(Option::is_some).await.ok().and_then(|end| *end),
                    Some(expires) => {
                        let mut lapse = shared.core.clock.sleep(expires.since(shared.core.now()));
                        let ended = or_timeout(end.wait_for(Option::is_some), &mut lapse)
                            .await
                            .map(|end| end.ok().and_then(|end| *end));
                        // Trusted time stands still after the clock was set back. Time that was waited through
                        // has passed all the same.
                        ended.unwrap_or_else(|| {
                            shared.lapse(&flight);
                            None
                        })
                    }
                }
            };
            match or_timeout(ended, timer).await {
                None => return Err(Answer::TIMED_OUT),
                Some(Some(end)) => {
                    if let Some(answer) = Answer::of_flight(end) {
                        return Err(answer);
                    }
                }
                Some(None) => {}
            }
        }
    }

    /// Forgets what failed logins of this user left behind: waits, refusals and the loop breaker.
    pub fn forget_failures(&self, user: &UserId) {
        self.shared.failures.forget(&self.shared.core.pseudonyms.user(user));
    }

    /// Says that the app has a new `UserSig` for this user: a login refused for the old one may be tried again.
    pub fn new_user_sig(&self, user: &UserId) {
        self.shared.failures.new_credential(&self.shared.core.pseudonyms.user(user));
    }

    /// Checks a user id, and warns, once a month, when one is refused: ids cut to fit may collide or change.
    pub fn user(&self, id: &str) -> Result<UserId, IdError> {
        UserId::new(id).inspect_err(|_| {
            let core = &self.shared.core;
            let (_, month) = core.periods(core.now());
            self.shared.churn.warn(core, month, IdentityWarning::Rejected);
        })
    }

    /// What the guard did in `month`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    pub fn login_report(&self, month: BillingMonth) -> Result<LoginReport, StoreError> {
        let shared = &self.shared;
        self.flush();
        let store = &shared.core.store;
        let totals = store.totals(month)?;
        Ok(LoginReport::new(&totals, store.active_users(month)?, store.deferred(month)?))
    }

    /// Writes what is counted in memory only. Call it when the app goes to the background; whatever is not
    /// written when the process is killed are counts of requests that changed nothing.
    pub fn flush(&self) {
        self.shared.core.settle();
        self.shared.count_pending();
        self.shared.totals.flush(&self.shared.core);
    }
}
