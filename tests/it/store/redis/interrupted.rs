//! Servers and connections that end, hang and come back.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use planguard::model::{CounterOp, Timestamp};
use planguard::store::contract::{block_on, read};
use planguard::store::{Store as _, StoreError, Work};
use planguard_servers::Redis;

use super::{GROUPS, add, open, options, run, told, try_add, try_open, used};

/// Has four threads of two stores add one all the time while `disturb` runs; gives how many were acknowledged, and how
/// many were not.
fn disturbed(url: &str, disturb: impl FnOnce()) -> (u64, u64) {
    let stores = [open(url), open(url)];
    let (over, done, failed) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for store in stores.iter().chain(&stores) {
            let (over, done, failed) = (&over, &done, &failed);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    match try_add(store, 1) {
                        Ok(()) => done.fetch_add(1, Ordering::Relaxed),
                        Err(_) => failed.fetch_add(1, Ordering::Relaxed),
                    };
                }
            });
        }
        disturb();
        let before = done.load(Ordering::Relaxed);
        while done.load(Ordering::Relaxed) < before + 50 {
            std::thread::yield_now();
        }
        over.store(true, Ordering::Relaxed);
    });
    (done.into_inner(), failed.into_inner())
}

#[test]
fn a_server_killed_in_mid_run_loses_nothing_acknowledged_and_counts_nothing_twice() {
    let server = Redis::start();
    let url = server.url();
    let (done, failed) = disturbed(&url, || {
        for _ in 0..3 {
            server.kill();
            server.restart();
        }
    });
    let store = open(&url);
    // All that was under way was found out within its deadline.
    assert_eq!((used(&store), failed), (done, 0));
    assert_eq!(told(&store), None);
}

#[test]
fn connections_that_are_cut_lose_and_double_nothing() {
    let server = Redis::start();
    let url = server.url();
    let (done, failed) = disturbed(&url, || {
        for _ in 0..40 {
            run(&url, "CLIENT KILL TYPE normal");
        }
    });
    assert_eq!((used(&open(&url)), failed), (done, 0));
}

#[test]
fn forgotten_scripts_are_learnt_again() {
    let server = Redis::start();
    let url = server.url();
    let (done, failed) = disturbed(&url, || {
        for _ in 0..40 {
            run(&url, "SCRIPT FLUSH");
        }
    });
    assert_eq!((used(&open(&url)), failed), (done, 0));
}

#[test]
fn a_server_that_hangs_is_given_up_in_time_and_does_nothing_later() {
    let server = Redis::start();
    let url = server.url();
    let store = try_open(options(&url).deadline(Duration::from_millis(400))).unwrap();
    add(&store, 1);
    server.freeze();
    for _ in 0..3 {
        let error = try_add(&store, 1).unwrap_err();
        assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    }
    server.thaw();
    // What was given up lies in the server's buffers, and its time is over.
    let after = open(&url);
    assert_eq!(used(&after), 1);
    add(&after, 1);
    assert_eq!(used(&after), 2);
    while try_add(&store, 1).is_err() {}
    assert_eq!(used(&after), 3);
}

#[test]
fn a_server_that_is_away_is_told_and_found_again() {
    let server = Redis::start();
    let store = try_open(options(&server.url()).deadline(Duration::from_millis(300))).unwrap();
    add(&store, 1);
    server.kill();
    let error = try_add(&store, 1).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    server.restart();
    while try_add(&store, 1).is_err() {}
    assert_eq!((used(&store), told(&store)), (2, None));
}

/// Stands between a store and its server. While it is deaf, it passes on what is asked and keeps the answers.
fn between(url: &str) -> (String, Arc<AtomicBool>) {
    let (user, place) = url.split_once('@').unwrap();
    let (address, database) = place.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let through = format!("{user}@{}/{database}", listener.local_addr().unwrap());
    let (deaf, address) = (Arc::new(AtomicBool::new(false)), address.to_owned());
    let told = Arc::clone(&deaf);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&address).unwrap());
            let (asks, answers) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let told = Arc::clone(&told);
            std::thread::spawn(move || pass(client, asks, || true));
            std::thread::spawn(move || pass(server, answers, || !told.load(Ordering::SeqCst)));
        }
    });
    (through, deaf)
}

/// Ends when either side has gone.
fn pass(mut from: TcpStream, mut to: TcpStream, passes: impl Fn() -> bool) {
    let mut bytes = [0; 8192];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        if passes() && to.write_all(&bytes[..n]).is_err() {
            return;
        }
    }
}

#[test]
fn a_commit_whose_answer_is_lost_is_found_later_and_not_done_again() {
    let url = Redis::shared().database();
    let (through, deaf) = between(&url);
    let store = try_open(options(&through).deadline(Duration::from_millis(400))).unwrap();
    add(&store, 1);
    deaf.store(true, Ordering::SeqCst);
    let one = CounterOp::Add { key: GROUPS, delta: 1, at: Timestamp::default() };
    let lost = block_on(store.transact(Work::write(move |t, _| t.apply(&[one])).named(7)));
    assert!(matches!(lost, Err(StoreError::Unreachable { .. })), "{lost:?}");
    assert_eq!(used(&open(&url)), 2, "the server has done it");
    deaf.store(false, Ordering::SeqCst);
    let known = loop {
        if let Ok(known) = read(&*store, |t| Ok((t.has_committed(7), t.has_committed(8)))) {
            break known;
        }
    };
    assert_eq!((known, used(&store)), ((true, false), 2));
}
