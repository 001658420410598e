//! Values of which a store has one, each with the number of its last change: the document, pauses, time.

use rusqlite::{OptionalExtension as _, Row, params};

use super::codec::{Col, from_json, from_json_if_any, to_json};
use super::fail::Fail;
use super::tx::Tx;
use crate::model::{ReportedSuspension, TimeRecord, Timestamp};
use crate::store::{StoredDocument, SyncState};

const DOCUMENT: &str = "SELECT body, content_type, etag, revision, fetched_at, fresh_for_secs FROM document";

const DOCUMENT_SINCE: &str =
    "SELECT body, content_type, etag, revision, fetched_at, fresh_for_secs FROM document WHERE changed > ?";

/// The suspension and the time, with the numbers of their last changes.
const SINGLES: &str = "SELECT suspension, suspension_changed, time, time_changed FROM singles";

fn read_document(row: &Row<'_>) -> rusqlite::Result<StoredDocument> {
    Ok(StoredDocument {
        body: row.get(0)?,
        content_type: row.get(1)?,
        etag: row.get(2)?,
        revision: row.get::<_, Col<u64>>(3)?.0,
        fetched_at: row.get::<_, Col<Timestamp>>(4)?.0,
        fresh_for_secs: row.get::<_, Option<Col<u64>>>(5)?.map(|col| col.0),
    })
}

/// A single value with the number of its last change.
pub(super) type Stamped<T> = (T, u64);

/// The single values that changes report.
pub(super) struct Singles {
    pub(super) suspension: Stamped<Option<ReportedSuspension>>,
    pub(super) time: Stamped<TimeRecord>,
}

pub(super) fn singles(t: &Tx<'_>) -> Result<Singles, Fail> {
    Ok(t.prepare(SINGLES)?.query_row([], |row| {
        let stamp = |at| row.get::<_, Col<u64>>(at).map(|col| col.0);
        Ok(Singles {
            suspension: (from_json_if_any(row, 0)?, stamp(1)?),
            time: (from_json(row, 2)?, stamp(3)?),
        })
    })?)
}

/// The document, if it changed after write `seq`.
pub(super) fn document_since(t: &Tx<'_>, seq: u64) -> Result<Option<StoredDocument>, Fail> {
    Ok(t.prepare(DOCUMENT_SINCE)?.query_row(params![Col(seq)], read_document).optional()?)
}

pub(super) fn document(t: &Tx<'_>) -> Result<Option<StoredDocument>, Fail> {
    Ok(t.prepare(DOCUMENT)?.query_row([], read_document).optional()?)
}

pub(super) fn keep_document(t: &mut Tx<'_>, document: &StoredDocument) -> Result<(), Fail> {
    t.changed_value();
    t.prepare(
        "REPLACE INTO document (id, body, content_type, etag, revision, fetched_at, fresh_for_secs, changed)
         VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        document.body,
        document.content_type,
        document.etag,
        Col(document.revision),
        Col(document.fetched_at),
        document.fresh_for_secs.map(Col),
        Col(t.seq)
    ])?;
    Ok(())
}

pub(super) fn save_document(t: &mut Tx<'_>, new: &StoredDocument) -> Result<bool, Fail> {
    let held: Option<Col<u64>> =
        t.prepare("SELECT revision FROM document")?.query_row([], |row| row.get(0)).optional()?;
    if held.is_some_and(|held| held.0 > new.revision) {
        return Ok(false);
    }
    keep_document(t, new)?;
    if singles(t)?.suspension.0.is_some_and(|reported| reported.revision < new.revision) {
        save_suspension(t, None)?;
    }
    Ok(true)
}

pub(super) fn suspension(t: &Tx<'_>) -> Result<Option<ReportedSuspension>, Fail> {
    Ok(singles(t)?.suspension.0)
}

pub(super) fn save_suspension(t: &mut Tx<'_>, new: Option<&ReportedSuspension>) -> Result<(), Fail> {
    let changed = t
        .prepare("UPDATE singles SET suspension = ?1, suspension_changed = ?2 WHERE suspension IS NOT ?1")?
        .execute(params![new.map(to_json).transpose()?, Col(t.seq)])?;
    if changed > 0 {
        t.changed_value();
    }
    Ok(())
}

pub(super) fn sync(t: &Tx<'_>) -> Result<SyncState, Fail> {
    Ok(t.prepare("SELECT sync FROM singles")?.query_row([], |row| from_json(row, 0))?)
}

pub(super) fn save_sync(t: &Tx<'_>, new: &SyncState) -> Result<(), Fail> {
    t.prepare("UPDATE singles SET sync = ?")?.execute(params![to_json(new)?])?;
    Ok(())
}

pub(super) fn time(t: &Tx<'_>) -> Result<TimeRecord, Fail> {
    Ok(singles(t)?.time.0)
}

pub(super) fn save_time(t: &mut Tx<'_>, new: &TimeRecord) -> Result<(), Fail> {
    if time(t)? == *new {
        return Ok(());
    }
    t.changed_value();
    t.prepare("UPDATE singles SET time = ?, time_changed = ?")?
        .execute(params![to_json(new)?, Col(t.seq)])?;
    Ok(())
}
