//! What must be true of an install's logins, kept in the plainest way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use planguard::{
    BillingDay, BillingMonth, BillingZone, ClockFinding, Elapsed, SessionMode, TimeRecord, Timestamp,
};

pub(super) const NAMES: [&str; 4] = ["ada", "bob", "cleo", "dora"];

/// How many months before the running one are kept for reports.
const MONTHS_KEPT: i32 = 3;
/// How long a login of unknown end holds its room: its caller's time.
const HOLD: Duration = Duration::from_secs(60);
/// Trusted time is kept when it has moved this far.
const MARK_EVERY: Duration = Duration::from_secs(60);

/// The figures of one month.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Month {
    pub(super) active: u64,
    pub(super) uncertain: u64,
    pub(super) asked: u64,
    pub(super) deferred: u64,
    /// Put off, and certainly not active.
    pub(super) never_active: u64,
}

pub(super) struct Model {
    zone: BillingZone,
    mode: SessionMode,
    budget: Option<u64>,
    /// Trusted time: as this process knows it, and as it was kept last.
    time: TimeRecord,
    kept: TimeRecord,
    marked: Timestamp,
    now: Timestamp,
    /// The month in which this process forgot the past last, and the first month that was never forgotten.
    tidied: Option<BillingMonth>,
    first: Option<BillingMonth>,
    /// Who was counted, month by month, and each user's last month and day.
    active: BTreeSet<(BillingMonth, usize)>,
    last: [(Option<BillingMonth>, Option<BillingDay>); NAMES.len()],
    /// Logins of unknown end: each counts for the user and month of its own.
    uncertain: Vec<(BillingMonth, usize)>,
    held_until: [Option<Elapsed>; NAMES.len()],
    deferred: BTreeSet<(BillingMonth, usize)>,
    asked: BTreeMap<BillingMonth, u64>,
    pub(super) kicked: [bool; NAMES.len()],
    pub(super) logged_out: [bool; NAMES.len()],
    device_user: Option<usize>,
}

impl Model {
    pub(super) fn new(mode: SessionMode, budget: Option<u64>) -> Self {
        Self {
            zone: BillingZone::default(),
            mode,
            budget,
            time: TimeRecord::default(),
            kept: TimeRecord::default(),
            marked: Timestamp::MIN,
            now: Timestamp::MIN,
            tidied: None,
            first: None,
            active: BTreeSet::new(),
            last: [(None, None); NAMES.len()],
            uncertain: Vec::new(),
            held_until: [None; NAMES.len()],
            deferred: BTreeSet::new(),
            asked: BTreeMap::new(),
            kicked: [false; NAMES.len()],
            logged_out: [false; NAMES.len()],
            device_user: None,
        }
    }

    /// Trusted time, which every look at it raises.
    pub(super) fn now(&mut self, wall: Timestamp) -> Timestamp {
        self.time.high_water = self.time.now(wall);
        self.now = self.time.high_water;
        self.now
    }

    fn periods(&self) -> (BillingDay, BillingMonth) {
        (self.zone.day(self.now), self.zone.month(self.now))
    }

    /// A guard is opened: it goes on from what was kept.
    pub(super) fn opens(&mut self, wall: Timestamp, elapsed: Elapsed) {
        self.time = self.kept;
        self.marked = Timestamp::MIN;
        self.tidied = None;
        self.looks(wall, elapsed);
    }

    /// The guard looks at the clocks.
    pub(super) fn looks(&mut self, wall: Timestamp, elapsed: Elapsed) {
        self.now(wall);
        let (time, finding) = self.time.watched(wall, elapsed);
        self.time = time;
        self.now(wall);
        if let Some(ClockFinding::Corrected(correction)) = finding {
            assert!(correction.is_backward());
            self.kept = self.kept.merged(self.time);
            self.marked = self.time.high_water;
            self.correct();
            self.tidied = None;
        }
        let month = self.periods().1.before(1);
        // While the clock is found behind, trusted time may be what is wrong: nothing is forgotten.
        if self.time.behind.is_none() && self.tidied.replace(month) != Some(month) {
            self.forget(month.before(MONTHS_KEPT));
        }
        let mark = self.time.high_water;
        if mark.since(self.marked).max(self.marked.since(mark)) >= MARK_EVERY {
            self.marked = mark;
            self.kept = self.kept.merged(self.time);
        }
    }

    /// Time was taken back: what is dated later has not happened, and nobody can say where it did.
    fn correct(&mut self) {
        let (day, month) = self.periods();
        self.active.retain(|(of, _)| *of <= month);
        for (of, _) in &mut self.uncertain {
            *of = month.min(*of);
        }
        for who in 0..NAMES.len() {
            let (last_month, last_day) = self.last[who];
            if last_month > Some(month) || last_day > Some(day) {
                self.uncertain.push((month, who));
                let still = self.active.iter().filter(|(_, user)| *user == who).map(|(of, _)| *of).max();
                self.last[who] = (still, last_day.filter(|last| *last <= day));
            }
        }
        self.deferred = self.deferred.iter().map(|(of, who)| (month.min(*of), *who)).collect();
        let ahead = self.asked.split_off(&month.next());
        *self.asked.entry(month).or_default() += ahead.into_values().sum::<u64>();
    }

    fn forget(&mut self, before: BillingMonth) {
        self.first = self.first.max(Some(before));
        self.active.retain(|(of, _)| *of >= before);
        self.uncertain.retain(|(of, _)| *of >= before);
        self.deferred.retain(|(of, _)| *of >= before);
        self.asked = self.asked.split_off(&before);
    }

    /// Whether the running month was never forgotten: a clock that ran far ahead forgets what it should not have.
    pub(super) fn remembers(&self) -> bool {
        Some(self.periods().1) >= self.first
    }

    pub(super) fn months_kept(&self) -> Vec<BillingMonth> {
        let month = self.periods().1;
        let kept = (0..=MONTHS_KEPT).map(|back| month.before(back));
        kept.filter(|month| Some(*month) >= self.first).collect()
    }

    pub(super) fn month(&self, month: BillingMonth) -> Month {
        let of = |users: &BTreeSet<(BillingMonth, usize)>| -> BTreeSet<usize> {
            users.iter().filter(|(of, _)| *of == month).map(|(_, who)| *who).collect()
        };
        let (active, deferred) = (of(&self.active), of(&self.deferred));
        let doubtful: BTreeSet<usize> =
            self.uncertain.iter().filter(|(of, _)| *of == month).map(|(_, who)| *who).collect();
        let count = |users: BTreeSet<usize>| users.len() as u64;
        let certain: BTreeSet<usize> = deferred.difference(&active).copied().collect();
        Month {
            uncertain: count(doubtful.difference(&active).copied().collect()),
            never_active: count(certain.difference(&doubtful).copied().collect()),
            active: count(active),
            deferred: count(deferred),
            asked: self.asked.get(&month).copied().unwrap_or(0),
        }
    }

    /// A period that lies before the last one counted is counted too.
    pub(super) fn is_counted(&self, who: usize) -> bool {
        self.last[who].0 >= Some(self.periods().1)
    }

    /// Whether the device is somebody else's.
    pub(super) fn is_other_device(&self, who: usize) -> bool {
        self.mode == SessionMode::Device && self.device_user.is_some_and(|user| user != who)
    }

    /// Whether the budget has no room for one more: who is counted and whose login may yet count takes it.
    pub(super) fn is_full(&self, who: usize, now: Elapsed) -> bool {
        let month = self.periods().1;
        let takes_room = |other: &usize| {
            let held = self.held_until[*other].is_some_and(|until| now < until);
            self.active.contains(&(month, *other)) || held && *other != who
        };
        let taken = (0..NAMES.len()).filter(takes_room).count() as u64;
        !self.remembers() || self.budget.is_some_and(|budget| taken >= budget)
    }

    pub(super) fn asks(&mut self) {
        *self.asked.entry(self.periods().1).or_default() += 1;
    }

    pub(super) fn sent(&mut self, who: usize) {
        if self.mode == SessionMode::Device {
            self.device_user = Some(who);
        }
    }

    /// A login of unknown end.
    pub(super) fn unknown(&mut self, who: usize, now: Elapsed) {
        self.uncertain.push((self.periods().1, who));
        self.held_until[who] = Some(now.plus(HOLD));
    }

    /// A login succeeded.
    pub(super) fn counts(&mut self, who: usize, new: bool) {
        let (day, month) = self.periods();
        (self.kicked[who], self.logged_out[who]) = (false, false);
        self.held_until[who] = None;
        if new {
            self.active.insert((month, who));
        }
        let (last_month, last_day) = &mut self.last[who];
        (*last_month, *last_day) = ((*last_month).max(Some(month)), (*last_day).max(Some(day)));
        let active = self.active.iter().filter(|(of, _)| *of == month).count() as u64;
        if self.remembers() {
            assert!(self.budget.is_none_or(|budget| active <= budget), "the budget is oversold");
        }
    }

    pub(super) fn defers(&mut self, who: usize) {
        let month = self.periods().1;
        self.deferred.insert((month, who));
    }
}
