//! A session with everything in it: what an app does in its life, and what goes wrong in it.

mod limits;
mod logins;

use std::path::{Path, PathBuf};
use std::time::Duration;

use planguard::client::{Event, EventStream, FetchPolicy};
use planguard::login::{LoginIntent, LoginPolicy, ProviderError};
use planguard::net::{ReqwestTransport, Timeouts};
use planguard::store::{Fault, FaultyStore, SqliteStore, Store as _, Work};
use planguard::time::ManualClock;
use planguard::{Action, CatalogId, EditionId, Feature, GroupId, Planguard, UserId};
use planguard_endpoint_faults::{Endpoint, Fault as Switch, FaultKind, On, StatusCode};
use serde_json::json;
use support::{APP, DAY, HOUR, builder, clock_at, start_endpoint, strict};

use crate::capture::Told;
use crate::door::Door;
use crate::files::Files;
use crate::host::{Credentials, Provide, panic_once};
use crate::marks::Marks;
use crate::tell;

/// What a session needs, and what it leaves.
pub(crate) struct Session {
    pub(crate) door: Door,
    pub(crate) files: Files,
    endpoint: Endpoint,
    clock: ManualClock,
    credentials: Credentials,
    store: PathBuf,
}

/// The open guard, and what its events said.
struct Open {
    guard: Planguard,
    events: EventStream,
    store: FaultyStore,
}

/// Plays the whole session.
pub(crate) async fn play(marks: &Marks, told: &Told, folder: &Path, with_tls: bool) -> Session {
    let clock = clock_at("2024-08-20T02:00:00Z");
    let document = json!({
        "schema": 1, "revision": 1, "sdk_app_id": APP, "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2024-08-05T02:00:00Z", "expires_at": "2026-08-05T02:00:00Z" },
        "usage": { "as_of": "2024-08-20T01:00:00Z", "mau": 8_123 }, "limits": { "no such limit": 1 },
        "accounts": { "key_id": "k1", "key": format!("{:A<43}", marks.of(crate::ACCOUNT_KEY)) },
        "issued_at": "2024-08-20T01:00:00Z", "fresh_for_secs": 9_000_000
    });
    let endpoint = start_endpoint(&clock, document).await;
    endpoint.set_credential(Some(marks.of("credential").to_owned()));
    let door = Door::open(&endpoint.url(), with_tls).await;
    let credentials = Credentials::new(Provide::Nobody);
    let store = folder.join("planguard.db");
    let session = Session { door, files: Files::default(), endpoint, clock, credentials, store };
    session.refused_openings(marks, told).await;
    let mut open = session.open(marks).await;
    session.syncs(&open.guard, marks, told).await;
    reads(&open.guard, marks, told);
    session.limits(&open.guard, marks, told).await;
    session.logins(&open.guard, marks, told).await;
    session.refusals(&open.guard, marks, told).await;
    session.deliveries(&open, told).await;
    session.failing_store(&open, marks, told).await;
    session.outlook(&open.guard, told).await;
    open.listen(told);
    session.files.keep(folder, "while open");
    drop(open);
    session.damaged(marks, told).await;
    session
}

fn user(marks: &Marks, what: &str) -> UserId {
    UserId::new(format!("Id {}", marks.of(what))).unwrap()
}

fn group(marks: &Marks, what: &str) -> GroupId {
    GroupId::new(format!("@TGS#{}", marks.of(what))).unwrap()
}

/// What the chat SDK says when it refuses: whom and what it was about.
fn refusal(marks: &Marks, code: i32) -> ProviderError {
    let message = format!("{} {} {}", marks.of("text of the provider"), marks.of("user"), marks.of("peer"));
    ProviderError { code, message }
}

impl Open {
    /// Keeps what the events say that have come.
    fn listen(&mut self, told: &Told) {
        while let Some(event) = self.events.try_next() {
            match event {
                Ok(event) => tell!(told, event),
                Err(lagged) => told.add(format_args!("{lagged:?} {lagged}")),
            }
        }
    }
}

impl Session {
    fn transport(&self) -> ReqwestTransport {
        match &self.door.certificate {
            Some(authority) => ReqwestTransport::trusting(Timeouts::default(), authority.clone()).unwrap(),
            None => ReqwestTransport::new(Timeouts::default()).unwrap(),
        }
    }

    async fn open(&self, marks: &Marks) -> Open {
        let store = FaultyStore::new(SqliteStore::open(&self.store).unwrap());
        let guard = builder(&self.clock)
            .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
            .decisions(strict())
            .logins(LoginPolicy {
                debounce: Duration::ZERO,
                identities_per_month: 1,
                ..LoginPolicy::default()
            })
            .endpoint(self.door.url())
            .transport(self.transport())
            .credentials(self.credentials.clone())
            .device_marker(marks.of("device marker"))
            .store(store.clone())
            .open()
            .await
            .unwrap();
        let events = guard.subscribe();
        let bug = panic_once(marks.of("text of the app's own code").to_owned());
        guard.on_event(move |_: &Event| bug());
        Open { guard, events, store }
    }

    /// Settings that a guard does not open with.
    async fn refused_openings(&self, marks: &Marks, told: &Told) {
        let secret = marks.of("endpoint's password");
        for url in [
            format!("https://{secret}:{secret}@billing.example.com"),
            format!("https://billing.example.com/?token={secret}"),
            format!("https://billing.example.com/#{secret}"),
            format!("ftp://{secret}"),
            format!("http://{secret}.example.com"),
            format!(":{secret}"),
        ] {
            let error = builder(&self.clock).endpoint(url).open().await.expect_err("no such endpoint");
            tell!(told, error);
        }
        let error =
            builder(&self.clock).credential(planguard::net::Credential::new(secret).unwrap()).open().await;
        tell!(told, error.expect_err("a credential without an endpoint"));
    }

    /// Every way in which a sync fails, then one that does not.
    async fn syncs(&self, guard: &Planguard, marks: &Marks, told: &Told) {
        let fetch = async || {
            self.clock.advance(DAY);
            match guard.sync(FetchPolicy::Fetch).await {
                Ok(outcome) => told.add(format_args!("{outcome:?}")),
                Err(error) => tell!(told, error),
            }
        };
        let good = Provide::This(marks.of("credential").to_owned());
        for provide in [
            Provide::Nobody,
            Provide::This(format!("{}\n1", marks.of("malformed credential"))),
            Provide::Panic(marks.of("text of the app's own code").to_owned()),
            Provide::This(marks.of("refused credential").to_owned()),
        ] {
            self.credentials.now(provide);
            fetch().await;
        }
        // The same once more, which is not sent.
        fetch().await;
        self.credentials.now(good);
        for fault in [
            FaultKind::CutOff,
            FaultKind::Garbage,
            FaultKind::Oversize,
            FaultKind::WrongApp,
            FaultKind::WrongContentType,
            FaultKind::Redirect("https://elsewhere.example/path?query".to_owned()),
            FaultKind::status(StatusCode::SERVICE_UNAVAILABLE),
        ] {
            self.endpoint.faults(Switch::from(fault).on(On::Get).times(1));
            fetch().await;
        }
        self.endpoint.go_offline().await.unwrap();
        fetch().await;
        self.endpoint.go_online().await.unwrap();
        if self.door.certificate.is_some() {
            // A door that is not trusted.
            let plain = ReqwestTransport::new(Timeouts::default()).unwrap();
            let other = builder(&self.clock).endpoint(self.door.url()).transport(plain);
            let other = other.credentials(self.credentials.clone()).open().await.unwrap();
            let error = other.sync(FetchPolicy::Fetch).await.expect_err("its certificate is its own");
            assert_eq!(error.as_str(), "untrusted");
            tell!(told, error);
        }
        self.clock.advance(DAY);
        self.endpoint.edit(APP, |document| document["revision"] = 2.into()).unwrap();
        told.add(format_args!("{:?}", guard.sync(FetchPolicy::Fetch).await.unwrap()));
        // Before it is put off the endpoint is asked about this user.
        let asked = user(marks, "other user");
        let call = || async { Err::<(), _>(refusal(marks, 70001)) };
        tell!(told, guard.login(asked, LoginIntent::PushWake, call).await.unwrap());
    }

    async fn failing_store(&self, open: &Open, marks: &Marks, told: &Told) {
        let guard = &open.guard;
        let action = Action::AddFriend { user: user(marks, "user"), peer: user(marks, "peer") };
        for fault in [Fault::DiskFull, Fault::Busy, Fault::Unwritable, Fault::Backend] {
            open.store.fail_next(u64::MAX, fault);
            guard.record(&action).await;
            told.add(guard.record_once(marks.of("key of a happening"), &action).await);
            let outcome = guard
                .login(user(marks, "peer"), LoginIntent::OpenChat, || async { Ok::<_, ProviderError>(()) });
            tell!(told, outcome.await.unwrap());
            told.add(format_args!("{:?}", guard.flush().await));
            open.store.recover();
            self.clock.advance(HOUR);
            guard.record(&action).await;
        }
    }

    async fn deliveries(&self, open: &Open, told: &Told) {
        let guard = &open.guard;
        for fault in [FaultKind::Garbage, FaultKind::CutOff, FaultKind::status(StatusCode::BAD_GATEWAY)] {
            self.endpoint.faults(Switch::from(fault).on(On::Post).times(1));
            told.add(format_args!("{:?}", guard.flush().await));
            self.clock.advance(DAY);
        }
        // The store works on a thread of its own, and may still be at what it was kept waiting for.
        for _ in 0..100 {
            let delivered = guard.flush().await;
            told.add(format_args!("{delivered:?}"));
            if delivered.stopped.is_none() && delivered.waiting == 0 {
                break;
            }
            // Answered in order: what was under way is done.
            open.store.transact(Work::write(|_, _| Ok(()))).await.unwrap();
            self.clock.advance(HOUR);
        }
        assert!(!self.endpoint.events().received.is_empty(), "no event was delivered");
    }

    async fn outlook(&self, guard: &Planguard, told: &Told) {
        for edition in [EditionId::PREMIUM, EditionId::FREE_TRIAL, EditionId::ULTIMATE] {
            match guard.preview_change(edition) {
                Ok(preview) => tell!(told, preview),
                Err(error) => tell!(told, error),
            }
        }
        match guard.forecast() {
            Ok(forecast) => tell!(told, forecast),
            Err(error) => tell!(told, error),
        }
        let report = guard.login_report(guard.billing_month()).await.unwrap();
        told.add(format_args!("{report:?} {}", serde_json::to_string(&report).unwrap()));
    }

    /// The file is damaged between two starts, and the clock set back.
    async fn damaged(&self, marks: &Marks, told: &Told) {
        let mut bytes = std::fs::read(&self.store).unwrap();
        let half = bytes.len() / 2;
        bytes[100..half].fill(0xA5);
        std::fs::write(&self.store, bytes).unwrap();
        let mut open = self.open(marks).await;
        open.guard.record(&Action::Search).await;
        self.clock.set("2024-08-01T00:00:00Z".parse().unwrap());
        let login = open.guard.login(user(marks, "user"), LoginIntent::OpenChat, || async {
            Err::<(), _>(refusal(marks, 70001))
        });
        tell!(told, login.await.expect_err("the provider refused"));
        open.listen(told);
    }

    /// Writes a text into the store's file and into a request, as a fault of planguard might.
    pub(crate) async fn leak(&self, text: &str) {
        let mut bytes = std::fs::read(&self.store).unwrap();
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        std::fs::write(&self.store, bytes).unwrap();
        let request = planguard::net::http::Request::builder()
            .uri(format!("{}/v1/{text}", self.door.url()))
            .body(Vec::new())
            .unwrap();
        planguard::net::Transport::send(&self.transport(), request, 1_000).await.unwrap();
    }
}

/// Everything that is read, and ids that are none.
fn reads(guard: &Planguard, marks: &Marks, told: &Told) {
    for &feature in Feature::ALL {
        tell!(told, guard.feature(feature));
        let answer = guard.explain_feature(feature);
        tell!(told, answer);
        for remedy in answer.remedies() {
            tell!(told, remedy);
        }
    }
    tell!(told, guard.lifecycle());
    let snapshot = guard.snapshot();
    told.add(format_args!("{guard:?} {:?} {snapshot:?} {:?}", guard.entitlements(), guard.now()));
    let refused = marks.of("refused id");
    for id in [refused.repeat(9), format!("{refused}\n"), format!("{refused}\0")] {
        tell!(told, guard.user(&id).expect_err("the provider accepts no such id"));
    }
    tell!(told, guard.group(&refused.repeat(99)).expect_err("the provider accepts no such id"));
    let user = guard.user(user(marks, "user").as_str()).unwrap();
    told.add(format_args!("{user:?} {:?} {:?}", user.id(), guard.group(group(marks, "group").as_str())));
}
