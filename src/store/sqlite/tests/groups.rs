//! Works that are committed together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::lock::Mutex;

use super::{add, document, groups, image, save_sync, temporary};
use crate::model::Elapsed;
use crate::store::contract::{block_on, read};
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError, Work};

/// Keeps the store's thread from taking works until it is let go, so that those given meanwhile form one group.
fn held<T>(store: &SqliteStore, f: impl FnOnce() -> T) -> T {
    let (entered, enter) = std::sync::mpsc::channel();
    let (leave, left) = std::sync::mpsc::channel::<()>();
    let gate = Work::read(move |_| {
        entered.send(()).unwrap();
        left.recv().unwrap();
        Ok(())
    });
    let answer = store.transact(gate);
    enter.recv().unwrap();
    let given = f();
    leave.send(()).unwrap();
    block_on(answer).unwrap();
    given
}

/// A check that only a commit makes: a deferred foreign key. The trigger breaks it with every document.
const DEFERRED_CHECK: &str = "
    PRAGMA foreign_keys = on;
    CREATE TEMP TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TEMP TRIGGER broken AFTER INSERT ON main.document BEGIN INSERT INTO children VALUES (1); END;";

fn used(store: &SqliteStore) -> u64 {
    read(store, |t| t.counter(&groups(), Elapsed(0))).unwrap().used()
}

#[test]
fn a_work_that_panics_takes_no_other_with_it() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let works = held(&store, || {
        [false, true, false].map(|panics| {
            store.transact(Work::write(move |t, _| {
                t.apply(&[add(1)])?;
                assert!(!panics, "this work panics");
                Ok(())
            }))
        })
    });
    let answers = works.map(block_on);
    assert!(matches!(answers, [Ok(()), Err(StoreError::Backend { .. }), Ok(())]), "{answers:?}");
    assert_eq!(used(&store), 2);
}

#[test]
fn what_follows_a_commit_may_panic_and_the_commit_stands() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let work = Work::write(|t, _| t.apply(&[add(1)])).then(|| panic!("this callback panics"));
    assert_eq!(block_on(store.transact(work)), Ok(()));
    assert_eq!(used(&store), 1);
}

#[test]
fn a_commit_that_fails_fails_its_whole_group_and_announces_nothing() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    save_sync(&store, 1).unwrap();
    let announced = Arc::new(AtomicU32::new(0));
    let write = |bytes: usize| {
        let announced = Arc::clone(&announced);
        let work = Work::write(move |t, _| {
            t.apply(&[add(1)])?;
            t.save_document(&document(bytes)).map(drop)
        });
        store.transact(work.then(move || {
            announced.fetch_add(1, Ordering::Relaxed);
        }))
    };
    store.on_connection(|connection| connection.execute_batch(DEFERRED_CHECK).unwrap());
    let works = held(&store, || [write(1), write(2)]);
    let answers = works.map(block_on);
    assert!(answers.iter().all(Result::is_err), "{answers:?}");
    assert_eq!((announced.load(Ordering::Relaxed), used(&store)), (0, 0));
    store.on_connection(|connection| connection.execute_batch("PRAGMA foreign_keys = off").unwrap());
    assert_eq!(block_on(write(3)), Ok(()));
    assert_eq!(used(&store), 1);
}

#[test]
fn a_group_that_only_reads_takes_no_lock() {
    let (_dir, path) = temporary();
    let (store, other) = (SqliteStore::open(&path).unwrap(), rusqlite::Connection::open(&path).unwrap());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(image(&store).is_ok());
}

#[test]
fn reads_beside_a_write_that_finds_the_file_locked_are_answered() {
    let (_dir, path) = temporary();
    let (store, other) = (SqliteStore::open(&path).unwrap(), rusqlite::Connection::open(&path).unwrap());
    store.on_connection(|connection| connection.busy_timeout(std::time::Duration::ZERO).unwrap());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let read = || store.transact(Work::read(|t| t.counter(&groups(), Elapsed(0)).map(drop)));
    let write = || store.transact(Work::write(|t, _| t.apply(&[add(1)])));
    let answers = held(&store, || [read(), write(), read(), write()]).map(block_on);
    assert_eq!(answers, [Ok(()), Err(StoreError::Busy), Ok(()), Err(StoreError::Busy)]);
}

#[test]
fn a_work_that_only_reads_may_not_write() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let error = block_on(store.transact(Work::read(|t| t.apply(&[add(1)])))).unwrap_err();
    assert!(error.to_string().contains("only reads"), "{error}");
    assert_eq!(used(&store), 0);
}

#[test]
fn a_work_withdrawn_while_it_waits_is_passed_over() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let (first, second) = held(&store, || {
        let work = Work::write(|t, _| t.apply(&[add(1)]));
        let handle = work.handle();
        let answers = (store.transact(work), store.transact(Work::write(|t, _| t.apply(&[add(10)]))));
        assert!(handle.withdraw());
        answers
    });
    assert!(block_on(first).is_err());
    assert_eq!((block_on(second), used(&store)), (Ok(()), 10));
}

#[test]
fn a_work_may_hold_the_last_handle() {
    let (_dir, path) = temporary();
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let own = Mutex::new(Some(Arc::clone(&store)));
    let (entered, enter) = std::sync::mpsc::channel::<()>();
    let work = Work::write(move |t, _| {
        enter.recv().unwrap();
        t.apply(&[add(1)])?;
        // The store is dropped on its own thread here.
        drop(own.lock().take());
        Ok(())
    });
    let answer = store.transact(work);
    drop(store);
    entered.send(()).unwrap();
    assert_eq!(block_on(answer), Ok(()));
    // Another handle waits for the lock, should the thread still be closing the file.
    assert_eq!(used(&SqliteStore::open(&path).unwrap()), 1);
}

#[test]
fn works_that_are_committed_together_have_one_name_for_it() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let named = Arc::new(Mutex::new(Vec::new()));
    let work = |fails: bool| {
        let named = Arc::clone(&named);
        store.transact(Work::write(move |t, _| {
            named.lock().push(t.group());
            t.apply(&[add(1)])?;
            if fails { Err(StoreError::Busy) } else { Ok(()) }
        }))
    };
    for answer in held(&store, || [work(false), work(false)]).map(block_on) {
        assert_eq!(answer, Ok(()));
    }
    assert_eq!(block_on(work(false)), Ok(()));
    let found = std::mem::take(&mut *named.lock());
    assert!(found[0] == found[1] && found[1] != found[2] && !found.contains(&0), "{found:?}");

    // One that fails takes the group back: its works run again, each alone.
    let answers = held(&store, || [work(false), work(true), work(false)]).map(block_on);
    assert_eq!(answers, [Ok(()), Err(StoreError::Busy), Ok(())]);
    let found = std::mem::take(&mut *named.lock());
    let last: std::collections::BTreeSet<_> = found[found.len() - 3..].iter().collect();
    assert_eq!((last.len(), used(&store)), (3, 5), "{found:?}");
}
