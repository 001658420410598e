//! The one place where the endpoint waits.

use std::time::Duration;

/// Waits by tokio's clock, which tests can pause.
#[expect(clippy::disallowed_methods, reason = "a server's own delays; its callers do not wait through it")]
pub(crate) async fn pause(delay: Duration) {
    tokio::time::sleep(delay).await;
}
