//! Files that are not ours, files that cannot be written, and files that go away.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use super::{
    document, everything, failures, image, install, open_as, save_document, save_sync, temporary, waiting,
    written,
};
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};

#[test]
fn a_path_that_cannot_be_a_file_is_an_error() {
    let (dir, _) = temporary();
    let nul = dir.path().join("sto\0re");
    for path in [PathBuf::new(), ":memory:".into(), nul, dir.path().join("missing/store")] {
        let error = SqliteStore::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::Unwritable { .. }), "{}: {error}", path.display());
        assert!(error.to_string().contains("store_path"));
    }
}

#[test]
fn a_file_that_is_not_ours_stays_untouched() {
    let (dir, path) = temporary();
    let database = |sql: &str| {
        let other = path.with_extension("other");
        drop(std::fs::remove_file(&other));
        Connection::open(&other).unwrap().execute_batch(sql).unwrap();
        std::fs::read(&other).unwrap()
    };
    let whole = written(&path);
    let files = [
        ("a database", database("CREATE TABLE messages (body TEXT); INSERT INTO messages VALUES ('mine')")),
        ("one with an id", database("PRAGMA application_id = 77; CREATE TABLE about (schema)")),
        ("one with an id and no table", database("PRAGMA application_id = 77")),
        ("one with a log", database("PRAGMA journal_mode = wal; CREATE TABLE about (schema)")),
        ("one of our version", database("PRAGMA user_version = 2; CREATE TABLE install (salt)")),
        ("text", b"not a database at all, by any means".to_vec()),
        ("long text", b"CREATE TABLE about (schema); ".repeat(1000)),
        ("one byte", vec![1]),
        ("too little of ours to tell", whole[..50].to_vec()),
    ];
    for (name, content) in files {
        std::fs::write(&path, &content).unwrap();
        let error = SqliteStore::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::NotOurs { .. }), "{name}: {error}");
        assert_eq!(std::fs::read(&path).unwrap(), content, "{name}");
        for beside in ["-wal", "-shm", "-journal", ".corrupt-1"] {
            assert!(!path.with_file_name(format!("store.sqlite{beside}")).exists(), "{name}: {beside}");
        }
    }
    let error = SqliteStore::open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::NotOurs { .. }), "a directory: {error}");
}

#[cfg(unix)]
#[test]
fn a_device_is_not_ours() {
    let error = SqliteStore::open("/dev/null").unwrap_err();
    assert!(matches!(error, StoreError::NotOurs { .. }), "{error}");
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn another_programs_log_is_not_replayed() {
    let (_dir, path) = temporary();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA journal_mode = wal; CREATE TABLE theirs (x)").unwrap();
    let log = path.with_file_name("store.sqlite-wal");
    let before = (std::fs::read(&path).unwrap(), std::fs::read(&log).unwrap());
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::NotOurs { .. }), "{error}");
    assert_eq!((std::fs::read(&path).unwrap(), std::fs::read(&log).unwrap()), before);
}

#[test]
fn an_empty_file_becomes_a_store() {
    let (_dir, path) = temporary();
    std::fs::write(&path, "").unwrap();
    let store = SqliteStore::open(&path).unwrap();
    everything(&store).unwrap();
    assert_eq!(store.take_corruption(), None);
    // Its first page says whose it is, also while all else is in the log.
    let start = std::fs::read(&path).unwrap();
    assert_eq!(start[68..72], *b"PGrd");
}

#[test]
fn a_full_disk_loses_nothing() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    save_sync(&store, 1).unwrap();
    // The file may not grow: to SQLite the same as a disk without room.
    store.on_connection(|connection| connection.pragma_update(None, "max_page_count", 1).unwrap());
    assert_eq!(save_document(&store, 100_000), Err(StoreError::DiskFull));
    let found = image(&store).unwrap().image;
    assert_eq!((found.document, found.sync), (None, failures(1)));
    store.on_connection(|connection| connection.pragma_update(None, "max_page_count", 1_000_000).unwrap());
    assert_eq!(save_document(&store, 100_000), Ok(true));
    assert_eq!(image(&store).unwrap().image.document, Some(document(100_000)));
}

#[test]
fn a_store_that_may_not_be_written_says_so() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    save_sync(&store, 1).unwrap();
    store.on_connection(|connection| connection.pragma_update(None, "query_only", true).unwrap());
    let error = save_sync(&store, 2).unwrap_err();
    assert!(matches!(error, StoreError::Unwritable { .. }), "{error}");
    assert_eq!(image(&store).unwrap().image.sync, failures(1));
}

#[test]
fn a_file_locked_for_long_is_busy_for_writers_only() {
    let (_dir, path) = temporary();
    let (store, other) = (SqliteStore::open(&path).unwrap(), Connection::open(&path).unwrap());
    store.on_connection(|connection| connection.busy_timeout(Duration::ZERO).unwrap());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(save_sync(&store, 1), Err(StoreError::Busy));
    assert!(image(&store).is_ok());
    other.execute_batch("COMMIT").unwrap();
    save_sync(&store, 1).unwrap();
}

#[test]
fn after_one_wait_in_vain_nobody_waits_until_one_succeeds() {
    let (_dir, path) = temporary();
    let (store, other) = (SqliteStore::open(&path).unwrap(), Connection::open(&path).unwrap());
    let patience = |store: &SqliteStore| {
        store.on_connection(|connection| {
            connection.pragma_query_value(None, "busy_timeout", |row| row.get::<_, i64>(0)).unwrap()
        })
    };
    assert_eq!(patience(&store), 2_000);
    store.on_connection(|connection| connection.busy_timeout(Duration::ZERO).unwrap());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(save_sync(&store, 1), Err(StoreError::Busy));
    assert_eq!(patience(&store), 0);
    assert_eq!(save_sync(&store, 2), Err(StoreError::Busy));
    assert_eq!(patience(&store), 0, "nor does the next one wait");
    assert!(image(&store).is_ok());
    assert_eq!(patience(&store), 0, "one that needs no lock says nothing about it");
    other.execute_batch("COMMIT").unwrap();
    save_sync(&store, 3).unwrap();
    assert_eq!(patience(&store), 2_000);
}

#[test]
fn who_opens_a_store_waits_longer_than_a_work() {
    let (_dir, path) = temporary();
    let patience = |connection: &Connection| {
        connection.pragma_query_value(None, "busy_timeout", |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(patience(&crate::store::sqlite::open::connect(&path).unwrap()), 10_000);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.on_connection(patience), 2_000);
}

#[test]
fn dropping_the_store_carries_out_what_waits_and_closes_the_file() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    open_as(&store, 1).unwrap();
    for _ in 0..500 {
        drop(store.transact(crate::store::Work::write(|t, _| t.apply(&[super::add(1)]))));
    }
    drop(store);
    assert!(!path.with_file_name("store.sqlite-wal").exists(), "the last one to close takes the log away");
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(image(&store).unwrap().counters[0].1.used(), 500);
    assert_eq!(open_as(&store, 2).unwrap().install, install(1));
    assert_eq!(waiting(&store), 0);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_deleted_while_it_is_open_is_written_again() {
    let (_dir, path) = temporary();
    for also in [&[""][..], &["", "-wal", "-shm"]] {
        let store = SqliteStore::open(&path).unwrap();
        open_as(&store, 1).unwrap();
        save_sync(&store, 1).unwrap();
        for suffix in also {
            std::fs::remove_file(path.with_file_name(format!("store.sqlite{suffix}"))).unwrap();
        }
        super::write(&store, |t| t.apply(&[super::add(1)])).unwrap();
        assert_eq!(image(&store).unwrap().image.sync, failures(1));
        drop(store);
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.take_corruption(), None);
        assert_eq!(open_as(&store, 2).unwrap().install, install(1));
        let kept = image(&store).unwrap();
        assert_eq!((kept.counters[0].1.used(), kept.image.sync), (1, failures(1)), "nothing was lost");
        super::write(&store, |t| t.apply(&[super::add(-1)])).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_while_it_is_open_is_followed() {
    let (dir, path) = temporary();
    let other = dir.path().join("other");
    let store = SqliteStore::open(&other).unwrap();
    save_sync(&store, 7).unwrap();
    drop(store);

    let store = SqliteStore::open(&path).unwrap();
    save_sync(&store, 1).unwrap();
    std::fs::rename(&other, &path).unwrap();
    for suffix in ["-wal", "-shm"] {
        std::fs::remove_file(path.with_file_name(format!("store.sqlite{suffix}"))).unwrap();
    }
    assert_eq!(image(&store).unwrap().image.sync, failures(7));

    // By a file that is not ours: an error, until it is gone.
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "somebody's notes").unwrap();
    for _ in 0..2 {
        let error = save_sync(&store, 2).unwrap_err();
        assert!(matches!(error, StoreError::NotOurs { .. }), "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), b"somebody's notes");
    std::fs::remove_file(&path).unwrap();
    save_sync(&store, 3).unwrap();
    assert_eq!(image(&store).unwrap().image.sync, failures(3));
}

#[cfg(unix)]
#[test]
fn a_folder_that_goes_away_is_an_error_until_it_is_back() {
    let (dir, _) = temporary();
    let folder = dir.path().join("folder");
    let path = folder.join("store.sqlite");
    std::fs::create_dir(&folder).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    save_sync(&store, 1).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let error = save_sync(&store, 2).unwrap_err();
    assert!(matches!(error, StoreError::Unwritable { .. }), "{error}");
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(image(&store).unwrap().image.sync, failures(1), "nothing was lost");
    save_sync(&store, 3).unwrap();
    drop(store);
    assert_eq!(image(&SqliteStore::open(&path).unwrap()).unwrap().image.sync, failures(3));
}
