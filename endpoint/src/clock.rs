//! Where the endpoint's time comes from. Whatever depends on time takes it from here, or as a parameter.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// Where the endpoint's time comes from: its `Date` headers, its `issued_at` values, its months. Clones share it.
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

/// An instant as HTTP writes it; `None` outside the years that it can write.
pub fn http_date(at: Timestamp) -> Option<axum::http::HeaderValue> {
    let second = at.as_second().clamp(0, Timestamp::MAX.as_second());
    let at = Timestamp::from_second(second).ok()?;
    axum::http::HeaderValue::from_str(&httpdate::fmt_http_date(at.into())).ok()
}
