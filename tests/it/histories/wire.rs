//! The billing endpoint of the histories, honest or not, and what it was told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use planguard::Timestamp;
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use serde_json::{Value, json};
use support::APP;

/// What the endpoint, or something on the way, answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Good,
    /// Not this app's document.
    Foreign,
    /// A document of before.
    Late,
    /// Dated in seconds from now, the answer itself included.
    Lie(i64),
    /// Issued ahead, in an answer that shows no time.
    IssuedAhead,
    Unavailable,
    /// 503 that asks for so many seconds.
    RetryAfter(u64),
    Portal,
    Garbage,
    Unreachable,
    /// Usage events arrive, and the receipt is lost.
    LostReceipt,
}

/// Price lists and editions that documents name.
pub(super) const PLANS: [(&str, &str); 5] = [
    ("intl-2024", "standard"),
    ("intl-2024", "premium"),
    ("intl-2024", "free_trial"),
    ("intl-2022", "pro"),
    ("cn-dau", "professional"),
];

pub(super) struct Server {
    pub(super) answer: Answer,
    pub(super) plan: usize,
    pub(super) revision: u64,
    /// The true time.
    pub(super) now: Timestamp,
    pub(super) requests: u64,
    /// Events by id: type and body.
    pub(super) events: BTreeMap<String, (String, String)>,
}

/// Every process talks to the same server.
#[derive(Clone)]
pub(super) struct Wire(pub(super) Arc<Mutex<Server>>);

impl Wire {
    pub(super) fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Server {
            answer: Answer::Good,
            plan: 0,
            revision: 1,
            now,
            requests: 0,
            events: BTreeMap::new(),
        })))
    }
}

fn shifted(at: Timestamp, secs: i64) -> Timestamp {
    Timestamp::from_millis((at.as_millis() + secs * 1_000).max(0))
}

impl Server {
    fn document(&self, app: u64, revision: u64, issued_at: Timestamp) -> Value {
        let (catalog, edition) = PLANS[self.plan];
        json!({
            "schema": 1, "revision": revision, "sdk_app_id": app, "catalog": catalog, "edition": edition,
            "limits": {
                "friends_per_user": 6, "groups_per_user": 9, "members_per_group": 12, "non_av_groups": 15,
                "max_users": 10, "net_new_groups_per_day": null, "free_mau": null, "free_dau": null
            },
            // Longer than any history, and shorter than a lie.
            "subscription": { "starts_at": "2024-08-01T00:00:00Z", "expires_at": "2033-08-01T00:00:00Z" },
            "issued_at": issued_at, "fresh_for_secs": 600
        })
    }

    fn get(&mut self) -> Result<Response, TransportError> {
        let now = self.now;
        let good = |server: &Self, at| server.document(APP, server.revision, at);
        let (status, body, date) = match self.answer {
            Answer::Good | Answer::LostReceipt => (200, good(self, now), Some(now)),
            Answer::Foreign => (200, self.document(APP + 1, self.revision, now), Some(now)),
            Answer::Late => (200, self.document(APP, self.revision - 1, now), Some(now)),
            Answer::Lie(secs) => (200, good(self, shifted(now, secs)), Some(shifted(now, secs))),
            Answer::IssuedAhead => (200, good(self, shifted(now, 400 * 86_400)), None),
            Answer::Unavailable | Answer::RetryAfter(_) => (503, json!({}), Some(now)),
            Answer::Portal => (200, json!("<html>"), Some(now)),
            Answer::Garbage => (200, json!([1]), Some(now)),
            Answer::Unreachable => return Err(TransportError::Unreachable("cable cut".to_owned())),
        };
        Ok(self.response(status, &body, date))
    }

    fn post(&mut self, body: &[u8]) -> Result<Response, TransportError> {
        let now = Some(self.now);
        if self.answer == Answer::Unreachable {
            return Err(TransportError::Unreachable("cable cut".to_owned()));
        }
        if !matches!(self.answer, Answer::Good | Answer::LostReceipt) {
            return Ok(self.response(if self.answer == Answer::Portal { 200 } else { 503 }, &json!({}), now));
        }
        let events: Vec<Value> = serde_json::from_slice(body).unwrap();
        let (mut accepted, mut duplicates) = (0, 0);
        for event in events {
            let text = |field: &str| event[field].as_str().unwrap().to_owned();
            let (kind, whole) = (text("type"), event.to_string());
            match self.events.insert(text("id"), (kind, whole.clone())) {
                None => accepted += 1,
                Some((_, before)) => {
                    assert_eq!(before, whole, "two events under one id");
                    duplicates += 1;
                }
            }
        }
        let receipt = json!({ "accepted": accepted, "duplicates": duplicates });
        Ok(self.response(if self.answer == Answer::LostReceipt { 502 } else { 202 }, &receipt, now))
    }

    fn response(&self, status: u16, body: &Value, date: Option<Timestamp>) -> Response {
        let mut response = Response::new(body.to_string().into_bytes());
        *response.status_mut() = status.try_into().unwrap();
        let headers = response.headers_mut();
        let kind = if self.answer == Answer::Portal { "text/html" } else { "application/json" };
        headers.insert("content-type", kind.parse().unwrap());
        if let Some(date) = date {
            let since = Duration::from_millis(date.as_millis().unsigned_abs());
            let text = httpdate::fmt_http_date(std::time::UNIX_EPOCH + since);
            headers.insert("date", text.parse().unwrap());
        }
        if let Answer::RetryAfter(secs) = self.answer {
            headers.insert("retry-after", secs.to_string().parse().unwrap());
        }
        response
    }
}

impl Transport for Wire {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let mut server = self.0.lock().unwrap();
        server.requests += 1;
        let answer = if request.method() == "GET" { server.get() } else { server.post(request.body()) };
        Box::pin(std::future::ready(answer))
    }
}
