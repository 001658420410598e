//! Postgres and Redis servers for tests, each in a folder of its own, on loopback.
//!
//! ```no_run
//! use planguard_servers::{Postgres, Redis};
//!
//! // One server for all tests of a program, and an empty database for each.
//! let url = Postgres::shared().database("one_test");
//!
//! // A server of one's own, to be killed and started again with the same port and data.
//! let server = Redis::start();
//! server.kill();
//! server.restart();
//! ```
//!
//! A server ends with the program that started it, also when that is killed. Where the server's programs are not
//! installed the test panics and says what to do.
// Tests stand on it: what cannot be started must fail them, in words.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

mod folder;
mod postgres;
mod process;
mod programs;
mod redis;
mod server;

pub use postgres::Postgres;
pub use redis::Redis;
pub use server::Server;

/// A port of loopback that nobody listens on, below those that are given to connections going out: a server that
/// is started again finds it free.
fn free_port() -> u16 {
    (0..200)
        .map(|_| fastrand::u16(20_000..32_000))
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port on loopback")
}

/// A text that nobody guesses.
fn secret() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(24).collect()
}
