//! What is kept of trusted time over a restart.

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;

/// What is kept of trusted time over a restart: offset and mark together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeRecord {
    /// The latest trusted time seen.
    pub high_water: Timestamp,
    /// What is added to the wall clock, in milliseconds.
    pub offset_ms: i64,
    /// Whether an accepted answer of the endpoint ever taught the time.
    pub learnt: bool,
}
