//! A moment on both clocks.

use serde::{Deserialize, Serialize};

use super::elapsed::Elapsed;
use super::instant::Timestamp;

/// When something happens, on both clocks: facts are dated by `at`, waits run on `elapsed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// Trusted time, UTC.
    pub at: Timestamp,
    /// The monotonic reading at that time.
    pub elapsed: Elapsed,
}
