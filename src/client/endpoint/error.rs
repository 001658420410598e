//! Why a sync failed, by what there is to do about it.

use std::fmt;

use crate::model::Timestamp;
use crate::net::{CredentialError, DocumentError, TransportError};

/// Why the endpoint could not be asked, or its answer not be used. The last good entitlements stay in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The guard was opened without an endpoint. Configure one.
    #[error("endpoint: none is configured; open the guard with the billing endpoint's URL")]
    NoEndpoint,
    /// A pause is in force. Call again at `retry_at`.
    #[error("the billing endpoint is not asked before {retry_at}; call again then")]
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
    /// The endpoint refused the credential. Provide another one; the same one is not sent again within an hour.
    #[error(
        "the billing endpoint refuses the credential; provide another one, the same one is not sent again within an \
         hour"
    )]
    CredentialRefused {
        /// 401 or 403; `None` when it was refused before and nothing was sent.
        status: Option<u16>,
    },
    /// The endpoint wants a credential and none is configured. Configure one.
    #[error(
        "credential: none is configured, and the billing endpoint asks for one; open the guard with the endpoint's \
         credential"
    )]
    CredentialMissing {
        /// 401 or 403; `None` when the endpoint asked for one before and nothing was sent.
        status: Option<u16>,
    },
    /// 401 or 403, though not in the form in which the endpoint says it: a proxy or a sign-in page of the network may
    /// stand before it. Call again at `retry_at`; where it persists, check the credential.
    #[error(
        "something on the way to the billing endpoint answered {status}; sign in to the network, check the credential, \
         or call again at {retry_at}"
    )]
    Denied {
        /// 401 or 403.
        status: u16,
        /// When the endpoint may be asked again.
        retry_at: Timestamp,
    },
    /// The endpoint does not know the app. Check the app id and the endpoint URL.
    #[error("the billing endpoint does not know this app (404); check sdk_app_id and the endpoint URL")]
    UnknownApp {
        /// When it may be asked again.
        retry_at: Timestamp,
    },
    /// 404, though not in the form in which an endpoint says it: another server answers at that URL. Check the URL.
    #[error(
        "the server at the endpoint URL does not look like a billing endpoint (404 without its problem document); check \
         the endpoint URL"
    )]
    NoEndpointThere {
        /// When it may be asked again.
        retry_at: Timestamp,
    },
    /// The document cannot be used. Fix the endpoint, or update the app where the error says so.
    #[error("{why}")]
    BadDocument {
        /// What is wrong with it.
        why: DocumentError,
        /// When the endpoint may be asked again.
        retry_at: Timestamp,
    },
    /// The document is older than the one held: a replay, or an endpoint restored from a backup.
    #[error("{what}")]
    Older {
        /// What of it is older.
        what: Older,
        /// When the endpoint may be asked again.
        retry_at: Timestamp,
    },
    /// The endpoint's answer to usage events is not the contract's receipt: a sign-in page of the network, or another
    /// site. The events are kept. Call again at `retry_at`; where it persists, check the endpoint URL.
    #[error(
        "the answer ({status}) to the usage events is not the billing endpoint's receipt; they are kept; check the \
         endpoint URL, or call again at {retry_at}"
    )]
    NoReceipt {
        /// The status of the answer.
        status: u16,
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

/// What of a document is older than of the held one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    /// Its revision.
    Revision {
        /// The revision held.
        held: u64,
        /// The revision received.
        found: u64,
    },
    /// Its date; the revision is not lower.
    IssuedAt {
        /// The `issued_at` held.
        held: Timestamp,
        /// The `issued_at` received.
        found: Timestamp,
    },
}

impl fmt::Display for Older {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revision { held, found } => write!(
                f,
                "revision: {found} of the entitlements is lower than {held}, which is held; have the endpoint raise \
                 its revision"
            ),
            Self::IssuedAt { held, found } => write!(
                f,
                "issued_at: {found} of the entitlements is older than {held}, which is held; have the endpoint send \
                 the time at which it made the document"
            ),
        }
    }
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
            | Self::NoEndpointThere { retry_at }
            | Self::BadDocument { retry_at, .. }
            | Self::Older { retry_at, .. }
            | Self::NoReceipt { retry_at, .. }
            | Self::Denied { retry_at, .. }
            | Self::TooLarge { retry_at, .. }
            | Self::Redirected { retry_at, .. }
            | Self::UnexpectedStatus { retry_at, .. } => Some(*retry_at),
            Self::NoEndpoint
            | Self::CredentialUnavailable { .. }
            | Self::CredentialRefused { .. }
            | Self::CredentialMissing { .. }
            | Self::BadRequest { .. }
            | Self::StoreFailed { .. } => None,
        }
    }
}
