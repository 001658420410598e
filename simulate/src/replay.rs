//! The log, replayed: every login is sent on the side without planguard, and asked of the guard on the other.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use planguard::UserId;
use planguard::time::{BillingDay, BillingMonth, BillingZone, Timestamp};

use crate::gate::{Answer, Gate, GateError};
use crate::intent::LoginIntent;
use crate::log::{Ask, Entry};
use crate::summary::{Counted, Figures};

/// A running app process of one user.
#[derive(Clone, Copy)]
struct Process {
    device: u64,
    last: Timestamp,
}

#[derive(Default)]
struct Today {
    seen: HashSet<UserId>,
    active: HashSet<UserId>,
}

/// Holds what the current day and month need and forgets the rest; of past months only the figures remain.
pub(crate) struct Replay {
    gate: Gate,
    zone: BillingZone,
    session: Duration,
    latest: Timestamp,
    day: Option<BillingDay>,
    today: Today,
    processes: HashMap<UserId, Process>,
    seen: HashSet<UserId>,
    active: HashSet<UserId>,
    deferred: HashSet<UserId>,
    denied: HashSet<UserId>,
    figures: Figures,
    finished: Vec<(BillingMonth, Figures)>,
    users: HashSet<UserId>,
    rows: u64,
    /// The oldest and the newest time of a row, as the rows say it.
    span: Option<(Timestamp, Timestamp)>,
}

impl Replay {
    /// A replay through `gate`, in which an app process lives for `session` after its user's last row.
    pub(crate) fn new(gate: Gate, zone: BillingZone, session: Duration) -> Self {
        Self {
            gate,
            zone,
            session,
            latest: Timestamp::MIN,
            day: None,
            today: Today::default(),
            processes: HashMap::new(),
            seen: HashSet::new(),
            active: HashSet::new(),
            deferred: HashSet::new(),
            denied: HashSet::new(),
            figures: Figures::default(),
            finished: Vec::new(),
            users: HashSet::new(),
            rows: 0,
            span: None,
        }
    }

    /// How far a row lies behind the latest one before it.
    pub(crate) fn behind(&self, entry: &Entry) -> Duration {
        self.latest.since(entry.at)
    }

    /// How many rows were replayed.
    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Replays one row. One that lies behind the latest one before it counts as if it had happened at that one's time.
    pub(crate) fn row(&mut self, entry: &Entry) -> Result<(), GateError> {
        let at = entry.at.max(self.latest);
        let day = self.zone.day(at);
        if self.day != Some(day) {
            self.turn_to(day, at)?;
        }
        self.latest = at;
        self.gate.set_time(at);
        self.rows += 1;
        let (first, last) = self.span.unwrap_or((entry.at, entry.at));
        self.span = Some((first.min(entry.at), last.max(entry.at)));
        let (first, second) = entry.asks;
        for ask in std::iter::once(first).chain(second) {
            self.ask(&ask, at)?;
        }
        Ok(())
    }

    /// Ends the replay.
    pub(crate) fn finish(mut self) -> Result<Counted, GateError> {
        self.end_day();
        self.end_month()?;
        let span = self.span.unwrap_or((self.latest, self.latest));
        let days = (self.zone.day(span.0), self.zone.day(span.1));
        Ok(Counted { months: self.finished, users: self.users.len() as u64, rows: self.rows, span, days })
    }

    /// No process, and so no session, outlives its billing day.
    fn turn_to(&mut self, day: BillingDay, at: Timestamp) -> Result<(), GateError> {
        self.end_day();
        if self.day.is_some_and(|before| before.month() != day.month()) {
            self.end_month()?;
        }
        self.day = Some(day);
        self.gate.set_time(at);
        for (user, _) in self.processes.drain() {
            self.gate.process_ended(&user);
        }
        Ok(())
    }

    fn end_day(&mut self) {
        let Today { seen, active } = std::mem::take(&mut self.today);
        self.figures.peak_dau_without = self.figures.peak_dau_without.max(seen.len() as u64);
        self.figures.peak_dau_with = self.figures.peak_dau_with.max(active.len() as u64);
    }

    fn end_month(&mut self) -> Result<(), GateError> {
        let Some(day) = self.day else { return Ok(()) };
        let mut figures = std::mem::take(&mut self.figures);
        figures.mau_without = self.seen.len() as u64;
        figures.deferred_users = self.deferred.len() as u64;
        figures.denied_users = self.denied.len() as u64;
        // Somebody who was denied had asked for chat: that is no active user avoided, but one turned away.
        let avoided = |user: &&UserId| !self.active.contains(*user) && !self.denied.contains(*user);
        figures.avoided_users = self.deferred.iter().filter(avoided).count() as u64;
        figures.mau_with = self.gate.active_users(day.month())?;
        for users in [&mut self.seen, &mut self.active, &mut self.deferred, &mut self.denied] {
            users.clear();
        }
        self.finished.push((day.month(), figures));
        Ok(())
    }

    fn ask(&mut self, ask: &Ask, at: Timestamp) -> Result<(), GateError> {
        self.users.insert(ask.user);
        self.seen.insert(ask.user);
        self.today.seen.insert(ask.user);
        self.figures.logins_without += 1;
        let before = self.processes.insert(ask.user, Process { device: ask.device, last: at });
        if before.is_some_and(|p| p.device != ask.device || at.since(p.last) >= self.session) {
            self.gate.process_ended(&ask.user);
        }
        if matches!(ask.intent, LoginIntent::AfterKick { .. }) {
            self.gate.kicked_off(&ask.user);
        }
        match self.gate.ask(ask)? {
            Answer::LoggedIn => {
                self.active.insert(ask.user);
                self.today.active.insert(ask.user);
                self.figures.logins_with += 1;
            }
            Answer::Suppressed => self.figures.suppressed_logins += 1,
            Answer::Deferred => {
                self.deferred.insert(ask.user);
                self.figures.deferred_logins += 1;
            }
            Answer::Denied => {
                self.denied.insert(ask.user);
                self.figures.denied_logins += 1;
            }
        }
        Ok(())
    }
}
