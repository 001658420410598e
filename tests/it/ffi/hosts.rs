//! Hosts: a clock, handlers, a listener and a store that do what a test asks of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use planguard::ffi::{
    ActionHandler, Builder, Clock, Event, HostError, HostImage, HostStore, Listener, LoginHandler,
    OpenOptions, Planguard, PlanguardError, ProviderError, Replaced,
};
use planguard::time::{Clock as _, ManualClock};
use planguard::{Action, CatalogId, Done, EditionId, Timestamp, UserId};
use support::{ada, app, bob};

/// What a host's method does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Works,
    /// Throws what it declares.
    Fails,
    /// Throws something else.
    Throws,
    Panics,
    NeverReturns,
}

pub(crate) const MISBEHAVES: [Does; 4] = [Does::Fails, Does::Throws, Does::Panics, Does::NeverReturns];

impl Does {
    pub(crate) async fn host(self) -> Result<(), HostError> {
        match self {
            Self::Works => Ok(()),
            Self::Fails => Err(HostError::Unavailable),
            Self::Throws => Err(HostError::Unexpected),
            Self::Panics => panic!("a host that panics"),
            Self::NeverReturns => std::future::pending().await,
        }
    }

    pub(crate) async fn provider(self) -> Result<(), ProviderError> {
        match self {
            Self::Fails => Err(ProviderError::Answered { code: 6012, detail: SECRET.to_owned() }),
            Self::Throws => Err(ProviderError::Unexpected { detail: SECRET.to_owned() }),
            other => other.host().await.map_err(|_| ProviderError::Unexpected { detail: String::new() }),
        }
    }
}

/// What must not be seen in any text for logs.
pub(crate) const SECRET: &str = "s3cret words of the host";

/// A clock turned by hand, as a foreign object.
pub(crate) struct Turned(pub(crate) ManualClock);

#[async_trait::async_trait]
impl Clock for Turned {
    fn now(&self) -> Result<Timestamp, HostError> {
        Ok(self.0.now())
    }

    fn elapsed(&self) -> Result<Duration, HostError> {
        Ok(Duration::from_millis(self.0.elapsed().0))
    }

    async fn sleep(&self, length: Duration) -> Result<(), HostError> {
        self.0.sleep(length).await;
        Ok(())
    }
}

/// A handler of logins and actions that counts its calls.
pub(crate) struct Handler {
    does: Does,
    calls: AtomicUsize,
}

impl Handler {
    pub(crate) fn that(does: Does) -> Arc<Self> {
        Arc::new(Self { does, calls: AtomicUsize::new(0) })
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl LoginHandler for Handler {
    async fn login(&self, _: UserId) -> Result<(), ProviderError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.does.provider().await
    }
}

#[async_trait::async_trait]
impl ActionHandler for Handler {
    async fn perform(&self) -> Result<Done, ProviderError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.does.provider().await.map(|()| Done::All)
    }
}

/// A listener that keeps what it heard.
pub(crate) struct Ear {
    pub(crate) does: Mutex<Does>,
    pub(crate) heard: Mutex<Vec<Event>>,
}

impl Ear {
    pub(crate) fn that(does: Does) -> Arc<Self> {
        Arc::new(Self { does: Mutex::new(does), heard: Mutex::default() })
    }

    pub(crate) fn words(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(Event::as_str).collect()
    }
}

#[async_trait::async_trait]
impl Listener for Ear {
    async fn on_event(&self, event: Event) -> Result<(), HostError> {
        self.heard.lock().unwrap().push(event);
        let does = *self.does.lock().unwrap();
        does.host().await
    }

    async fn on_lagged(&self, _: u64) -> Result<(), HostError> {
        Ok(())
    }
}

/// A host's store in memory, shared by its clones.
#[derive(Clone, Default)]
pub(crate) struct Shelf {
    held: Arc<Mutex<(u64, Vec<u8>)>>,
    does: Arc<Mutex<Option<Does>>>,
}

impl Shelf {
    pub(crate) fn does(&self, does: Does) {
        *self.does.lock().unwrap() = Some(does);
    }

    pub(crate) fn version(&self) -> u64 {
        self.held.lock().unwrap().0
    }

    /// A host answers later, and wakes only whoever waits for it.
    async fn act(&self) -> Result<(), HostError> {
        for _ in 0..2 {
            tokio::task::yield_now().await;
        }
        let does = *self.does.lock().unwrap();
        does.unwrap_or(Does::Works).host().await
    }
}

#[async_trait::async_trait]
impl HostStore for Shelf {
    async fn load(&self, known: u64) -> Result<Option<HostImage>, HostError> {
        self.act().await?;
        let (version, content) = self.held.lock().unwrap().clone();
        Ok((version != known).then_some(HostImage { version, content }))
    }

    async fn replace(&self, expected: u64, content: Vec<u8>) -> Result<Replaced, HostError> {
        self.act().await?;
        let mut held = self.held.lock().unwrap();
        if held.0 != expected {
            return Ok(Replaced::Conflict);
        }
        *held = (expected + 1, content);
        Ok(Replaced::Replaced)
    }
}

pub(crate) fn options() -> OpenOptions {
    OpenOptions {
        sdk_app_id: app(),
        store_path: None,
        endpoint: None,
        credential: None,
        billing_zone: None,
        session_mode: None,
        decisions: None,
        logins: None,
        catalogs: Vec::new(),
        fallback_catalog: Some(CatalogId::INTL_2024),
        fallback_edition: Some(EditionId::STANDARD),
        seed: None,
        permit_ttl: None,
        outbox_capacity: None,
        endpoint_timeouts: None,
        phase: None,
        process_role: None,
        device_marker: None,
        renew_install: false,
        trusted_keys: None,
        audience: None,
        max_document_age: None,
    }
}

/// A builder on that clock.
pub(crate) fn builder(options: OpenOptions, clock: &ManualClock) -> Builder {
    let builder = Builder::new(options).unwrap();
    builder.clock(Arc::new(Turned(clock.clone())));
    builder
}

/// A guard that falls back on Standard, in memory.
pub(crate) async fn open(clock: &ManualClock) -> Arc<Planguard> {
    builder(options(), clock).open().await.unwrap()
}

pub(crate) fn befriend() -> Action {
    Action::AddFriend { user: ada(), peer: bob() }
}

/// How many friends of Ada are counted and held.
pub(crate) fn friends(guard: &Planguard) -> (u64, u64) {
    let evidence = guard.assess(befriend()).unwrap().checks[0].evidence;
    (evidence.used, evidence.reserved)
}

/// The details of an error, whichever it is.
pub(crate) fn reason(error: &PlanguardError) -> String {
    assert!(!format!("{error} {error:?}").contains(SECRET), "a host's words in a text for logs");
    error.to_string()
}
