//! The one caller of a user who carries the login out: its flight, its lease, and what its answer changes.

use std::sync::Arc;

use super::answer::Answer;
use super::flight::{Flight, FlightEnd, tell_shed};
use super::outcome::ActiveUserEffect;
use super::request::LoginRequest;
use super::shared::{Shared, Uncounted};
use super::totals::Tally;
use crate::client::core::Core;
use crate::client::events::Event;
use crate::client::limits;
use crate::decide::login::{Execution, FailureClass, LoginDecision};
use crate::model::{
    ActiveUser, CounterKey, LimitId, Pseudonym, Session, SessionMode, SessionState, Snapshot, Subject,
    Timestamp,
};
use crate::store::{CountedLogin, LeaseEnd};

/// What a request meets in this process.
pub(super) enum Entered {
    /// Nobody else carries it out: this caller does.
    Lead(Lead),
    /// A login of this user is under way.
    Wait(Arc<Flight>),
    /// It is not carried out.
    Decided(Answer),
    /// What was read did not fit together any more: read it again.
    Again,
}

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
    sent: bool,
    /// An earlier login of unknown end: a failure of this one does not say how that one ended.
    uncertain_before: bool,
    done: bool,
}

impl Shared {
    /// Joins the flight of this user, or decides and starts one. One short critical section, so that two callers
    /// never both lead; whoever is shed is told after it.
    pub(super) fn enter(self: &Arc<Self>, user: Pseudonym, request: &LoginRequest, ticket: bool) -> Entered {
        let core = &self.core;
        let mut shed = Vec::new();
        let mut lapsed = None;
        let entered = {
            let mut flights = self.flights.lock();
            let now = core.now();
            if let Some(flight) = flights.get(&user) {
                if flight.expires.is_none_or(|expires| now < expires) {
                    return Entered::Wait(Arc::clone(flight));
                }
                lapsed = flights.shed(&user);
                if let Some((flight, _)) = &lapsed {
                    restore(core, flight, now, None);
                }
            }
            match self.decide(&user, request) {
                LoginDecision::Execute(execution) => {
                    let before = core.snapshot().sessions.get(&user);
                    let expires = ticket.then(|| now.plus(self.policy.ticket_ttl));
                    let flight = Flight::new(user, before, expires);
                    if core.session_mode == SessionMode::Device {
                        shed = flights.shed_all_but(&user);
                    }
                    flights.insert(Arc::clone(&flight));
                    put(core, user, Session { state: SessionState::LoggingIn, since: now, connected: false });
                    Entered::Lead(Lead {
                        shared: Arc::clone(self),
                        request: *request,
                        user,
                        flight,
                        execution,
                        fence: None,
                        watched: false,
                        sent: false,
                        uncertain_before: false,
                        done: false,
                    })
                }
                LoginDecision::AlreadyLoggedIn => Entered::Decided(Answer::AlreadyLoggedIn),
                LoginDecision::Defer(deferral) => Entered::Decided(Answer::Deferred(deferral)),
                LoginDecision::Deny(denial) => Entered::Decided(Answer::Denied(denial)),
                // A session logs in only while its flight is listed, and none is: the session is nobody's.
                LoginDecision::Join => {
                    core.update(|snapshot| Snapshot {
                        sessions: snapshot.sessions.without(&user),
                        ..snapshot.clone()
                    });
                    Entered::Again
                }
            }
        };
        tell_shed(shed);
        if let Some((flight, _)) = lapsed {
            flight.finish(FlightEnd::Abandoned);
        }
        entered
    }
}

/// Replaces one session.
pub(super) fn put(core: &Core, user: Pseudonym, session: Session) {
    let mode = core.session_mode;
    core.update(|snapshot| Snapshot {
        sessions: snapshot.sessions.with(user, session, mode),
        ..snapshot.clone()
    });
}

/// Puts the session back to what it was before a login that did not succeed, or to `instead`; only if it still is
/// that login's.
fn restore(core: &Core, flight: &Flight, now: Timestamp, instead: Option<SessionState>) {
    let user = flight.user;
    let mode = core.session_mode;
    core.update(|snapshot| {
        let mut after = snapshot.clone();
        if snapshot.sessions.state(&user) == SessionState::LoggingIn {
            let session = match (instead, flight.before) {
                (Some(state), _) => Some(Session { state, since: now, connected: false }),
                (None, before) => before.filter(|session| session.state != SessionState::LoggingIn),
            };
            after.sessions = match session {
                Some(session) => snapshot.sessions.with(user, session, mode),
                None => snapshot.sessions.without(&user),
            };
        }
        after
    });
}

impl Lead {
    /// Notes that the login is about to be sent, so that a crash leaves the user uncertain and not forgotten.
    pub(super) fn send(&mut self) {
        let (core, user) = (&self.shared.core, self.user);
        let at = core.now();
        self.uncertain_before = core.snapshot().ledger.get(&user).uncertain.is_some();
        self.sent = true;
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
        shared.count_pending();
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
    pub(super) fn fail(mut self, code: i32) -> Answer {
        self.done = true;
        let (shared, user) = (Arc::clone(&self.shared), self.user);
        let core = &shared.core;
        let moment = shared.moment();
        let class = FailureClass::of(code);
        if class.certainly_failed() && !self.uncertain_before {
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

impl Shared {
    fn count_login(&self, login: Uncounted) -> CountedLogin {
        let Uncounted { user, day, month, at } = login;
        let core = &self.core;
        let before = [LimitId::FreeMau, LimitId::FreeDau].map(|limit| {
            let key = CounterKey::at(limit, Subject::App, at, &core.zone);
            (key, core.snapshot().usage.get(&key))
        });
        let stored = core.persist(
            |store| store.count_login(user, day, month, at),
            |snapshot, &counted| with_counted(core, snapshot, login, counted),
        );
        let counted = stored.unwrap_or_else(|error| {
            core.store_failed("count an active user", &error);
            self.uncounted.lock().push(login);
            let known = core.snapshot().ledger.counted(&user, day, month);
            let counted = CountedLogin { new_in_month: !known.this_month, new_on_day: !known.today };
            core.update(|snapshot| with_counted(core, snapshot, login, counted));
            counted
        });
        limits::warn(core, &self.decisions, &before);
        counted
    }

    /// Counts in the store what it did not take when it happened. Counting twice changes nothing.
    pub(super) fn count_pending(&self) {
        let pending = std::mem::take(&mut *self.uncounted.lock());
        for login in pending {
            let Uncounted { user, day, month, at } = login;
            if let Err(error) = self.core.store.count_login(user, day, month, at) {
                self.core.store_failed("count an active user", &error);
                self.uncounted.lock().push(login);
            }
        }
    }

    fn clear_note(&self, user: Pseudonym) {
        let core = &self.core;
        let clear = |entry: ActiveUser| ActiveUser { uncertain: None, ..entry };
        let cleared =
            core.persist(|store| store.fail_login(user), |snapshot, ()| with_entry(snapshot, user, clear));
        if let Err(error) = cleared {
            core.store_failed("note a failed login", &error);
            core.update(|snapshot| with_entry(snapshot, user, clear));
        }
    }
}

fn with_entry(
    snapshot: &Snapshot,
    user: Pseudonym,
    change: impl FnOnce(ActiveUser) -> ActiveUser,
) -> Snapshot {
    let ledger = snapshot.ledger.with(user, change(snapshot.ledger.get(&user)));
    Snapshot { ledger, ..snapshot.clone() }
}

/// Memory follows what the store did: the ledger's entry, and the counters of active users.
fn with_counted(core: &Core, snapshot: &Snapshot, login: Uncounted, counted: CountedLogin) -> Snapshot {
    let mut after = with_entry(snapshot, login.user, |entry| ActiveUser {
        month: entry.month.max(Some(login.month)),
        day: entry.day.max(Some(login.day)),
        uncertain: None,
    });
    for (new, limit) in [(counted.new_in_month, LimitId::FreeMau), (counted.new_on_day, LimitId::FreeDau)] {
        if new {
            let key = CounterKey::at(limit, Subject::App, login.at, &core.zone);
            let mut tally = after.usage.get(&key);
            tally.added = tally.added.saturating_add(1);
            after.usage = after.usage.with(key, tally);
        }
    }
    after
}
