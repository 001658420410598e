//! A session that loses what it has prepared, as behind a pooler that empties it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use planguard::store::PostgresOptions;
use planguard_servers::Postgres;

use crate::tools::{add, connect, used};

/// `DEALLOCATE ALL`, and what the server answers.
const FORGET: &[u8] = b"Q\0\0\0\x13DEALLOCATE ALL\0";
const FORGOTTEN: usize = b"C\0\0\0\x13DEALLOCATE ALL\0Z\0\0\0\x05I".len();

/// Stands between a store and its server. Where it is wanted, it has the session forget before it passes on what the
/// store says next. Gives the port that it listens on.
fn pooler(server: u16, forget: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
            let (asks, answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let (forget, hidden) = (Arc::clone(&forget), Arc::new(AtomicUsize::new(0)));
            let hides = Arc::clone(&hidden);
            std::thread::spawn(move || {
                pass(asks, server, |bytes, to| {
                    if forget.swap(false, Ordering::SeqCst) {
                        hides.store(FORGOTTEN, Ordering::SeqCst);
                        to.write_all(FORGET)?;
                    }
                    to.write_all(bytes)
                });
            });
            std::thread::spawn(move || {
                pass(answers, client, |bytes, to| {
                    let hide = hidden.load(Ordering::SeqCst).min(bytes.len());
                    hidden.fetch_sub(hide, Ordering::SeqCst);
                    to.write_all(&bytes[hide..])
                });
            });
        }
    });
    port
}

/// Ends when either side has gone.
fn pass(
    mut from: TcpStream,
    mut to: TcpStream,
    mut on: impl FnMut(&[u8], &mut TcpStream) -> std::io::Result<()>,
) {
    let mut bytes = [0; 8192];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        if on(&bytes[..n], &mut to).is_err() {
            return;
        }
    }
    // The other side may be gone.
    let _ = to.shutdown(std::net::Shutdown::Both);
}

#[test]
fn a_session_that_forgets_its_statements_is_replaced() {
    let (server, forget) = (Postgres::shared(), Arc::new(AtomicBool::new(false)));
    let url = server.database("discarded");
    let through = pooler(server.port(), Arc::clone(&forget));
    let url = url.replace(&format!(":{}/", server.port()), &format!(":{through}/"));
    let store = connect(&url, PostgresOptions::new()).unwrap();
    add(&store).unwrap();
    for n in 2..6 {
        forget.store(true, Ordering::SeqCst);
        assert_eq!(add(&store).unwrap(), n);
        assert!(!forget.load(Ordering::SeqCst), "it was passed on");
    }
    assert_eq!(used(&store).unwrap(), 5);
}
