//! How an account is kept: what is known of one counter, without what permits hold.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::bytes::{Reader, Writer};
use super::codec::{Col, key as columns};
use super::codes::{group_type_code, group_type_of, origin_code, origin_of};
use super::fail::Fail;
use crate::model::{Account, Additions, Ceiling, CeilingOrigin, Counter, CounterKey, Timestamp};

/// The columns of a counter, in the order in which [`read_counter`] takes them.
macro_rules! counter {
    () => {
        "limit_id, subject, bucket, base, as_of, origin, added, ceiling, ceiling_of, group_type"
    };
}

/// One account.
pub(super) const ONE: &str = concat!(
    "SELECT ",
    counter!(),
    ", additions, reported_seq, changed FROM counters WHERE subject = ? AND limit_id = ? AND bucket = ?"
);

/// All counters, for an image.
pub(super) const COUNTERS: &str = concat!("SELECT ", counter!(), " FROM counters");

/// The counters that changed after a write, where the log does not reach back to it.
pub(super) const CHANGED: &str = concat!("SELECT ", counter!(), " FROM counters WHERE changed > ?");

/// All accounts.
pub(super) const ALL: &str =
    concat!("SELECT ", counter!(), ", additions, reported_seq, changed FROM counters");

const WRITE: &str =
    "REPLACE INTO counters (subject, limit_id, bucket, base, as_of, origin, added, ceiling, ceiling_of,
                                            group_type, additions, reported_seq, changed)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// An account, and the write that changed it last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct AccountRow {
    pub(super) account: Account,
    pub(super) changed: u64,
}

/// The counter in a row whose columns are those of a counter, key included.
pub(super) fn read_counter(row: &Row<'_>) -> rusqlite::Result<Counter> {
    let ceiling = match row.get::<_, Option<Col<u64>>>(7)? {
        None => None,
        Some(Col(max)) => {
            let origin = match row.get::<_, Option<Col<u64>>>(8)? {
                None => CeilingOrigin::Group,
                Some(Col(revision)) => CeilingOrigin::Inferred { revision },
            };
            Some(Ceiling { max, origin })
        }
    };
    Ok(Counter {
        base: row.get::<_, Col<u64>>(3)?.0,
        as_of: row.get::<_, Option<Col<Timestamp>>>(4)?.map(|col| col.0),
        origin: origin_of(row.get(5)?)?,
        added: row.get(6)?,
        ceiling,
        // A type that only a newer build knows says nothing to this one.
        group_type: row.get::<_, Option<i64>>(9)?.and_then(group_type_of),
        ..Counter::default()
    })
}

/// Times and amounts; each time is told by how much later it is than the one before.
fn additions(stored: Option<&[u8]>) -> Result<Additions, Fail> {
    let (mut reader, mut at) = (Reader::new(stored.unwrap_or_default()), 0_i64);
    let mut entries = Vec::new();
    while !reader.is_empty() {
        at = at.wrapping_add(reader.number()?);
        entries.push((Timestamp::from_millis(at), reader.number()?));
    }
    Ok(Additions::kept(entries))
}

fn additions_stored(additions: &Additions) -> Option<Vec<u8>> {
    let (mut writer, mut before) = (Writer::default(), 0_i64);
    for (at, delta) in additions.iter() {
        writer.number(at.as_millis().wrapping_sub(before));
        writer.number(delta);
        before = at.as_millis();
    }
    Some(writer.into_bytes()).filter(|stored| !stored.is_empty())
}

/// What `bytes` say as additions, written and read once more: the same.
#[cfg(feature = "testing")]
pub(super) fn reread(bytes: &[u8]) {
    if let Ok(read) = additions(Some(bytes)) {
        assert_eq!(additions(additions_stored(&read).as_deref()).ok(), Some(read));
    }
}

pub(super) fn read_account(row: &Row<'_>) -> Result<AccountRow, Fail> {
    let stored = row.get_ref(10)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
    let account = Account {
        counter: read_counter(row)?,
        additions: additions(stored)?,
        reported_seq: row.get::<_, Col<u64>>(11)?.0,
    };
    Ok(AccountRow { account, changed: row.get::<_, Col<u64>>(12)?.0 })
}

/// An account as the file has it; an empty one where it has none.
pub(super) fn find(connection: &Connection, key: &CounterKey) -> Result<AccountRow, Fail> {
    let (limit, subject, bucket) = columns(key);
    let mut statement = connection.prepare_cached(ONE)?;
    let found =
        statement.query_row(params![subject, limit, bucket], |row| Ok(read_account(row))).optional()?;
    Ok(found.transpose()?.unwrap_or_default())
}

/// Writes a row.
pub(super) fn write(connection: &Connection, key: &CounterKey, row: &AccountRow) -> Result<(), Fail> {
    let (limit, subject, bucket) = columns(key);
    let counter = &row.account.counter;
    let revision = counter.ceiling.and_then(|ceiling| match ceiling.origin {
        CeilingOrigin::Group => None,
        CeilingOrigin::Inferred { revision } => Some(Col(revision)),
    });
    connection.prepare_cached(WRITE)?.execute(params![
        subject,
        limit,
        bucket,
        Col(counter.base),
        counter.as_of.map(Col),
        origin_code(counter.origin),
        counter.added,
        counter.ceiling.map(|ceiling| Col(ceiling.max)),
        revision,
        counter.group_type.map(group_type_code),
        additions_stored(&row.account.additions),
        Col(row.account.reported_seq),
        Col(row.changed)
    ])?;
    Ok(())
}
