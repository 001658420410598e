//! A guard as an app opens it: with a document that its billing endpoint served, on the machine's clock.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use planguard::net::{Request, Response, Transport, TransportError, http};
use planguard::port::BoxFuture;
use planguard::store::{MemoryStore, Store};
use planguard::time::{Clock as _, SystemClock};
use planguard::{Builder, FetchPolicy, OpenError, Planguard, SdkAppId, SessionMode, Timestamp, UserId};

/// The provider's number for the app.
pub const APP: u64 = 1_400_000_001;

/// An endpoint without a network: it serves the same document to whoever asks, and takes every usage event.
#[derive(Clone)]
struct Endpoint {
    document: Arc<str>,
}

impl Transport for Endpoint {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let mut response = if request.method() == http::Method::POST {
            let events: Vec<serde_json::Value> = serde_json::from_slice(request.body()).unwrap();
            let receipt = serde_json::json!({ "accepted": events.len(), "duplicates": 0 });
            let mut response = Response::new(receipt.to_string().into_bytes());
            *response.status_mut() = http::StatusCode::ACCEPTED;
            response
        } else {
            Response::new(self.document.as_bytes().to_vec())
        };
        response.headers_mut().insert("content-type", "application/json".parse().unwrap());
        Box::pin(std::future::ready(Ok(response)))
    }
}

/// The wall clock.
pub fn now() -> Timestamp {
    SystemClock.now()
}

/// The entitlements document: a paid plan that runs, a limit of the owner's own, a reported usage.
fn document() -> String {
    const DAY: Duration = Duration::from_secs(86_400);
    let now = now();
    let days = |count: i64| Timestamp::from_millis(now.as_millis() + count * 86_400_000);
    let document = serde_json::json!({
        "schema": 1, "revision": 7, "sdk_app_id": APP, "catalog": "intl-2024", "edition": "premium",
        "limits": { "groups_per_user": 1_200 },
        "subscription": { "starts_at": days(-40), "expires_at": days(40) },
        "usage": { "as_of": days(-1), "av_groups": 3 },
        "issued_at": now, "fresh_for_secs": 7 * DAY.as_secs()
    });
    document.to_string()
}

/// A server's guard on `store`, before it is opened: many users at once, an endpoint that serves a document.
pub fn builder(store: Arc<dyn Store>) -> Builder {
    Planguard::builder(SdkAppId::new(APP).unwrap())
        .session_mode(SessionMode::MultiUser)
        .endpoint("https://billing.example")
        .transport(Endpoint { document: document().into() })
        .shared_store(store)
}

/// A server's guard on `store` that holds a fresh document.
pub fn guard(store: Arc<dyn Store>) -> Planguard {
    try_guard(store).unwrap()
}

/// As [`guard`], where the store may refuse.
pub fn try_guard(store: Arc<dyn Store>) -> Result<Planguard, OpenError> {
    let guard = block_on(builder(store).open())?;
    block_on(guard.sync(FetchPolicy::Fetch)).unwrap();
    assert_eq!(guard.entitlements().revision(), 7, "the guard holds no document");
    Ok(guard)
}

/// A server's guard on `store` that holds a document without an endpoint: it keeps no usage events.
pub fn without_endpoint(store: Arc<dyn Store>) -> Planguard {
    let builder = Planguard::builder(SdkAppId::new(APP).unwrap()).session_mode(SessionMode::MultiUser);
    let guard = block_on(builder.seed(document()).shared_store(store).open()).unwrap();
    assert_eq!(guard.entitlements().revision(), 7, "the guard holds no document");
    guard
}

/// A server's guard in memory.
pub fn in_memory() -> Planguard {
    guard(Arc::new(MemoryStore::new()))
}

/// The name of the user with that number: looks drawn, is the same in each run.
pub fn name(number: u32) -> String {
    let mut random = fastrand::Rng::with_seed(u64::from(number) ^ 0x9e37_79b9_7f4a_7c15);
    format!("u{number:07}-{:08x}", random.u32(..))
}

/// That many users, by their numbers from `from` on.
pub fn users(from: u32, count: u32) -> Vec<UserId> {
    (from..from + count).map(|number| UserId::new(name(number)).unwrap()).collect()
}

/// Pairs of users in an order that no cache foresees; the same in each run.
pub struct Pairs(Vec<(u32, u32)>);

impl Pairs {
    /// Pairs of two different numbers below `count`.
    pub fn below(count: u32) -> Self {
        /// More than a round uses, so that every round meets other users.
        const PAIRS: usize = 200_003;
        let mut random = fastrand::Rng::with_seed(8);
        let mut draw = || {
            let user = random.u32(..count);
            (user, (user + random.u32(1..count)) % count)
        };
        Self((0..PAIRS).map(|_| draw()).collect())
    }

    /// The pair for a call. Contestants draw from different places: what one has just brought into the cache must not
    /// be what the next one asks for.
    pub fn at(&self, contestant: usize, call: usize) -> (usize, usize) {
        let (user, peer) = self.0[(call + contestant * 15_013) % self.0.len()];
        (user as usize, peer as usize)
    }
}
