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

pub(crate) struct Rows(Connection);

impl Rows {
    pub(crate) fn new(folder: &Path) -> Self {
        let connection = open(&folder.join("bare.db"));
        // The columns of planguard's own ledger.
        let table =
            "CREATE TABLE users (user BLOB PRIMARY KEY, month INTEGER, day INTEGER) STRICT, WITHOUT ROWID";
        connection.execute(table, []).unwrap();
        Self(connection)
    }

    /// One row in a transaction of its own.
    pub(crate) fn insert(&self, user: [u8; 16]) {
        let mut statement = self.0.prepare_cached("INSERT INTO users VALUES (?, 660, 20000)").unwrap();
        assert_eq!(statement.execute([&user[..]]).unwrap(), 1);
    }
}
