//! Guards, an endpoint that answers by a script, and documents, in as few words as a case needs.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use planguard::client::{Builder, Event, EventStream};
use planguard::login::{LoginOutcome, LoginRequest};
use planguard::net::http::HeaderName;
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::store::{FaultyStore, Store, StoreError, Work};
use planguard::time::ManualClock;
use planguard::{CatalogId, EditionId, LimitId, Planguard, Timestamp};
use serde_json::{Value, json};
use support::{APP, Answer, Outcome, builder, now, strict};

/// What the next requests are answered, in order; once the list has ended the endpoint is not reached.
#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    answers: VecDeque<Option<Response>>,
    batches: Option<Response>,
    asked: usize,
    posted: Vec<Value>,
    sent: usize,
}

impl Wire {
    /// The next document asked for is answered so.
    pub(crate) fn then(&self, answer: Response) {
        self.0.lock().unwrap().answers.push_back(Some(answer));
    }

    /// The next request for a document meets a lost connection.
    pub(crate) fn then_lost(&self) {
        self.0.lock().unwrap().answers.push_back(None);
    }

    /// Every batch of usage events is answered so from here on, instead of with a receipt.
    pub(crate) fn batches_get(&self, answer: Option<Response>) {
        self.0.lock().unwrap().batches = answer;
    }

    /// How many times a document was asked for.
    pub(crate) fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    /// How many batches were sent.
    pub(crate) fn posted(&self) -> usize {
        self.0.lock().unwrap().sent
    }

    /// The data of all events of that type that the endpoint has given a receipt for.
    pub(crate) fn received(&self, kind: &str) -> Vec<Value> {
        let script = self.0.lock().unwrap();
        let of_kind = script.posted.iter().filter(|event| event["type"] == kind);
        of_kind.map(|event| event["data"].clone()).collect()
    }
}

impl Transport for Wire {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let mut script = self.0.lock().unwrap();
        let answer = if request.method() == "GET" {
            script.asked += 1;
            script.answers.pop_front().flatten()
        } else {
            script.sent += 1;
            let events: Vec<Value> = serde_json::from_slice(request.body()).unwrap();
            let answer = script.batches.clone().unwrap_or_else(|| {
                let count = json!({ "accepted": events.len(), "duplicates": 0 });
                script.posted.extend(events);
                body(202, "application/json", count.to_string())
            });
            Some(answer)
        };
        let lost = || TransportError::Unreachable("the cable is cut".to_owned());
        Box::pin(std::future::ready(answer.ok_or_else(lost)))
    }
}

/// An answer with that body.
pub(crate) fn body(code: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Response {
    header(empty(code, body.into()), "content-type", content_type)
}

fn empty(code: u16, body: Vec<u8>) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = code.try_into().unwrap();
    response
}

/// An answer without body.
pub(crate) fn status(code: u16) -> Response {
    empty(code, Vec::new())
}

/// `response` with one header more.
pub(crate) fn header(mut response: Response, name: &str, value: &str) -> Response {
    response.headers_mut().insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    response
}

/// `response`, dated.
pub(crate) fn dated(response: Response, at: Timestamp) -> Response {
    let since_epoch = Duration::from_millis(u64::try_from(at.as_millis()).unwrap());
    header(response, "date", &httpdate::fmt_http_date(UNIX_EPOCH + since_epoch))
}

/// That document, sent at `at`.
pub(crate) fn ok(document: &Value, at: Timestamp) -> Response {
    dated(undated(document), at)
}

/// That document, from a transport that hands no `Date` on.
pub(crate) fn undated(document: &Value) -> Response {
    body(200, "application/json", document.to_string())
}

/// A document of the app on the list of 2024, fresh for a month, issued at `at`.
pub(crate) fn doc(revision: u64, edition: &str, at: Timestamp) -> Value {
    json!({
        "schema": 1, "revision": revision, "sdk_app_id": APP, "catalog": "intl-2024", "edition": edition,
        "issued_at": at, "fresh_for_secs": 30 * 86_400
    })
}

/// `document` with that member.
pub(crate) fn but(mut document: Value, name: &str, value: Value) -> Value {
    document[name] = value;
    document
}

/// A guard with an endpoint behind `wire`.
pub(crate) fn online(clock: &ManualClock, store: impl Store + 'static, wire: &Wire) -> Builder {
    builder(clock).endpoint("https://billing.example").transport(wire.clone()).store(store)
}

/// A guard that falls back on that edition and enforces every limit.
pub(crate) async fn plain(clock: &ManualClock, store: impl Store + 'static, edition: EditionId) -> Planguard {
    builder(clock)
        .fallback(CatalogId::INTL_2024, edition)
        .decisions(strict())
        .store(store)
        .open()
        .await
        .unwrap()
}

/// What all counters of that limit come to.
pub(crate) fn used(guard: &Planguard, limit: LimitId) -> u64 {
    let snapshot = guard.snapshot();
    snapshot.usage.iter().filter(|(key, _)| key.limit == limit).map(|(_, counter)| counter.used()).sum()
}

/// Whether the login was carried out.
pub(crate) fn executed(outcome: &Outcome) -> bool {
    matches!(outcome, Ok(LoginOutcome::Executed { .. }))
}

/// Whether the login is sent to the chat SDK, which answers it with yes.
pub(crate) async fn reached(guard: &Planguard, request: LoginRequest) -> bool {
    let yes: Answer = Ok(1);
    executed(&now(guard, request, yes).await)
}

/// What the stream holds by now.
pub(crate) fn told(stream: &mut EventStream) -> Vec<Event> {
    std::iter::from_fn(|| stream.try_next()).filter_map(Result::ok).collect()
}

/// The figures of the report of a month: uncertain, active, put off and never active.
pub(crate) async fn figures(guard: &Planguard, month: &str) -> Result<[u64; 3], StoreError> {
    let report = guard.login_report(month.parse().unwrap()).await?;
    Ok([report.uncertain, report.active_users, report.deferred_users_never_active])
}

/// A store that hangs from one of its transactions on.
#[derive(Clone)]
pub(crate) struct HangingStore {
    inner: FaultyStore,
    left: Arc<Mutex<Option<u64>>>,
}

impl HangingStore {
    pub(crate) fn new(inner: impl Store + 'static) -> Self {
        Self { inner: FaultyStore::new(inner), left: Arc::default() }
    }

    /// `count` more transactions pass.
    pub(crate) fn hang_after(&self, count: u64) {
        *self.left.lock().unwrap() = Some(count);
    }

    /// What hangs goes on.
    pub(crate) fn recover(&self) {
        *self.left.lock().unwrap() = None;
        self.inner.recover();
    }
}

impl Store for HangingStore {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        match &mut *self.left.lock().unwrap() {
            Some(0) => self.inner.hang(),
            Some(left) => *left -= 1,
            None => {}
        }
        self.inner.transact(work)
    }
}
