//! The clock that bounds waits for the server: that of the runtime which waits. Nothing that is kept is dated by it.
//!
//! Not the clock port: that goes on while the machine sleeps, as waits that are kept must, and the timers that end these
//! waits do not. Compared with each other, the two would end a wait before its time or after it.

use tokio::time::Instant;

/// The present.
pub(super) fn now() -> Instant {
    Instant::now()
}
