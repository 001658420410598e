//! What only this backend does: damage, full disks, busy files, other schema versions.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteStore;
use crate::model::{BillingMonth, Timestamp};
use crate::store::port::{Install, Store, StoreError, StoredDocument, SyncState};

fn temporary() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    (dir, path)
}

fn failures(n: u32) -> SyncState {
    SyncState { failures: n, ..SyncState::default() }
}

fn install(n: u8) -> Install {
    Install { salt: [n; 32], guest_id: format!("guest-{n}") }
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

fn everything(store: &SqliteStore) -> Result<(), StoreError> {
    store.install(&install(9))?;
    store.load(BillingMonth::from_number(0))?;
    store.enqueue(&[("id".to_owned(), "{}".to_owned())], 10)?;
    store.prune(BillingMonth::from_number(30_000))?;
    store.save_document(&document(100)).map(|_| ())
}

/// A store with something in every part, closed, so that all is in the one file.
fn written(path: &Path) -> Vec<u8> {
    let store = SqliteStore::open(path).unwrap();
    everything(&store).unwrap();
    let events: Vec<_> = (0..200).map(|n| (format!("event-{n}"), "x".repeat(100))).collect();
    store.enqueue(&events, 1000).unwrap();
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

#[test]
fn a_damaged_file_is_set_aside_and_a_new_one_started() {
    let (_dir, path) = temporary();
    let whole = written(&path);
    let zeroed = || [&whole[..4096], &vec![0; whole.len() - 4096]].concat();
    let foreign = || {
        let other = path.with_extension("other");
        let connection = Connection::open(&other).unwrap();
        connection.execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1;").unwrap();
        drop(connection);
        std::fs::read(&other).unwrap()
    };
    let altered = |sql: &str| {
        let copy = path.with_extension("altered");
        std::fs::write(&copy, &whole).unwrap();
        Connection::open(&copy).unwrap().execute_batch(sql).unwrap();
        std::fs::read(&copy).unwrap()
    };
    let damages = [
        ("garbage", b"not a database at all, by any means".to_vec()),
        ("one byte", vec![1]),
        ("cut in the header", whole[..50].to_vec()),
        ("cut in a page", whole[..whole.len() / 2 + 100].to_vec()),
        ("cut at a page", whole[..4096].to_vec()),
        ("zeroed", zeroed()),
        ("another program's", foreign()),
        ("a table gone", altered("PRAGMA journal_mode = delete; DROP TABLE leases;")),
        ("a row gone", altered("PRAGMA journal_mode = delete; DELETE FROM about;")),
        ("header and table disagree", altered("PRAGMA journal_mode = delete; PRAGMA user_version = 9;")),
    ];
    for (n, (name, damaged)) in damages.into_iter().enumerate() {
        std::fs::write(&path, &damaged).unwrap();
        assert!(!set_aside(&path).is_empty(), "{name}");
        let kept = path.with_file_name(format!("store.sqlite.corrupt-{}", n + 1));
        assert_eq!(std::fs::read(&kept).unwrap().len(), damaged.len(), "{name}: kept for a bug report");
        let again = SqliteStore::open(&path).unwrap();
        assert_eq!(again.take_corruption(), None, "{name}");
        assert_eq!(again.outbox_len().unwrap(), (1, 0), "{name}: the new one is kept");
    }
}

#[test]
fn a_log_left_beside_a_damaged_file_goes_with_it() {
    let (_dir, path) = temporary();
    written(&path);
    std::fs::write(&path, "garbage").unwrap();
    let log = path.with_file_name("store.sqlite-wal");
    std::fs::write(&log, "a log").unwrap();
    set_aside(&path);
    assert_eq!(std::fs::read(path.with_file_name("store.sqlite.corrupt-1-wal")).unwrap(), b"a log");
}

#[test]
fn damage_met_later_is_answered_in_the_same_way() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    store.install(&install(1)).unwrap();
    // A value that no build of planguard writes, and that no check on opening finds.
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("INSERT INTO counters VALUES ('free_mau', x'ff', 0, 0, NULL, 'nobody', 0, NULL)")
        .unwrap();
    drop(other);
    let image = store.load(BillingMonth::from_number(0)).unwrap();
    assert!(image.counters.is_empty(), "the operation went on, on a new file");
    assert!(store.take_corruption().is_some());
    assert_eq!(store.install(&install(2)).unwrap(), install(1), "known users keep their pseudonyms");
    let reopened = SqliteStore::open(&path).unwrap();
    assert_eq!(reopened.install(&install(2)).unwrap(), install(1));
}

#[test]
fn a_limit_that_only_a_newer_build_knows_is_passed_over() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("INSERT INTO counters VALUES ('holograms', x'', 0, 5, NULL, 'counted', 0, NULL)")
        .unwrap();
    assert!(store.load(BillingMonth::from_number(0)).unwrap().counters.is_empty());
    assert_eq!(store.take_corruption(), None);
}

#[test]
fn a_newer_schema_is_an_error_and_the_file_stays_as_it_is() {
    let (_dir, path) = temporary();
    written(&path);
    let newer = Connection::open(&path).unwrap();
    newer.execute_batch(
        "PRAGMA journal_mode = delete; CREATE TABLE later (x); UPDATE about SET schema = 9; PRAGMA user_version = 9;",
    ).unwrap();
    drop(newer);
    let before = std::fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema { found: 9, known: super::schema::NEWEST }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_path_that_cannot_be_a_file_is_an_error() {
    let (dir, _) = temporary();
    for path in [PathBuf::new(), ":memory:".into(), dir.path().into(), dir.path().join("missing/store")] {
        let error = SqliteStore::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::Unwritable { .. }), "{}: {error}", path.display());
        assert!(error.to_string().contains("store_path"));
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    store.save_sync(&failures(1)).unwrap();
    // The file may not grow: to SQLite the same as a disk without room.
    let limit =
        |pages: u32| store.inner.lock().connection.pragma_update(None, "max_page_count", pages).unwrap();
    limit(1);
    let error = store.save_document(&document(100_000)).unwrap_err();
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    let image = store.load(BillingMonth::from_number(0)).unwrap();
    assert_eq!((image.document, image.sync), (None, failures(1)));
    limit(1_000_000);
    assert!(store.save_document(&document(100_000)).unwrap());
}

#[test]
fn a_file_locked_for_long_is_busy_for_writers_only() {
    let (_dir, path) = temporary();
    let (store, other) = (SqliteStore::open(&path).unwrap(), Connection::open(&path).unwrap());
    store.inner.lock().connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(store.save_sync(&failures(1)), Err(StoreError::Busy)));
    assert!(store.load(BillingMonth::from_number(0)).is_ok());
    other.execute_batch("COMMIT").unwrap();
    store.save_sync(&failures(1)).unwrap();
}
