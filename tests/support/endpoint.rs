//! The reference billing endpoint, on the tests' clock.

use planguard::time::{Clock as _, ManualClock};
use planguard_endpoint_faults::{Clock, Endpoint, Options, default_document};
use serde_json::Value;

use crate::APP;

/// The same time for the endpoint: it moves with the guard's clock.
pub fn endpoint_clock(clock: &ManualClock) -> Clock {
    let time = clock.clone();
    Clock::from_fn(move || jiff::Timestamp::from_millisecond(time.now().as_millis()).unwrap())
}

/// An endpoint on that clock, that serves `document` or, without one, its sample.
pub async fn start_endpoint(clock: &ManualClock, document: impl Into<Option<Value>>) -> Endpoint {
    let endpoint_clock = endpoint_clock(clock);
    // The endpoint's own sample is issued by the real clock, which the tests' clock is far behind.
    let document = document.into().unwrap_or_else(|| default_document(APP, endpoint_clock.now()));
    Endpoint::start(Options { clock: endpoint_clock, document, ..Options::default() }).await.unwrap()
}
