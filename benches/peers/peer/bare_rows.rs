//! A transaction of one row in SQLite, as durable as planguard's store: write-ahead log, `synchronous = normal`.

use std::path::Path;

use rusqlite::Connection;

/// A database with planguard's settings.
pub(super) fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    connection.pragma_update(None, "synchronous", "normal").unwrap();
    connection
}

pub(crate) struct Rows {
    connection: Connection,
    random: fastrand::Rng,
}

impl Rows {
    /// A file with that many rows in it.
    pub(crate) fn new(folder: &Path, filled: u32) -> Self {
        let connection = open(&folder.join("bare.db"));
        // The columns of planguard's own ledger.
        let table =
            "CREATE TABLE users (user BLOB PRIMARY KEY, month INTEGER, day INTEGER) STRICT, WITHOUT ROWID";
        connection.execute(table, []).unwrap();
        let mut rows = Self { connection, random: fastrand::Rng::with_seed(8) };
        rows.connection.execute("BEGIN", []).unwrap();
        for _ in 0..filled {
            rows.insert();
        }
        rows.connection.execute("COMMIT", []).unwrap();
        rows
    }

    /// One row with a new key; a transaction of its own unless one is open.
    pub(crate) fn insert(&mut self) {
        let user = self.random.u128(..).to_be_bytes();
        let mut statement =
            self.connection.prepare_cached("INSERT INTO users VALUES (?, 660, 20000)").unwrap();
        assert_eq!(statement.execute([&user[..]]).unwrap(), 1);
    }
}
