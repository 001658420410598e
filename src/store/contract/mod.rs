//! What every [`Store`] must do, as cases that a backend's own tests run.
//!
//! ```
//! use planguard::store::contract::{Backend, CASES};
//! use planguard::store::{MemoryStore, Store};
//!
//! struct Memory(MemoryStore);
//!
//! impl Backend for Memory {
//!     fn open(&self) -> Box<dyn Store> {
//!         Box::new(self.0.clone())
//!     }
//! }
//!
//! for (name, case) in CASES {
//!     println!("{name}");
//!     case(&Memory(MemoryStore::new()));
//! }
//! ```
// A suite of assertions: a failure must panic.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

mod counters;
mod leases;
mod ledger;
mod months;
mod outbox;
mod permits;
mod records;

use super::port::Store;
use crate::model::{
    BillingDay, BillingMonth, BillingZone, CounterKey, LimitId, Pseudonym, Subject, Timestamp,
};

/// A backend under test, with state of its own that is empty at first.
pub trait Backend {
    /// A handle onto that state, as one more process would open it, or the same one after a restart.
    fn open(&self) -> Box<dyn Store>;
}

/// One requirement: panics where the backend does not meet it. Wants a new, empty backend.
pub type Case = fn(&dyn Backend);

macro_rules! cases {
    ($($module:ident: $($case:ident)+;)+) => {
        /// Every requirement with its name.
        pub const CASES: &[(&str, Case)] =
            &[$($((concat!(stringify!($module), "::", stringify!($case)), $module::$case),)+)+];

        /// Makes one `#[test]` of every case; takes an expression that gives a new, empty [`Backend`].
        ///
        /// [`Backend`]: $crate::store::contract::Backend
        #[macro_export]
        macro_rules! store_contract {
            ($backend:expr) => {
                $(mod $module {
                    #[allow(unused_imports)]
                    use super::*;
                    $(#[test]
                    fn $case() {
                        let name = concat!(stringify!($module), "::", stringify!($case));
                        let cases = $crate::store::contract::CASES;
                        let (_, case) = cases.iter().find(|(case, _)| *case == name).expect("a case");
                        case(&$backend);
                    })+
                })+
            };
        }
    };
}

cases! {
    counters: additions_accumulate reports_contain_what_came_before older_reports_are_ignored
        additions_after_a_report_stay_on_top own_maximum_is_remembered several_ops_answer_in_order
        levels_and_windows_are_loaded numbers_keep_their_range concurrent_additions_are_all_kept;
    permits: room_is_held_and_used all_or_nothing one_counter_twice_in_one_permit expired_permits_hold_nothing
        released_room_is_free_again room_is_made_at_commit unlimited_always_fits a_permit_is_replaced
        racing_reserves_never_oversell an_empty_permit_commits;
    ledger: a_user_counts_once_a_period a_clock_set_back_reopens_nothing unknown_ends_are_kept
        failure_clears_the_note active_users_are_counted_by_month counters_rise_with_the_ledger;
    leases: one_at_a_time a_lapsed_lease_is_taken_over a_stale_fence_is_void success_and_failure_settle
        an_abandoned_login_frees_at_once renewal_prolongs users_do_not_block_each_other
        a_lease_from_the_far_future_binds_nobody racing_for_a_lease_one_wins;
    months: deferred_logins_that_never_became_active totals_add_up identities_are_distinct
        warnings_are_given_once pruning_keeps_what_is_current;
    outbox: order_and_delivery ids_wait_once the_oldest_are_dropped sequence_never_repeats;
    records: the_first_install_stays documents_never_go_back sync_state_is_replaced marks_only_rise
        taking_a_mark_back_frees_reports_from_it another_handle_sees_the_write a_new_store_is_empty;
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Noon of a day in November 2026 by the default billing zone.
fn noon(day: i64) -> Timestamp {
    Timestamp::from_millis(at("2026-11-01T04:00:00Z").as_millis() + (day - 1) * 86_400_000)
}

fn month(text: &str) -> BillingMonth {
    text.parse().unwrap()
}

fn day_and_month(at: Timestamp) -> (BillingDay, BillingMonth) {
    let zone = BillingZone::default();
    (zone.day(at), zone.month(at))
}

fn user(n: u8) -> Pseudonym {
    Pseudonym([n; 16])
}

fn app(limit: LimitId) -> CounterKey {
    CounterKey { limit, subject: Subject::App, bucket: 0 }
}

fn friends(n: u8) -> CounterKey {
    CounterKey { limit: LimitId::FriendsPerUser, subject: Subject::User(user(n)), bucket: 0 }
}

fn windowed(limit: LimitId, now: Timestamp) -> CounterKey {
    CounterKey::at(limit, Subject::App, now, &BillingZone::default())
}
