//! What another process's write costs the next login, beside a large ledger.
//!
//! `cargo bench --package planguard-bench --bench foreign` fills a SQLite store with 500,000 users (the number can be
//! given as an argument), opens two guards on it, and compares logins of new users on the first guard: alone, and each
//! right after a login on the second.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench prints, fails by panicking, and measures real time"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use planguard::SqliteStore;
use planguard::limits::Pseudonym;
use planguard::login::LoginRequest;
use planguard::store::{Store, Work};
use planguard::time::{BillingZone, Timestamp};
use planguard::{CatalogId, EditionId, Planguard, SdkAppId, SessionMode, UserId};
use planguard::{LoginIntent, LoginOutcome, ProviderError};

const ROUNDS: usize = 60;

fn main() {
    let users = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(500_000_u32);
    let folder = std::env::temp_dir().join(format!("planguard-foreign-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("store.db");
    let first = open(&path);
    let at = first.now();
    drop(first);
    fill(&path, users, at);
    let started = Instant::now();
    let first = open(&path);
    println!("open with {users} users: {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    let second = open(&path);
    let (mut alone, mut after) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        alone.push(login(&first, &format!("alone-{round}")));
        login(&second, &format!("other-{round}"));
        after.push(login(&first, &format!("after-{round}")));
    }
    let (alone, after) = (median(alone), median(after));
    println!("a first login alone: {alone:?}");
    println!("a first login after another process's write: {after:?}");
    println!("more: {:?}", after.saturating_sub(alone));
    drop((first, second));
    std::fs::remove_dir_all(&folder).unwrap();
}

fn open(path: &std::path::Path) -> Planguard {
    let builder = Planguard::builder(SdkAppId::new(1_400_000_001).unwrap())
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .session_mode(SessionMode::MultiUser)
        .store(SqliteStore::open(path).unwrap());
    block_on(builder.open()).unwrap()
}

/// Counts that many users as active, in large transactions.
fn fill(path: &std::path::Path, users: u32, at: Timestamp) {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).unwrap());
    let zone = BillingZone::default();
    let (day, month) = (zone.day(at), zone.month(at));
    for from in (0..users).step_by(10_000) {
        let until = users.min(from + 10_000);
        let work = Work::write(move |transaction, _| {
            for n in from..until {
                let mut id = [0; 16];
                id[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
                id[4..8].copy_from_slice(&n.to_be_bytes());
                transaction.count_active(Pseudonym(id), day, month, at)?;
            }
            Ok(())
        });
        block_on(store.transact(work)).unwrap();
    }
}

fn login(guard: &Planguard, user: &str) -> Duration {
    let request = LoginRequest::new(UserId::new(user).unwrap(), LoginIntent::OpenChat);
    let started = Instant::now();
    let outcome = block_on(guard.login_with(request, || async { Ok::<_, ProviderError>(()) })).unwrap();
    assert!(matches!(outcome, LoginOutcome::Executed { .. }));
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
