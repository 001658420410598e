//! What is compared, one question in each file.

pub(crate) mod checks;
pub(crate) mod features;
pub(crate) mod first_logins;
pub(crate) mod growth;
pub(crate) mod logins;
pub(crate) mod million;
pub(crate) mod start;
pub(crate) mod waiters;

use std::sync::Arc;

use planguard::Planguard;
use planguard::store::{MemoryStore, Store};
use planguard_bench::{app, fill};

/// A guard in memory with a document, and that many users whose friends are counted.
fn guard_with(users: u32) -> Planguard {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    fill::fill(&store, users, fill::Rows::FriendsAndLedger, |done| {
        if done % 200_000 == 0 {
            println!("    {done} of {users} users filled in");
        }
    });
    app::guard(store)
}

/// Users, for people.
fn thousands(count: u32) -> String {
    match count {
        1_000_000.. => format!("{} million", count / 1_000_000),
        1_000.. => format!("{},{:03}", count / 1_000, count % 1_000),
        _ => count.to_string(),
    }
}
