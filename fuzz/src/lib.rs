//! What the fuzz targets share: a clock, an endpoint that answers what it is told, and running a guard's futures.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a finding is a panic")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use planguard::SdkAppId;
use planguard::client::Builder;
use planguard::port::BoxFuture;
use planguard::sync::{Request, Response, Transport, TransportError};
use planguard::time::{ManualClock, Timestamp};

/// The app of every target.
pub fn app() -> SdkAppId {
    SdkAppId::new(1_400_000_001).unwrap()
}

/// When every target begins: noon of 2024-08-10 in the default billing zone.
pub fn noon() -> Timestamp {
    "2024-08-10T04:00:00Z".parse().unwrap()
}

/// A guard of the app on that clock.
pub fn builder(clock: &ManualClock) -> Builder {
    planguard::Planguard::builder(app()).clock(clock.clone())
}

/// Runs a call to its end, with the clock turned while it waits. No call of a guard waits longer than minutes.
pub fn run<T>(clock: &ManualClock, call: impl Future<Output = T>) -> T {
    let mut call = Box::pin(call);
    for _ in 0..10_000 {
        if let Some(answer) = (&mut call).now_or_never() {
            return answer;
        }
        clock.advance(Duration::from_millis(100));
    }
    panic!("a call went on for longer than a quarter of an hour");
}

/// An endpoint without a network: it gives the answers it was told, one each, and then none.
#[derive(Clone, Default)]
pub struct Endpoint(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: VecDeque<Response>,
    /// How many requests have arrived.
    asked: usize,
}

impl Endpoint {
    /// The answer to the next request that has none yet.
    pub fn then(&self, answer: Response) {
        self.0.lock().unwrap().answers.push_back(answer);
    }

    /// Forgets what was not asked for.
    pub fn clear(&self) {
        self.0.lock().unwrap().answers.clear();
    }

    /// How many requests have arrived.
    pub fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }
}

impl Transport for Endpoint {
    fn send(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let mut state = self.0.lock().unwrap();
        state.asked += 1;
        let answer = state.answers.pop_front();
        Box::pin(std::future::ready(
            answer.ok_or_else(|| TransportError::Unreachable("no answer".to_owned())),
        ))
    }
}

/// A good answer with that document, dated by the endpoint's own clock.
pub fn document(at: Timestamp, body: &serde_json::Value) -> Response {
    let mut answer = Response::new(serde_json::to_vec(body).unwrap());
    let headers = answer.headers_mut();
    headers.insert("content-type", "application/json".parse().unwrap());
    headers.insert("date", http_date(at).parse().unwrap());
    answer
}

/// An instant as headers have it.
pub fn http_date(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap();
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A document of the app, on Standard, issued at that time.
pub fn standard(revision: u64, at: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "schema": 1,
        "revision": revision,
        "sdk_app_id": 1_400_000_001,
        "catalog": "intl-2024",
        "edition": "standard",
        "issued_at": at.to_string(),
        "fresh_for_secs": 300,
    })
}
