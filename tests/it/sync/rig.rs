//! A whole guard with a billing endpoint, on a clock turned by hand.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use futures::FutureExt as _;
use planguard::client::{Builder, Event, EventStream, FetchPolicy, SyncError, SyncOutcome};
use planguard::net::{
    Credential, CredentialError, CredentialProvider, Request, Response, StaticCredential, Transport,
    TransportError,
};
use planguard::port::BoxFuture;
use planguard::store::contract::Whole;
use planguard::store::{MemoryStore, Store, StoreError, StoredDocument, Transaction, Work};
use planguard::time::{Clock, ManualClock};
use planguard::{BillingMonth, Elapsed, Planguard, RejectionContext, Timestamp};
use serde_json::{Value, json};

pub(crate) use support::APP;

pub(crate) const SECRET: &str = "s3cret-credential";

pub(crate) fn start() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub(crate) fn http_date(at: Timestamp) -> String {
    let since_epoch = Duration::from_millis(u64::try_from(at.as_millis()).unwrap());
    httpdate::fmt_http_date(UNIX_EPOCH + since_epoch)
}

/// A document of the app, issued `revision` minutes after the start.
pub(crate) fn document(revision: u64) -> Value {
    let issued_at = start().plus(Duration::from_secs(60 * revision));
    json!({
        "schema": 1, "revision": revision, "sdk_app_id": APP, "catalog": "intl-2024", "edition": "standard",
        "limits": { "groups_per_user": revision }, "issued_at": issued_at
    })
}

pub(crate) struct Rig {
    pub(crate) clock: ManualClock,
    pub(crate) store: MemoryStore,
    pub(crate) guard: Planguard,
    events: Mutex<EventStream>,
}

/// What a rig is built from; a restart changes some of it.
#[derive(Clone)]
pub(crate) struct Build {
    pub(crate) url: String,
    /// Instead of the default one, which uses the network.
    pub(crate) transport: Option<Arc<dyn Transport>>,
    pub(crate) credentials: Arc<dyn CredentialProvider>,
    pub(crate) clock: ManualClock,
    pub(crate) store: MemoryStore,
    /// Before the store, where a test wants it to fail.
    pub(crate) switch: Option<planguard::store::FaultyStore>,
    pub(crate) capacity: u64,
}

struct Shared<T: ?Sized>(Arc<T>);

impl Transport for Shared<dyn Transport> {
    fn send(&self, request: Request, limit: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.0.send(request, limit)
    }
}

impl CredentialProvider for Shared<dyn CredentialProvider> {
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        self.0.credential()
    }
}

impl Build {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            transport: None,
            credentials: Arc::new(StaticCredential::new(Credential::new(SECRET).unwrap())),
            clock: ManualClock::at(start()),
            store: MemoryStore::new(),
            switch: None,
            capacity: 10_000,
        }
    }

    /// On a transport of the test's own, without a network.
    pub(crate) fn with(transport: Arc<dyn Transport>) -> Self {
        Self { transport: Some(transport), ..Self::new("https://billing.example") }
    }

    pub(crate) fn credential(self, text: &str) -> Self {
        Self { credentials: Arc::new(StaticCredential::new(Credential::new(text).unwrap())), ..self }
    }

    /// For a test that wants more of its guard.
    pub(crate) fn builder(&self) -> Builder {
        let builder = support::builder(&self.clock)
            .endpoint(&self.url)
            .credentials(Shared(Arc::clone(&self.credentials)))
            .outbox_capacity(self.capacity);
        let builder = match &self.switch {
            Some(switch) => builder.store(switch.clone()),
            None => builder.store(self.store.clone()),
        };
        match &self.transport {
            Some(transport) => builder.transport(Shared(Arc::clone(transport))),
            None => builder,
        }
    }

    /// Opens, on what the store holds.
    pub(crate) async fn open(&self) -> Rig {
        self.rig(self.builder().open().await.unwrap())
    }

    pub(crate) fn rig(&self, guard: Planguard) -> Rig {
        let events = Mutex::new(guard.subscribe());
        Rig { clock: self.clock.clone(), store: self.store.clone(), guard, events }
    }
}

/// Runs `run` as a transaction of the store itself, beside every guard.
pub(crate) fn beside<T: Send + 'static>(
    store: &MemoryStore,
    run: impl Fn(&mut dyn Transaction) -> Result<T, StoreError> + Send + 'static,
) -> T {
    let answer = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&answer);
    let work = Work::write(move |transaction, _| {
        *slot.lock().unwrap() = Some(run(transaction)?);
        Ok(())
    });
    store.transact(work).now_or_never().expect("a transaction in memory runs at once").unwrap();
    let answer = answer.lock().unwrap().take();
    answer.unwrap()
}

/// Everything the store holds.
pub(crate) fn image(store: &MemoryStore) -> Whole {
    beside(store, |transaction| Whole::read(transaction, BillingMonth::from_number(0), Elapsed::default()))
}

/// The document that the store holds.
pub(crate) fn stored(store: &MemoryStore) -> StoredDocument {
    image(store).image.document.unwrap()
}

impl Rig {
    pub(crate) async fn at(url: &str) -> Self {
        Build::new(url).open().await
    }

    pub(crate) async fn fetch(&self) -> Result<SyncOutcome, SyncError> {
        self.sync(FetchPolicy::Fetch).await
    }

    pub(crate) async fn sync(&self, policy: FetchPolicy) -> Result<SyncOutcome, SyncError> {
        self.guard.sync(policy).await
    }

    /// Reports a refusal with each of these codes: one usage event each.
    pub(crate) async fn reject(&self, codes: std::ops::Range<i32>) {
        for code in codes {
            self.guard.report_rejection(code, "", &RejectionContext::default()).await;
        }
    }

    /// What the wall clock says.
    pub(crate) fn wall(&self) -> Timestamp {
        self.clock.now()
    }

    /// The `Date` an endpoint with the same clock would send.
    pub(crate) fn date(&self) -> String {
        http_date(self.clock.now())
    }

    pub(crate) fn revision(&self) -> Option<u64> {
        self.guard.entitlements().document.as_ref().map(|document| document.revision)
    }

    /// Whether what decisions rest on is fresh; `None` while nothing is known.
    pub(crate) fn fresh(&self) -> Option<bool> {
        let held = self.guard.entitlements();
        held.fetched_at.map(|_| !held.is_stale(self.guard.now()))
    }

    /// What was told since the last call.
    pub(crate) fn told(&self) -> Vec<Event> {
        let mut events = self.events.lock().unwrap();
        std::iter::from_fn(|| events.try_next()).map(Result::unwrap).collect()
    }

    /// Turns the clock to `at`.
    pub(crate) fn advance_to(&self, at: Timestamp) {
        self.clock.advance(at.since(self.clock.now()));
    }
}
