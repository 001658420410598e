//! Connections that end after any byte, in either direction.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use planguard::store::PostgresOptions;
use planguard::time::{Clock as _, SystemClock};
use planguard_servers::Postgres;

use crate::tools::{add, connect, open, reserve, used, wait_until};

/// Stands between stores and their server, and ends connections while `cuts`: each after another number of bytes.
/// Gives the port that it listens on.
fn scissors(server: u16, cuts: Arc<AtomicBool>, made: Arc<AtomicU64>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let random = Arc::new(Mutex::new(fastrand::Rng::with_seed(12)));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
            let pairs = [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)];
            for (from, to) in pairs {
                let (cuts, made) = (Arc::clone(&cuts), Arc::clone(&made));
                // Connecting alone takes a few thousand.
                let after = random.lock().unwrap().usize(3_000..12_000);
                std::thread::spawn(move || pass(from, to, after, &cuts, &made));
            }
        }
    });
    port
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut after: usize, cuts: &AtomicBool, made: &AtomicU64) {
    let mut bytes = [0; 8192];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        let cut = cuts.load(Ordering::SeqCst) && n >= after;
        let passed = if cut { after } else { n };
        if to.write_all(&bytes[..passed]).is_err() {
            break;
        }
        if cut {
            made.fetch_add(1, Ordering::SeqCst);
            break;
        }
        after = after.saturating_sub(n).max(1);
    }
    // Either side may be gone.
    let _ = (to.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both));
}

#[test]
fn connections_that_end_after_any_byte_lose_double_and_oversell_nothing() {
    const ROOM: u64 = 25;
    let server = Postgres::shared();
    let (counts, permits) = (server.database("cut"), server.database("cutroom"));
    let (cuts, made) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
    let port = scissors(server.port(), Arc::clone(&cuts), Arc::clone(&made));
    let through = |url: &str| url.replace(&format!(":{}/", server.port()), &format!(":{port}/"));
    open(&counts);
    open(&permits);
    // Whoever reads an earlier time than others takes them to be of another boot.
    let now = SystemClock.elapsed();
    let (over, done, failed, held) =
        (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for n in 0..2_u128 {
            let (over, done, failed, held) = (&over, &done, &failed, &held);
            let (counts, permits) = (through(&counts), through(&permits));
            scope.spawn(move || {
                let store = until_there(&counts);
                while !over.load(Ordering::Relaxed) {
                    let ended = if add(&store).is_ok() { done } else { failed };
                    ended.fetch_add(1, Ordering::Relaxed);
                }
            });
            scope.spawn(move || {
                let (store, mut nth) = (until_there(&permits), 0);
                while !over.load(Ordering::Relaxed) {
                    nth += 1;
                    let held_one = reserve(&store, (n << 64) | nth, ROOM, now).is_ok_and(|held| held);
                    held.fetch_add(u64::from(held_one), Ordering::Relaxed);
                }
            });
        }
        wait_until(|| made.load(Ordering::SeqCst) >= 60);
        cuts.store(false, Ordering::SeqCst);
        let before = done.load(Ordering::Relaxed);
        wait_until(|| done.load(Ordering::Relaxed) >= before + 20);
        over.store(true, Ordering::Relaxed);
    });
    let (done, failed, held) = (done.into_inner(), failed.into_inner(), held.into_inner());
    let counted = used(&*open(&counts)).unwrap();
    assert!((done..=done + failed).contains(&counted), "{counted} of {done}, and {failed} that failed");
    let kept = server.sql(permits.rsplit('/').next().unwrap(), "SELECT count(*) FROM planguard.permits");
    assert!(held <= ROOM && kept == ROOM.to_string(), "{held} answered and {kept} kept of {ROOM}");
}

/// A store through scissors: a connection may end before it is there.
fn until_there(url: &str) -> planguard::store::PostgresStore {
    loop {
        if let Ok(store) = connect(url, PostgresOptions::new()) {
            return store;
        }
    }
}
