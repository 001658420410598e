//! A connection that is lost in the middle of a commit: a proxy lets the commit through and keeps its answer.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use planguard::store::contract::{block_on, read, write};
use planguard::store::{PostgresOptions, Store, StoreError, Work};
use planguard_servers::Postgres;

use crate::tools::{GROUPS, add, adding, connect, noon, open, together, used};

/// How many commits are still to lose their answers, and how many did.
#[derive(Default)]
struct Losses {
    wanted: AtomicUsize,
    happened: AtomicUsize,
}

/// Stands between a store and its server. Gives the port that it listens on.
fn proxy(server: u16, losses: Arc<Losses>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
            let (up, down) = ((client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client));
            let losses = Arc::clone(&losses);
            std::thread::spawn(move || pass_up(up, &losses));
            std::thread::spawn(move || pass(down));
        }
    });
    port
}

fn pass((mut from, mut to): (TcpStream, TcpStream)) {
    // Either side may be gone at any time.
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

fn pass_up((mut from, mut to): (TcpStream, TcpStream), told: &Losses) {
    let mut buffer = vec![0; 1 << 20];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let is_commit = buffer[..read].windows(6).any(|window| window == b"COMMIT");
        let loses = is_commit
            && told
                .wanted
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                .is_ok();
        if loses {
            // Nothing that the server says from here on arrives, and the commit does.
            from.shutdown(Shutdown::Both).unwrap();
            told.happened.fetch_add(1, Ordering::SeqCst);
        }
        if to.write_all(&buffer[..read]).is_err() || loses {
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn a_commit_whose_answer_was_lost_is_found_out_about_and_happens_once() {
    let (server, losses) = (Postgres::shared(), Arc::new(Losses::default()));
    let url = server.database("doubt");
    let through = proxy(server.port(), Arc::clone(&losses));
    let path = url.replace(&format!(":{}/", server.port()), &format!(":{through}/"));
    let (store, other) = (connect(&path, PostgresOptions::new()).unwrap(), open(&url));
    for n in 1..=20 {
        losses.wanted.store(1, Ordering::SeqCst);
        assert_eq!(add(&store).unwrap(), n, "answered as if nothing had happened");
        assert_eq!(used(&*other).unwrap(), n, "and once");
    }
    assert_eq!(losses.happened.load(Ordering::SeqCst), 20);
}

#[test]
fn a_work_that_failed_in_doubt_is_known_by_its_name_once_the_server_is_back() {
    let (server, losses) = (Postgres::shared(), Arc::new(Losses::default()));
    let url = server.database("named");
    let through = proxy(server.port(), Arc::clone(&losses));
    let path = url.replace(&format!(":{}/", server.port()), &format!(":{through}/"));
    let store = connect(&path, PostgresOptions::new()).unwrap();
    add(&store).unwrap();
    // The store also commits when it looks what others wrote, and may lose that answer in place of the work's.
    let in_doubt = (7..27).find(|&name| {
        losses.wanted.store(1, Ordering::SeqCst);
        let op = planguard::model::CounterOp::Add { key: GROUPS, delta: 1, at: noon() };
        let work = Work::write(move |t, _| t.apply(&[op])).named(name);
        assert_eq!(block_on(store.transact(work)), Ok(()));
        read(&store, move |t| Ok(t.has_committed(name))).unwrap()
    });
    let next = in_doubt.expect("one of twenty whose own answer was lost") + 1;
    assert!(!write(&store, move |t| Ok(t.has_committed(next))).unwrap());
}

#[test]
fn what_failed_beside_a_commit_whose_answer_was_lost_is_not_taken_for_done() {
    let (server, losses) = (Postgres::shared(), Arc::new(Losses::default()));
    let url = server.database("beside");
    let through = proxy(server.port(), Arc::clone(&losses));
    let path = url.replace(&format!(":{}/", server.port()), &format!(":{through}/"));
    let store = connect(&path, PostgresOptions::new()).unwrap();
    add(&store).unwrap();
    // The store may lose the answer to a look of its own in place of the works'.
    let tries = (1..=20).find(|&tries| {
        losses.wanted.store(1, Ordering::SeqCst);
        let names = [3 * tries, 3 * tries + 1, 3 * tries + 2];
        let withdrawn = adding(GROUPS, 100).named(names[2]);
        assert!(withdrawn.handle().withdraw());
        let fails = Work::write(|_, _| Err(StoreError::Busy)).named(names[1]);
        let ended = together(&store, vec![adding(GROUPS, 1).named(names[0]), fails, withdrawn]);
        assert_eq!(ended, [Ok(()), Err(StoreError::Busy), Err(StoreError::Busy)]);
        assert_eq!(used(&store).unwrap(), 1 + tries);
        // What stands in for the store hands in again what it has not heard to be done.
        let [done, others @ ..] = read(&store, move |t| Ok(names.map(|name| t.has_committed(name)))).unwrap();
        assert_eq!(others, [false, false]);
        done
    });
    assert!(tries.is_some(), "one of twenty whose own answer was lost");
}
