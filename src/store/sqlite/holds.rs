//! What permits hold. There are few permits at a time, also beside many counters.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Row, params};

use super::codec::{Col, key as columns, read_key, read_wait};
use super::fail::Fail;
use super::tx::Tx;
use crate::model::{CounterKey, HeldSince, Hold, Timestamp, Wait};
use crate::store::PermitId;

/// Since when it was held decides nothing while it is held; the caller keeps it until it commits.
const SINCE: HeldSince = HeldSince { at: Timestamp::MIN, seq: 0 };

pub(super) fn read_permit(row: &Row<'_>) -> rusqlite::Result<PermitId> {
    Ok(PermitId(row.get::<_, Col<u128>>(0)?.0))
}

/// What permits hold of one counter, but for `except`.
pub(super) fn of_counter(t: &Tx<'_>, key: &CounterKey, except: Option<PermitId>) -> Result<Vec<Hold>, Fail> {
    let (limit, subject, bucket) = columns(key);
    let mut statement = t.prepare(
        "SELECT amount, begun, length_ms FROM permit_items JOIN permits USING (permit)
         WHERE limit_id = ?1 AND subject = ?2 AND bucket = ?3 AND permit IS NOT ?4",
    )?;
    let except = except.map(|permit| Col(permit.0));
    let rows = statement.query_map(params![limit, subject, bucket, except], |row| {
        Ok(Hold { items: vec![(*key, row.get(0)?)], wait: read_wait(row, 1)?, since: SINCE })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everything that permits hold.
pub(super) fn all(t: &Tx<'_>) -> Result<Vec<Hold>, Fail> {
    let mut statement = t.prepare(
        "SELECT permit, begun, length_ms, amount, limit_id, subject, bucket
         FROM permit_items JOIN permits USING (permit)",
    )?;
    let mut rows = statement.query([])?;
    let mut holds = BTreeMap::<PermitId, Hold>::new();
    while let Some(row) = rows.next()? {
        if let Some(key) = read_key(row, 4)? {
            let wait = read_wait(row, 1)?;
            let hold = holds.entry(read_permit(row)?).or_insert(Hold { items: vec![], wait, since: SINCE });
            hold.items.push((key, row.get(3)?));
        }
    }
    Ok(holds.into_values().collect())
}

/// For how long a permit holds its room; `None` when it is not known.
pub(super) fn wait(t: &Tx<'_>, permit: PermitId) -> Result<Option<Wait>, Fail> {
    Ok(t.prepare("SELECT begun, length_ms FROM permits WHERE permit = ?")?
        .query_row(params![Col(permit.0)], |row| read_wait(row, 0))
        .optional()?)
}
