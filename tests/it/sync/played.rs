//! An endpoint whose document, clock and answers a test changes as it goes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use planguard::Timestamp;
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::time::{Clock, ManualClock};
use serde_json::{Value, json};

use super::rig::{APP, Build, Rig, http_date, start};
use super::scripted::{self, with};

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// An endpoint with a clock of its own. Clones are the same endpoint.
#[derive(Clone)]
pub(crate) struct Played {
    /// True time, which nobody sets.
    time: ManualClock,
    script: Arc<Mutex<Script>>,
}

/// What the endpoint answers.
pub(crate) struct Script {
    pub(crate) document: Value,
    /// What its clock is off, in seconds.
    pub(crate) off_secs: i64,
    /// The `Date` itself, instead of its clock's.
    pub(crate) date: Option<String>,
    pub(crate) age: Option<String>,
    pub(crate) etag: Option<String>,
    /// To a `GET`, instead of the document.
    pub(crate) instead: Option<fn() -> Response>,
    /// The usage events that arrived, each once.
    pub(crate) received: Vec<Value>,
    /// How many arrived again.
    pub(crate) repeated: u64,
    pub(crate) asked: usize,
}

/// A plan that is in force for most of a year, issued at the start.
pub(crate) fn plan(revision: u64) -> Value {
    json!({
        "schema": 1, "revision": revision, "sdk_app_id": APP, "catalog": "intl-2024", "edition": "premium",
        "subscription": { "starts_at": "2026-11-01T00:00:00Z", "expires_at": "2027-09-01T00:00:00Z" },
        "limits": { "groups_per_user": revision }, "issued_at": start(), "fresh_for_secs": 3_600
    })
}

/// Such an endpoint, and a device whose clock is right.
pub(crate) fn played() -> (Played, Build) {
    let script = Script {
        document: plan(1),
        off_secs: 0,
        date: None,
        age: None,
        etag: None,
        instead: None,
        received: Vec::new(),
        repeated: 0,
        asked: 0,
    };
    let endpoint = Played { time: ManualClock::at(start()), script: Arc::new(Mutex::new(script)) };
    let build = Build::with(Arc::new(endpoint.clone()));
    (endpoint, build)
}

impl Played {
    /// Answers otherwise from here on.
    pub(crate) fn set(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    /// Answers as it should from here on.
    pub(crate) fn mended(&self) {
        self.set(|script| (script.off_secs, script.date, script.age, script.instead) = (0, None, None, None));
    }

    /// True time.
    pub(crate) fn now(&self) -> Timestamp {
        self.time.now()
    }

    /// Lets time pass, for the device as well.
    pub(crate) fn pass(&self, device: &ManualClock, span: Duration) {
        self.time.advance(span);
        device.advance(span);
    }

    /// How many requests were made.
    pub(crate) fn asked(&self) -> usize {
        self.script.lock().unwrap().asked
    }

    /// How far the guard's time is from the truth.
    pub(crate) fn error_of(&self, rig: &Rig) -> Duration {
        let now = rig.guard.now();
        now.since(self.now()).max(self.now().since(now))
    }
}

impl Script {
    fn answer(&mut self, request: &Request) -> Response {
        self.asked += 1;
        if request.method() == "POST" {
            return self.receive(request.body());
        }
        self.instead.map_or_else(|| scripted::json(&self.document), |instead| instead())
    }

    /// Takes a batch as the contract says: each id once.
    fn receive(&mut self, body: &[u8]) -> Response {
        let batch: Vec<Value> = serde_json::from_slice(body).unwrap();
        let (mut accepted, mut duplicates) = (0, 0);
        for event in batch {
            if self.received.iter().any(|known| known["id"] == event["id"]) {
                duplicates += 1;
            } else {
                accepted += 1;
                self.received.push(event);
            }
        }
        self.repeated += duplicates;
        let mut receipt = scripted::json(&json!({ "accepted": accepted, "duplicates": duplicates }));
        *receipt.status_mut() = 202.try_into().unwrap();
        receipt
    }
}

impl Transport for Played {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let now = self.now();
        let mut script = self.script.lock().unwrap();
        let answer = script.answer(&request);
        let off = Timestamp::from_millis(now.as_millis() + 1_000 * script.off_secs);
        let date = script.date.clone().unwrap_or_else(|| http_date(off));
        let answer = with(answer, "date", &date);
        let answer = script.age.iter().fold(answer, |answer, age| with(answer, "age", age));
        let answer = script.etag.iter().fold(answer, |answer, etag| with(answer, "etag", etag));
        Box::pin(std::future::ready(Ok(answer)))
    }
}
