//! Small values that several rooms share.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// Names a permit across processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PermitId(pub u128);

/// A pause that outlives the process: it keeps its length, not its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Its length in milliseconds.
    pub length_ms: u64,
    /// What the wall clock said when it began.
    pub begun: Timestamp,
}

impl Pause {
    /// What is left of it when the wall clock says `wall`: the length less what has passed, where that is believable,
    /// else the whole length.
    pub fn left(&self, wall: Timestamp) -> Duration {
        let length = Duration::from_millis(self.length_ms);
        if wall < self.begun {
            return length;
        }
        length.saturating_sub(wall.since(self.begun))
    }
}

/// What the syncer must remember across restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncState {
    /// No request before this has passed (`Retry-After`, backoff).
    pub pause: Option<Pause>,
    /// Failures in a row, for the backoff.
    pub failures: u32,
    /// A fingerprint of the credential that was refused with 401 or 403: no request until it changes.
    pub refused_credential: Option<String>,
}
