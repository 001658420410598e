//! The endpoint's clock, and the one place where it waits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// Where the endpoint's time comes from: its `Date` headers and `issued_at` values.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The system clock.
    #[expect(clippy::disallowed_methods, reason = "the one place where this server reads the system's clock")]
    pub fn system() -> Self {
        Self(Arc::new(Timestamp::now))
    }

    /// A clock read from `now` at each request, for tests with a clock of their own.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// A clock that stands still.
    pub fn fixed(at: Timestamp) -> Self {
        Self::from_fn(move || at)
    }

    /// The instant it shows.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// Waits by tokio's clock, which tests can pause.
#[expect(clippy::disallowed_methods, reason = "a server's own delays; its callers do not wait through it")]
pub(crate) async fn pause(delay: Duration) {
    tokio::time::sleep(delay).await;
}
