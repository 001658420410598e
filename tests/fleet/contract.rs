//! The contract suite on a real server.

use std::sync::Arc;

use planguard::store::contract::{Backend, block_on};
use planguard::store::{PostgresOptions, PostgresStore, Store};
use planguard_servers::Postgres;

/// A database of its own.
struct Database(String);

impl Database {
    fn new() -> Self {
        Self(Postgres::shared().database("contract"))
    }
}

impl Backend for Database {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(block_on(PostgresStore::connect(&self.0, PostgresOptions::new())).unwrap())
    }
}

mod postgres {
    use super::*;

    planguard::store_contract!(Database::new());
}
