//! What stores that a fleet shares have in common besides rows: how long they wait, and what they do about a server that
//! is another one than before.

use std::time::Duration;

use crate::store::StoreError;

/// So many numbers are left out where a server has lost what was committed: fences, events and writes that were given
/// by commits of which nobody here knows.
pub(in crate::store) const AHEAD: u64 = 1 << 20;

/// A deadline that leaves a server time to answer, and that clocks and servers can count.
pub(in crate::store) fn deadline(wanted: Duration) -> Duration {
    wanted.clamp(Duration::from_millis(50), Duration::from_secs(3_600))
}

/// The store was lost, and another one was begun in its place.
pub(in crate::store) fn replaced() -> StoreError {
    let why = "the server lost its data and a new store was begun there; this process still counts for the old one. \
               Restart it, or restore the server";
    StoreError::Backend { why: why.to_owned() }
}
