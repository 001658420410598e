//! The reference billing endpoint, on the tests' clock.

use planguard::time::{Clock as _, ManualClock};
use planguard_endpoint::{Clock, Endpoint, Options};
use serde_json::Value;

/// The same time for the endpoint: it moves with the guard's clock.
pub fn endpoint_clock(clock: &ManualClock) -> Clock {
    let time = clock.clone();
    Clock::from_fn(move || jiff::Timestamp::from_millisecond(time.now().as_millis()).unwrap())
}

/// An endpoint on that clock, that serves `document` or, without one, its sample.
pub async fn start_endpoint(clock: &ManualClock, document: impl Into<Option<Value>>) -> Endpoint {
    let options = Options { clock: endpoint_clock(clock), ..Options::default() };
    let options = match document.into() {
        Some(document) => Options { document, ..options },
        None => options,
    };
    Endpoint::start(options).await.unwrap()
}
