//! How long the server is waited for.

use std::time::Duration;

/// How long a work waits for other processes without which its caller cannot go on.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How much longer than a lock the answer of a server may take.
pub(super) const ANSWER: Duration = Duration::from_millis(500);

/// How long a statement over whole tables may take: a month of a million users takes its time.
pub(super) const LONG: Duration = Duration::from_secs(60);
