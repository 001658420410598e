//! The room of things of which a store has one: the document, pauses, time, and reading it all.

use rusqlite::{OptionalExtension as _, Row, params};

use super::codec::{Col, from_json, from_json_if_any, to_json};
use super::fail::Fail;
use super::tx::Tx;
use super::{correction, counters, identity, logins, outbox, prune, reports};
use crate::model::{
    BillingDay, BillingMonth, Elapsed, Horizon, Pseudonym, ReportedSuspension, TimeRecord, Timestamp,
};
use crate::store::{
    Changes, Image, Opened, Opening, Records, StoreError, StoredDocument, SyncState,
};

const DOCUMENT: &str = "SELECT body, content_type, etag, revision, fetched_at, fresh_for_secs FROM document";

/// The single values with the numbers of their last changes.
const SINGLES: &str = "SELECT device_user, device_user_changed, suspension, suspension_changed,
                              time, time_changed FROM singles";

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
type Stamped<T> = (T, u64);

struct Singles {
    device_user: Stamped<Option<Pseudonym>>,
    suspension: Stamped<Option<ReportedSuspension>>,
    time: Stamped<TimeRecord>,
}

fn singles(t: &Tx<'_>) -> Result<Singles, Fail> {
    Ok(t.prepare(SINGLES)?.query_row([], |row| {
        let stamp = |at| row.get::<_, Col<u64>>(at).map(|col| col.0);
        let device_user = row.get::<_, Option<Col<Pseudonym>>>(0)?.map(|col| col.0);
        Ok(Singles {
            device_user: (device_user, stamp(1)?),
            suspension: (from_json_if_any(row, 2)?, stamp(3)?),
            time: (from_json(row, 4)?, stamp(5)?),
        })
    })?)
}

fn image(t: &Tx<'_>, since: BillingMonth, now: Elapsed) -> Result<Image, Fail> {
    let horizon = Horizon::new(since);
    let singles = singles(t)?;
    let (mut counters, mut warned) = (counters::all(t, now)?, reports::warned(t)?);
    counters.retain(|(key, _)| !key.is_past(&horizon));
    warned.retain(|warning| !warning.counter.is_past(&horizon));
    Ok(Image {
        seq: t.seen(),
        counters,
        users: logins::kept(t, since)?,
        device_user: singles.device_user.0,
        warned,
        document: document(t)?,
        suspension: singles.suspension.0,
        sync: sync(t)?,
        time: singles.time.0,
        outbox_dropped: outbox::len(t)?.1,
    })
}

fn changes_since(t: &Tx<'_>, seq: u64, now: Elapsed) -> Result<Changes, Fail> {
    let singles = singles(t)?;
    let sql = format!("{DOCUMENT} WHERE changed > ?");
    let document = t.prepare(&sql)?.query_row(params![Col(seq)], read_document).optional()?;
    Ok(Changes {
        seq: t.seen().max(seq),
        counters: counters::changed(t, seq, now)?,
        users: logins::changed(t, seq)?,
        device_user: since(singles.device_user, seq),
        document,
        suspension: since(singles.suspension, seq),
        time: since(singles.time, seq),
    })
}

fn since<T>((value, changed): Stamped<T>, seq: u64) -> Option<T> {
    (changed > seq).then_some(value)
}

pub(super) fn document(t: &Tx<'_>) -> Result<Option<StoredDocument>, Fail> {
    Ok(t.prepare(DOCUMENT)?.query_row([], read_document).optional()?)
}

pub(super) fn keep_document(t: &Tx<'_>, document: &StoredDocument) -> Result<(), Fail> {
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

fn save_document(t: &Tx<'_>, new: &StoredDocument) -> Result<bool, Fail> {
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

fn save_suspension(t: &Tx<'_>, new: Option<&ReportedSuspension>) -> Result<(), Fail> {
    t.prepare("UPDATE singles SET suspension = ?1, suspension_changed = ?2 WHERE suspension IS NOT ?1")?
        .execute(params![new.map(to_json).transpose()?, Col(t.seq)])?;
    Ok(())
}

fn sync(t: &Tx<'_>) -> Result<SyncState, Fail> {
    Ok(t.prepare("SELECT sync FROM singles")?.query_row([], |row| from_json(row, 0))?)
}

fn save_sync(t: &Tx<'_>, new: &SyncState) -> Result<(), Fail> {
    t.prepare("UPDATE singles SET sync = ?")?.execute(params![to_json(new)?])?;
    Ok(())
}

pub(super) fn time(t: &Tx<'_>) -> Result<TimeRecord, Fail> {
    Ok(singles(t)?.time.0)
}

fn save_time(t: &Tx<'_>, new: &TimeRecord) -> Result<(), Fail> {
    if time(t)? == *new {
        return Ok(());
    }
    t.prepare("UPDATE singles SET time = ?, time_changed = ?")?.execute(params![to_json(new)?, Col(t.seq)])?;
    Ok(())
}

impl Records for Tx<'_> {
    fn open(&mut self, opening: &Opening) -> Result<Opened, StoreError> {
        let result = identity::open(self, opening);
        self.answer(result)
    }

    fn image(&mut self, since: BillingMonth, now: Elapsed) -> Result<Image, StoreError> {
        let result = image(self, since, now);
        self.answer(result)
    }

    fn changes_since(&mut self, seq: u64, now: Elapsed) -> Result<Changes, StoreError> {
        let result = changes_since(self, seq, now);
        self.answer(result)
    }

    fn document(&mut self) -> Result<Option<StoredDocument>, StoreError> {
        let result = document(self);
        self.answer(result)
    }

    fn save_document(&mut self, new: &StoredDocument) -> Result<bool, StoreError> {
        let result = save_document(self, new);
        self.answer(result)
    }

    fn save_suspension(&mut self, new: Option<&ReportedSuspension>) -> Result<(), StoreError> {
        let result = save_suspension(self, new);
        self.answer(result)
    }

    fn save_sync(&mut self, new: &SyncState) -> Result<(), StoreError> {
        let result = save_sync(self, new);
        self.answer(result)
    }

    fn save_time(&mut self, new: &TimeRecord) -> Result<(), StoreError> {
        let result = save_time(self, new);
        self.answer(result)
    }

    fn time(&mut self) -> Result<TimeRecord, StoreError> {
        let result = time(self);
        self.answer(result)
    }

    fn correct_time(
        &mut self,
        now: Timestamp,
        day: BillingDay,
        month: BillingMonth,
    ) -> Result<(), StoreError> {
        let result = correction::correct(self, now, day, month);
        self.answer(result)
    }

    fn prune(&mut self, before: BillingMonth) -> Result<(), StoreError> {
        let result = prune::prune(self, before);
        self.answer(result)
    }
}
