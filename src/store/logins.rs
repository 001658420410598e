//! The room of logins: the ledger, notes of logins on their way, leases, and durable facts about users.

use std::time::Duration;

use super::{Pass, StoreError};
use crate::model::{
    BillingDay, BillingMonth, CountedLogin, Elapsed, Lease, LeaseAnswer, LeaseEnd, LoginId, Moment, Owner,
    Pseudonym, Timestamp, UserFacts, Wait,
};

/// A login that is about to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Names it.
    pub login: LoginId,
    /// The user, as a pseudonym.
    pub user: Pseudonym,
    /// When it is sent.
    pub at: Timestamp,
    /// The billing month of `at`.
    pub month: BillingMonth,
}

/// The ledger, leases and what is kept about users.
pub trait Logins {
    /// Notes that a login is sent, before it is. Until the note is cleared its end is unknown. Every login has a note
    /// of its own, so several can be open for one user, also in different months.
    fn begin_login(&mut self, sent: &Sent) -> Result<(), StoreError>;

    /// Clears the note of one login of `user`, whose end is known now.
    fn clear_login(&mut self, user: Pseudonym, login: LoginId) -> Result<(), StoreError>;

    /// Counts a user as active ([`ActiveUser::count`](crate::model::ActiveUser::count)), and raises the counters of
    /// `free_mau` and `free_dau` when the user is new in the period.
    ///
    /// A clock set back reopens no month before the last one in which the user was counted. A replay is of a login of its
    /// own time: it counts in that month where the user is not among those counted in it, though another process has
    /// counted the user in a later one.
    fn count_active(
        &mut self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
        pass: Pass,
    ) -> Result<CountedLogin, StoreError>;

    /// Asks for the right to log `user` in. Granted unless a lease [blocks](crate::model::Lease::blocks).
    fn acquire_lease(
        &mut self,
        user: Pseudonym,
        owner: Owner,
        wait: Wait,
        settle_for: Duration,
    ) -> Result<LeaseAnswer, StoreError>;

    /// Prolongs a lease; `false` when it is no longer ours or has ended.
    fn renew_lease(&mut self, user: Pseudonym, fence: u64, wait: Wait) -> Result<bool, StoreError>;

    /// Ends a lease; `false` when it is no longer ours or has ended.
    fn end_lease(
        &mut self,
        user: Pseudonym,
        fence: u64,
        end: LeaseEnd,
        now: Moment,
    ) -> Result<bool, StoreError>;

    /// The lease of `user`, running or ended.
    fn lease(&mut self, user: Pseudonym) -> Result<Option<Lease>, StoreError>;

    /// Forgets leases that neither run nor settle anything any more at `now`.
    fn sweep_leases(&mut self, now: Elapsed, settle_for: Duration) -> Result<(), StoreError>;

    /// The durable facts about `user`.
    fn facts(&mut self, user: Pseudonym) -> Result<UserFacts, StoreError>;

    /// Replaces the durable facts about `user`; empty ones are forgotten.
    fn save_facts(&mut self, user: Pseudonym, facts: &UserFacts) -> Result<(), StoreError>;

    /// Whose device it is: the user that the latest login asked for. `None` forgets it.
    fn set_device_user(&mut self, user: Option<Pseudonym>) -> Result<(), StoreError>;
}
