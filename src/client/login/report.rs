//! What the guard did in a month, honestly.

use std::collections::BTreeMap;

use crate::store::LoginTotals;

/// What the guard did in one billing month on this install; in the running month, so far.
///
/// Every request is in exactly one of `executed`, `joined`, `suppressed`, `deferred`, `denied`, `failed`,
/// `timed_out`, `shed`, `cancelled` and `in_flight`; together they are `asked`. The totals of the store's other
/// processes are included.
///
/// Requests of a user who was counted anyway cost no active user, executed or not: `suppressed` and `joined` spare
/// requests, rate limits and battery, and nothing else. What spared active users is
/// `deferred_users_never_active`, and only that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginReport {
    /// Requests to log in.
    pub asked: u64,
    /// Logins carried out that succeeded.
    pub executed: u64,
    /// Requests that another caller's or process's login answered.
    pub joined: u64,
    /// Requests that needed no login, by reason.
    pub suppressed: BTreeMap<String, u64>,
    /// Requests put off, by reason. One user can be put off many times.
    pub deferred: BTreeMap<String, u64>,
    /// Requests refused, by reason.
    pub denied: BTreeMap<String, u64>,
    /// Requests that failed at the provider, joined ones included.
    pub failed: u64,
    /// Requests whose caller's time ran out.
    pub timed_out: u64,
    /// Requests superseded by a newer one.
    pub shed: u64,
    /// Requests whose caller gave up before an outcome.
    pub cancelled: u64,
    /// Requests that would not wait for a login under way.
    pub in_flight: u64,
    /// Warnings about user ids, by kind.
    pub identity_warnings: BTreeMap<String, u64>,
    /// Users whom a login made active in this month.
    pub new_active_users: u64,
    /// Users active in this month.
    pub active_users: u64,
    /// Logins whose end was never seen: each may have made an active user.
    pub uncertain: u64,
    /// Distinct users of whom a login was put off that would have made them active.
    pub deferred_users: u64,
    /// Of these, the users who never became active in the month: the active users that were spared.
    pub deferred_users_never_active: u64,
}

impl LoginReport {
    pub(super) fn new(totals: &LoginTotals, active: (u64, u64), deferred: (u64, u64)) -> Self {
        let of = |key: &str| totals.get(key).copied().unwrap_or(0);
        let by = |prefix: &str| {
            totals
                .iter()
                .filter_map(|(key, &n)| Some((key.strip_prefix(prefix)?.strip_prefix('.')?.to_owned(), n)))
                .collect()
        };
        Self {
            asked: of("asked"),
            executed: of("executed"),
            joined: of("joined"),
            suppressed: by("suppressed"),
            deferred: by("deferred"),
            denied: by("denied"),
            failed: of("failed"),
            timed_out: of("timed_out"),
            shed: of("shed"),
            cancelled: of("cancelled"),
            in_flight: of("in_flight"),
            identity_warnings: by("identity"),
            new_active_users: of("new_active_users"),
            active_users: active.0,
            uncertain: active.1,
            deferred_users: deferred.0,
            deferred_users_never_active: deferred.1,
        }
    }
}
