//! The room of reports: warnings given, deferred logins, totals, identities seen.

use super::StoreError;
use crate::model::{BillingMonth, CounterKey, Pseudonym, Timestamp};

/// Names a warning that is given once: the limit's counter and the threshold in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WarningKey {
    /// The counter, period included.
    pub counter: CounterKey,
    /// The threshold, in percent of the limit.
    pub threshold: u8,
}

/// A login that was put off, to be able to say later whether it ever became an active user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeferredLogin {
    /// The user, as a pseudonym.
    pub user: Pseudonym,
    /// The billing month in which the login would have created an active user.
    pub month: BillingMonth,
    /// When it was put off.
    pub at: Timestamp,
}

/// Running totals of the login guard for one billing month. Keys are the guard's own words, for example `asked`
/// or `suppressed.already_logged_in`.
pub type LoginTotals = std::collections::BTreeMap<String, u64>;

/// The users of one billing month, by what is known of them. A user in one of the first two is in none after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MonthUsers {
    /// Users counted in the month.
    pub active: u64,
    /// Users not counted in the month, with a login sent in it whose end is not known.
    pub uncertain: u64,
    /// Users with a deferred login in the month.
    pub deferred: u64,
    /// Of those: users who are neither counted nor uncertain in the month.
    pub deferred_never_active: u64,
}

/// Warnings and reports.
pub trait Reports {
    /// Marks a warning as given; `false` when it was given before.
    fn mark_warned(&mut self, key: WarningKey) -> Result<bool, StoreError>;

    /// Arms a warning again; `true` when it had been given.
    fn rearm(&mut self, key: WarningKey) -> Result<bool, StoreError>;

    /// Notes a deferred login; `true` when this user had none in the month before.
    fn defer_login(&mut self, deferred: DeferredLogin) -> Result<bool, StoreError>;

    /// The users of `month`.
    fn month_users(&mut self, month: BillingMonth) -> Result<MonthUsers, StoreError>;

    /// Adds to the running totals of `month`.
    fn add_totals(&mut self, month: BillingMonth, totals: &[(&'static str, u64)]) -> Result<(), StoreError>;

    /// The running totals of `month`.
    fn totals(&mut self, month: BillingMonth) -> Result<LoginTotals, StoreError>;

    /// Notes that `user` was seen on this device in `month`; returns how many distinct users were.
    fn note_identity(&mut self, month: BillingMonth, user: Pseudonym) -> Result<u64, StoreError>;

    /// Notes the user under whose id a normal form was seen first; returns that user.
    fn note_spelling(&mut self, normal: Pseudonym, user: Pseudonym) -> Result<Pseudonym, StoreError>;
}
