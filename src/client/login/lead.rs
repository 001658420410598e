//! The one caller of a user who carries the login out: its flight, its lease, and what its answer changes.

use std::sync::Arc;

use super::answer::Answer;
use super::count::with_entry;
use super::enter::{put, restore};
use super::flight::{Flight, FlightEnd};
use super::outcome::ActiveUserEffect;
use super::request::LoginRequest;
use super::shared::{Shared, Uncounted};
use super::totals::Tally;
use crate::client::events::Event;
use crate::decide::login::{Execution, FailureClass};
use crate::model::{ActiveUser, Pseudonym, Session, SessionState, Timestamp};
use crate::store::{CountedLogin, LeaseEnd};

/// The right to carry out a login in this process. Dropped without an answer it is abandoned: whoever waits may
/// take over, and the user stays uncertain if the login was sent.
pub(super) struct Lead {
    pub(super) shared: Arc<Shared>,
    pub(super) request: LoginRequest,
    pub(super) user: Pseudonym,
    pub(super) flight: Arc<Flight>,
    pub(super) execution: Execution,
    pub(super) fence: Option<u64>,
    /// Another process's login was seen running.
    pub(super) watched: bool,
    /// An earlier login of unknown end: a failure of this one does not say how that one ended.
    uncertain_before: bool,
    done: bool,
}

impl Lead {
    pub(super) fn new(
        shared: Arc<Shared>,
        request: LoginRequest,
        flight: Arc<Flight>,
        execution: Execution,
    ) -> Self {
        let user = flight.user;
        Self {
            shared,
            request,
            user,
            flight,
            execution,
            fence: None,
            watched: false,
            uncertain_before: false,
            done: false,
        }
    }

    /// Notes that the login is about to be sent, so that a crash leaves the user uncertain and not forgotten.
    pub(super) fn send(&mut self) {
        let (core, user) = (&self.shared.core, self.user);
        let at = core.now();
        self.uncertain_before = core.snapshot().ledger.get(&user).uncertain.is_some();
        self.shared.failures.executed(user, core.clock.now(), &self.shared.policy);
        let noted = core.persist(
            |store| store.begin_login(user, at),
            |snapshot, ()| with_entry(snapshot, user, |entry| ActiveUser { uncertain: Some(at), ..entry }),
        );
        if let Err(error) = noted {
            core.store_failed("note a login before it is sent", &error);
            core.update(|s| with_entry(s, user, |entry| ActiveUser { uncertain: Some(at), ..entry }));
        }
    }

    /// The provider said yes. Counts the user, whoever the session belongs to by now: the provider counts, too.
    /// `Err` is the sequence number of what superseded this login.
    pub(super) fn succeed(mut self) -> Result<ActiveUserEffect, u64> {
        self.done = true;
        let (shared, user) = (Arc::clone(&self.shared), self.user);
        let core = &shared.core;
        let now = core.now();
        let (day, month) = core.periods(now);
        let counted = shared.count_login(Uncounted { user, day, month, at: now });
        let shed_by = {
            let mut flights = shared.flights.lock();
            flights.remove(&self.flight);
            let shed_by = self.flight.shed_by();
            if shed_by.is_none() && core.snapshot().sessions.state(&user) == SessionState::LoggingIn {
                put(core, user, Session { state: SessionState::LoggedIn, since: now, connected: true });
            }
            shed_by
        };
        shared.failures.succeeded(&user);
        self.end_lease(LeaseEnd::Succeeded(now));
        self.flight.finish(FlightEnd::Succeeded);
        shared.count(if shed_by.is_some() { Tally::Shed } else { Tally::Executed });
        if counted.new_in_month {
            shared.count(Tally::NewInMonth);
        }
        if counted.new_on_day {
            shared.count(Tally::NewOnDay);
        }
        shared.churn.note(core, &shared.policy, month, &self.request.user, user);
        shared.totals.flush(core);
        let effect = ActiveUserEffect {
            new_in_month: counted.new_in_month,
            new_on_day: counted.new_on_day,
            price: self.execution.price,
            warning: self.execution.warning,
            evidence: self.execution.evidence,
        };
        if counted.new_in_month || counted.new_on_day {
            let CountedLogin { new_in_month, new_on_day } = counted;
            core.emit(Event::ActiveUserCounted { user, new_in_month, new_on_day });
        }
        core.emit(Event::LoginExecuted { user, intent: self.request.intent, effect });
        core.watch();
        shed_by.map_or(Ok(effect), Err)
    }

    /// The provider said no.
    #[allow(clippy::similar_names, reason = "a core and a code")]
    pub(super) fn fail(mut self, code: i32, message: &str) -> Answer {
        self.done = true;
        let (shared, user) = (Arc::clone(&self.shared), self.user);
        let core = &shared.core;
        let moment = shared.moment();
        let class = FailureClass::of(code);
        // The note may by now be that of a newer login of this user, whose end is not known yet.
        let superseded = self.flight.shed_by().is_some();
        if class.certainly_failed() && !self.uncertain_before && !superseded {
            shared.clear_note(user);
        }
        let retry_at = shared.failures.failed(user, class, code, &moment, &shared.policy);
        let shed_by = {
            let mut flights = shared.flights.lock();
            flights.remove(&self.flight);
            let shed_by = self.flight.shed_by();
            if shed_by.is_none() {
                let instead = (class == FailureClass::KickedOff).then_some(SessionState::KickedOff);
                restore(core, &self.flight, moment.now, instead);
            }
            shed_by
        };
        self.end_lease(LeaseEnd::Failed(moment.now, code));
        self.flight.finish(FlightEnd::Failed { class, code, retry_at });
        core.emit(Event::LoginFailed { user, class, code, retry_at });
        shared.refused(class, code, message);
        shared.totals.flush(core);
        match shed_by {
            Some(newer) => Answer::Shed { newer },
            None => Answer::Failed { class, code, retry_at },
        }
    }

    /// Another process logged this user in a moment ago: nothing is sent here.
    pub(super) fn joined_elsewhere(mut self, at: Timestamp) -> Answer {
        self.done = true;
        let (core, user) = (&self.shared.core, self.user);
        core.catch_up();
        let (day, month) = core.periods(at);
        let mut flights = self.shared.flights.lock();
        flights.remove(&self.flight);
        let shed_by = self.flight.shed_by();
        // The other process counted the user; where its store cannot be read, memory follows here.
        core.update(|snapshot| {
            with_entry(snapshot, user, |entry| ActiveUser {
                month: entry.month.max(Some(month)),
                day: entry.day.max(Some(day)),
                uncertain: entry.uncertain,
            })
        });
        if shed_by.is_none() && core.snapshot().sessions.state(&user) == SessionState::LoggingIn {
            put(core, user, Session { state: SessionState::LoggedIn, since: core.now(), connected: true });
        }
        drop(flights);
        self.flight.finish(FlightEnd::Succeeded);
        shed_by.map_or(Answer::Joined, |newer| Answer::Shed { newer })
    }

    /// Another process failed to log this user in a moment ago: nothing is sent here either.
    pub(super) fn failed_elsewhere(mut self, code: i32) -> Answer {
        self.done = true;
        let class = FailureClass::of(code);
        let moment = self.shared.moment();
        let retry_at = self.shared.failures.failed(self.user, class, code, &moment, &self.shared.policy);
        self.leave();
        self.flight.finish(FlightEnd::Failed { class, code, retry_at });
        Answer::Failed { class, code, retry_at }
    }

    fn leave(&self) {
        let core = &self.shared.core;
        let mut flights = self.shared.flights.lock();
        flights.remove(&self.flight);
        if self.flight.shed_by().is_none() {
            restore(core, &self.flight, core.now(), None);
        }
    }

    fn end_lease(&self, end: LeaseEnd) {
        if let Some(fence) = self.fence
            && let Err(error) = self.shared.core.store.end_lease(self.user, fence, end)
        {
            self.shared.core.store_failed("end a login lease", &error);
        }
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        self.leave();
        self.end_lease(LeaseEnd::Abandoned(self.shared.core.now()));
        self.flight.finish(FlightEnd::Abandoned);
    }
}
