//! Why a sync failed, by what there is to do about it.

use crate::model::Timestamp;
use crate::net::{CredentialError, DocumentError, TransportError};

/// Why the endpoint could not be asked, or its answer not be used. The last good entitlements stay in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The guard was opened without an endpoint. Configure one.
    #[error("endpoint: none is configured; give the builder the billing endpoint's URL")]
    NoEndpoint,
    /// A pause is in force. Call again at `retry_at`.
    #[error("the billing endpoint is left alone until {retry_at}; call again then")]
    NotYet {
        /// When the pause ends.
        retry_at: Timestamp,
    },
    /// The endpoint was not reached. Call again when the network is back, with `FetchPolicy::Fetch` at any time.
    #[error("{why}; call again when the network is back, or at {retry_at}")]
    Unreachable {
        /// What the transport said.
        why: TransportError,
        /// When planguard would try again by itself.
        retry_at: Timestamp,
    },
    /// There is no trusted connection. Check the endpoint's certificate and the device's clock.
    #[error(
        "no trusted connection to the billing endpoint: {why}; check its certificate and the device's clock"
    )]
    Untrusted {
        /// What the transport said.
        why: String,
        /// When planguard would try again by itself.
        retry_at: Timestamp,
    },
    /// The endpoint is overloaded or down. Call again at `retry_at`.
    #[error("the billing endpoint answered {status}; call again at {retry_at}")]
    Busy {
        /// 429 or 5xx.
        status: u16,
        /// When it may be asked again.
        retry_at: Timestamp,
    },
    /// The app's credential provider failed. Sign in, then call again.
    #[error("{why}; call again once there is one")]
    CredentialUnavailable {
        /// What the provider said.
        why: CredentialError,
    },
    /// The endpoint refused the credential. Provide another one; the same one is not sent again.
    #[error(
        "the billing endpoint refuses the credential; provide another one, the same one is not sent again"
    )]
    CredentialRefused {
        /// 401 or 403; `None` when it was refused before and nothing was sent.
        status: Option<u16>,
    },
    /// The endpoint does not know the app. Check the app id and the endpoint URL.
    #[error("the billing endpoint does not know this app (404); check sdk_app_id and the endpoint URL")]
    UnknownApp {
        /// When it may be asked again.
        retry_at: Timestamp,
    },
    /// The document cannot be used. Mend the endpoint, or update the app where the error says so.
    #[error("{why}")]
    BadDocument {
        /// What is wrong with it.
        why: DocumentError,
        /// When the endpoint may be asked again.
        retry_at: Timestamp,
    },
    /// The document is older than the one held: a replay, or an endpoint restored from a backup.
    #[error(
        "revision {found} of the entitlements is older than {held}, which is held; have the endpoint raise its \
         revision and issued_at"
    )]
    Older {
        /// The revision held.
        held: u64,
        /// The revision received; with an equal or higher one, its `issued_at` is older.
        found: u64,
        /// When the endpoint may be asked again.
        retry_at: Timestamp,
    },
    /// The answer is too large.
    #[error("the billing endpoint's answer is larger than {limit} bytes; check the endpoint URL")]
    TooLarge {
        /// The accepted size in bytes.
        limit: usize,
        /// When the endpoint may be asked again.
        retry_at: Timestamp,
    },
    /// The endpoint redirects to another origin (or in circles). It is not followed: the credential is for the
    /// configured endpoint alone. Configure the new URL if it is right.
    #[error(
        "the billing endpoint redirects to {to}, which is not followed; configure that URL if it is right"
    )]
    Redirected {
        /// The origin it redirects to, without path.
        to: String,
        /// When the endpoint may be asked again.
        retry_at: Timestamp,
    },
    /// A status that the contract does not have. Check the endpoint URL.
    #[error(
        "the billing endpoint answered {status}, which its contract does not have; check the endpoint URL"
    )]
    UnexpectedStatus {
        /// The status.
        status: u16,
        /// When the endpoint may be asked again.
        retry_at: Timestamp,
    },
    /// The request cannot be made from the configuration.
    #[error("endpoint: the request cannot be made: {why}; check the endpoint URL and the credential")]
    BadRequest {
        /// What the transport said.
        why: String,
    },
    /// The store failed where nothing can be done without it. Call again.
    #[error("{why}")]
    StoreFailed {
        /// The store's error.
        why: String,
    },
}

impl SyncError {
    /// When the endpoint may be asked again; `None` where waiting does not help.
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::NotYet { retry_at }
            | Self::Unreachable { retry_at, .. }
            | Self::Untrusted { retry_at, .. }
            | Self::Busy { retry_at, .. }
            | Self::UnknownApp { retry_at }
            | Self::BadDocument { retry_at, .. }
            | Self::Older { retry_at, .. }
            | Self::TooLarge { retry_at, .. }
            | Self::Redirected { retry_at, .. }
            | Self::UnexpectedStatus { retry_at, .. } => Some(*retry_at),
            Self::NoEndpoint
            | Self::CredentialUnavailable { .. }
            | Self::CredentialRefused { .. }
            | Self::BadRequest { .. }
            | Self::StoreFailed { .. } => None,
        }
    }
}
