//! One flat error for every foreign language: a variant says what the caller should do.

use crate::client::{OpenError, SyncError};
use crate::model::{IdError, UnknownZone};

/// Why a call did not do what it was asked. Denials are answers, not errors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum GuardError {
    /// Something passed in cannot be used; `reason` names the field and the remedy. Fix the call.
    #[error("{reason}")]
    InvalidInput {
        /// What is wrong with which field.
        reason: String,
    },
    /// The store cannot be used; `reason` says why. Pass another path or free space.
    #[error("{reason}")]
    Store {
        /// What the store said.
        reason: String,
    },
    /// The billing endpoint cannot be reached or asked now. Call again at `retry_at_ms`, or when the network is
    /// back. The last good entitlements stay in force.
    #[error("{reason}")]
    TryLater {
        /// What happened.
        reason: String,
        /// When asking again makes sense, in milliseconds since the epoch.
        retry_at_ms: Option<i64>,
    },
    /// The billing endpoint refuses the credential, or there is none. Provide another one.
    #[error("{reason}")]
    Credential {
        /// What happened.
        reason: String,
    },
    /// The login was carried out and failed at the provider.
    #[error("{reason}")]
    Login {
        /// What happened, without the provider's own text.
        reason: String,
        /// The provider's code; 0 when there was no answer.
        code: i32,
        /// When the next login can be carried out, in milliseconds since the epoch.
        retry_at_ms: Option<i64>,
    },
}

impl From<IdError> for GuardError {
    fn from(error: IdError) -> Self {
        Self::InvalidInput { reason: error.to_string() }
    }
}

impl From<UnknownZone> for GuardError {
    fn from(error: UnknownZone) -> Self {
        Self::InvalidInput { reason: error.to_string() }
    }
}

impl From<crate::store::StoreError> for GuardError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Store { reason: error.to_string() }
    }
}

impl From<OpenError> for GuardError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => error.into(),
            other => Self::InvalidInput { reason: other.to_string() },
        }
    }
}

impl From<SyncError> for GuardError {
    fn from(error: SyncError) -> Self {
        let reason = error.to_string();
        match error {
            SyncError::NoEndpoint | SyncError::BadRequest { .. } => Self::InvalidInput { reason },
            SyncError::CredentialUnavailable { .. }
            | SyncError::CredentialRefused { .. }
            | SyncError::CredentialMissing { .. } => Self::Credential { reason },
            SyncError::StoreFailed { .. } => Self::Store { reason },
            other => {
                let retry_at_ms = other.retry_at().map(crate::model::Timestamp::as_millis);
                Self::TryLater { reason, retry_at_ms }
            }
        }
    }
}
