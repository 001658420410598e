//! The clock that bounds waits for the server: that of the runtime which waits, and of nothing that is kept.

use tokio::time::Instant;

/// The present.
pub(super) fn now() -> Instant {
    Instant::now()
}
