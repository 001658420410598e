//! Commits whose answer is lost while something else happens as well.

use std::sync::atomic::Ordering;
use std::time::Duration;

use planguard::model::{CounterOp, Timestamp};
use planguard::store::contract::{block_on, read};
use planguard::store::{RedisStore, Store as _, StoreError, Work};
use planguard_servers::Redis;

use super::interrupted::{Line, between};
use super::{GROUPS, add, key, open, options, run, told, try_open, used, wait_until};

fn one() -> Work {
    let op = CounterOp::Add { key: GROUPS, delta: 1, at: Timestamp::default() };
    Work::write(move |t, _| t.apply(&[op]))
}

/// Whether the works of these names were committed, once the store is there again.
fn known<const N: usize>(store: &RedisStore, names: [u64; N]) -> [bool; N] {
    let mut known = None;
    wait_until(|| {
        known = read(store, move |t| Ok(names.map(|name| t.has_committed(name)))).ok();
        known.is_some()
    });
    known.unwrap()
}

/// Has a commit lose its answer while `meanwhile` happens to the server, which another process shares.
fn lost_while(meanwhile: impl FnOnce(&str, &RedisStore)) {
    let url = Redis::shared().database();
    let (through, Line { deaf, .. }) = between(&url);
    let store = try_open(options(&through).deadline(Duration::from_secs(2))).unwrap();
    let other = open(&url);
    add(&store, 1);
    deaf.store(true, Ordering::SeqCst);
    let lost = block_on(store.transact(one().named(7)));
    assert!(matches!(lost, Err(StoreError::Unreachable { .. })), "{lost:?}");
    assert_eq!(used(&other), 2, "the server has done it");
    meanwhile(&url, &other);
    deaf.store(false, Ordering::SeqCst);
    assert_eq!(known(&store, [7, 8]), [true, false]);
    assert_eq!((used(&store), used(&other)), (3, 3), "once");
}

#[test]
fn a_lost_answer_is_found_though_the_log_does_not_go_back_to_it() {
    lost_while(|url, other| {
        add(other, 1);
        run(url, &format!("DEL {}", key("log")));
    });
}

#[test]
fn a_lost_answer_is_found_though_the_server_was_emptied_and_written_anew() {
    lost_while(|url, other| {
        run(url, "FLUSHDB");
        add(other, 1);
        assert!(told(other).is_some());
    });
}

#[test]
fn a_lost_answer_is_found_though_another_process_has_forgotten_the_log_and_begun_it_again() {
    lost_while(|url, other| {
        run(url, &format!("DEL {}", key("log")));
        add(other, 4);
        add(other, -3);
    });
}

#[test]
fn what_failed_beside_a_commit_whose_answer_was_lost_is_not_taken_for_done() {
    let url = Redis::shared().database();
    let (through, line) = between(&url);
    let store = try_open(options(&through).deadline(Duration::from_secs(4))).unwrap();
    let other = open(&url);
    add(&store, 1);
    let (busy, is_busy) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel();
    let held = store.transact(Work::read(move |_| {
        busy.send(()).unwrap();
        may_go_on.recv().unwrap();
        Ok(())
    }));
    is_busy.recv().unwrap();
    // They wait, and are one group.
    let withdrawn = one().named(3);
    assert!(withdrawn.handle().withdraw());
    let fails = Work::write(|_, _| Err(StoreError::Busy)).named(2);
    let given = [one().named(1), fails, withdrawn].map(|work| store.transact(work));
    line.deaf_at_commit.store(true, Ordering::SeqCst);
    go_on.send(()).unwrap();
    block_on(held).unwrap();
    wait_until(|| used(&other) == 2);
    line.deaf.store(false, Ordering::SeqCst);
    assert_eq!(given.map(block_on), [Ok(()), Err(StoreError::Busy), Err(StoreError::Busy)]);
    assert_eq!((known(&store, [1, 2, 3]), used(&store)), ([true, false, false], 2));
}
