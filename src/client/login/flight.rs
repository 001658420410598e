//! Single flight in this process: at most one login of a user runs, and everybody else waits for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::decide::login::FailureClass;
use crate::model::{Pseudonym, Session, Timestamp};

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
    Shed { newer: u64 },
}

/// One login under way.
pub(super) struct Flight {
    pub(super) user: Pseudonym,
    /// The session it replaces, which is what holds again if it fails.
    pub(super) before: Option<Session>,
    /// For a ticket, when it lapses without an answer. A login whose future is polled ends by being dropped.
    pub(super) expires: Option<Timestamp>,
    /// What superseded it; 0 while nothing did.
    shed_by: AtomicU64,
    end: watch::Sender<Option<FlightEnd>>,
}

impl Flight {
    pub(super) fn new(user: Pseudonym, before: Option<Session>, expires: Option<Timestamp>) -> Arc<Self> {
        let end = watch::Sender::new(None);
        Arc::new(Self { user, before, expires, shed_by: AtomicU64::new(0), end })
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

    pub(super) fn shed_by(&self) -> Option<u64> {
        Some(self.shed_by.load(Ordering::Acquire)).filter(|&newer| newer != 0)
    }
}

/// Every login under way in this process. Guarded by one short lock.
#[derive(Default)]
pub(super) struct Flights {
    by_user: HashMap<Pseudonym, Arc<Flight>>,
    sequence: u64,
}

impl Flights {
    pub(super) fn get(&self, user: &Pseudonym) -> Option<&Arc<Flight>> {
        self.by_user.get(user)
    }

    pub(super) fn insert(&mut self, flight: Arc<Flight>) {
        self.by_user.insert(flight.user, flight);
    }

    /// Takes `flight` off unless another one has taken its place; says whether it was still there.
    pub(super) fn remove(&mut self, flight: &Arc<Flight>) -> bool {
        let there = self.by_user.get(&flight.user).is_some_and(|held| Arc::ptr_eq(held, flight));
        if there {
            self.by_user.remove(&flight.user);
        }
        there
    }

    /// Marks every flight but that of `keep` as superseded and takes it off. The caller tells the waiters, once
    /// it holds no lock.
    pub(super) fn shed_all_but(&mut self, keep: &Pseudonym) -> Vec<(Arc<Flight>, u64)> {
        let users: Vec<Pseudonym> = self.by_user.keys().copied().filter(|user| user != keep).collect();
        users.iter().filter_map(|user| self.shed(user)).collect()
    }

    /// Marks the flight of `user` as superseded and takes it off.
    pub(super) fn shed(&mut self, user: &Pseudonym) -> Option<(Arc<Flight>, u64)> {
        let flight = self.by_user.remove(user)?;
        self.sequence += 1;
        flight.shed_by.store(self.sequence, Ordering::Release);
        Some((flight, self.sequence))
    }
}

/// Tells the waiters of flights that were shed.
pub(super) fn tell_shed(flights: Vec<(Arc<Flight>, u64)>) {
    for (flight, newer) in flights {
        flight.finish(FlightEnd::Shed { newer });
    }
}
