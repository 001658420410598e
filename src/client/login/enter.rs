//! Coming in: join the flight of this user, or decide and lead one.

use std::sync::Arc;

use super::answer::Answer;
use super::facts::{Asked, Filing, Shared, Stage};
use super::flight::{Flight, FlightEnd, Flights};
use super::lead::Lead;
use super::report::Tally;
use super::request::LoginRequest;
use super::session::restore;
use crate::decide::login::LoginDecision;
use crate::model::{Pseudonym, Wait};

/// What a request meets in this process.
pub(super) enum Entered {
    /// Nobody else carries it out: this caller does.
    Lead(Box<Lead>),
    /// A login of this user is under way.
    Wait(Arc<Flight>),
    /// It is not carried out.
    Decided {
        answer: Answer,
        /// It would be, if the user were counted in this month.
        hangs_on_the_month: bool,
    },
}

/// One request on its way in.
pub(super) struct Entry<'a> {
    pub(super) user: Pseudonym,
    pub(super) request: &'a LoginRequest,
    pub(super) filing: &'a Filing,
    /// Whether it is to get a ticket.
    pub(super) ticket: bool,
    /// Its place among all requests, once it has one.
    pub(super) order: Option<u64>,
}

impl Shared {
    /// Joins the flight of this user, or decides and starts one. One short critical section, so that two callers
    /// never both lead.
    pub(super) fn enter(self: &Arc<Self>, entry: &mut Entry<'_>) -> Entered {
        loop {
            let lapsed = {
                let mut flights = self.flights.lock();
                let order = *entry.order.get_or_insert_with(|| flights.next_order());
                match self.enter_locked(&mut flights, entry, order) {
                    Ok(entered) => return entered,
                    Err(lapsed) => lapsed,
                }
            };
            if let Some(flight) = lapsed {
                flight.finish(FlightEnd::Abandoned);
            }
        }
    }

    /// The login of this user that is under way and that a request waits for, whatever else it finds. Not one that renews
    /// a live session, which is not in doubt.
    pub(super) fn in_flight(&self, asked: &mut Asked) -> Option<Arc<Flight>> {
        let mut flights = self.flights.lock();
        let flight = flights.get(&asked.user).filter(|flight| !flight.has_lapsed(self.core.clock.elapsed()));
        let flight = flight.filter(|flight| !flight.renews()).cloned()?;
        asked.order.get_or_insert_with(|| flights.next_order());
        Some(flight)
    }

    /// `Err` when something that was in the way was taken off: look again, and tell the flight's waiters.
    fn enter_locked(
        self: &Arc<Self>,
        flights: &mut Flights,
        entry: &Entry<'_>,
        order: u64,
    ) -> Result<Entered, Option<Arc<Flight>>> {
        let (core, user) = (&self.core, entry.user);
        let decided = self.decide(&user, entry.request, flights, Stage::Asked);
        let hangs_on_the_month = decided.hangs_on_the_month;
        let settled = |answer| Entered::Decided { answer, hangs_on_the_month };
        if let Some(flight) = flights.get(&user).cloned() {
            // A live session is not in doubt while it is renewed.
            if matches!(decided.decision, LoginDecision::AlreadyLoggedIn) {
                return Ok(settled(Answer::AlreadyLoggedIn));
            }
            if !flight.has_lapsed(decided.basis.now.elapsed) {
                return Ok(Entered::Wait(flight));
            }
            self.take_off(flights, &flight);
            return Err(Some(flight));
        }
        match decided.decision {
            LoginDecision::Execute(execution) => {
                let before = core.snapshot().ledger.session(&user).session;
                let lapse =
                    entry.ticket.then(|| Wait::new(decided.basis.now.elapsed, self.policy.ticket_ttl));
                let by_person = self.by_person(entry.request);
                let filed = Arc::clone(&entry.filing.filed);
                let flight = Flight::new(user, order, by_person, before, lapse, filed);
                flights.insert(Arc::clone(&flight));
                let lead = Lead::new(Arc::clone(self), *entry.request, flight, execution, decided.basis);
                Ok(Entered::Lead(Box::new(lead)))
            }
            LoginDecision::AlreadyLoggedIn => Ok(settled(Answer::AlreadyLoggedIn)),
            LoginDecision::Defer(deferral) => Ok(settled(Answer::Deferred(deferral))),
            LoginDecision::Deny(denial) => Ok(settled(Answer::Denied(denial))),
            // A session logs in only while its flight is listed, and none is: the session is nobody's.
            LoginDecision::Join => {
                core.change_session(user, |_| Some(None));
                Err(None)
            }
        }
    }

    /// Takes a ticket off that nobody answered in time.
    fn take_off(&self, flights: &mut Flights, flight: &Arc<Flight>) {
        flights.shed(&flight.user);
        restore(&self.core, flight, self.core.now(), None);
        self.file(&flight.filed, Tally::Cancelled);
    }

    /// Takes every ticket off that nobody answered in time.
    pub(super) fn sweep_tickets(&self) {
        let lapsed = {
            let mut flights = self.flights.lock();
            let lapsed = flights.lapsed(self.core.clock.elapsed());
            for flight in &lapsed {
                self.take_off(&mut flights, flight);
            }
            lapsed
        };
        for flight in lapsed {
            flight.finish(FlightEnd::Abandoned);
        }
    }
}
