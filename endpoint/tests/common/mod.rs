//! A world for tests: an endpoint on loopback over each database, on a clock that is turned by hand.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(unreachable_pub, reason = "it is part of several tests")]
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

pub mod provider;
pub mod visitor;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use planguard_endpoint::clock::Clock;
use planguard_endpoint::config::Config;
use planguard_endpoint::credentials::{self, Kind, Token};
use planguard_endpoint::db::Queries;
use planguard_endpoint::secret::Secret;
use planguard_endpoint::service::Service;
use planguard_endpoint::{documents, keys, server};
use planguard_servers::Postgres;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The app that every world serves.
pub const APP: u64 = 1_400_000_001;

/// The media type of a batch of usage events.
pub const BATCH: &str = "application/cloudevents-batch+json";

/// A clock turned by hand. Clones share the time.
#[derive(Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Hand {
    pub fn at(instant: &str) -> Self {
        Self(Arc::new(AtomicI64::new(instant.parse::<Timestamp>().unwrap().as_millisecond())))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }

    pub fn advance(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }

    pub fn set(&self, instant: &str) {
        self.0.store(instant.parse::<Timestamp>().unwrap().as_millisecond(), Ordering::Relaxed);
    }

    pub fn clock(&self) -> Clock {
        let hand = self.clone();
        Clock::from_fn(move || hand.now())
    }
}

/// One endpoint that runs, with a document, a signing key and a credential of each kind.
pub struct World {
    pub service: Arc<Service>,
    pub time: Hand,
    pub secret: Secret,
    /// Its base URL, without a slash at the end.
    pub url: String,
    pub admin: String,
    pub device: String,
    /// The public half of the key that signs, `k1`.
    pub public_key: String,
    pub http: reqwest::Client,
    folder: TempDir,
}

/// Runs a test on each database. `more` is added to the configuration, `[app.…]` sections first.
pub async fn on_each_database(more: &str, test: impl AsyncFn(World)) {
    test(World::on_sqlite(more).await).await;
    test(World::on_postgres(more).await).await;
}

impl World {
    /// One over a file in a folder of its own.
    pub async fn on_sqlite(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("endpoint.db").to_string_lossy().into_owned();
        Self::start(&database, more, folder).await
    }

    /// One over a new database of the one Postgres of this process.
    pub async fn on_postgres(more: &str) -> Self {
        let url = tokio::task::spawn_blocking(|| Postgres::shared().database("endpoint")).await.unwrap();
        Self::start(&url, more, tempfile::tempdir().unwrap()).await
    }

    /// One over a file, with a configuration written out.
    pub async fn with(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("endpoint.db").to_string_lossy().into_owned();
        Self::of(Config::parse(config).unwrap(), &database, folder).await
    }

    async fn start(database: &str, more: &str, folder: TempDir) -> Self {
        let config = Config::parse(&format!("[[app]]\nsdk_app_id = {APP}\n{more}")).unwrap();
        Self::of(config, database, folder).await
    }

    async fn of(mut config: Config, database: &str, folder: TempDir) -> Self {
        database.clone_into(&mut config.database);
        let time = Hand::at("2026-11-20T10:00:00Z");
        let secret = Secret::generate().unwrap();
        let service = Service::open(config, secret.clone(), time.clock()).await.unwrap();
        let [admin, device] = [Token::generate().unwrap(), Token::generate().unwrap()];
        let tokens = [admin.reveal().to_owned(), device.reveal().to_owned()];
        let (sealed, key) = keys::sealed(&secret).unwrap();
        let (now, public_key) = (time.now(), key.public_key());
        let fill = move |queries: &mut dyn Queries| {
            credentials::add(queries, &admin, Kind::Admin, "owner", None, now)?;
            credentials::add(queries, &device, Kind::Device { app: APP }, "devices", None, now)?;
            keys::add(queries, "k1", &sealed, &key.public_key(), now, now)?;
            documents::put(queries, APP, terms().as_object().unwrap(), None, now).map(|_| ())
        };
        service.db.write(fill).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(server::run(Arc::clone(&service), listener, None, std::future::pending()));
        // The first one of the process wins; all are the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let [admin, device] = tokens;
        Self { service, time, secret, url, admin, device, public_key, http, folder }
    }

    /// Another process on the same database, at the same time; its URL.
    pub async fn another(&self) -> (Arc<Service>, String) {
        self.another_of(self.service.config.clone()).await
    }

    /// The same with a configuration of its own; its URL.
    pub async fn another_with(&self, config: Config) -> String {
        self.another_of(config).await.1
    }

    async fn another_of(&self, config: Config) -> (Arc<Service>, String) {
        let service = Service::open(config, self.secret.clone(), self.time.clock()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(server::run(Arc::clone(&service), listener, None, std::future::pending()));
        (service, url)
    }

    /// Adds a key that signs after some time; its public half.
    pub async fn rotate_key(&self, kid: &'static str, after: SignedDuration) -> String {
        let (sealed, key) = keys::sealed(&self.secret).unwrap();
        let (public, now) = (key.public_key(), self.time.now());
        let (shared, from) = (public.clone(), now + after);
        let add = move |queries: &mut dyn Queries| keys::add(queries, kid, &sealed, &shared, from, now);
        assert!(self.service.db.write(add).await.unwrap());
        public
    }

    /// A call as a device of the app.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.device)
    }

    /// A call as the owner.
    pub fn admin(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.admin)
    }

    /// Sends usage events as a device.
    pub fn send(&self, events: &Value) -> RequestBuilder {
        self.http
            .post(format!("{}/v1/apps/{APP}/usage-events", self.url))
            .bearer_auth(&self.device)
            .header("content-type", BATCH)
            .body(events.to_string())
    }

    /// The document as a device gets it.
    pub async fn document(&self) -> Value {
        let path = format!("/v1/apps/{APP}/entitlements");
        let answer = self.get(&path).header("accept", "application/json").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }
}

/// What the owner of the world's app wrote.
pub fn terms() -> Value {
    json!({
        "catalog": "intl-2024",
        "edition": "standard",
        "subscription": { "starts_at": "2026-11-10T10:00:00Z", "expires_at": "2026-12-10T10:00:00Z" },
        "limits": { "groups_per_user": 1200 },
        "fresh_for_secs": 300
    })
}

/// A login that counted a new active user.
pub fn event(id: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/planguard/3b0f6f0c9d1e4a52",
        "type": "planguard.login.executed", "time": "2026-11-20T09:59:59.123Z",
        "datacontenttype": "application/json",
        "data": { "user": "9f2c5a1e7b3d4c609f2c5a1e7b3d4c60", "intent": "open_chat", "new_mau": 1 }
    })
}
