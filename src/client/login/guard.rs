//! The login guard: which logins reach the chat SDK, once each.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use super::answer::Answer;
use super::churn::warn;
use super::deadline::Deadline;
use super::enter::{Entered, Entry};
use super::facts::{Asked, Filing, Shared};
use super::flight::{Flight, FlightEnd};
use super::lead::{Lead, Refusal};
use super::lease::Attempt;
use super::outcome::{LoginFailure, LoginOutcome, UpstreamError};
use super::report::{LoginReport, Tally, Totals};
use super::request::LoginRequest;
use super::surroundings::{Surroundings, WaitsFor};
use crate::client::core::{Core, STORE_WAIT};
use crate::decide::login::{IdentityWarning, LoginPolicy};
use crate::lock::Mutex;
use crate::model::{BillingMonth, CounterKey, CounterOp, LimitId, Subject, UsageOrigin, UserId};
use crate::store::{PermitId, StoreError};

/// How often the store may find no room where memory sees some before it is believed.
const MOST_FULL: u32 = 3;

/// How often the facts may have changed since the decision before the login goes ahead with those there are.
const MOST_AGAIN: u32 = 8;

/// Decides which logins reach the chat SDK, and carries them out once.
pub(crate) struct LoginGuard {
    pub(super) shared: Arc<Shared>,
}

/// What came of a request that was let in.
pub(super) enum Led {
    /// The login was sent: the chat SDK must be called now.
    Sent(Box<Lead>),
    Answered(Answer),
    /// A login is under way, and this caller does not wait.
    InFlight,
}

impl LoginGuard {
    pub(crate) fn new(core: Arc<Core>, policy: LoginPolicy) -> Self {
        let shared = Shared {
            opened: core.clock.elapsed(),
            core,
            policy,
            flights: Mutex::default(),
            totals: Arc::new(Totals::default()),
            deferred: Mutex::new((None, HashSet::new())),
            warned_of_rejected: AtomicI32::new(i32::MIN),
        };
        Self { shared: Arc::new(shared) }
    }

    /// `None` when this very user is logged in already, which is the answer to most requests: no lock, no allocation,
    /// no I/O.
    pub(super) fn ask(&self, request: &LoginRequest) -> Option<Asked> {
        let shared = &self.shared;
        let user = shared.core.pseudonyms.user(&request.user);
        if let Some(month) = shared.already_logged_in(&user, request) {
            shared.totals.count(month, Tally::AlreadyLoggedIn);
            return None;
        }
        Some(Asked { user, filing: Filing::new(shared), order: None })
    }

    pub(super) fn deadline(&self, request: &LoginRequest) -> Deadline {
        Deadline::new(&self.shared.core, self.limit(request))
    }

    pub(super) fn limit(&self, request: &LoginRequest) -> Duration {
        request.timeout.unwrap_or(self.shared.policy.timeout)
    }

    /// Memory follows the store: what other processes did since is known to the decision.
    pub(super) async fn look(&self, wait: Duration) {
        self.shared.core.write(wait, |_| Ok(())).await;
    }

    /// Carries a login out, or settles it without.
    pub(super) async fn login<T, E, F, Fut>(
        &self,
        asked: Asked,
        request: &LoginRequest,
        upstream_login: F,
        deadline: &mut Deadline,
        around: &impl Surroundings,
    ) -> Result<LoginOutcome<T>, LoginFailure<E>>
    where
        E: UpstreamError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let (shared, core) = (&self.shared, &self.shared.core);
        let (answer, source) = match self.lead(&asked, request, deadline, WaitsFor::Others, around).await {
            Led::Answered(answer) => (answer, None),
            // Only a caller that does not wait is told so.
            Led::InFlight => (Answer::TIMED_OUT, None),
            Led::Sent(lead) => match lead.upstream(upstream_login(), deadline).await {
                Some(Ok(value)) => match lead.succeed(deadline.store_wait(core)).await {
                    Ok(mau) => return Ok(LoginOutcome::Executed { value, mau }),
                    Err(answer) => (answer, None),
                },
                Some(Err(error)) => {
                    let answer = lead.fail(Refusal::of(&error), deadline.store_wait(core)).await;
                    (answer, Some(error))
                }
                None => {
                    // Filed before the lead is dropped, whose transaction keeps the tallies.
                    asked.filing.file(Tally::TimedOut);
                    drop(lead);
                    (Answer::TIMED_OUT, None)
                }
            },
        };
        let wait = deadline.store_wait(core);
        let answered = shared.answer(asked.user, request, answer, &asked.filing, wait).await;
        answered.map_err(|failure| LoginFailure { source, ..failure })
    }

    /// Waits until this caller is to carry the login out, or has its answer. After every wait it is decided again.
    ///
    /// A login that memory says is to be carried out is prepared right away: what other processes did since is found
    /// then. Any other answer is given only after the store was looked at.
    pub(super) async fn lead(
        &self,
        asked: &Asked,
        request: &LoginRequest,
        deadline: &mut Deadline,
        waits: WaitsFor,
        around: &impl Surroundings,
    ) -> Led {
        let (shared, core) = (&self.shared, &self.shared.core);
        let ticket = waits != WaitsFor::Others;
        let mut entry =
            Entry { user: asked.user, request, filing: &asked.filing, ticket, order: asked.order };
        deadline.look_after(core, around.catch_up()).await;
        let (mut full, mut again, mut looked) = (0, 0, false);
        let mut may_ask = waits != WaitsFor::Nobody;
        loop {
            let flight = match shared.enter(&mut entry) {
                Entered::Decided { answer, hangs_on_the_month }
                    if looked || answer == Answer::AlreadyLoggedIn =>
                {
                    if hangs_on_the_month
                        && std::mem::take(&mut may_ask)
                        && Box::pin(self.is_counted_elsewhere(request, deadline, around)).await
                    {
                        continue;
                    }
                    return Led::Answered(answer);
                }
                Entered::Decided { .. } => {
                    looked = true;
                    self.look(deadline.store_wait(core)).await;
                    deadline.look_after(core, around.follow()).await;
                    continue;
                }
                Entered::Wait(_) if waits == WaitsFor::Nobody => return Led::InFlight,
                Entered::Wait(flight) => flight,
                Entered::Lead(mut lead) => {
                    lead.compare = again < MOST_AGAIN;
                    let patient = waits != WaitsFor::Nobody;
                    match lead.prepare(deadline, self.limit(request), patient, around).await {
                        Attempt::Sent(lead) => return Led::Sent(lead),
                        Attempt::Answered(answer) => return Led::Answered(answer),
                        Attempt::Running => return Led::InFlight,
                        Attempt::Again(_) if deadline.is_over(core) => {
                            return Led::Answered(Answer::TIMED_OUT);
                        }
                        Attempt::Again(None) => {
                            again += 1;
                            continue;
                        }
                        Attempt::Again(Some(limit)) => {
                            full += 1;
                            if full < MOST_FULL {
                                continue;
                            }
                            if limit != LimitId::FreeDau
                                && shared.bills_months()
                                && std::mem::take(&mut may_ask)
                                && Box::pin(self.is_counted_elsewhere(request, deadline, around)).await
                            {
                                continue;
                            }
                            let budget = shared.policy.mau_budget.is_some() && limit == LimitId::FreeMau;
                            return Led::Answered(Answer::full(limit, budget));
                        }
                    }
                }
            };
            if let Some(answer) = self.landed(&flight, request, deadline).await {
                return Led::Answered(answer);
            }
        }
    }

    /// Asks the billing endpoint whether the user is counted in this month already, by a login on another device: then this
    /// login makes no new active user. Where it is, that is kept.
    async fn is_counted_elsewhere(
        &self,
        request: &LoginRequest,
        deadline: &Deadline,
        around: &impl Surroundings,
    ) -> bool {
        let core = &self.shared.core;
        let (_, month) = core.periods(core.now());
        let counted = around.is_active(&request.user, month, deadline.endpoint_wait(core)).await;
        if counted {
            self.known_active(&request.user, Some(month), deadline.store_wait(core)).await;
        }
        counted
    }

    /// Whoever finds a login of this user under way has its answer from that one, and looks at nothing else. `None` where
    /// there is none, or where it answers nothing here. Small, since thousands may wait so.
    pub(super) async fn joined(
        &self,
        asked: &mut Asked,
        request: &LoginRequest,
        deadline: &mut Deadline,
    ) -> Option<Answer> {
        if request.no_wait {
            return None;
        }
        let flight = self.shared.in_flight(asked)?;
        self.landed(&flight, request, deadline).await
    }

    /// Waits for a login that is under way; `None` when it answers nothing here.
    async fn landed(
        &self,
        flight: &Flight,
        request: &LoginRequest,
        deadline: &mut Deadline,
    ) -> Option<Answer> {
        let (shared, core) = (&self.shared, &self.shared.core);
        let mut end = flight.wait();
        let left = flight.lapse.map(|wait| wait.left(core.clock.elapsed()));
        let ended = async {
            let ended = async { end.wait_for(Option::is_some).await.ok().and_then(|end| *end) };
            match left {
                None => ended.await,
                // A ticket that nobody answers lapses; whoever waits for it looks again then.
                Some(left) => Deadline::new(core, left).run(ended).await.flatten(),
            }
        };
        match deadline.run(ended).await {
            None => Some(Answer::TIMED_OUT),
            // A person is not held up by what a machine's login failed for.
            Some(Some(FlightEnd::Failed { .. })) if shared.by_person(request) && !flight.by_person => None,
            Some(end) => end.and_then(Answer::of_flight),
        }
    }

    /// The provider, or the app's server, says that this user is counted in this period already. Nobody is counted
    /// anew: a figure of the billing endpoint holds the user already. Where it was said of a month, that must not have ended.
    pub(super) async fn known_active(&self, user: &UserId, said_of: Option<BillingMonth>, wait: Duration) {
        let core = &self.shared.core;
        let (user, now) = (core.pseudonyms.user(user), core.moment());
        let (day, month) = core.periods(now.at);
        if said_of.is_some_and(|said_of| said_of != month) {
            return;
        }
        let key = |limit, bucket| CounterKey { limit, subject: Subject::App, bucket };
        let keys = [key(LimitId::FreeMau, month.number()), key(LimitId::FreeDau, day.number())];
        core.carry(wait, move |tx| {
            let pass = tx.pass();
            let counted = tx.count_active(user, day, month, now.at, pass)?;
            // Who is counted needs no room any more for a login that is under way or of unknown end.
            tx.release(PermitId::of_logins(user))?;
            for (key, new) in keys.into_iter().zip([counted.new_in_month, counted.new_on_day]) {
                let known = tx.counter(&key, now.elapsed)?;
                if new && known.as_of.is_some() && known.origin != UsageOrigin::Counted {
                    tx.apply(&[CounterOp::Add { key, delta: -1, at: now.at }])?;
                }
            }
            Ok(())
        })
        .await;
    }

    /// A user id was refused: warns once a month.
    pub(crate) fn id_rejected(&self) {
        let core = &self.shared.core;
        let (_, month) = core.periods(core.now());
        if self.shared.warned_of_rejected.swap(month.number(), Ordering::AcqRel) != month.number() {
            core.submit(move |tx| warn(tx, month, IdentityWarning::Rejected));
        }
    }

    /// What the guard did in `month`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    pub(super) async fn report(&self, month: BillingMonth) -> Result<LoginReport, StoreError> {
        self.flush().await;
        let read = self.shared.core.read(move |store| Ok((store.totals(month)?, store.month_users(month)?)));
        let (totals, users) = read.await?;
        Ok(LoginReport::new(&totals, users))
    }

    /// Writes what is counted in memory only.
    pub(crate) async fn flush(&self) {
        self.shared.sweep_tickets();
        let mut taken = self.shared.take_totals();
        self.shared.core.write(STORE_WAIT, move |tx| taken.write(tx)).await;
    }
}
