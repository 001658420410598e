//! Running totals: counted in memory, added to the store in batches.
//!
//! Whatever was counted since the last batch is lost when the process is killed: that can only be logins that
//! changed nothing (suppressed, denied, joined), because every login that is carried out, and every first
//! deferral of a user, writes a batch.

use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use crate::client::core::Core;
use crate::model::BillingMonth;

macro_rules! tallies {
    ($( $variant:ident = $key:literal, )+) => {
        /// One running total.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Tally { $($variant),+ }

        const KEYS: &[&str] = &[$($key),+];
        const COUNT: usize = KEYS.len();
    };
}

tallies! {
    Asked = "asked",
    Executed = "executed",
    Joined = "joined",
    AlreadyLoggedIn = "suppressed.already_logged_in",
    DeferredNewActiveUser = "deferred.would_create_active_user",
    DeferredOtherUser = "deferred.other_user_active",
    DeniedSuspended = "denied.suspended",
    DeniedKickedOff = "denied.kicked_off",
    DeniedCredential = "denied.credential_refused",
    DeniedPermanent = "denied.permanent",
    DeniedQuota = "denied.quota_used_up",
    DeniedBudget = "denied.budget_used_up",
    DeniedUsers = "denied.users_full",
    DeniedBackingOff = "denied.backing_off",
    DeniedLoop = "denied.loop_broken",
    Failed = "failed",
    TimedOut = "timed_out",
    Shed = "shed",
    Cancelled = "cancelled",
    InFlight = "in_flight",
    NewInMonth = "new_active_users",
    NewOnDay = "new_daily_active_users",
}

struct Slot {
    /// The month that the counts belong to; 0 before the first.
    month: AtomicI32,
    counts: [AtomicU64; COUNT],
}

/// The totals of this month and of the one before, until they are written.
pub(super) struct Totals {
    slots: [Slot; 2],
}

impl Default for Totals {
    fn default() -> Self {
        let slot = || Slot { month: AtomicI32::new(0), counts: std::array::from_fn(|_| AtomicU64::new(0)) };
        Self { slots: [slot(), slot()] }
    }
}

impl Totals {
    /// Counts one. No lock and no allocation; writes only when counts of two months ago were never written.
    pub(super) fn count(&self, core: &Core, month: BillingMonth, tally: Tally) {
        let number = month.number();
        let slot = &self.slots[usize::from(number % 2 != 0)];
        if slot.month.load(Ordering::Acquire) != number {
            if slot.counts.iter().any(|count| count.load(Ordering::Acquire) > 0) {
                self.flush(core);
            }
            slot.month.store(number, Ordering::Release);
        }
        slot.counts[tally as usize].fetch_add(1, Ordering::AcqRel);
    }

    /// Adds what was counted to the store. When that fails it stays in memory for the next time.
    pub(super) fn flush(&self, core: &Core) {
        for slot in &self.slots {
            let month = BillingMonth::from_number(slot.month.load(Ordering::Acquire));
            let taken: Vec<(usize, u64)> = slot
                .counts
                .iter()
                .enumerate()
                .map(|(i, count)| (i, count.swap(0, Ordering::AcqRel)))
                .filter(|&(_, n)| n > 0)
                .collect();
            if taken.is_empty() {
                continue;
            }
            let named: Vec<(&str, u64)> = taken.iter().map(|&(i, n)| (KEYS[i], n)).collect();
            if let Err(error) = core.store.add_totals(month, &named) {
                for (i, n) in taken {
                    slot.counts[i].fetch_add(n, Ordering::AcqRel);
                }
                core.store_failed("keep the login totals", &error);
            }
        }
    }
}
