//! What a login waits for beside the store, and what the guard as a whole does around it.

use std::future::Future;
use std::time::Duration;

use crate::model::{BillingMonth, UserId};
use crate::port::{MaybeSend, MaybeSendSync};

/// For what a request waits beside the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// For other logins of its user, and then for its own.
    Others,
    /// For other logins of its user; its own is the caller's.
    OthersOnly,
    /// For nobody.
    Nobody,
}

/// What the guard as a whole does around a login.
pub(super) trait Surroundings: MaybeSendSync {
    /// Looks after clock and store, and takes over what other processes kept, as far as the last write has seen it.
    fn catch_up(&self) -> impl Future<Output = ()> + MaybeSend;

    /// Takes over what other processes kept, as far as the last write has seen it.
    fn follow(&self) -> impl Future<Output = ()> + MaybeSend;

    /// Whether the billing endpoint says, within `limit`, that the user is counted in `month` already.
    fn is_active(
        &self,
        user: &UserId,
        month: BillingMonth,
        limit: Duration,
    ) -> impl Future<Output = bool> + MaybeSend;
}
