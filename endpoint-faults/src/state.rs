//! Everything the endpoint holds, behind one lock that is never held across an await.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use planguard_endpoint::clock::Clock;
use planguard_endpoint::contract::{Content, Port, Prepared, Receipt, Signing, UsageEvent};
use planguard_endpoint::problem::Problem;
use serde_json::Value;
use tokio::sync::watch;

use crate::document::{self, DocumentError};
use crate::events::{EventLog, ReceivedEvents};
use crate::faults::{Faults, On, Plan};
use crate::known_users::KnownUsers;
use crate::options::Options;
use crate::requests::{RequestLog, Requests};
use crate::written::Written;

pub(crate) struct State {
    pub(crate) max_body_bytes: usize,
    clock: Clock,
    /// How many seconds the time is turned ahead of the clock.
    ahead_secs: AtomicI64,
    inner: Mutex<Inner>,
    arrived: watch::Sender<u64>,
    /// Of answers past HTTP.
    pub(crate) written: Written,
    /// What is known of users.
    pub(crate) known_users: KnownUsers,
}

#[derive(Default)]
struct Inner {
    apps: BTreeMap<u64, App>,
    catalogs: BTreeMap<String, Content>,
    credential: Option<String>,
    signing: Signing,
    faults: Faults,
    requests: RequestLog,
    events: EventLog,
}

struct App {
    /// `None` when the body was set as bytes.
    document: Option<Value>,
    content: Content,
    previous: Option<Content>,
    revision: u64,
    forbidden: bool,
}

/// Which document of an app to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Current,
    /// An older revision, as a replaying attacker or a stale replica would send.
    Old,
    /// The current one under another app's id.
    OtherApp,
}

impl State {
    pub(crate) fn new(options: &Options) -> Result<Self, DocumentError> {
        let app_id = options.document["sdk_app_id"].as_u64().filter(|id| *id > 0);
        let app_id = app_id.ok_or(DocumentError::NoApp)?;
        let app = App {
            content: Content::of(&options.document),
            revision: options.document["revision"].as_u64().unwrap_or(0),
            document: Some(options.document.clone()),
            previous: None,
            forbidden: false,
        };
        let inner = Inner {
            apps: BTreeMap::from([(app_id, app)]),
            credential: options.credential.clone(),
            signing: options.signing.clone(),
            ..Inner::default()
        };
        Ok(Self {
            max_body_bytes: options.max_body_bytes,
            clock: options.clock.clone(),
            ahead_secs: AtomicI64::new(0),
            inner: Mutex::new(inner),
            arrived: watch::Sender::new(0),
            written: Written::new(),
            known_users: KnownUsers::default(),
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        // A time that no calendar has is refused where it is set.
        now.checked_add(SignedDuration::from_secs(self.ahead_secs())).unwrap_or(now)
    }

    pub(crate) fn ahead_secs(&self) -> i64 {
        self.ahead_secs.load(Ordering::Relaxed)
    }

    /// Turns the time; false where no calendar has that time.
    pub(crate) fn set_ahead_secs(&self, secs: i64) -> bool {
        let possible = self.clock.now().checked_add(SignedDuration::from_secs(secs)).is_ok();
        if possible {
            self.ahead_secs.store(secs, Ordering::Relaxed);
        }
        possible
    }

    pub(crate) fn set_document(&self, app_id: u64, mut document: Value) -> Result<u64, DocumentError> {
        if app_id == 0 {
            return Err(DocumentError::NoApp);
        }
        let now = self.now();
        let mut inner = self.inner.lock();
        let held = inner.apps.get(&app_id).map_or(0, |app| app.revision);
        let revision = document::succeed(&mut document, app_id, held, now)?;
        let content = Content::of(&document);
        inner.put(app_id, Some(document), content, revision);
        Ok(revision)
    }

    pub(crate) fn edit(&self, app_id: u64, change: impl FnOnce(&mut Value)) -> Result<u64, DocumentError> {
        let mut document = self.document(app_id).ok_or(DocumentError::UnknownApp(app_id))?;
        change(&mut document);
        self.set_document(app_id, document)
    }

    pub(crate) fn set_body(&self, app_id: u64, body: Vec<u8>) {
        let content = Content::raw(body);
        let mut inner = self.inner.lock();
        let held = inner.apps.get(&app_id).map_or(0, |app| app.revision);
        inner.put(app_id, None, content, held);
    }

    pub(crate) fn document(&self, app_id: u64) -> Option<Value> {
        self.inner.lock().apps.get(&app_id).and_then(|app| app.document.clone())
    }

    fn content(&self, app_id: u64, which: Which) -> Option<Content> {
        let inner = self.inner.lock();
        let app = inner.apps.get(&app_id)?;
        let changed = match (which, &app.document) {
            (Which::Old, _) if app.previous.is_some() => return app.previous.clone(),
            (Which::Old, Some(document)) => document::precede(document),
            (Which::OtherApp, Some(document)) => {
                let mut other = document.clone();
                other["sdk_app_id"] = app_id.wrapping_add(1).into();
                other
            }
            (Which::Current, _) | (_, None) => return Some(app.content.clone()),
        };
        Some(Content::of(&changed))
    }

    pub(crate) fn set_catalog(&self, id: &str, catalog: Option<&Value>) {
        let mut inner = self.inner.lock();
        match catalog {
            Some(catalog) => inner.catalogs.insert(id.to_owned(), Content::of(catalog)),
            None => inner.catalogs.remove(id),
        };
    }

    pub(crate) fn set_signing(&self, signing: Signing) {
        self.inner.lock().signing = signing;
    }

    pub(crate) fn set_credential(&self, credential: Option<String>) {
        self.inner.lock().credential = credential;
    }

    pub(crate) fn set_forbidden(&self, app_id: u64, forbidden: bool) {
        if let Some(app) = self.inner.lock().apps.get_mut(&app_id) {
            app.forbidden = forbidden;
        }
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.inner.lock().faults = faults;
    }

    pub(crate) fn take_faults(&self, call: On, reused: bool) -> Plan {
        self.inner.lock().faults.take(call, reused)
    }

    pub(crate) fn arrive(&self, method: &Method, path: &str, headers: &HeaderMap) -> u64 {
        let number = self.inner.lock().requests.arrive(method, path, headers);
        self.arrived.send_modify(|total| *total = number.max(*total));
        number
    }

    pub(crate) fn answer(&self, number: u64, status: StatusCode) {
        self.inner.lock().requests.answer(number, status);
    }

    pub(crate) fn requests(&self) -> Requests {
        self.inner.lock().requests.snapshot()
    }

    pub(crate) async fn requests_reached(&self, count: u64) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.arrived.subscribe().wait_for(|total| *total >= count).await;
    }

    pub(crate) fn events(&self) -> ReceivedEvents {
        self.inner.lock().events.snapshot()
    }
}

impl Port for State {
    fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }

    async fn admit(&self, token: Option<&str>, app: Option<u64>) -> Result<(), Problem> {
        let inner = self.inner.lock();
        if inner.credential.as_deref().is_some_and(|credential| token != Some(credential)) {
            return Err(Problem::unauthorized());
        }
        let Some(app_id) = app else { return Ok(()) };
        match inner.apps.get(&app_id) {
            None => Err(Problem::not_found(format!("app {app_id} is not known here"))),
            Some(app) if app.forbidden => {
                Err(Problem::forbidden(format!("this credential may not speak for app {app_id}")))
            }
            Some(_) => Ok(()),
        }
    }

    async fn document(&self, app: u64, call: &Extensions) -> Result<Option<Arc<Prepared>>, Problem> {
        let content = self.content(app, call.get().copied().unwrap_or(Which::Current));
        let signing = self.signing().await?;
        Ok(content.map(|content| Arc::new(content.by(signing))))
    }

    async fn catalog(&self, id: &str) -> Result<Option<Arc<Prepared>>, Problem> {
        let inner = self.inner.lock();
        let catalog = inner.catalogs.get(id).cloned();
        Ok(catalog.map(|content| Arc::new(content.by(inner.signing.clone()))))
    }

    async fn signing(&self) -> Result<Signing, Problem> {
        Ok(self.inner.lock().signing.clone())
    }

    async fn take(&self, app: u64, batch: Vec<UsageEvent>) -> Result<Receipt, Problem> {
        Ok(self.inner.lock().events.record(app, batch))
    }
}

impl Inner {
    fn put(&mut self, app_id: u64, document: Option<Value>, content: Content, revision: u64) {
        let held = self.apps.remove(&app_id);
        let forbidden = held.as_ref().is_some_and(|app| app.forbidden);
        let previous = held.map(|app| app.content);
        self.apps.insert(app_id, App { document, content, previous, revision, forbidden });
    }
}
