//! Servers and connections that end, hang and come back.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use planguard::model::{CounterOp, Timestamp};
use planguard::store::contract::{block_on, read};
use planguard::store::{Store as _, StoreError, Work};
use planguard_servers::Redis;

use super::{GROUPS, add, open, options, run, told, try_add, try_open, used, wait_until};

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

/// What somebody between a store and its server does with answers.
#[derive(Clone, Default)]
pub(super) struct Line {
    /// It keeps them.
    pub(super) deaf: Arc<AtomicBool>,
    /// It keeps those from the next commit on that counts groups.
    pub(super) deaf_at_commit: Arc<AtomicBool>,
    /// It passes on half of the next question, or of the next answer, and hangs up.
    cut: [Arc<AtomicBool>; 2],
    /// It passes on the next answer twice.
    twice: Arc<AtomicBool>,
}

/// What becomes of some bytes on their way.
enum Fate {
    Passed,
    Kept,
    Halved,
    Doubled,
}

/// Stands between a store and its server, and passes on whatever is asked.
pub(super) fn between(url: &str) -> (String, Line) {
    let (user, place) = url.split_once('@').unwrap();
    let (address, database) = place.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let through = format!("{user}@{}/{database}", listener.local_addr().unwrap());
    let (line, address) = (Line::default(), address.to_owned());
    let told = line.clone();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&address).unwrap());
            let (asks, answers) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let (asked, told) = (told.clone(), told.clone());
            let ask = move |bytes: &[u8]| {
                let commits = bytes.windows(13).any(|bytes| bytes == b"non_av_groups");
                if commits && asked.deaf_at_commit.swap(false, Ordering::SeqCst) {
                    asked.deaf.store(true, Ordering::SeqCst);
                }
                if asked.cut[0].swap(false, Ordering::SeqCst) { Fate::Halved } else { Fate::Passed }
            };
            let answer = move |_: &[u8]| match () {
                () if told.deaf.load(Ordering::SeqCst) => Fate::Kept,
                () if told.cut[1].swap(false, Ordering::SeqCst) => Fate::Halved,
                () if told.twice.swap(false, Ordering::SeqCst) => Fate::Doubled,
                () => Fate::Passed,
            };
            std::thread::spawn(move || pass(client, asks, ask));
            std::thread::spawn(move || pass(server, answers, answer));
        }
    });
    (through, line)
}

/// Ends when either side has gone, or is hung up on.
fn pass(mut from: TcpStream, mut to: TcpStream, fate: impl Fn(&[u8]) -> Fate) {
    let mut bytes = [0; 8192];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        let passed = match fate(&bytes[..n]) {
            Fate::Passed => to.write_all(&bytes[..n]),
            Fate::Kept => Ok(()),
            Fate::Doubled => to.write_all(&[&bytes[..n], &bytes[..n]].concat()),
            Fate::Halved => {
                // Either side may be gone already.
                let _ = (
                    to.write_all(&bytes[..n / 2]),
                    to.shutdown(Shutdown::Both),
                    from.shutdown(Shutdown::Both),
                );
                return;
            }
        };
        if passed.is_err() {
            return;
        }
    }
}

#[test]
fn questions_and_answers_that_are_cut_in_two_lose_and_double_nothing() {
    let url = Redis::shared().database();
    let (through, line) = between(&url);
    let (done, failed) = disturbed(&through, || {
        for n in 0..60 {
            line.cut[n % 2].store(true, Ordering::SeqCst);
            wait_until(|| !line.cut[n % 2].load(Ordering::SeqCst));
        }
    });
    assert_eq!((used(&open(&url)), failed), (done, 0));
}

#[test]
fn an_answer_that_comes_twice_is_not_taken_for_the_next_one() {
    let url = Redis::shared().database();
    let (through, line) = between(&url);
    let (done, failed) = disturbed(&through, || {
        for _ in 0..60 {
            line.twice.store(true, Ordering::SeqCst);
            wait_until(|| !line.twice.load(Ordering::SeqCst));
        }
    });
    assert_eq!((used(&open(&url)), failed), (done, 0));
}

#[test]
fn pauses_and_a_memory_that_is_full_for_a_while_lose_and_double_nothing() {
    let server = Redis::start();
    let url = server.url();
    let (done, failed) = disturbed(&url, || {
        for _ in 0..5 {
            run(&url, "CLIENT PAUSE 200 ALL");
        }
    });
    assert_eq!((used(&open(&url)), failed), (done, 0));
    let (more, _) = disturbed(&url, || {
        for _ in 0..5 {
            run(&url, "CONFIG SET maxmemory 1");
            run(&url, "CONFIG SET maxmemory 0");
        }
    });
    assert_eq!(used(&open(&url)), done + more);
}

#[test]
fn a_commit_whose_answer_is_lost_is_found_later_and_not_done_again() {
    let url = Redis::shared().database();
    let (through, Line { deaf, .. }) = between(&url);
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
