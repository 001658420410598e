//! What an app writes that keeps its counters in a database: one prepared query per question, on a warm file.

use std::path::Path;

use planguard::UserId;
use rusqlite::Connection;

pub(crate) struct Counters(Connection);

impl Counters {
    pub(crate) fn new(folder: &Path, users: &[UserId]) -> Self {
        let mut connection = super::bare_rows::open(&folder.join("counters.db"));
        connection
            .execute("CREATE TABLE counters (user TEXT PRIMARY KEY, used INTEGER NOT NULL) WITHOUT ROWID", [])
            .unwrap();
        let transaction = connection.transaction().unwrap();
        for user in users {
            transaction
                .prepare_cached("INSERT INTO counters VALUES (?, 7)")
                .unwrap()
                .execute([user.as_str()])
                .unwrap();
        }
        transaction.commit().unwrap();
        Self(connection)
    }

    pub(crate) fn fits(&self, user: &UserId, max: i64) -> bool {
        let mut query = self.0.prepare_cached("SELECT used < ? FROM counters WHERE user = ?").unwrap();
        query.query_row((max, user.as_str()), |row| row.get(0)).unwrap()
    }
}
