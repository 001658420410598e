//! Servers and connections that end, hang and come back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use planguard::store::StoreError;
use planguard_servers::Redis;

use super::{add, open, options, run, told, try_add, try_open, used};

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
