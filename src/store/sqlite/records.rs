//! Things of which a store has one: the install, the document, the syncer's memory, the marks of time.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::codec::Col;
use super::fail::Fail;
use super::{counters, ledger, months, outbox};
use crate::model::{BillingMonth, Timestamp};
use crate::store::port::{Image, Install, Marks, Pause, StoredDocument, SyncState};
use crate::store::rules::Horizon;

pub(super) fn install(t: &Transaction<'_>, candidate: &Install) -> Result<Install, Fail> {
    t.execute(
        "INSERT OR IGNORE INTO install (id, salt, guest_id) VALUES (1, ?, ?)",
        params![candidate.salt, candidate.guest_id],
    )?;
    Ok(t.query_row("SELECT salt, guest_id FROM install", [], |row| {
        Ok(Install { salt: row.get(0)?, guest_id: row.get(1)? })
    })?)
}

pub(super) fn load(t: &Transaction<'_>, since: BillingMonth) -> Result<Image, Fail> {
    let horizon = Horizon::new(since);
    Ok(Image {
        counters: counters::all(t, &horizon)?,
        ledger: ledger::since(t, since)?,
        warned: months::warned(t, &horizon)?,
        document: document(t)?,
        sync: sync(t)?,
        marks: marks(t)?,
        outbox_dropped: outbox::len(t)?.1,
    })
}

fn document(t: &Transaction<'_>) -> Result<Option<StoredDocument>, Fail> {
    let sql = "SELECT body, content_type, etag, revision, fetched_at, fresh_for_secs FROM document";
    let document = t.prepare_cached(sql)?.query_row([], |row| {
        Ok(StoredDocument {
            body: row.get(0)?,
            content_type: row.get(1)?,
            etag: row.get(2)?,
            revision: row.get::<_, Col<u64>>(3)?.0,
            fetched_at: row.get::<_, Col<Timestamp>>(4)?.0,
            fresh_for_secs: row.get::<_, Option<Col<u64>>>(5)?.map(|col| col.0),
        })
    });
    Ok(document.optional()?)
}

pub(super) fn save_document(t: &Transaction<'_>, document: &StoredDocument) -> Result<bool, Fail> {
    let held: Option<Col<u64>> =
        t.query_row("SELECT revision FROM document", [], |row| row.get(0)).optional()?;
    if held.is_some_and(|held| held.0 > document.revision) {
        return Ok(false);
    }
    t.prepare_cached(
        "REPLACE INTO document (id, body, content_type, etag, revision, fetched_at, fresh_for_secs)
         VALUES (1, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        document.body,
        document.content_type,
        document.etag,
        Col(document.revision),
        Col(document.fetched_at),
        document.fresh_for_secs.map(Col)
    ])?;
    Ok(true)
}

fn sync(t: &Transaction<'_>) -> Result<SyncState, Fail> {
    let sql = "SELECT sync_not_before, sync_failures, refused_credential FROM singles";
    Ok(t.prepare_cached(sql)?.query_row([], |row| {
        Ok(SyncState {
            pause: row.get::<_, Option<i64>>(0)?.map(unpack),
            failures: row.get(1)?,
            refused_credential: row.get(2)?,
        })
    })?)
}

pub(super) fn save_sync(t: &Transaction<'_>, sync: &SyncState) -> Result<(), Fail> {
    t.prepare_cached("UPDATE singles SET sync_not_before = ?, sync_failures = ?, refused_credential = ?")?
        .execute(params![sync.pause.map(pack), sync.failures, sync.refused_credential])?;
    Ok(())
}

/// Bits of a pause's column that hold when it began: milliseconds up to the year 9999.
const BEGUN_BITS: u32 = 48;

/// A pause in the one column that the first schema has for it: its length in seconds, rounded up, above its beginning.
/// A value without a length is of the first schema, which kept the end.
fn pack(pause: Pause) -> i64 {
    let secs = i64::try_from(pause.length.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX);
    secs.clamp(1, 0x7fff) << BEGUN_BITS | pause.begun.as_millis()
}

fn unpack(column: i64) -> Pause {
    let begun = Timestamp::from_millis(column & ((1 << BEGUN_BITS) - 1));
    match u64::try_from(column >> BEGUN_BITS) {
        Ok(secs) if secs > 0 => Pause { length: Duration::from_secs(secs), begun },
        _ => Pause::until(begun),
    }
}

fn marks(t: &Transaction<'_>) -> Result<Marks, Fail> {
    Ok(t.prepare_cached("SELECT high_water, server_floor FROM singles")?.query_row([], |row| {
        let (Col(high_water), Col(server_floor)) = (row.get(0)?, row.get(1)?);
        Ok(Marks { high_water, server_floor })
    })?)
}

pub(super) fn raise_marks(t: &Transaction<'_>, to: Marks, take_back: bool) -> Result<Marks, Fail> {
    let held = marks(t)?;
    let raised = held.raised(to, take_back);
    if raised != held {
        t.prepare_cached("UPDATE singles SET high_water = ?, server_floor = ?")?
            .execute(params![Col(raised.high_water), Col(raised.server_floor)])?;
    }
    if take_back {
        counters::clamp_reports(t, raised.high_water)?;
    }
    Ok(raised)
}
