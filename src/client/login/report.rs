//! What the guard did in a month: counted as typed tallies, kept as words.
//!
//! Tallies wait in memory and are written with the next transaction that ends a login, and by `flush`. What waits when
//! the process is killed can only be requests that changed nothing (suppressed, denied, joined).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use crate::client::tx::Tx;
use crate::decide::login::IdentityWarning;
use crate::lock::Mutex;
use crate::model::BillingMonth;
use crate::store::{LoginTotals, MonthUsers, StoreError};

/// The part of the report that a tally is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Executed,
    Joined,
    Suppressed,
    Deferred,
    Denied,
    Failed,
    TimedOut,
    Shed,
    Cancelled,
    InFlight,
    /// Not of a request: a user who became active.
    NewInMonth,
    NewOnDay,
}

macro_rules! tallies {
    ($( $variant:ident in $part:ident = $key:literal, )+) => {
        /// One running total. Each request ends in exactly one of those that are of requests.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Tally { $($variant),+ }

        const TALLIES: &[(Part, &str)] = &[$((Part::$part, $key)),+];
        const COUNT: usize = TALLIES.len();
    };
}

tallies! {
    Executed in Executed = "executed",
    Joined in Joined = "joined",
    AlreadyLoggedIn in Suppressed = "suppressed.already_logged_in",
    DeferredNewActiveUser in Deferred = "deferred.would_create_active_user",
    DeferredOtherUser in Deferred = "deferred.other_user_active",
    DeferredNotDeviceUser in Deferred = "deferred.not_device_user",
    DeferredLoggedOut in Deferred = "deferred.logged_out",
    DeniedSuspended in Denied = "denied.suspended",
    DeniedKickedOff in Denied = "denied.kicked_off",
    DeniedCredential in Denied = "denied.credential_refused",
    DeniedPermanent in Denied = "denied.permanent",
    DeniedQuota in Denied = "denied.quota_used_up",
    DeniedBudget in Denied = "denied.budget_used_up",
    DeniedUsers in Denied = "denied.users_full",
    DeniedBackingOff in Denied = "denied.backing_off",
    DeniedLoop in Denied = "denied.loop_broken",
    Failed in Failed = "failed",
    TimedOut in TimedOut = "timed_out",
    Shed in Shed = "shed",
    Cancelled in Cancelled = "cancelled",
    InFlight in InFlight = "in_flight",
    NewInMonth in NewInMonth = "new_active_users",
    NewOnDay in NewOnDay = "new_daily_active_users",
}

impl Tally {
    /// The word under which the store keeps it.
    pub(super) const fn key(self) -> &'static str {
        TALLIES[self as usize].1
    }
}

type Named = Vec<(&'static str, u64)>;

struct Slot {
    /// The month that the counts belong to; 0 before the first.
    month: AtomicI32,
    counts: [AtomicU64; COUNT],
}

/// The totals of this month and of the one before, until they are written.
pub(super) struct Totals {
    slots: [Slot; 2],
    /// Of months that gave their slot to a later one, and what a transaction that never ran gave back.
    spilt: Mutex<Vec<(BillingMonth, Named)>>,
}

impl Default for Totals {
    fn default() -> Self {
        let slot = || Slot { month: AtomicI32::new(0), counts: std::array::from_fn(|_| AtomicU64::new(0)) };
        Self { slots: [slot(), slot()], spilt: Mutex::default() }
    }
}

impl Totals {
    /// Counts one. No allocation and no I/O, and no lock but when a month gives its place to another.
    pub(super) fn count(&self, month: BillingMonth, tally: Tally) {
        let number = month.number();
        let odd = usize::from(number % 2 != 0);
        let (slot, other) = (&self.slots[odd], &self.slots[1 - odd]);
        if slot.month.load(Ordering::Acquire) != number {
            self.turn(slot, month, |held| held != number, number);
        }
        if other.month.load(Ordering::Acquire) > number {
            self.turn(other, month, |held| held > number, 0);
        }
        slot.counts[tally as usize].fetch_add(1, Ordering::AcqRel);
    }

    /// Empties a slot and gives it to another month, unless somebody else has. Whose counts a slot holds changes under
    /// the lock only, or what one thread counted would be taken for the month that another thread saw there before.
    /// What a clock that ran ahead counted in a month that has not begun is of this one, `now`.
    fn turn(&self, slot: &Slot, now: BillingMonth, due: impl Fn(i32) -> bool, to: i32) {
        let mut spilt = self.spilt.lock();
        if due(slot.month.load(Ordering::Acquire)) {
            if let Some((month, named)) = slot.take() {
                spilt.push((now.min(month), named));
            }
            slot.month.store(to, Ordering::Release);
        }
    }

    /// What was counted, to be written by one transaction in the month that is `now`, or before it.
    pub(super) fn take(self: &Arc<Self>, now: BillingMonth) -> Taken {
        let mut spilt = self.spilt.lock();
        let mut counts = std::mem::take(&mut *spilt);
        counts.extend(self.slots.iter().filter_map(Slot::take));
        drop(spilt);
        for (month, _) in &mut counts {
            *month = now.min(*month);
        }
        Taken { totals: Arc::clone(self), counts, written: false }
    }
}

impl Slot {
    /// What it holds. Under the lock of [`Totals::spilt`], so that the month is the month of what is taken.
    fn take(&self) -> Option<(BillingMonth, Named)> {
        let month = BillingMonth::from_number(self.month.load(Ordering::Acquire));
        let counts = self.counts.iter().zip(TALLIES);
        let named: Named = counts
            .map(|(count, (_, key))| (*key, count.swap(0, Ordering::AcqRel)))
            .filter(|&(_, n)| n > 0)
            .collect();
        (!named.is_empty()).then_some((month, named))
    }
}

/// Totals on their way to the store. Dropped without having been written they are counted again.
pub(super) struct Taken {
    totals: Arc<Totals>,
    counts: Vec<(BillingMonth, Named)>,
    written: bool,
}

impl Taken {
    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    pub(super) fn write(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        self.written = true;
        self.counts.iter().try_for_each(|(month, named)| tx.add_totals(*month, named))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.written && !self.counts.is_empty() {
            self.totals.spilt.lock().append(&mut self.counts);
        }
    }
}

/// What the guard did in one billing month on this install; in the running month, so far.
///
/// Every request is in exactly one of `executed`, `joined`, `suppressed`, `deferred`, `denied`, `failed`,
/// `timed_out`, `shed`, `cancelled` and `in_flight`, in the month in which it ended; together they are
/// [`asked`](Self::asked). The totals of the store's other processes are included.
///
/// Requests of a user who was counted anyway cost no active user, executed or not: `suppressed` and `joined` spare
/// requests, rate limits and battery, and nothing else. What spared active users is
/// `deferred_users_never_active`, and only that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginReport {
    /// Logins carried out that succeeded.
    pub executed: u64,
    /// Requests that another caller's or process's login answered.
    pub joined: u64,
    /// Requests that needed no login, by reason.
    pub suppressed: BTreeMap<&'static str, u64>,
    /// Requests put off, by reason. One user can be put off many times.
    pub deferred: BTreeMap<&'static str, u64>,
    /// Requests refused, by reason.
    pub denied: BTreeMap<&'static str, u64>,
    /// Requests that failed at the provider, joined ones included.
    pub failed: u64,
    /// Requests whose caller's time ran out.
    pub timed_out: u64,
    /// Requests superseded by a newer one.
    pub shed: u64,
    /// Requests whose caller gave up before an outcome; a ticket that was dropped or lapsed is one.
    pub cancelled: u64,
    /// Requests that would not wait for a login under way.
    pub in_flight: u64,
    /// Warnings about user ids, by kind.
    pub identity_warnings: BTreeMap<&'static str, u64>,
    /// Users whom a login made active in this month.
    pub new_active_users: u64,
    /// Users active in this month.
    pub active_users: u64,
    /// Users not known to be active of whom a login was sent in this month whose end was never seen: each may be an
    /// active user.
    pub uncertain: u64,
    /// Distinct users of whom a login was put off that would have made them active.
    pub deferred_users: u64,
    /// Of these, the users who never became active in the month, and of whom no login may have made one: the active
    /// users that were spared.
    pub deferred_users_never_active: u64,
}

impl LoginReport {
    pub(super) fn new(totals: &LoginTotals, users: MonthUsers) -> Self {
        let of = |key: &str| totals.get(key).copied().unwrap_or(0);
        let mut report = Self {
            active_users: users.active,
            uncertain: users.uncertain,
            deferred_users: users.deferred,
            deferred_users_never_active: users.deferred_never_active,
            ..Self::default()
        };
        for &(part, key) in TALLIES {
            report.add(part, key, of(key));
        }
        for key in IdentityWarning::KEYS {
            put(&mut report.identity_warnings, key, of(key));
        }
        report
    }

    fn add(&mut self, part: Part, key: &'static str, n: u64) {
        match part {
            Part::Suppressed => put(&mut self.suppressed, key, n),
            Part::Deferred => put(&mut self.deferred, key, n),
            Part::Denied => put(&mut self.denied, key, n),
            Part::Executed => self.executed += n,
            Part::Joined => self.joined += n,
            Part::Failed => self.failed += n,
            Part::TimedOut => self.timed_out += n,
            Part::Shed => self.shed += n,
            Part::Cancelled => self.cancelled += n,
            Part::InFlight => self.in_flight += n,
            Part::NewInMonth => self.new_active_users += n,
            Part::NewOnDay => {}
        }
    }

    /// Requests to log in that ended in this month.
    pub fn asked(&self) -> u64 {
        let by_reason = [&self.suppressed, &self.deferred, &self.denied];
        let reasons: u64 = by_reason.iter().flat_map(|reasons| reasons.values()).sum();
        let plain = [self.executed, self.joined, self.failed, self.timed_out, self.shed, self.cancelled];
        plain.iter().sum::<u64>() + self.in_flight + reasons
    }
}

/// Under the word after the point.
fn put(reasons: &mut BTreeMap<&'static str, u64>, key: &'static str, n: u64) {
    if n > 0 {
        let reason = key.split_once('.').map_or(key, |(_, reason)| reason);
        reasons.insert(reason, n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUGUST: BillingMonth = BillingMonth::from_number(24_295);

    #[test]
    fn every_tally_of_a_request_is_in_one_part_of_the_report() {
        let totals: LoginTotals = TALLIES.iter().map(|(_, key)| ((*key).to_owned(), 1)).collect();
        let report = LoginReport::new(&totals, MonthUsers::default());
        let users =
            TALLIES.iter().filter(|(part, _)| matches!(part, Part::NewInMonth | Part::NewOnDay)).count();
        assert_eq!(report.asked(), u64::try_from(TALLIES.len() - users).unwrap());
        assert_eq!(report.deferred["logged_out"], 1);
        assert_eq!(Tally::NewOnDay as usize, TALLIES.len() - 1);
    }

    #[test]
    fn no_count_is_lost_with_a_transaction_that_never_ran() {
        let totals = Arc::new(Totals::default());
        for month in [AUGUST, AUGUST.next(), AUGUST.next().next()] {
            totals.count(month, Tally::Joined);
        }
        let october = AUGUST.next().next();
        drop(totals.take(october));
        totals.count(AUGUST, Tally::Joined);
        let taken = totals.take(october);
        let mut of_august = 0;
        let mut all = 0;
        for (month, named) in &taken.counts {
            let n: u64 = named.iter().map(|(_, n)| n).sum();
            all += n;
            of_august += if *month == AUGUST { n } else { 0 };
        }
        assert_eq!((of_august, all), (2, 4));
    }

    #[test]
    fn no_count_goes_to_another_month_when_many_begin_at_once() {
        const ROUNDS: usize = 2_000;
        let rounds: Vec<_> = (0..ROUNDS).map(|_| Arc::new(Totals::default())).collect();
        let barrier = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for totals in &rounds {
                        barrier.wait();
                        totals.count(AUGUST, Tally::Joined);
                    }
                });
            }
        });
        let of_august = |totals: &Arc<Totals>| {
            let taken = totals.take(AUGUST);
            let here = taken.counts.iter().filter(|(month, _)| *month == AUGUST);
            here.flat_map(|(_, named)| named.iter().map(|(_, n)| *n)).sum::<u64>()
        };
        assert!(rounds.iter().all(|totals| of_august(totals) == 4));
    }

    #[test]
    fn nothing_is_kept_for_a_month_that_has_not_begun() {
        let totals = Arc::new(Totals::default());
        totals.count(AUGUST.next().next(), Tally::Joined);
        totals.count(AUGUST, Tally::Joined);
        // The clock had run ahead; now it is August, and soon September.
        totals.count(AUGUST.next(), Tally::Joined);
        totals.count(AUGUST, Tally::Joined);
        let taken = totals.take(AUGUST.next());
        assert!(taken.counts.iter().all(|(month, _)| *month == AUGUST), "{:?}", taken.counts);
        assert_eq!(taken.counts.iter().flat_map(|(_, named)| named).map(|(_, n)| n).sum::<u64>(), 4);
        drop(taken);
        totals.count(AUGUST.next(), Tally::Joined);
        let taken = totals.take(AUGUST);
        assert!(taken.counts.iter().all(|(month, _)| *month == AUGUST), "{:?}", taken.counts);
    }
}
