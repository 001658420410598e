//! What following other processes costs: rows that changed, not rows that are there. Counted, not timed.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{temporary, write};
use crate::model::{
    BillingDay, BillingMonth, Counter, CounterKey, CounterOp, Elapsed, HoldItem, Max, Moment, Owner,
    Pseudonym, Timestamp, User, Wait,
};
use crate::store::contract::{Whole, read};
use crate::store::sqlite::image::LARGE;
use crate::store::sqlite::{SqliteStore, account_row, change_log, user_row};
use crate::store::{Pass, PermitId, Reserve, ReserveAnswer, Rows};

const USERS: u32 = 10_000;

/// So many that the file is large.
const MANY: u32 = 60_000;

fn user(n: u32) -> Pseudonym {
    Pseudonym(u128::from(n).to_be_bytes())
}

/// Fills the ledger and the counters in one go. The rows bear the number of a write that is still to come, and no log
/// names them: whoever looked through the tables for what changed lately would find them all.
fn fill(path: &std::path::Path, users: u32) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {users} - 1)
             INSERT INTO users
                 SELECT unhex(printf('%032x', i)), 24298, 20000, NULL, NULL, 1000000, NULL FROM n;
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {users} - 1)
             INSERT INTO counters
                 SELECT unhex(printf('01%032x', i)), 2, 0, 0, NULL, 0, 3, NULL, NULL, NULL, 1000000, 0, NULL FROM n;
             UPDATE singles SET seq = 1;",
        ))
        .unwrap();
}

#[test]
fn following_a_change_reads_what_changed_and_not_the_ledger() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    fill(&path, USERS);
    let seen = read(&store, |t| t.changes_since(1, Elapsed(0))).unwrap();
    assert_eq!((seen.seq, seen.users.len(), seen.counters.len()), (1, 0, 0));

    let foreign = SqliteStore::open(&path).unwrap();
    let (day, month) = (BillingDay::from_number(20_001), BillingMonth::from_number(24_298));
    write(&foreign, move |t| t.count_active(user(7), day, month, Timestamp::MIN, Pass::First)).unwrap();
    let changes = read(&store, |t| t.changes_since(1, Elapsed(0))).unwrap();
    assert_eq!(changes.users.iter().map(|(user, _)| *user).collect::<Vec<_>>(), [user(7)]);
    assert_eq!(changes.counters.len(), 1, "the day's counter");

    // Also after more changes than the one row holds that every write changes.
    for n in 0..200 {
        let add = CounterOp::Add { key: super::groups(), delta: 1, at: Timestamp::from_millis(n) };
        write(&foreign, move |t| t.apply(&[add])).unwrap();
        write(&foreign, move |t| t.count_active(user(7), day.next(), month, Timestamp::MIN, Pass::First))
            .unwrap();
    }
    let changes = read(&store, |t| t.changes_since(1, Elapsed(0))).unwrap();
    assert_eq!((changes.users.len(), changes.counters.len()), (1, 3), "each row once");
}

#[test]
fn room_that_was_taken_before_the_log_begins_is_followed() {
    for parts in [1, 6] {
        let (_dir, path) = temporary();
        let store = SqliteStore::open(&path).unwrap();
        let now = Moment { at: Timestamp::MIN, elapsed: Elapsed(1) };
        let reserve = Reserve {
            permit: PermitId(1),
            owner: Owner(1),
            items: vec![HoldItem { key: super::groups(), amount: 5, max: Max::Unlimited }],
            wait: Wait { begun: Elapsed(1), length_ms: 1_000 },
            now,
            pass: Pass::First,
        };
        write(&store, |t| t.apply(&[super::add(1)])).unwrap();
        let before = read(&store, |t| Ok(t.seq())).unwrap();
        assert!(matches!(write(&store, move |t| t.reserve(&reserve)).unwrap(), ReserveAnswer::Held { .. }));
        let held = read(&store, |t| Ok(t.seq())).unwrap();
        let fill = |n: u32, store: &SqliteStore| {
            let (day, month) = (BillingDay::from_number(20_001), BillingMonth::from_number(24_298));
            let users = n * 12_000 / parts..(n + 1) * 12_000 / parts;
            write(store, move |t| {
                users.clone().try_for_each(|n| {
                    t.count_active(user(n), day, month, Timestamp::MIN, Pass::First).map(drop)
                })
            })
            .unwrap();
        };
        (0..parts).for_each(|n| fill(n, &store));
        let reserved = |since| {
            let changes = read(&store, move |t| t.changes_since(since, Elapsed(2))).unwrap();
            let found = changes.counters.into_iter().find(|(key, _)| *key == super::groups());
            found.map(|(_, counter)| counter.reserved)
        };
        assert_eq!(reserved(before), Some(5));
        write(&store, |t| t.release(PermitId(1))).unwrap();
        (parts..2 * parts).for_each(|n| fill(n, &store));
        assert_eq!(reserved(held), Some(0));
    }
}

#[test]
fn no_statement_of_following_looks_through_a_large_table() {
    let (_dir, path) = temporary();
    drop(SqliteStore::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    for sql in [user_row::ROW, account_row::ONE, change_log::LATER] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let values = vec![rusqlite::types::Null; statement.parameter_count()];
        let plan: Vec<String> = statement
            .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        // A constant row may be looked through.
        let whole = |step: &&String| step.starts_with("SCAN") && !step.contains("subquery");
        let whole: Vec<_> = plan.iter().filter(whole).filter(|step| *step != "SCAN CONSTANT ROW").collect();
        assert!(whole.is_empty() && plan.iter().any(|step| step.starts_with("SEARCH")), "{plan:?}");
    }
}

/// Takes what is expected, and no rows.
#[derive(Default)]
struct Expected(Option<(usize, usize)>);

impl Rows for Expected {
    fn expect(&mut self, counters: usize, users: usize) {
        self.0 = Some((counters, users));
    }

    fn counter(&mut self, _: CounterKey, _: Counter) {}

    fn user(&mut self, _: Pseudonym, _: User) {}
}

#[test]
fn a_large_file_says_how_many_rows_are_about_to_come() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let expected = || {
        read(&store, |t| {
            let mut rows = Expected::default();
            t.image(BillingMonth::from_number(24_298), Elapsed(0), &mut rows)?;
            Ok(rows.0)
        })
        .unwrap()
    };
    assert_eq!(expected(), None, "of a small one they are not counted");
    fill(&path, MANY);
    assert_eq!(expected(), Some((MANY as usize, MANY as usize)));
}

#[test]
fn the_users_of_a_large_file_are_read_with_what_this_transaction_changed() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    fill(&path, MANY);
    let (day, month) = (BillingDay::from_number(20_001), BillingMonth::from_number(24_298));
    let (first, new) = (user(0), Pseudonym([0xff; 16]));
    let whole = write(&store, move |t| {
        for id in [first, new] {
            t.count_active(id, day, month, Timestamp::MIN, Pass::First)?;
        }
        Whole::read(t, month, Elapsed(0))
    })
    .unwrap();
    drop(store);
    let bytes = i64::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
    assert!(bytes > LARGE, "{bytes}: the second thread was used");
    let users: BTreeMap<_, _> = whole.users.iter().cloned().collect();
    assert_eq!((whole.users.len(), users.len()), (MANY as usize + 1, MANY as usize + 1), "each once");
    let on = |id| users[&id].active.day.map(BillingDay::number);
    assert_eq!([on(first), on(new), on(user(1))], [Some(20_001), Some(20_001), Some(20_000)]);
    assert_eq!(
        whole.counters.len(),
        MANY as usize + 1,
        "and the counter of the month; that of the day is past"
    );
}
