//! Carries what schema 3 kept into schema 4. A limit that this build does not know cannot be in it: builds that know
//! others write newer schemas.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::types::FromSqlError;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::account_row::{self, AccountRow};
use super::codec::{Col, from_json, from_json_if_any, key as columns, read_wait, to_json};
use super::fail::Fail;
use super::old::{Old, read_old_key};
use super::owners::Owners;
use super::permit_rows::{self, Permit, SINCE};
use super::user_row::{self, Note, UserRow};
use crate::model::{
    Account, BillingDay, BillingMonth, Counter, CounterKey, Elapsed, Hold, Lease, LeaseEnd, LeaseEnded,
    LoginId, Owner, Pseudonym, Timestamp,
};
use crate::store::{LoginTotals, PermitId};

const REST: &str = "
    DROP TABLE v3_singles;
    DROP TABLE v3_counters;
    DROP TABLE v3_users;
    DROP TABLE v3_notes;
    DROP TABLE v3_leases;
    DROP TABLE v3_permits;
    DROP TABLE v3_permit_items;
    DROP TABLE v3_warnings;
    DROP TABLE v3_totals;
    DROP TABLE v3_spellings;";

pub(super) fn carry(connection: &Connection) -> Result<(), Fail> {
    singles(connection)?;
    counters(connection)?;
    users(connection)?;
    permits(connection)?;
    warnings(connection)?;
    // An id that is its own normal form need not be named twice.
    connection.execute_batch(
        "INSERT INTO spellings (normal, user) SELECT normal, nullif(user, normal) FROM v3_spellings",
    )?;
    connection.execute_batch(REST)?;
    Ok(())
}

/// Nothing is known of what changed before: whoever follows from then reads the rows by their numbers.
fn singles(connection: &Connection) -> Result<(), Fail> {
    let mut totals = BTreeMap::<i32, LoginTotals>::new();
    let mut statement = connection.prepare("SELECT month, name, value FROM v3_totals")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        totals.entry(row.get(0)?).or_default().insert(row.get(1)?, row.get::<_, Col<u64>>(2)?.0);
    }
    connection.execute(
        "INSERT INTO singles (id, seq, last_fence, logged_upto, forgotten, totals, outbox_waiting, outbox_dropped,
                              values_changed, sync, time, time_changed, suspension, suspension_changed,
                              device_user, device_user_changed)
         SELECT id, seq, last_fence, seq, seq, ?1, (SELECT count(*) FROM outbox), outbox_dropped,
                seq, sync, time, time_changed, suspension, suspension_changed,
                device_user, device_user_changed FROM v3_singles",
        params![to_json(&totals)?],
    )?;
    Ok(())
}

fn counters(connection: &Connection) -> Result<(), Fail> {
    let mut statement = connection.prepare(
        "SELECT limit_id, subject, bucket, base, as_of, origin, added, ceiling, group_type, additions,
                reported_seq, changed FROM v3_counters ORDER BY subject",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(key) = read_old_key(row, 0)? else { continue };
        let counter = Counter {
            base: row.get::<_, Col<u64>>(3)?.0,
            as_of: row.get::<_, Option<Col<Timestamp>>>(4)?.map(|col| col.0),
            origin: row.get::<_, Old<_>>(5)?.0,
            added: row.get(6)?,
            ceiling: from_json_if_any(row, 7)?,
            group_type: row.get::<_, Option<String>>(8)?.and_then(|text| text.parse().ok()),
            ..Counter::default()
        };
        let reported_seq = row.get::<_, Col<u64>>(10)?.0;
        let account = Account { counter, additions: from_json(row, 9)?, reported_seq };
        account_row::write(
            connection,
            &key,
            &AccountRow { account, changed: row.get::<_, Col<u64>>(11)?.0 },
        )?;
    }
    Ok(())
}

/// The last month is in the user's row, those before in the table.
fn users(connection: &Connection) -> Result<(), Fail> {
    let mut statement = connection.prepare(
        "SELECT user, month, day, facts, changed FROM v3_users
         UNION SELECT user, NULL, NULL, NULL, 0 FROM v3_leases WHERE user NOT IN (SELECT user FROM v3_users)
         ORDER BY user",
    )?;
    let mut owners = Owners::read(connection)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Col(user) = row.get::<_, Col<Pseudonym>>(0)?;
        let month = row.get::<_, Option<i32>>(1)?;
        let listed = connection
            .prepare_cached("DELETE FROM active WHERE month = ? AND user = ?")?
            .execute(params![month, Col(user)])?;
        let mut kept = UserRow {
            month: month.map(BillingMonth::from_number),
            day: row.get::<_, Option<i32>>(2)?.map(BillingDay::from_number),
            unlisted: month.is_some() && listed == 0,
            notes: notes(connection, user)?,
            facts: from_json_if_any(row, 3)?.map(Arc::new),
            lease: lease(connection, user)?,
            changed: row.get::<_, Col<u64>>(4)?.0,
            ..UserRow::default()
        };
        user_row::write(connection, &mut owners, user, &mut kept)?;
    }
    Ok(())
}

fn notes(connection: &Connection, user: Pseudonym) -> Result<Vec<Note>, Fail> {
    // Both tables are read in the order of their keys; this one is small.
    let mut statement =
        connection.prepare_cached("SELECT login, at, month FROM v3_notes WHERE user = ? ORDER BY login")?;
    let rows = statement.query_map(params![Col(user)], |row| {
        Ok(Note {
            login: LoginId(row.get::<_, Col<u128>>(0)?.0),
            at: row.get::<_, Col<Timestamp>>(1)?.0,
            month: BillingMonth::from_number(row.get(2)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn lease(connection: &Connection, user: Pseudonym) -> Result<Option<Lease>, Fail> {
    let mut statement = connection.prepare_cached(
        "SELECT owner, fence, begun, length_ms, ended, ended_at, ended_elapsed, code FROM v3_leases
         WHERE user = ?",
    )?;
    Ok(statement.query_row(params![Col(user)], read_lease).optional()?)
}

fn read_lease(row: &Row<'_>) -> rusqlite::Result<Lease> {
    let (Col(owner), Col(fence)) = (row.get(0)?, row.get(1)?);
    let end = match row.get::<_, Option<String>>(4)?.as_deref() {
        None => None,
        Some("succeeded") => Some(LeaseEnd::Succeeded),
        Some("failed") => Some(LeaseEnd::Failed(row.get(7)?)),
        Some("abandoned") => Some(LeaseEnd::Abandoned),
        Some(_) => return Err(FromSqlError::InvalidType.into()),
    };
    let ended = match end {
        None => None,
        Some(end) => {
            let (Col(at), Col(elapsed)) = (row.get::<_, Col<Timestamp>>(5)?, row.get::<_, Col<Elapsed>>(6)?);
            Some(LeaseEnded { end, at, elapsed })
        }
    };
    Ok(Lease { owner: Owner(owner), fence, wait: read_wait(row, 2)?, ended })
}

fn permits(connection: &Connection) -> Result<(), Fail> {
    let mut statement = connection.prepare("SELECT permit, begun, length_ms, owner FROM v3_permits")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Col(id) = row.get::<_, Col<u128>>(0)?;
        let hold = Hold { items: permit_items(connection, id)?, wait: read_wait(row, 1)?, since: SINCE };
        let owner = row.get::<_, Option<Col<u128>>>(3)?.map(|col| Owner(col.0));
        permit_rows::write(connection, PermitId(id), &Permit { hold, owner, others: Vec::new() })?;
    }
    Ok(())
}

fn permit_items(connection: &Connection, permit: u128) -> Result<Vec<(CounterKey, i64)>, Fail> {
    let sql = "SELECT limit_id, subject, bucket, amount FROM v3_permit_items WHERE permit = ? ORDER BY item";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![Col(permit)])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(key) = read_old_key(row, 0)? {
            items.push((key, row.get(3)?));
        }
    }
    Ok(items)
}

fn warnings(connection: &Connection) -> Result<(), Fail> {
    let sql = "SELECT limit_id, subject, bucket, threshold FROM v3_warnings";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(key) = read_old_key(row, 0)? else { continue };
        let (limit, subject, bucket) = columns(&key);
        let threshold: i64 = row.get(3)?;
        connection
            .prepare_cached(
                "INSERT INTO warnings (limit_id, subject, bucket, threshold) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![limit, subject, bucket, threshold])?;
    }
    Ok(())
}
