//! What only this backend does: damage, full disks, busy files, other schema versions, its thread.

mod contract;
mod costs;
mod damage;
mod files;
mod groups;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::SqliteStore;
use crate::model::{
    BillingMonth, CounterKey, CounterOp, Elapsed, LimitId, Owner, SdkAppId, Subject, Timestamp,
};
use crate::store::contract::{Whole, read, write};
use crate::store::{Install, NewEvent, Opened, Opening, Store, StoreError, StoredDocument, SyncState};

fn temporary() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    (dir, path)
}

fn failures(n: u32) -> SyncState {
    SyncState { failures: n, ..SyncState::default() }
}

fn save_sync(store: &SqliteStore, n: u32) -> Result<(), StoreError> {
    write(store, move |t| t.save_sync(&failures(n)))
}

fn install(n: u8) -> Install {
    Install { salt: [n; 32], guest_id: format!("guest-{n}"), install_id: format!("install-{n}") }
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

fn open_as(store: &SqliteStore, n: u8) -> Result<Opened, StoreError> {
    let opening = opening(7, n);
    write(store, move |t| t.open(&opening))
}

fn document(bytes: usize) -> StoredDocument {
    StoredDocument {
        body: vec![7; bytes],
        content_type: "application/json".to_owned(),
        etag: None,
        revision: 1,
        fetched_at: Timestamp::MIN,
        fresh_for_secs: None,
    }
}

fn save_document(store: &SqliteStore, bytes: usize) -> Result<bool, StoreError> {
    write(store, move |t| t.save_document(&document(bytes)))
}

fn image(store: &SqliteStore) -> Result<Whole, StoreError> {
    read(store, |t| Whole::read(t, BillingMonth::from_number(0), Elapsed(0)))
}

fn groups() -> CounterKey {
    CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 }
}

fn add(n: i64) -> CounterOp {
    CounterOp::Add { key: groups(), delta: n, at: Timestamp::MIN }
}

fn enqueue(store: &SqliteStore, n: usize, bytes: usize) -> Result<(), StoreError> {
    let event = |n| NewEvent { id: format!("event-{n}"), body: "x".repeat(bytes) };
    let events: Vec<_> = (0..n).map(event).collect();
    write(store, move |t| t.enqueue(&events, 1000).map(|_| ()))
}

fn waiting(store: &SqliteStore) -> u64 {
    read(store, |t| t.outbox_len()).unwrap().0
}

/// Something in every part.
fn everything(store: &SqliteStore) -> Result<(), StoreError> {
    open_as(store, 9)?;
    image(store)?;
    enqueue(store, 1, 2)?;
    write(store, |t| t.apply(&[add(1)]))?;
    write(store, |t| t.prune(BillingMonth::from_number(30_000)))?;
    save_document(store, 100).map(|_| ())
}

/// A store with something in every part, closed, so that all is in the one file.
fn written(path: &Path) -> Vec<u8> {
    let store = SqliteStore::open(path).unwrap();
    everything(&store).unwrap();
    enqueue(&store, 200, 100).unwrap();
    drop(store);
    std::fs::read(path).unwrap()
}

fn set_aside(path: &Path) -> String {
    let store = SqliteStore::open(path).unwrap();
    let corruption = store.take_corruption().expect("damage is reported");
    assert_eq!(store.take_corruption(), None, "once");
    assert!(Path::new(&corruption.set_aside).exists());
    everything(&store).unwrap();
    corruption.why
}

fn shared(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path).unwrap())
}
