//! Single flight in this process: at most one login of a user runs, and everybody else waits for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::decide::login::FailureClass;
use crate::model::{Elapsed, Pseudonym, Session, SessionState, Timestamp, Wait};

/// How a flight ended, for those who waited for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlightEnd {
    /// The user is logged in.
    Succeeded,
    /// The login failed.
    Failed { class: FailureClass, code: i32, retry_at: Option<Timestamp> },
    /// Nobody got an answer; whoever waited may try for themselves.
    Abandoned,
    /// Something newer took its place.
    Shed,
}

/// One login under way, or about to be.
pub(super) struct Flight {
    pub(super) user: Pseudonym,
    /// Its place among all requests of this process: the latest one that is sent wins.
    pub(super) order: u64,
    /// Whether a person asked for it.
    pub(super) by_person: bool,
    /// The session it replaces, which is what holds again if it fails.
    pub(super) before: Option<Session>,
    /// For a ticket, how long it waits for its answer. A login whose future is polled ends by being dropped.
    pub(super) lapse: Option<Wait>,
    /// Whether its request was counted; a ticket that nobody answers is counted when it lapses.
    pub(super) filed: Arc<AtomicBool>,
    shed: AtomicBool,
    end: watch::Sender<Option<FlightEnd>>,
}

impl Flight {
    pub(super) fn new(
        user: Pseudonym,
        order: u64,
        by_person: bool,
        before: Option<Session>,
        lapse: Option<Wait>,
        filed: Arc<AtomicBool>,
    ) -> Arc<Self> {
        let (shed, end) = (AtomicBool::new(false), watch::Sender::new(None));
        Arc::new(Self { user, order, by_person, before, lapse, filed, shed, end })
    }

    pub(super) fn wait(&self) -> watch::Receiver<Option<FlightEnd>> {
        self.end.subscribe()
    }

    /// Tells everybody who waits. Wakers may call into the host, so no lock may be held here.
    pub(super) fn finish(&self, end: FlightEnd) {
        self.end.send_if_modified(|slot| {
            // The first end holds: somebody shed is not told later that the login went through.
            let first = slot.is_none();
            slot.get_or_insert(end);
            first
        });
    }

    /// Whether something newer took its place, or it is a ticket that lapsed.
    pub(super) fn is_shed(&self) -> bool {
        self.shed.load(Ordering::Acquire)
    }

    /// Whether the user was logged in when it began.
    pub(super) fn renews(&self) -> bool {
        self.before.is_some_and(|session| session.state == SessionState::LoggedIn)
    }

    pub(super) fn has_lapsed(&self, now: Elapsed) -> bool {
        self.lapse.is_some_and(|wait| wait.is_over(now))
    }
}

/// Every login under way in this process. Guarded by one short lock.
#[derive(Default)]
pub(super) struct Flights {
    by_user: HashMap<Pseudonym, Arc<Flight>>,
    last_order: u64,
    /// Of the logins sent, the latest request and its user.
    sent: Option<(u64, Pseudonym)>,
}

impl Flights {
    pub(super) fn get(&self, user: &Pseudonym) -> Option<&Arc<Flight>> {
        self.by_user.get(user)
    }

    pub(super) fn insert(&mut self, flight: Arc<Flight>) {
        self.by_user.insert(flight.user, flight);
    }

    /// The place of a new request.
    pub(super) fn next_order(&mut self) -> u64 {
        self.last_order += 1;
        self.last_order
    }

    /// Whether a person's login of somebody else is under way.
    pub(super) fn has_other_person(&self, user: &Pseudonym, now: Elapsed) -> bool {
        self.by_user.values().any(|other| other.by_person && other.user != *user && !other.has_lapsed(now))
    }

    /// Takes `flight` off unless another one has taken its place; says whether it was still there.
    pub(super) fn remove(&mut self, flight: &Arc<Flight>) -> bool {
        let there = self.by_user.get(&flight.user).is_some_and(|held| Arc::ptr_eq(held, flight));
        if there {
            self.by_user.remove(&flight.user);
        }
        there
    }

    /// Marks the flight of `user` as superseded and takes it off. The caller tells the waiters, once it holds no lock.
    pub(super) fn shed(&mut self, user: &Pseudonym) -> Option<Arc<Flight>> {
        let flight = self.by_user.remove(user)?;
        flight.shed.store(true, Ordering::Release);
        Some(flight)
    }

    /// `flight` is sent, on a device: whoever asked earlier for somebody else is superseded, which the caller tells them
    /// once it holds no lock. `None` when `flight` itself is: somebody who asked later has been logged in.
    pub(super) fn send(&mut self, flight: &Arc<Flight>) -> Option<Vec<Arc<Flight>>> {
        if self.sent.is_some_and(|(order, user)| order > flight.order && user != flight.user) {
            self.remove(flight);
            flight.shed.store(true, Ordering::Release);
            return None;
        }
        self.sent = Some((flight.order, flight.user));
        let earlier = |other: &&Arc<Flight>| other.user != flight.user && other.order < flight.order;
        let users: Vec<Pseudonym> = self.by_user.values().filter(earlier).map(|other| other.user).collect();
        Some(users.iter().filter_map(|user| self.shed(user)).collect())
    }

    /// Tickets that nobody answered in time.
    pub(super) fn lapsed(&self, now: Elapsed) -> Vec<Arc<Flight>> {
        self.by_user.values().filter(|flight| flight.has_lapsed(now)).cloned().collect()
    }
}

/// Tells the waiters of flights that were shed.
pub(super) fn tell_shed(flights: impl IntoIterator<Item = Arc<Flight>>) {
    for flight in flights {
        flight.finish(FlightEnd::Shed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flight(user: u8, order: u64) -> Arc<Flight> {
        Flight::new(Pseudonym([user; 16]), order, true, None, None, Arc::default())
    }

    #[test]
    fn the_latest_request_wins_whoever_is_sent_first() {
        let mut flights = Flights::default();
        let (first, second) = (flight(1, flights.next_order()), flight(2, flights.next_order()));
        flights.insert(Arc::clone(&first));
        flights.insert(Arc::clone(&second));
        assert_eq!(flights.send(&second).map(|shed| shed.len()), Some(1));
        assert!(first.is_shed() && !second.is_shed());
        let late = flight(1, first.order);
        assert!(flights.send(&late).is_none() && late.is_shed());
    }

    #[test]
    fn a_login_that_is_not_sent_sheds_nobody() {
        let mut flights = Flights::default();
        let (first, second) = (flight(1, flights.next_order()), flight(2, flights.next_order()));
        flights.insert(Arc::clone(&first));
        flights.insert(second);
        assert!(!first.is_shed());
        assert_eq!(flights.send(&first).map(|shed| shed.len()), Some(0));
    }

    #[test]
    fn a_ticket_lapses_by_elapsed_time() {
        let wait = Wait::new(Elapsed(1_000), std::time::Duration::from_secs(60));
        let ticket = Flight::new(Pseudonym([1; 16]), 1, true, None, Some(wait), Arc::default());
        assert!(!ticket.has_lapsed(Elapsed(60_999)) && ticket.has_lapsed(Elapsed(61_000)));
    }
}
