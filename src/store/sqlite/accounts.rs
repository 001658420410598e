//! Accounts: what is kept of each counter, without what permits hold.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::codec::{Col, from_json, from_json_if_any, key as columns, read_key, to_json};
use super::fail::Fail;
use super::tx::Tx;
use crate::model::{Account, Counter, CounterKey, CounterOp, GroupType, Timestamp};

/// The columns of an account, in the order in which [`read_account`] takes them.
const ACCOUNT: &str = "base, as_of, origin, added, ceiling, group_type, additions, reported_seq";

pub(super) fn read_additions(row: &Row<'_>) -> rusqlite::Result<(Timestamp, i64)> {
    Ok((row.get::<_, Col<Timestamp>>(0)?.0, row.get(1)?))
}

pub(super) fn read_counter(row: &Row<'_>, at: usize) -> rusqlite::Result<Counter> {
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

pub(super) fn keep(t: &Tx<'_>, key: &CounterKey, account: &Account) -> Result<(), Fail> {
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
