//! The right to carry out one user's login, held between processes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;
use super::moment::{Elapsed, Wait};

/// A guard instance: one per `open`, so that two processes on one store tell each other apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner(pub u128);

/// The right to carry out one user's login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The guard instance that holds or held it.
    pub owner: Owner,
    /// Rises with every acquisition: a late answer with an older one is void.
    pub fence: u64,
    /// For how long it was last given or prolonged.
    pub wait: Wait,
    /// How it ended; `None` while the login runs.
    pub ended: Option<LeaseEnded>,
}

/// How and when a login under a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseEnded {
    /// How the login ended.
    pub end: LeaseEnd,
    /// Trusted time of the end.
    pub at: Timestamp,
    /// Elapsed time of the end.
    pub elapsed: Elapsed,
}

/// How a login under a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeaseEnd {
    /// Logged in.
    Succeeded,
    /// Failed with this provider code.
    Failed(i32),
    /// Given up without an answer.
    Abandoned,
}

/// The answer to asking for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseAnswer {
    /// It is ours, under this fence.
    Granted {
        /// The fence to settle with.
        fence: u64,
    },
    /// Another login of this user runs, or ended within the window asked about.
    Held(Lease),
}

impl Lease {
    /// Whether this lease stands in the way of a new login at `now`: while it runs, and after an answer for
    /// `settle_for`. An abandoned login leaves no answer to share, so the next one may try at once.
    pub fn blocks(&self, now: Elapsed, settle_for: Duration) -> bool {
        match self.ended {
            None => !self.wait.is_over(now),
            Some(LeaseEnded { end: LeaseEnd::Abandoned, .. }) => false,
            Some(ended) => !Wait::new(ended.elapsed, settle_for).is_over(now),
        }
    }
}
