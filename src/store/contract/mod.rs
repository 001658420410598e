//! What every [`Store`] must do, as cases that a backend's own tests run.
//!
//! ```
//! use std::sync::Arc;
//!
//! use planguard::store::contract::{Backend, CASES};
//! use planguard::store::{MemoryStore, Store};
//!
//! struct Memory(MemoryStore);
//!
//! impl Backend for Memory {
//!     fn open(&self) -> Arc<dyn Store> {
//!         Arc::new(self.0.clone())
//!     }
//! }
//!
//! for (name, case) in CASES {
//!     println!("{name}");
//!     case(&Memory(MemoryStore::new()));
//! }
//! ```
// A suite of assertions: a failure must panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc)]

mod caller;
mod changes;
mod correction;
mod counters;
mod leases;
mod logins;
mod opening;
mod outbox;
mod permits;
mod records;
mod reports;
mod run;
mod transactions;
mod whole;

use std::sync::Arc;
use std::time::Duration;

pub use run::{block_on, read, write};
pub use whole::Whole;

use super::Store;
use crate::model::{
    BillingDay, BillingMonth, BillingZone, CounterKey, Elapsed, LimitId, Moment, Pseudonym, Subject,
    Timestamp, Wait,
};

/// A backend under test, with state of its own that is empty at first.
pub trait Backend {
    /// A handle onto that state, as one more process would open it, or the same one after a restart. What a handle
    /// reserves belongs to the guard instance that [opened](super::Records::open) the store through it last.
    fn open(&self) -> Arc<dyn Store>;
}

/// One requirement: panics where the backend does not meet it. Needs a new, empty backend.
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
    changes: own_and_foreign_writes_come_row_by_row nothing_changed_is_nothing a_released_permit_marks_its_counter
        a_lapsed_permit_that_is_removed_marks_its_counter what_is_forgotten_is_reported_once
        single_values_are_reported_when_they_change the_image_is_the_sum_of_all_changes;
    correction: reports_and_additions_are_dated_now_at_the_latest windows_ahead_lose_their_counts
        room_held_ahead_is_held_in_what_has_begun
        who_has_a_place_in_what_has_begun_takes_no_second
        users_counted_ahead_become_uncertain users_counted_ahead_stay_counted_in_what_has_begun
        notes_deferred_logins_and_totals_ahead_move the_document_was_fetched_now_at_the_latest
        price_lists_were_fetched_now_at_the_latest
        a_suspension_was_reported_now_at_the_latest what_is_not_ahead_stays
        what_memory_forgot_is_reported_again;
    counters: additions_accumulate reports_contain_what_came_before older_reports_are_ignored
        additions_after_a_report_stay_on_top a_repeated_old_report_loses_no_addition
        a_level_never_falls_below_zero a_list_contains_everything_counted_before
        ceilings_and_group_types_are_remembered several_ops_apply_in_order levels_and_windows_are_in_the_image
        numbers_keep_their_range happenings_are_noted_once concurrent_additions_are_all_kept;
    leases: one_at_a_time a_lapsed_lease_is_taken_over a_reboot_ends_every_lease a_stale_fence_is_void
        success_and_failure_settle an_abandoned_login_frees_at_once renewal_prolongs_and_never_shortens
        users_do_not_block_each_other sweeping_forgets_what_blocks_nobody
        leases_that_ended_are_forgotten_with_their_month racing_for_a_lease_one_wins;
    logins: a_user_counts_once_a_period a_clock_set_back_reopens_nothing
        a_login_that_is_replayed_counts_in_its_own_month active_users_are_counted_by_month
        counters_rise_with_the_ledger unknown_ends_are_kept every_login_has_a_note_of_its_own
        clearing_a_note_changes_nothing_counted a_note_is_of_its_user facts_survive_and_empty_ones_are_forgotten
        the_device_user_survives;
    opening: the_first_install_stays another_apps_store_is_refused_and_untouched
        another_device_draws_new_ids_and_keeps_the_salt ids_are_renewed_on_demand
        a_new_instance_of_a_role_ends_what_the_last_one_left another_role_is_left_alone
        room_is_held_in_the_name_of_whoever_asked_for_it;
    outbox: order_and_delivery ids_wait_once the_oldest_are_dropped sequence_never_repeats;
    permits: room_is_held_and_used all_or_nothing one_counter_twice_in_one_permit lapsed_permits_hold_nothing
        a_reboot_lapses_every_permit released_room_is_free_again room_is_made_at_commit unlimited_always_fits
        a_permit_is_replaced an_empty_permit_commits a_replay_holds_room_whatever_the_bound_says
        a_list_read_while_room_is_held_contains_the_action racing_reserves_never_oversell
        terms_are_taken_once terms_outlive_the_room_and_end_with_their_month
        terms_of_a_clock_ahead_are_dated_now;
    records: a_new_store_is_empty documents_never_go_back a_newer_document_ends_a_reported_suspension
        sync_state_is_replaced time_is_replaced price_lists_are_kept_by_id a_store_keeps_few_price_lists;
    reports: uncertain_logins_belong_to_their_month a_counted_user_is_not_uncertain
        a_deferred_user_of_unknown_end_is_not_called_never_active deferred_logins_that_never_became_active
        totals_add_up identities_are_distinct the_spelling_seen_first_stays warnings_are_given_once
        pruning_keeps_what_is_current a_month_is_forgotten_once_until_time_is_corrected;
    transactions: a_failure_in_the_middle_leaves_nothing a_withdrawn_work_does_not_run
        a_begun_work_is_not_withdrawn commits_are_announced_in_their_order every_write_has_a_higher_number
        a_work_runs_in_its_first_pass;
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Noon of a day in November 2026 by the default billing zone.
fn noon(day: i64) -> Timestamp {
    Timestamp::from_millis(at("2026-11-01T04:00:00Z").as_millis() + (day - 1) * 86_400_000)
}

/// A reading of elapsed time, some seconds after a first one.
const fn secs(n: u64) -> Elapsed {
    Elapsed(5_000_000 + n * 1000)
}

/// Noon of a day in November, some seconds after the first reading of elapsed time.
fn moment(day: i64, elapsed: u64) -> Moment {
    Moment { at: noon(day), elapsed: secs(elapsed) }
}

fn wait(begun: u64, length: u64) -> Wait {
    Wait::new(secs(begun), Duration::from_secs(length))
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

fn members(n: u8) -> CounterKey {
    CounterKey { limit: LimitId::MembersPerGroup, subject: Subject::Group(user(n)), bucket: 0 }
}

fn windowed(limit: LimitId, now: Timestamp) -> CounterKey {
    CounterKey::at(limit, Subject::App, now, &BillingZone::default())
}
