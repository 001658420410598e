//! The room of counters: accounts, and happenings that were counted. Permits are in a file of their own.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::codec::{Col, from_json, from_json_if_any, key as columns, read_key, to_json};
use super::fail::Fail;
use super::permits;
use super::tx::Tx;
use crate::model::{Account, Counter, CounterKey, CounterOp, Elapsed, GroupType, Hold, Timestamp};
use crate::store::{Commit, Counters, PermitId, Reserve, ReserveAnswer, StoreError};

/// The columns of an account, in the order in which [`read_account`] takes them.
const ACCOUNT: &str = "base, as_of, origin, added, ceiling, group_type, additions, reported_seq";

/// The counters that changed after a write, by the index.
pub(super) const CHANGED: &str =
    "SELECT limit_id, subject, bucket, base, as_of, origin, added, ceiling, group_type
     FROM counters WHERE changed > ?";

/// All counters, for an image.
const ALL: &str =
    "SELECT limit_id, subject, bucket, base, as_of, origin, added, ceiling, group_type FROM counters";

pub(super) fn read_additions(row: &Row<'_>) -> rusqlite::Result<(Timestamp, i64)> {
    Ok((row.get::<_, Col<Timestamp>>(0)?.0, row.get(1)?))
}

fn read_counter(row: &Row<'_>, at: usize) -> rusqlite::Result<Counter> {
    let (Col(base), Col(origin)) = (row.get(at)?, row.get(at + 2)?);
    Ok(Counter {
        base,
        as_of: row.get::<_, Option<Col<Timestamp>>>(at + 1)?.map(|col| col.0),
        origin,
        added: row.get(at + 3)?,
        ceiling: from_json_if_any(row, at + 4)?,
        // A type that only a newer build knows says nothing to this one.
        group_type: row.get::<_, Option<String>>(at + 5)?.and_then(|text| text.parse().ok()),
        ..Counter::default()
    })
}

fn read_account(row: &Row<'_>, at: usize) -> rusqlite::Result<Account> {
    Ok(Account {
        counter: read_counter(row, at)?,
        additions: from_json(row, at + 6)?,
        reported_seq: row.get::<_, Col<u64>>(at + 7)?.0,
    })
}

pub(super) fn account(t: &Tx<'_>, key: &CounterKey) -> Result<Account, Fail> {
    let (limit, subject, bucket) = columns(key);
    let sql = format!("SELECT {ACCOUNT} FROM counters WHERE limit_id = ? AND subject = ? AND bucket = ?");
    let kept =
        t.prepare(&sql)?.query_row(params![limit, subject, bucket], |row| read_account(row, 0)).optional()?;
    Ok(kept.unwrap_or_default())
}

/// Writes an account as changed in write `seq`.
pub(super) fn insert(
    connection: &Connection,
    key: &CounterKey,
    account: &Account,
    seq: u64,
) -> Result<(), Fail> {
    let (limit, subject, bucket) = columns(key);
    let counter = &account.counter;
    connection
        .prepare_cached(
            "REPLACE INTO counters (limit_id, subject, bucket, base, as_of, origin, added, ceiling, group_type,
                                    additions, reported_seq, changed)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            limit,
            subject,
            bucket,
            Col(counter.base),
            counter.as_of.map(Col),
            Col(counter.origin),
            counter.added,
            counter.ceiling.as_ref().map(to_json).transpose()?,
            counter.group_type.map(GroupType::as_str),
            to_json(&account.additions)?,
            Col(account.reported_seq),
            Col(seq)
        ])?;
    Ok(())
}

fn keep(t: &Tx<'_>, key: &CounterKey, account: &Account) -> Result<(), Fail> {
    insert(t.connection(), key, account, t.seq)
}

/// Marks a counter as changed: what permits hold of it changed.
pub(super) fn touch(t: &Tx<'_>, key: &CounterKey) -> Result<(), Fail> {
    let (limit, subject, bucket) = columns(key);
    let known = t
        .prepare("UPDATE counters SET changed = ? WHERE limit_id = ? AND subject = ? AND bucket = ?")?
        .execute(params![Col(t.seq), limit, subject, bucket])?;
    if known == 0 { keep(t, key, &Account::default()) } else { Ok(()) }
}

pub(super) fn apply(t: &Tx<'_>, ops: &[CounterOp]) -> Result<(), Fail> {
    for op in ops {
        let key = op.key();
        let mut account = account(t, &key)?;
        account.apply(op, t.seq);
        keep(t, &key, &account)?;
    }
    Ok(())
}

/// The counter as it stands at `now`, without what `except` holds.
pub(super) fn counter(
    t: &Tx<'_>,
    key: &CounterKey,
    now: Elapsed,
    except: Option<PermitId>,
) -> Result<Counter, Fail> {
    let holds = permits::of_counter(t, key, except)?;
    Ok(held(account(t, key)?.counter, key, &holds, now))
}

fn held(counter: Counter, key: &CounterKey, holds: &[Hold], now: Elapsed) -> Counter {
    holds.iter().fold(counter, |counter, hold| hold.add_to(counter, key, now))
}

fn commit(t: &Tx<'_>, commit: &Commit) -> Result<bool, Fail> {
    let live = permits::wait(t, commit.permit)?.is_some_and(|wait| !wait.is_over(commit.now));
    permits::release(t, commit.permit)?;
    for (key, amount) in &commit.items {
        let mut account = account(t, key)?;
        account.commit(key.limit, *amount, commit.held);
        keep(t, key, &account)?;
    }
    Ok(live)
}

fn counters_of(
    t: &Tx<'_>,
    sql: &str,
    values: impl rusqlite::Params,
    now: Elapsed,
) -> Result<Vec<(CounterKey, Counter)>, Fail> {
    let holds = permits::all(t)?;
    let mut statement = t.prepare(sql)?;
    let mut rows = statement.query(values)?;
    let mut counters = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(key) = read_key(row, 0)? {
            counters.push((key, held(read_counter(row, 3)?, &key, &holds, now)));
        }
    }
    Ok(counters)
}

/// Counters that changed after write `seq`.
pub(super) fn changed(t: &Tx<'_>, seq: u64, now: Elapsed) -> Result<Vec<(CounterKey, Counter)>, Fail> {
    counters_of(t, CHANGED, params![Col(seq)], now)
}

/// All counters of which a build knows the limit.
pub(super) fn all(t: &Tx<'_>, now: Elapsed) -> Result<Vec<(CounterKey, Counter)>, Fail> {
    counters_of(t, ALL, [], now)
}

/// Replaces accounts: `change` gives what is to be kept, where it differs.
pub(super) fn rewrite(
    t: &Tx<'_>,
    mut change: impl FnMut(&CounterKey, &Account) -> Option<Account>,
) -> Result<(), Fail> {
    let sql = format!("SELECT limit_id, subject, bucket, {ACCOUNT} FROM counters");
    let mut statement = t.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut changed = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(key) = read_key(row, 0)?
            && let Some(account) = change(&key, &read_account(row, 3)?)
        {
            changed.push((key, account));
        }
    }
    changed.iter().try_for_each(|(key, account)| keep(t, key, account))
}

/// Notes what happened under its key; `false` when it was noted before.
fn note_happening(t: &Tx<'_>, key: [u8; 16], at: Timestamp) -> Result<bool, Fail> {
    let sql = "INSERT OR IGNORE INTO happenings (key, at) VALUES (?, ?)";
    Ok(t.prepare(sql)?.execute(params![key, Col(at)])? > 0)
}

impl Counters for Tx<'_> {
    fn apply(&mut self, ops: &[CounterOp]) -> Result<(), StoreError> {
        let result = apply(self, ops);
        self.answer(result)
    }

    fn counter(&mut self, key: &CounterKey, now: Elapsed) -> Result<Counter, StoreError> {
        let result = counter(self, key, now, None);
        self.answer(result)
    }

    fn reserve(&mut self, reserve: &Reserve) -> Result<ReserveAnswer, StoreError> {
        let result = permits::reserve(self, reserve);
        self.answer(result)
    }

    fn commit(&mut self, used: &Commit) -> Result<bool, StoreError> {
        let result = commit(self, used);
        self.answer(result)
    }

    fn release(&mut self, permit: PermitId) -> Result<(), StoreError> {
        let result = permits::release(self, permit);
        self.answer(result)
    }

    fn note_happening(&mut self, key: [u8; 16], at: Timestamp) -> Result<bool, StoreError> {
        let result = note_happening(self, key, at);
        self.answer(result)
    }
}
