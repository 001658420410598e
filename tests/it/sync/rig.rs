//! A syncer and an outbox on a clock turned by hand.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use planguard::client::{AppPhase, FetchPolicy};
use planguard::client::{
    Link, LinkParts, LinkTimeouts, OUTBOX_CAPACITY, Outbox, SyncError, SyncOutcome, Syncer,
};
use planguard::model::BillingMonth;
use planguard::net::{
    Credential, CredentialProvider, EndpointUrl, ReqwestTransport, StaticCredential, Timeouts, Transport,
    UnsignedDocuments,
};
use planguard::store::{Image, MemoryStore, Store};
use planguard::time::{Clock, ManualClock, TrustedTime};
use planguard::{SdkAppId, TimeRecord, Timestamp};
use serde_json::{Value, json};

pub(crate) const APP: u64 = 1_400_000_001;
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
    pub(crate) trusted: Arc<TrustedTime>,
    pub(crate) link: Arc<Link>,
    pub(crate) syncer: Arc<Syncer>,
    pub(crate) outbox: Arc<Outbox>,
}

/// What a rig is built from; a restart changes some of it.
#[derive(Clone)]
pub(crate) struct Build {
    pub(crate) url: String,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) credentials: Arc<dyn CredentialProvider>,
    pub(crate) clock: ManualClock,
    pub(crate) store: MemoryStore,
    pub(crate) capacity: u64,
}

impl Build {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            transport: Arc::new(ReqwestTransport::new(Timeouts::default()).unwrap()),
            credentials: Arc::new(StaticCredential::new(Credential::new(SECRET).unwrap())),
            clock: ManualClock::at(start()),
            store: MemoryStore::new(),
            capacity: OUTBOX_CAPACITY,
        }
    }

    pub(crate) fn credential(self, text: &str) -> Self {
        Self { credentials: Arc::new(StaticCredential::new(Credential::new(text).unwrap())), ..self }
    }

    /// Opens, on what the store holds.
    pub(crate) fn open(&self) -> Rig {
        let image = image(&self.store);
        let trusted = Arc::new(TrustedTime::new(TimeRecord::from_marks(
            image.marks.high_water,
            image.marks.server_floor,
        )));
        let link = Arc::new(Link::new(LinkParts {
            app: SdkAppId::new(APP).unwrap(),
            url: EndpointUrl::parse(&self.url).unwrap(),
            transport: Arc::clone(&self.transport),
            credentials: Arc::clone(&self.credentials),
            clock: Arc::new(self.clock.clone()),
            trusted: Arc::clone(&trusted),
            store: Arc::new(self.store.clone()),
            salt: [7; 32],
            remembered: image.sync,
            timeouts: LinkTimeouts::default(),
        }));
        let (syncer, unreadable) =
            Syncer::new(Arc::clone(&link), Arc::new(UnsignedDocuments), image.document);
        assert_eq!(unreadable, None);
        Rig {
            clock: self.clock.clone(),
            store: self.store.clone(),
            trusted,
            outbox: Arc::new(Outbox::new(Arc::clone(&link), self.capacity)),
            link,
            syncer: Arc::new(syncer),
        }
    }
}

pub(crate) fn image(store: &MemoryStore) -> Image {
    store.load(BillingMonth::from_number(0)).unwrap()
}

impl Rig {
    pub(crate) fn at(url: &str) -> Self {
        Build::new(url).open()
    }

    pub(crate) async fn fetch(&self) -> Result<SyncOutcome, SyncError> {
        self.syncer.sync(FetchPolicy::Fetch, AppPhase::Foreground).await
    }

    pub(crate) async fn sync(&self, policy: FetchPolicy) -> Result<SyncOutcome, SyncError> {
        self.syncer.sync(policy, AppPhase::Foreground).await
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
        self.syncer.held().map(|held| held.document.revision)
    }

    pub(crate) fn fresh(&self) -> Option<bool> {
        self.syncer.staleness(AppPhase::Foreground).map(|staleness| staleness.fresh)
    }

    /// Turns the clock to `at`.
    pub(crate) fn advance_to(&self, at: Timestamp) {
        self.clock.advance(at.since(self.clock.now()));
    }
}
