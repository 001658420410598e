//! The room of things of which a store has one: the document, pauses, time, and reading it all.

use rusqlite::params;

use super::change_log::RowKey;
use super::codec::Col;
use super::fail::Fail;
use super::singles::Stamped;
use super::tx::Tx;
use super::{
    account_row, catalogs, correction, counters, image, opening, permits, prune, singles, user_row, users,
};
use crate::model::{BillingDay, BillingMonth, Elapsed, Horizon, ReportedSuspension, TimeRecord, Timestamp};
use crate::store::{
    Changes, Image, Opened, Opening, Records, Rows, StoreError, StoredCatalog, StoredDocument, SyncState,
};

fn changes_since(t: &mut Tx<'_>, seq: u64, now: Elapsed) -> Result<Changes, Fail> {
    let seen = t.seen().max(seq);
    let mut changes = Changes { seq: seen, ..Changes::default() };
    let hot = &t.group.hot;
    if hot.device_user_changed > seq {
        changes.device_user = Some(hot.device_user);
    }
    if hot.values_changed > seq {
        let values = singles::singles(t)?;
        changes.document = singles::document_since(t, seq)?;
        changes.catalogs = catalogs::since(t, seq)?;
        changes.suspension = since(values.suspension, seq);
        changes.time = since(values.time, seq);
    }
    let Some(rows) = t.group.hot.log.since(t.connection(), seq)? else {
        counters::each(t, account_row::CHANGED, params![Col(seq)], now, |key, counter| {
            changes.counters.push((key, counter));
        })?;
        let ids = t
            .prepare(user_row::CHANGED)?
            .query_map(params![Col(seq)], |row| Ok(row.get::<_, Col<_>>(0)?.0))?
            .collect::<Result<Vec<_>, _>>()?;
        for id in ids {
            changes.users.push((id, users::load(t, id)?.user()));
        }
        return Ok(changes);
    };
    for row in rows {
        match row {
            RowKey::User(id) => changes.users.push((id, users::load(t, id)?.user())),
            RowKey::Counter(key) | RowKey::Room(key) => {
                changes.counters.push((key, permits::counter(t, &key, now, None)?));
            }
        }
    }
    Ok(changes)
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
        let result = image::image(self, since, now, rows);
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

    fn replace_document(&mut self, new: &StoredDocument) -> Result<(), StoreError> {
        let result = singles::keep_document(self, new);
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
