//! The room of things of which a store has one: the document, pauses, time, and reading it all.

use super::fail::Fail;
use super::singles::Stamped;
use super::tx::Tx;
use super::{catalogs, correction, counters, logins, opening, outbox, prune, reports, singles};
use crate::model::{BillingDay, BillingMonth, Elapsed, Horizon, ReportedSuspension, TimeRecord, Timestamp};
use crate::store::{
    Changes, Image, Opened, Opening, Records, Rows, StoreError, StoredCatalog, StoredDocument, SyncState,
};

fn image(t: &Tx<'_>, since: BillingMonth, now: Elapsed, rows: &mut dyn Rows) -> Result<Image, Fail> {
    let horizon = Horizon::new(since);
    let values = singles::singles(t)?;
    counters::all(t, now, |key, counter| {
        if !key.is_past(&horizon) {
            rows.counter(key, counter);
        }
    })?;
    logins::kept(t, since, |id, user| rows.user(id, user))?;
    let mut warned = reports::warned(t)?;
    warned.retain(|warning| !warning.counter.is_past(&horizon));
    Ok(Image {
        seq: t.seen(),
        device_user: values.device_user.0,
        warned,
        document: singles::document(t)?,
        catalogs: catalogs::since(t, 0)?,
        suspension: values.suspension.0,
        sync: singles::sync(t)?,
        time: values.time.0,
        outbox_dropped: outbox::len(t)?.1,
    })
}

fn changes_since(t: &Tx<'_>, seq: u64, now: Elapsed) -> Result<Changes, Fail> {
    let values = singles::singles(t)?;
    Ok(Changes {
        seq: t.seen().max(seq),
        counters: counters::changed(t, seq, now)?,
        users: logins::changed(t, seq)?,
        device_user: since(values.device_user, seq),
        document: singles::document_since(t, seq)?,
        catalogs: catalogs::since(t, seq)?,
        suspension: since(values.suspension, seq),
        time: since(values.time, seq),
    })
}

fn since<T>((value, changed): Stamped<T>, seq: u64) -> Option<T> {
    (changed > seq).then_some(value)
}

impl Records for Tx<'_> {
    fn open(&mut self, opening: &Opening) -> Result<Opened, StoreError> {
        let result = opening::open(self, opening);
        self.answer(result)
    }

    fn image(&mut self, since: BillingMonth, now: Elapsed, rows: &mut dyn Rows) -> Result<Image, StoreError> {
        let result = image(self, since, now, rows);
        self.answer(result)
    }

    fn changes_since(&mut self, seq: u64, now: Elapsed) -> Result<Changes, StoreError> {
        let result = changes_since(self, seq, now);
        self.answer(result)
    }

    fn document(&mut self) -> Result<Option<StoredDocument>, StoreError> {
        let result = singles::document(self);
        self.answer(result)
    }

    fn save_document(&mut self, new: &StoredDocument) -> Result<bool, StoreError> {
        let result = singles::save_document(self, new);
        self.answer(result)
    }

    fn save_catalog(&mut self, new: &StoredCatalog) -> Result<(), StoreError> {
        let result = catalogs::save(self, new);
        self.answer(result)
    }

    fn save_suspension(&mut self, new: Option<&ReportedSuspension>) -> Result<(), StoreError> {
        let result = singles::save_suspension(self, new);
        self.answer(result)
    }

    fn save_sync(&mut self, new: &SyncState) -> Result<(), StoreError> {
        let result = singles::save_sync(self, new);
        self.answer(result)
    }

    fn save_time(&mut self, new: &TimeRecord) -> Result<(), StoreError> {
        let result = singles::save_time(self, new);
        self.answer(result)
    }

    fn time(&mut self) -> Result<TimeRecord, StoreError> {
        let result = singles::time(self);
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

    fn recall(&mut self, since: BillingMonth, until: BillingMonth) -> Result<(), StoreError> {
        let result = correction::recall(self, &Horizon::new(since), &Horizon::new(until));
        self.answer(result)
    }

    fn prune(&mut self, before: BillingMonth) -> Result<(), StoreError> {
        let result = prune::prune(self, before);
        self.answer(result)
    }
}
