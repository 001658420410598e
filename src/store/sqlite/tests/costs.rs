//! What following other processes costs: rows that changed, not rows that are there. Counted, not timed.

use rusqlite::{Connection, StatementStatus, params};

use super::{temporary, write};
use crate::model::{BillingDay, BillingMonth, Elapsed, Pseudonym, Timestamp};
use crate::store::contract::read;
use crate::store::sqlite::{SqliteStore, counters, logins};

const USERS: u32 = 100_000;

fn user(n: u32) -> Pseudonym {
    Pseudonym(u128::from(n).to_be_bytes())
}

/// Fills the ledger and the counters in one go, as changed in write 1.
fn fill(path: &std::path::Path) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {USERS} - 1)
             INSERT INTO users SELECT unhex(printf('%032x', i)), 24298, 20000, NULL, NULL, 1 FROM n;
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {USERS} - 1)
             INSERT INTO counters
                 SELECT 'friends_per_user', unhex(printf('01%032x', i)), 0, 0, NULL, 'counted', 3, NULL, NULL,
                        '[]', 0, 1 FROM n;
             UPDATE singles SET seq = 1;",
        ))
        .unwrap();
}

#[test]
fn following_a_change_reads_what_changed_and_not_the_ledger() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    fill(&path);
    let seen = read(&store, |t| t.changes_since(1, Elapsed(0))).unwrap();
    assert_eq!((seen.seq, seen.users.len(), seen.counters.len()), (1, 0, 0));

    let foreign = SqliteStore::open(&path).unwrap();
    let (day, month) = (BillingDay::from_number(20_001), BillingMonth::from_number(24_298));
    write(&foreign, move |t| t.count_active(user(7), day, month, Timestamp::MIN)).unwrap();
    let changes = read(&store, |t| t.changes_since(1, Elapsed(0))).unwrap();
    assert_eq!(changes.users.iter().map(|(user, _)| *user).collect::<Vec<_>>(), [user(7)]);
    assert_eq!(changes.counters.len(), 1, "the day's counter");

    let connection = Connection::open(&path).unwrap();
    for sql in [logins::CHANGED, counters::CHANGED] {
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.query(params![1]).unwrap();
        let mut found = 0;
        while rows.next().unwrap().is_some() {
            found += 1;
        }
        drop(rows);
        assert_eq!(found, 1);
        assert_eq!(statement.get_status(StatementStatus::FullscanStep), 0, "{sql}");
        let steps = statement.get_status(StatementStatus::VmStep);
        assert!(steps < 100, "{steps} steps for one row of {USERS}: {sql}");
    }
}
