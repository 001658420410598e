//! What is kept about one user across processes and restarts, besides the ledger.

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;
use super::login_memory::LoginMemory;

/// Facts about one user's session and logins that outlive the process.
///
/// That a user is logged in is no such fact: every process logs its own chat SDK in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserFacts {
    /// Kicked off by another device, and not logged in again since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kicked_off: Option<Timestamp>,
    /// Logged out on purpose, and not logged in again since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged_out: Option<Timestamp>,
    /// What earlier logins left behind.
    pub memory: LoginMemory,
}

impl UserFacts {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
