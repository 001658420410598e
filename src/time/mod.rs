//! Time as a port: who asks for the time is handed a clock, and tests hand in one they turn themselves.

mod clock;
mod manual;
#[cfg(not(target_arch = "wasm32"))]
mod system;
mod trusted;

pub use clock::Clock;
pub use manual::ManualClock;
#[cfg(not(target_arch = "wasm32"))]
pub use system::SystemClock;
#[cfg(feature = "testing")]
pub use trusted::TrustedTime;
#[cfg(not(feature = "testing"))]
pub(crate) use trusted::TrustedTime;

pub use crate::model::{
    BadInstant, BadMonth, BillingDay, BillingMonth, BillingZone, ClockJump, Elapsed, Timestamp, UnknownZone,
};
