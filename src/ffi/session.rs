//! Sessions of users: what the chat SDK's callbacks say, and what the guard did in a month.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::PlanguardError;
use super::guard::Planguard;
use crate::client::login::LoginReport as Core;
use crate::model::{BillingMonth, SessionState, UserId};

/// The session of one user in this process.
#[derive(uniffi::Object)]
pub struct UserSession {
    guard: Arc<Planguard>,
    user: UserId,
}

impl std::fmt::Debug for UserSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserSession").finish_non_exhaustive()
    }
}

#[uniffi::export]
impl UserSession {
    /// Where it stands.
    pub fn state(&self) -> Result<SessionState, PlanguardError> {
        Ok(self.guard.core()?.session(self.user).state())
    }

    /// The chat SDK is connected.
    pub async fn connected(&self) -> Result<(), PlanguardError> {
        self.guard.core()?.session(self.user).connected().await;
        Ok(())
    }

    /// The chat SDK lost its connection, and tries again by itself.
    pub async fn disconnected(&self) -> Result<(), PlanguardError> {
        self.guard.core()?.session(self.user).disconnected().await;
        Ok(())
    }

    /// Another device took this user's place: nobody is logged in again without asking the person.
    pub async fn kicked_off(&self) -> Result<(), PlanguardError> {
        self.guard.core()?.session(self.user).kicked_off().await;
        Ok(())
    }

    /// The provider refuses the `UserSig` as expired.
    pub async fn user_sig_expired(&self) -> Result<(), PlanguardError> {
        self.guard.core()?.session(self.user).user_sig_expired().await;
        Ok(())
    }

    /// The person logged out: no machine logs them in again.
    pub async fn logged_out(&self) -> Result<(), PlanguardError> {
        self.guard.core()?.session(self.user).logged_out().await;
        Ok(())
    }

    /// The session ended, and nothing follows from it.
    pub async fn ended(&self) -> Result<(), PlanguardError> {
        self.guard.core()?.session(self.user).ended().await;
        Ok(())
    }
}

/// What the login guard did in a month. The keys are the fixed words of the reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct LoginReport {
    /// Every request.
    pub asked: u64,
    /// Logins that the chat SDK carried out.
    pub executed: u64,
    /// Requests answered by another one's login.
    pub joined: u64,
    /// Requests that needed no login.
    pub suppressed: HashMap<String, u64>,
    /// Requests that were put off.
    pub deferred: HashMap<String, u64>,
    /// Requests that were refused.
    pub denied: HashMap<String, u64>,
    /// Logins that failed.
    pub failed: u64,
    /// Requests whose time ran out.
    pub timed_out: u64,
    /// Requests that a later one superseded.
    pub shed: u64,
    /// Requests that went away.
    pub cancelled: u64,
    /// Requests that did not wait for a running login.
    pub in_flight: u64,
    /// What of the app's user ids looks wrong.
    pub identity_warnings: HashMap<String, u64>,
    /// Active users that logins made.
    pub new_active_users: u64,
    /// Active users in all.
    pub active_users: u64,
    /// Users of whom it is not known whether they were counted.
    pub uncertain: u64,
    /// Users of whom a login was put off.
    pub deferred_users: u64,
    /// Of these, users who never became active.
    pub deferred_users_never_active: u64,
}

impl From<Core> for LoginReport {
    fn from(core: Core) -> Self {
        let asked = core.asked();
        let named = |counts: std::collections::BTreeMap<&'static str, u64>| {
            counts.into_iter().map(|(word, n)| (word.to_owned(), n)).collect()
        };
        Self {
            asked,
            executed: core.executed,
            joined: core.joined,
            suppressed: named(core.suppressed),
            deferred: named(core.deferred),
            denied: named(core.denied),
            failed: core.failed,
            timed_out: core.timed_out,
            shed: core.shed,
            cancelled: core.cancelled,
            in_flight: core.in_flight,
            identity_warnings: named(core.identity_warnings),
            new_active_users: core.new_active_users,
            active_users: core.active_users,
            uncertain: core.uncertain,
            deferred_users: core.deferred_users,
            deferred_users_never_active: core.deferred_users_never_active,
        }
    }
}

#[uniffi::export]
impl Planguard {
    /// The session of one user in this process: hand the chat SDK's callbacks to the user they are about.
    pub fn session(self: Arc<Self>, user: UserId) -> Result<Arc<UserSession>, PlanguardError> {
        self.core()?;
        Ok(Arc::new(UserSession { guard: self, user }))
    }

    /// Says that the app has a new `UserSig` for this user: a login refused for the old one may be tried again.
    pub async fn new_user_sig(&self, user: UserId) -> Result<(), PlanguardError> {
        self.core()?.new_user_sig(user).await;
        Ok(())
    }

    /// Says that the provider has counted this user in the running billing period already.
    pub async fn known_active(&self, user: UserId) -> Result<(), PlanguardError> {
        self.core()?.known_active(user).await;
        Ok(())
    }

    /// Forgets what failed logins of this user left behind: waits, refusals and the loop breaker.
    pub async fn forget_failures(&self, user: UserId) -> Result<(), PlanguardError> {
        self.core()?.forget_failures(user).await;
        Ok(())
    }

    /// What the login guard did in `month`.
    pub async fn login_report(&self, month: BillingMonth) -> Result<LoginReport, PlanguardError> {
        Ok(self.core()?.login_report(month).await?.into())
    }
}
