//! Carries what schema 1 kept into schema 2. Its permits and leases belonged to processes that are gone.

use rusqlite::{Connection, params};

use super::codec::{Col, to_json};
use super::fail::Fail;
use super::old::{Old, origin_text, read_old_key};
use crate::model::{
    Account, BillingZone, Ceiling, CeilingOrigin, Counter, CounterKey, GroupType, TimeRecord, Timestamp,
    UsageOrigin,
};
use crate::store::SyncState;

/// The number of the write that carries everything over.
const SEQ: u64 = 1;

const REST: &str = "
    INSERT INTO install (id, salt, guest_id) SELECT id, salt, guest_id FROM v1_install;
    INSERT INTO users (user, month, day, uncertain, changed) SELECT user, month, day, uncertain, 1 FROM ledger;
    DROP TABLE v1_install;
    DROP TABLE v1_singles;
    DROP TABLE v1_counters;
    DROP TABLE additions;
    DROP TABLE ledger;";

pub(super) fn carry(connection: &Connection) -> Result<(), Fail> {
    singles(connection)?;
    counters(connection)?;
    notes(connection)?;
    connection.execute_batch(REST)?;
    Ok(())
}

/// A pause ran on a clock that could stand still; without it the endpoint is asked once too early.
fn singles(connection: &Connection) -> Result<(), Fail> {
    let sql = "SELECT sync_failures, refused_credential, high_water, server_floor FROM v1_singles";
    let (sync, time) = connection.query_row(sql, [], |row| {
        let sync =
            SyncState { failures: row.get(0)?, refused_credential: row.get(1)?, ..SyncState::default() };
        let (Col(high_water), Col(server_floor)) = (row.get(2)?, row.get(3)?);
        Ok((sync, TimeRecord::from_marks(high_water, server_floor)))
    })?;
    connection.execute(
        "INSERT INTO singles (id, seq, last_fence, outbox_dropped, sync, time, time_changed)
         SELECT id, ?1, last_fence, outbox_dropped, ?2, ?3, ?1 FROM v1_singles",
        params![Col(SEQ), to_json(&sync)?, to_json(&time)?],
    )?;
    Ok(())
}

fn counters(connection: &Connection) -> Result<(), Fail> {
    let mut statement = connection
        .prepare("SELECT limit_id, subject, bucket, base, as_of, origin, added, own_max FROM v1_counters")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let own_max = row.get::<_, Option<Col<u64>>>(7)?.map(|col| col.0);
        let counter = Counter {
            base: row.get::<_, Col<u64>>(3)?.0,
            as_of: row.get::<_, Option<Col<Timestamp>>>(4)?.map(|col| col.0),
            origin: row.get::<_, Old<UsageOrigin>>(5)?.0,
            added: row.get(6)?,
            // Schema 1 does not say who gave it; most were given with the group.
            ceiling: own_max.map(|max| Ceiling { max, origin: CeilingOrigin::Group }),
            ..Counter::default()
        };
        match read_old_key(row, 0)? {
            Some(key) => {
                let additions = additions(connection, &key, &counter)?;
                insert(connection, &key, &Account { counter, additions, reported_seq: 0 }, SEQ)?;
            }
            None => keep_unknown(connection, row)?,
        }
    }
    Ok(())
}

/// Writes an account as changed in write `seq`.
fn insert(connection: &Connection, key: &CounterKey, account: &Account, seq: u64) -> Result<(), Fail> {
    let counter = &account.counter;
    connection
        .prepare_cached(
            "REPLACE INTO counters (limit_id, subject, bucket, base, as_of, origin, added, ceiling, group_type,
                                    additions, reported_seq, changed)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            key.limit.as_str(),
            Col(key.subject),
            key.bucket,
            Col(counter.base),
            counter.as_of.map(Col),
            origin_text(counter.origin),
            counter.added,
            counter.ceiling.as_ref().map(to_json).transpose()?,
            counter.group_type.map(GroupType::as_str),
            to_json(&account.additions)?,
            Col(account.reported_seq),
            Col(seq)
        ])?;
    Ok(())
}

/// A limit that only a newer build knows stays, as far as this one understands it.
fn keep_unknown(connection: &Connection, row: &rusqlite::Row<'_>) -> Result<(), Fail> {
    let (limit, subject): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
    let (bucket, base, added): (i64, i64, i64) = (row.get(2)?, row.get(3)?, row.get(6)?);
    let (as_of, origin): (Option<i64>, String) = (row.get(4)?, row.get(5)?);
    connection.execute(
        "INSERT INTO counters
             (limit_id, subject, bucket, base, as_of, origin, added, additions, reported_seq, changed)
         VALUES (?, ?, ?, ?, ?, ?, ?, '[]', 0, 1)",
        params![limit, subject, bucket, base, as_of, origin, added],
    )?;
    Ok(())
}

/// The additions with their times. Schema 1 forgot times after two days: that part happened right after the report
/// it counts on, as far as is known, and the next report contains it.
fn additions(
    connection: &Connection,
    key: &CounterKey,
    counter: &Counter,
) -> Result<crate::model::Additions, Fail> {
    let (limit, subject, bucket) = (key.limit.as_str(), Col(key.subject), key.bucket);
    let mut statement = connection.prepare_cached(
        "SELECT at, delta FROM additions WHERE limit_id = ? AND subject = ? AND bucket = ? ORDER BY at",
    )?;
    let rows = statement.query_map(params![limit, subject, bucket], |row| {
        Ok((row.get::<_, Col<Timestamp>>(0)?.0, row.get(1)?))
    })?;
    let mut additions: crate::model::Additions = rows.collect::<Result<_, _>>()?;
    let untimed = counter.added.saturating_sub(additions.sum());
    if untimed != 0 {
        let after = counter.as_of.map_or(Timestamp::MIN, |at| at.plus(std::time::Duration::from_millis(1)));
        additions.file(after, untimed);
    }
    Ok(additions)
}

/// A note had neither a login nor a month of its own.
fn notes(connection: &Connection) -> Result<(), Fail> {
    let zone = BillingZone::default();
    let mut statement =
        connection.prepare("SELECT user, uncertain FROM ledger WHERE uncertain IS NOT NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let user: Vec<u8> = row.get(0)?;
        let Col(at) = row.get::<_, Col<Timestamp>>(1)?;
        connection.execute(
            "INSERT INTO notes (login, user, at, month) VALUES (?1, ?1, ?2, ?3)",
            params![user, Col(at), zone.month(at).number()],
        )?;
    }
    Ok(())
}
