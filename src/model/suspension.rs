//! A suspension that is known from a refusal alone.

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;
use super::moment::{Elapsed, Wait};

/// A suspension that only a refusal of the provider showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedSuspension {
    /// When the provider refused.
    pub at: Timestamp,
    /// For how long it is believed.
    pub wait: Wait,
    /// The revision of the document held then (0: none); a newer one ends it.
    pub revision: u64,
}

impl ReportedSuspension {
    /// Whether it is still believed while the document held has `revision`.
    pub const fn holds(&self, now: Elapsed, revision: u64) -> bool {
        !self.wait.is_over(now) && revision <= self.revision
    }
}
