//! Price lists that the endpoint served.

use rusqlite::{Row, params};

use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use crate::model::Timestamp;
use crate::store::{MAX_CATALOGS, StoredCatalog};

/// `None` for an id that only a newer build could have written.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<StoredCatalog>> {
    let Ok(id) = row.get::<_, String>(0)?.parse() else { return Ok(None) };
    Ok(Some(StoredCatalog {
        id,
        body: row.get(1)?,
        content_type: row.get(2)?,
        etag: row.get(3)?,
        fetched_at: row.get::<_, Col<Timestamp>>(4)?.0,
        fresh_for_secs: row.get::<_, Option<Col<u64>>>(5)?.map(|col| col.0),
    }))
}

/// Those that changed after write `seq`, by id.
pub(super) fn since(t: &Tx<'_>, seq: u64) -> Result<Vec<StoredCatalog>, Fail> {
    let mut statement = t.prepare(
        "SELECT id, body, content_type, etag, fetched_at, fresh_for_secs FROM catalogs
         WHERE changed > ? ORDER BY id",
    )?;
    let rows = statement.query_map(params![Col(seq)], read)?;
    let catalogs = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(catalogs.into_iter().flatten().collect())
}

pub(super) fn save(t: &mut Tx<'_>, new: &StoredCatalog) -> Result<(), Fail> {
    t.changed_value();
    t.prepare(
        "REPLACE INTO catalogs (id, body, content_type, etag, fetched_at, fresh_for_secs, changed)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        new.id.as_str(),
        new.body,
        new.content_type,
        new.etag,
        Col(new.fetched_at),
        new.fresh_for_secs.map(Col),
        Col(t.seq)
    ])?;
    // Of two that one write kept, the first by id stays longer, as in memory.
    t.prepare(
        "DELETE FROM catalogs WHERE id NOT IN
             (SELECT id FROM catalogs ORDER BY changed DESC, id LIMIT ?)",
    )?
    .execute(params![i64::try_from(MAX_CATALOGS).unwrap_or(i64::MAX)])?;
    Ok(())
}

/// Nothing was fetched later than `now`.
pub(super) fn correct(t: &mut Tx<'_>, now: Timestamp) -> Result<(), Fail> {
    let late = t
        .prepare("UPDATE catalogs SET fetched_at = ?1, changed = ?2 WHERE fetched_at > ?1")?
        .execute(params![Col(now), Col(t.seq)])?;
    if late > 0 {
        t.changed_value();
    }
    Ok(())
}
