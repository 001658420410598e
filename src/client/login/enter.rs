//! Coming in: join the flight of this user, or decide and lead one.

use std::sync::Arc;

use super::answer::Answer;
use super::flight::{Flight, FlightEnd, tell_shed};
use super::lead::Lead;
use super::request::LoginRequest;
use super::shared::Shared;
use crate::client::core::Core;
use crate::decide::login::LoginDecision;
use crate::model::{Pseudonym, Session, SessionMode, SessionState, Snapshot, Timestamp};

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
                    Entered::Lead(Lead::new(Arc::clone(self), *request, flight, execution))
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

impl Shared {
    /// Takes a ticket off that nobody answered in time.
    pub(super) fn lapse(&self, flight: &Arc<Flight>) {
        {
            let mut flights = self.flights.lock();
            if !flights.get(&flight.user).is_some_and(|held| Arc::ptr_eq(held, flight)) {
                return;
            }
            flights.shed(&flight.user);
            restore(&self.core, flight, self.core.now(), None);
        }
        flight.finish(FlightEnd::Abandoned);
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
pub(super) fn restore(core: &Core, flight: &Flight, now: Timestamp, instead: Option<SessionState>) {
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
