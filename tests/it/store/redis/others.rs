//! Several processes at once: nobody starves, and whoever is behind catches up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use planguard::model::{CounterKey, CounterOp, LimitId, Pseudonym, Subject, Timestamp};
use planguard::store::Store as _;
use planguard::store::contract::write;
use planguard_servers::Redis;

use super::{GROUPS, add, key, open, open_deaf, run, told, used};

#[test]
fn eight_that_write_all_the_time_all_come_to_their_turn() {
    let url = Redis::shared().database();
    let stores: Vec<_> = (0..8).map(|_| open(&url)).collect();
    std::thread::scope(|scope| {
        for store in &stores {
            scope.spawn(|| (0..100).for_each(|_| add(store, 1)));
        }
    });
    assert!(stores.iter().all(|store| used(store) == 800 && told(store).is_none()));
}

#[test]
fn one_that_writes_little_is_not_starved_by_one_that_writes_much() {
    let url = Redis::shared().database();
    let (busy, other) = (open(&url), open(&url));
    let over = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut written = 0;
            while !over.load(Ordering::Relaxed) {
                add(&busy, 1);
                written += 1;
            }
            written
        });
        (0..50).for_each(|_| add(&other, 1));
        over.store(true, Ordering::Relaxed);
        writing.join().unwrap()
    });
    assert_eq!(used(&other), written + 50);
}

#[test]
fn whoever_is_behind_the_log_reads_all_rows() {
    let url = Redis::shared().database();
    let (one, behind) = (open(&url), open_deaf(&url, "behind"));
    for _ in 0..10 {
        add(&one, 1);
    }
    run(&url, &format!("XTRIM {} MAXLEN 2", key("log")));
    assert_eq!((used(&behind), told(&behind)), (10, None));
    add(&behind, 1);
    assert_eq!(used(&one), 11);
}

#[test]
fn a_commit_too_large_for_the_log_is_read_as_rows() {
    let url = Redis::shared().database();
    let (one, other) = (open(&url), open(&url));
    add(&one, 1);
    assert_eq!(used(&other), 1);
    let ops: Vec<_> = (0..5000_u128)
        .map(|n| {
            let subject = Subject::User(Pseudonym(n.to_be_bytes()));
            let key = CounterKey { limit: LimitId::FriendsPerUser, subject, bucket: 0 };
            CounterOp::Add { key, delta: 1, at: Timestamp::default() }
        })
        .collect();
    write(&*one, move |t| t.apply(&ops)).unwrap();
    assert_eq!((used(&other), told(&other)), (1, None));
    add(&other, 1);
    assert_eq!((used(&one), used(&open(&url))), (2, 2));
}

#[test]
fn a_turn_that_is_not_taken_lapses() {
    let url = Redis::shared().database();
    let store = open(&url);
    add(&store, 1);
    // Of a process that was killed, by a clock that is far ahead.
    let mut turn = redis::cmd("EVAL");
    turn.arg(
        "local t = redis.call('TIME') \
         redis.call('HSET', KEYS[1], 'turn', 'dead', 'until', string.format('%.0f', t[1] * 1000 + 100))",
    );
    turn.arg(1).arg(key("head")).query::<()>(&mut super::raw(&url)).unwrap();
    add(&store, 1);
    assert_eq!(used(&store), 2);
}

#[test]
fn changes_are_found_where_the_channel_is_forbidden() {
    let url = Redis::shared().database();
    let (one, deaf) = (open(&url), open_deaf(&url, "deaf"));
    add(&one, 3);
    assert_eq!(used(&deaf), 3);
    add(&deaf, 2);
    assert_eq!(used(&one), 5);
}

#[test]
fn a_work_that_panics_takes_no_other_with_it() {
    let url = Redis::shared().database();
    let store = open(&url);
    let panics = write(&*store, |t| {
        t.apply(&[CounterOp::Add { key: GROUPS, delta: 1, at: Timestamp::default() }])?;
        assert!(t.line() != 0, "on purpose");
        Ok(())
    });
    assert!(panics.unwrap_err().to_string().contains("panicked"));
    add(&store, 1);
    assert_eq!(used(&store), 1);
}

#[test]
fn what_another_process_writes_is_told_and_what_oneself_writes_is_not() {
    let url = Redis::shared().database();
    let (one, deaf) = (open(&url), open_deaf(&url, "listener"));
    let told = [&one, &deaf].map(|store| {
        let told = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&told);
        store.on_foreign_write(Box::new(move || tell.store(true, Ordering::SeqCst)));
        told
    });
    add(&one, 1);
    // By looking, as nobody tells it; the test's own time-out is what ends it where it does not look.
    while !told[1].load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    assert!(!told[0].load(Ordering::SeqCst));
    add(&deaf, 1);
    while !told[0].load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
}
