//! Instants, spans and clocks.

use std::time::Duration;

use planguard::Timestamp;
use planguard::time::ManualClock;

/// One second.
pub const SECOND: Duration = Duration::from_secs(1);
/// Sixty seconds.
pub const MINUTE: Duration = Duration::from_secs(60);
/// Sixty minutes.
pub const HOUR: Duration = Duration::from_secs(3600);
/// 24 hours.
pub const DAY: Duration = Duration::from_secs(86_400);

/// An instant in RFC 3339.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A clock at noon of 2024-08-10 in the default billing zone.
pub fn clock() -> ManualClock {
    clock_at("2024-08-10T04:00:00Z")
}

/// A clock at an instant in RFC 3339.
pub fn clock_at(text: &str) -> ManualClock {
    ManualClock::at(at(text))
}
