//! Outcomes of logins as JSON.

use serde::ser::{Serialize, Serializer};

use super::{Fields, by_word, kind, opt_ms};
use crate::client::login::{ActiveUserEffect, LoginOutcome, LoginReport};
use crate::decide::login::{Alternative, DeferReason, DenyReason, IdentityWarning, LoginWarning, Until};

by_word!(Alternative, DeferReason, Until);

impl Serialize for DenyReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::Suspended(lifecycle) => fields.put("lifecycle", lifecycle)?,
            Self::CredentialRefused { code } | Self::Permanent { code } | Self::BackingOff { code } => {
                fields.put("code", code)?
            }
            Self::QuotaUsedUp { code } => fields.put("code", code)?,
            Self::KickedOff | Self::BudgetUsedUp | Self::UsersFull | Self::LoopBroken => fields,
        }
        .end()
    }
}

impl Serialize for LoginWarning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::NearQuota(share) => fields.put("threshold_percent", share)?,
            Self::Charged | Self::QuotaUsedUp | Self::BudgetUsedUp | Self::UsersFull => fields,
        }
        .end()
    }
}

impl Serialize for IdentityWarning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::ManyOnDevice { users } => fields.put("users", users)?,
            Self::LooksGenerated | Self::CaseOrSpace | Self::Rejected => fields,
        }
        .end()
    }
}

impl Serialize for ActiveUserEffect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("new_in_month", &self.new_in_month)?
            .put("new_on_day", &self.new_on_day)?
            .put("price", &self.price)?
            .put("warning", &self.warning)?
            .put("evidence", &self.evidence)?
            .end()
    }
}

/// With how many requests there were in all.
impl Serialize for LoginReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("asked", &self.asked())?
            .put("executed", &self.executed)?
            .put("joined", &self.joined)?
            .put("suppressed", &self.suppressed)?
            .put("deferred", &self.deferred)?
            .put("denied", &self.denied)?
            .put("failed", &self.failed)?
            .put("timed_out", &self.timed_out)?
            .put("shed", &self.shed)?
            .put("cancelled", &self.cancelled)?
            .put("in_flight", &self.in_flight)?
            .put("identity_warnings", &self.identity_warnings)?
            .put("new_active_users", &self.new_active_users)?
            .put("active_users", &self.active_users)?
            .put("uncertain", &self.uncertain)?
            .put("deferred_users", &self.deferred_users)?
            .put("deferred_users_never_active", &self.deferred_users_never_active)?
            .end()
    }
}

/// Without the value of the upstream login, which is the app's own.
impl<T> Serialize for LoginOutcome<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::Executed { value: _, mau } => fields.put("mau", mau)?,
            Self::Joined | Self::AlreadyLoggedIn | Self::Shed => fields,
            Self::Deferred { reason, until, alternative } => {
                fields.put("reason", reason)?.put("until", until)?.put("alternative", alternative)?
            }
            Self::Denied { reason, remedies, retry_at, evidence } => fields
                .put("reason", reason)?
                .put("remedies", remedies)?
                .put("retry_at_ms", &opt_ms(*retry_at))?
                .put("evidence", evidence)?,
        }
        .end()
    }
}
