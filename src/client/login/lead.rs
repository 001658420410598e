//! The one caller of a user who carries the login out: its flight, its lease, and what its answer changes.

use std::sync::Arc;
use std::time::Duration;

use super::answer::Answer;
use super::churn::Identity;
use super::facts::{Basis, Shared, Stage};
use super::flight::{Flight, FlightEnd, tell_shed};
use super::ledger::{Failure, Finish, Names, Prepared, Success, undo};
use super::outcome::{ActiveUserEffect, UpstreamError};
use super::report::Tally;
use super::request::LoginRequest;
use super::session::{put, restore};
use crate::client::by_line::ByLine;
use crate::client::plan::rejections;
use crate::client::random;
use crate::client::usage::warn::Warner;
use crate::decide::login::{
    BudgetInput, Execution, FailureClass, FailureContext, LoginDecision, NewActiveUser, assess, execution,
    failed, quota_check, retry_at,
};
use crate::decide::rejection::classify;
use crate::model::{
    BillingDay, BillingMonth, CountedLogin, LimitId, Moment, Pseudonym, RejectionContext, Session,
    SessionMode, SessionState,
};

/// How far a lead has got, which is what remains to be done when it is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing is written.
    Waiting,
    /// Lease, room and note are written, or about to be.
    Preparing,
    /// The chat SDK was called.
    Sent,
    /// It has ended.
    Done,
}

/// The right to carry out a login in this process. Dropped without an answer it is abandoned: whoever waits may
/// take over, and the user stays uncertain if the login was sent.
pub(super) struct Lead {
    pub(super) shared: Arc<Shared>,
    pub(super) request: LoginRequest,
    pub(super) flight: Arc<Flight>,
    pub(super) names: Names,
    pub(super) execution: Execution,
    pub(super) basis: Basis,
    /// Filled by the transaction that prepares the login, whether or not anybody waits for it.
    pub(super) prepared: ByLine<Prepared>,
    pub(super) step: Step,
    /// Another process's login was seen running.
    pub(super) watched: bool,
    /// Whether the store must hold the very facts that were decided on.
    pub(super) compare: bool,
    /// Whether the app, giving the login up, gives its room back.
    pub(super) gives_back: bool,
    /// What those who wait are told.
    end: FlightEnd,
}

/// Why a login that was prepared is not sent.
pub(super) enum NotSent {
    /// Something newer took its place.
    Shed,
    /// It would be decided otherwise now, or in another period.
    Aged,
}

/// What the upstream login said when it failed.
#[derive(Clone, Copy)]
pub(super) struct Refusal<'a> {
    code: i32,
    message: &'a str,
    is_answer: bool,
}

impl<'a> Refusal<'a> {
    pub(super) fn of(error: &'a impl UpstreamError) -> Self {
        let is_answer = error.is_answer();
        Self { code: if is_answer { error.code() } else { 0 }, message: error.message(), is_answer }
    }

    fn class(&self) -> FailureClass {
        if self.is_answer { FailureClass::of(self.code) } else { FailureClass::AppFailed }
    }
}

impl Lead {
    pub(super) fn new(
        shared: Arc<Shared>,
        request: LoginRequest,
        flight: Arc<Flight>,
        execution: Execution,
        basis: Basis,
    ) -> Self {
        Self {
            shared,
            request,
            names: Names::new(flight.user, random::id()),
            flight,
            execution,
            basis,
            prepared: ByLine::default(),
            step: Step::Waiting,
            watched: false,
            compare: true,
            gives_back: false,
            end: FlightEnd::Abandoned,
        }
    }

    pub(super) fn user(&self) -> Pseudonym {
        self.flight.user
    }

    /// Decides for the last time and marks the login as sent; the chat SDK must be called right after. From here on
    /// other users' sessions on this device are over.
    pub(super) fn send(&mut self) -> Result<(), NotSent> {
        let (shared, user) = (Arc::clone(&self.shared), self.user());
        let core = &shared.core;
        let shed = {
            let mut flights = shared.flights.lock();
            if self.flight.is_shed() {
                return Err(NotSent::Shed);
            }
            let decided = shared.decide(&user, &self.request, &flights, Stage::Prepared);
            let now = decided.basis.now;
            let same_period = (decided.basis.day, decided.basis.month) == (self.basis.day, self.basis.month);
            if !same_period || !matches!(decided.decision, LoginDecision::Execute(_)) {
                return Err(NotSent::Aged);
            }
            let shed = match core.session_mode {
                SessionMode::Device => flights.send(&self.flight).ok_or(NotSent::Shed)?,
                SessionMode::MultiUser => Vec::new(),
            };
            // A renewal leaves a live session what it is.
            if !self.flight.renews() {
                let kicks = self.basis.facts.kicks;
                put(
                    core,
                    user,
                    Session { state: SessionState::LoggingIn, since: now.at, connected: false, kicks },
                );
            }
            shed
        };
        tell_shed(shed);
        self.step = Step::Sent;
        Ok(())
    }

    /// Takes back what was prepared and not sent.
    pub(super) async fn take_back(mut self, wait: Duration) {
        if self.prepared.is_empty() {
            return;
        }
        self.step = Step::Done;
        self.leave();
        let (names, basis, now) = (self.names, self.basis.clone(), self.shared.core.moment());
        let prepared = self.prepared.clone();
        self.shared.core.carry(wait, move |tx| undo(tx, names, &prepared, &basis, now)).await;
    }

    /// The provider said yes. Counts the user, whoever the session belongs to by now: the provider counts, too.
    pub(super) async fn succeed(mut self, wait: Duration) -> Result<ActiveUserEffect, Answer> {
        let (shared, user) = (Arc::clone(&self.shared), self.user());
        let core = &shared.core;
        let now = core.moment();
        let (day, month) = core.periods(now.at);
        let kicks = self.basis.facts.kicks;
        let superseded = self.land(|| {
            put(core, user, Session { state: SessionState::LoggedIn, since: now.at, connected: true, kicks });
        });
        self.end = FlightEnd::Succeeded;
        self.step = Step::Done;
        shared.file(&self.flight.filed, if superseded { Tally::Shed } else { Tally::Executed });
        let effect = self.effect(now, day, month);
        let success = Success {
            day,
            month,
            registers: self.basis.registers,
            sent: (!superseded).then(|| self.basis.facts.clone()),
            identity: Identity::new(core, &self.request.user, user, shared.policy.identities_per_month),
            intent: self.request.intent,
            effect,
            warner: Warner::of(core),
            account: core.account(&self.request.user),
        };
        let known = core.snapshot().ledger.counted(&user, day, month);
        let mut finish = self.finish(now);
        let counted = core.carry(wait, move |tx| finish.succeed(tx, &success)).await;
        // A store that has not counted yet will count this.
        let CountedLogin { new_in_month, new_on_day } =
            counted.unwrap_or(CountedLogin { new_in_month: !known.this_month, new_on_day: !known.today });
        if superseded {
            Err(Answer::Shed)
        } else {
            Ok(ActiveUserEffect { new_in_month, new_on_day, ..effect })
        }
    }

    /// The provider said no.
    #[allow(clippy::similar_names, reason = "a core and a code")]
    pub(super) async fn fail(mut self, refusal: Refusal<'_>, wait: Duration) -> Answer {
        let (class, Refusal { code, message, is_answer }) = (refusal.class(), refusal);
        let (shared, user, request) = (Arc::clone(&self.shared), self.user(), self.request);
        let core = &shared.core;
        let now = core.moment();
        let (day, month) = core.periods(now.at);
        let instead = (class == FailureClass::KickedOff).then_some(SessionState::KickedOff);
        let flight = Arc::clone(&self.flight);
        let superseded = self.land(|| restore(core, &flight, now.at, instead));
        self.step = Step::Done;
        shared.file(&self.flight.filed, if superseded { Tally::Shed } else { Tally::Failed });
        let plan_revision = core.snapshot().entitlements.revision();
        let context = FailureContext {
            by_person: self.flight.by_person,
            now,
            day,
            month,
            plan_revision,
            jitter: random::jitter(),
        };
        let view = shared.view(&request, now, plan_revision);
        let facts = core.snapshot().ledger.facts(&user);
        let mut facts = facts.map(Arc::unwrap_or_clone).unwrap_or_default();
        failed(&mut facts.memory, class, code, &context, &shared.policy);
        let foreseen = retry_at(&facts.memory, &view, &shared.policy);
        self.end = FlightEnd::Failed { class, code, retry_at: foreseen };
        let policy = shared.policy.clone();
        let alone = !self.is_followed();
        let failure = Failure { class, code, is_answer, context, view, superseded, alone, policy };
        let mut finish = self.finish(now);
        let kept = core.carry(wait, move |tx| finish.fail(tx, &failure)).await;
        let retry_at = kept.unwrap_or(foreseen);
        self.end = FlightEnd::Failed { class, code, retry_at };
        drop(self);
        if class.is_about_the_plan() || class == FailureClass::Permanent {
            shared.refused(&user, code, message, wait).await;
        }
        if superseded { Answer::Shed } else { Answer::Failed { class, code, retry_at } }
    }

    /// Another process logged this user in a moment ago: nothing is sent here.
    pub(super) fn joined(mut self) -> Answer {
        let (shared, user) = (Arc::clone(&self.shared), self.user());
        let core = &shared.core;
        let (at, kicks) = (core.now(), self.basis.facts.kicks);
        let superseded = {
            let mut flights = shared.flights.lock();
            let sent = match core.session_mode {
                SessionMode::Device if !self.flight.is_shed() => flights.send(&self.flight),
                _ => Some(Vec::new()),
            };
            flights.remove(&self.flight);
            if !self.flight.is_shed() {
                put(core, user, Session { state: SessionState::LoggedIn, since: at, connected: true, kicks });
            }
            sent
        };
        self.step = Step::Done;
        self.end = FlightEnd::Succeeded;
        tell_shed(superseded.into_iter().flatten());
        if self.flight.is_shed() { Answer::Shed } else { Answer::Joined }
    }

    /// Takes the flight off; says whether something newer had taken its place, else does `land`.
    fn land(&self, land: impl FnOnce()) -> bool {
        let mut flights = self.shared.flights.lock();
        flights.remove(&self.flight);
        let superseded = self.flight.is_shed();
        if !superseded {
            land();
        }
        superseded
    }

    /// Whether a later login of the same user is under way.
    fn is_followed(&self) -> bool {
        let flights = self.shared.flights.lock();
        flights.get(&self.user()).is_some_and(|other| !Arc::ptr_eq(other, &self.flight))
    }

    pub(super) fn leave(&self) {
        let core = &self.shared.core;
        self.land(|| restore(core, &self.flight, core.now(), None));
    }

    fn finish(&self, now: Moment) -> Finish {
        let (names, prepared, sent) = (self.names, self.prepared.clone(), self.basis.now);
        Finish { names, prepared, sent, now, taken: self.shared.take_totals() }
    }

    /// Price and warning of the period in which the login counts.
    fn effect(&self, now: Moment, day: BillingDay, month: BillingMonth) -> ActiveUserEffect {
        let Execution { price, warning, evidence, .. } = if (day, month) == (self.basis.day, self.basis.month)
        {
            self.execution
        } else {
            self.shared.priced(&self.user(), now, day, month)
        };
        ActiveUserEffect { new_in_month: false, new_on_day: false, price, warning, evidence }
    }
}

impl Shared {
    /// What the login of `lead` costs, by what memory holds now that it has followed the transaction which prepared it,
    /// without the room that it holds itself.
    pub(super) fn priced_before(&self, lead: &Lead, again: bool) -> Execution {
        let (core, basis) = (&self.core, &lead.basis);
        let snapshot = core.snapshot();
        let mut usage = snapshot.usage.clone();
        for item in basis.room.iter().filter(|_| !again) {
            let counter = usage.get(&item.key).released(item.amount);
            usage = usage.with(item.key, counter);
        }
        let input = BudgetInput {
            entitlements: &snapshot.entitlements,
            usage: &usage,
            counted: basis.counted,
            registers: basis.registers,
            repeats: again,
            day: basis.day,
            month: basis.month,
            now: basis.now,
        };
        execution(&assess(&input, &self.policy, &core.policy), lead.execution.creates)
    }

    /// What an active user of that period costs who logs in now.
    fn priced(&self, user: &Pseudonym, now: Moment, day: BillingDay, month: BillingMonth) -> Execution {
        let core = &self.core;
        let snapshot = core.snapshot();
        let counted = snapshot.ledger.counted(user, day, month);
        let (entitlements, usage) = (&*snapshot.entitlements, &snapshot.usage);
        let input =
            BudgetInput { entitlements, usage, counted, registers: false, repeats: false, day, month, now };
        let creates = if counted.this_month { NewActiveUser::No } else { NewActiveUser::Yes };
        execution(&assess(&input, &self.policy, &core.policy), creates)
    }

    /// Corrects what is known of the plan after a login that was refused for it: the app's own counters as well, so
    /// that every new active user waits for the period to turn.
    #[allow(clippy::similar_names, reason = "a core and a code")]
    async fn refused(&self, user: &Pseudonym, code: i32, message: &str, wait: Duration) {
        let core = &self.core;
        let limit = classify(code, message, &RejectionContext::default()).limit;
        let check = limit.map(|limit| {
            let now = core.moment();
            let (day, month) = core.periods(now.at);
            let snapshot = core.snapshot();
            let input = BudgetInput {
                entitlements: &snapshot.entitlements,
                usage: &snapshot.usage,
                counted: snapshot.ledger.counted(user, day, month),
                registers: limit == LimitId::MaxUsers,
                repeats: false,
                day,
                month,
                now,
            };
            let turns = match limit {
                LimitId::FreeMau => Some(core.zone.start_of(month.next().first_date())),
                LimitId::FreeDau => Some(core.zone.start_of(day.next().date())),
                _ => None,
            };
            quota_check(&input, limit, turns, &core.policy)
        });
        let checks = check.as_slice();
        let context = RejectionContext { checks, ..RejectionContext::default() };
        rejections::report(core, code, message, &context, wait).await;
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        match self.step {
            Step::Done => {}
            Step::Waiting => self.leave(),
            Step::Preparing => {
                self.leave();
                let (prepared, names, basis) = (self.prepared.clone(), self.names, self.basis.clone());
                let now = self.shared.core.moment();
                // The transaction that prepares it runs before this one, or never.
                self.shared.core.submit(move |tx| undo(tx, names, &prepared, &basis, now));
            }
            Step::Sent => {
                self.leave();
                let mut finish = self.finish(self.shared.core.moment());
                let gives_back = self.gives_back && !self.is_followed();
                self.shared.core.submit(move |tx| finish.abandon(tx, gives_back));
            }
        }
        self.flight.finish(self.end);
    }
}
