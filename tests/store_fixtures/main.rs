//! Stores as released versions wrote them are read by this one.
//!
//! The files in `tests/fixtures/persisted` are frozen. A new version gets a directory of its own:
//! `PLANGUARD_WRITE_FIXTURE=tests/fixtures/persisted/vN cargo test --test store_fixtures write`.
#![cfg(feature = "sqlite")]
// A fixture that does not open is a failed test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod v1;
mod v2;

use std::path::{Path, PathBuf};
use std::time::Duration;

use planguard::model::{
    BillingDay, BillingMonth, BillingZone, Counter, CounterKey, CounterOp, Elapsed, LimitId, Owner,
    Pseudonym, SdkAppId, Subject, Timestamp,
};
use planguard::store::contract::{read, write as transact};
use planguard::store::{
    Image, Install, MemoryStore, Opening, SqliteStore, Store, StoreError, StoredDocument,
};

const APP: u64 = 1_400_000_001;

fn now() -> Timestamp {
    "2026-11-20T04:00:00Z".parse().unwrap()
}

fn later(secs: u64) -> Timestamp {
    now().plus(Duration::from_secs(secs))
}

fn day_and_month() -> (BillingDay, BillingMonth) {
    let zone = BillingZone::default();
    (zone.day(now()), zone.month(now()))
}

fn user(n: u8) -> Pseudonym {
    Pseudonym([n; 16])
}

fn key(limit: LimitId, subject: Subject) -> CounterKey {
    CounterKey::at(limit, subject, now(), &BillingZone::default())
}

fn groups() -> CounterKey {
    key(LimitId::NonAvGroups, Subject::App)
}

fn members() -> CounterKey {
    key(LimitId::MembersPerGroup, Subject::Group(user(9)))
}

fn install(n: u8) -> Install {
    Install {
        salt: [n; 32],
        guest_id: "guest-aaaabbbbccccddddeeee".to_owned(),
        install_id: "install-ffffgggghhhhiiiijj".to_owned(),
    }
}

fn opening(app: u64, n: u8) -> Opening {
    Opening {
        app: SdkAppId::new(app).unwrap(),
        owner: Owner(n.into()),
        role: None,
        candidate: install(n),
        device: None,
        renew: false,
        now: Elapsed(0),
    }
}

/// Opens as an app with the install `n` at hand, and says which install it is.
fn open(store: &dyn Store, app: u64, n: u8) -> Result<Install, StoreError> {
    let opening = opening(app, n);
    transact(store, move |t| t.open(&opening)).map(|opened| opened.install)
}

fn document() -> StoredDocument {
    StoredDocument {
        body: br#"{"schema":1,"revision":42}"#.to_vec(),
        content_type: "application/json".to_owned(),
        etag: Some("\"42\"".to_owned()),
        revision: 42,
        fetched_at: now(),
        fresh_for_secs: Some(300),
    }
}

fn image(store: &dyn Store, elapsed: u64) -> Image {
    let (_, month) = day_and_month();
    let mut image = read(store, move |t| t.image(month, Elapsed(elapsed))).unwrap();
    image.counters.sort_unstable_by_key(|(key, _)| *key);
    image.users.sort_unstable_by_key(|(user, _)| *user);
    image
}

fn report(store: &dyn Store, key: CounterKey, value: u64, as_of: Timestamp) -> Counter {
    transact(store, move |t| {
        t.apply(&[CounterOp::Report { key, value, as_of }])?;
        t.counter(&key, Elapsed(0))
    })
    .unwrap()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/persisted").join(name)
}

/// Opens a copy of a frozen file, twice: as it was, and as the first opening left it.
fn check_sqlite(name: &str, checks: [fn(&dyn Store); 2]) {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("store.sqlite");
    std::fs::copy(fixture(name), &copy).expect("the fixture is in the repository");
    for check in checks {
        let store = SqliteStore::open(&copy).unwrap();
        assert_eq!(store.take_corruption(), None);
        check(&store);
    }
}

#[test]
fn v1_of_sqlite_opens() {
    check_sqlite("v1/store.sqlite", [v1::check_kept, v1::check_goes_on]);
}

#[test]
fn v2_of_sqlite_opens() {
    check_sqlite("v2/store.sqlite", [v2::check_kept, v2::check_goes_on]);
}

#[test]
fn v1_of_memory_opens() {
    let text = std::fs::read_to_string(fixture("v1/memory.json")).expect("the fixture is in the repository");
    let store = MemoryStore::from_json(&text).unwrap();
    v1::check_kept(&store);
    v1::check_goes_on(&store);
}

#[test]
fn what_is_no_content_of_a_store_is_refused() {
    for text in ["", "{}", "[]", "{\"install\":1}"] {
        let error = MemoryStore::from_json(text).unwrap_err();
        assert!(error.to_string().contains("not the content of a store"), "{error}");
    }
}

/// Writes the fixtures of the newest version into a new directory; never over those that exist.
#[test]
fn write() {
    let Ok(dir) = std::env::var("PLANGUARD_WRITE_FIXTURE") else { return };
    std::fs::create_dir(&dir).expect("a directory that does not exist yet");
    v2::write(&SqliteStore::open(Path::new(&dir).join("store.sqlite")).unwrap());
    let memory = MemoryStore::new();
    v2::write(&memory);
    std::fs::write(Path::new(&dir).join("memory.json"), memory.to_json().unwrap()).unwrap();
}
