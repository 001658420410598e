//! What nearly every write changes: numbers of writes and fences, the latest changes, totals, whose device it is. One
//! row, read once for a group of works and written once.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::change_log::ChangeLog;
use super::codec::{Col, from_json, to_json};
use super::fail::Fail;
use crate::model::{BillingMonth, Pseudonym};
use crate::store::LoginTotals;

/// The number of the last write.
pub(super) const SEQ: &str = "SELECT seq FROM singles";

const READ: &str =
    "SELECT recent, logged, logged_upto, forgotten, totals, seq, last_fence, pruned, outbox_waiting,
                           values_changed, device_user, device_user_changed FROM singles";

const WRITE: &str = "UPDATE singles SET recent = ?, logged = ?, logged_upto = ?, forgotten = ?, totals = ?, seq = ?,
                            last_fence = ?, pruned = ?, outbox_waiting = ?, values_changed = ?, device_user = ?,
                            device_user_changed = ?";

/// The row, as a group of works sees and changes it.
#[derive(Clone, Debug, Default)]
pub(super) struct Hot {
    /// The number of the last write.
    pub(super) seq: u64,
    pub(super) last_fence: u64,
    pub(super) log: ChangeLog,
    pub(super) totals: BTreeMap<i32, LoginTotals>,
    /// `totals` as it is written; `None` once it changed.
    pub(super) totals_text: Option<String>,
    /// Up to which month the past was forgotten last.
    pub(super) pruned: Option<BillingMonth>,
    /// How many events wait.
    pub(super) waiting: u64,
    /// The last change of any of document, price lists, suspension and time.
    pub(super) values_changed: u64,
    pub(super) device_user: Option<Pseudonym>,
    pub(super) device_user_changed: u64,
}

impl Hot {
    pub(super) fn read(connection: &Connection) -> Result<Self, Fail> {
        let mut statement = connection.prepare_cached(READ)?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else {
            return Err(Fail::damaged("a table that always has a row is empty"));
        };
        let number = |at| row.get::<_, Col<u64>>(at).map(|col| col.0);
        let recent = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        Ok(Self {
            log: ChangeLog::read(recent, number(1)?, number(2)?, number(3)?)?,
            totals: from_json(row, 4)?,
            totals_text: Some(row.get(4)?),
            seq: number(5)?,
            last_fence: number(6)?,
            pruned: row.get::<_, Option<i32>>(7)?.map(BillingMonth::from_number),
            waiting: number(8)?,
            values_changed: number(9)?,
            device_user: row.get::<_, Option<Col<Pseudonym>>>(10)?.map(|col| col.0),
            device_user_changed: number(11)?,
        })
    }

    /// Writes the row, its log settled.
    pub(super) fn write(&mut self, connection: &Connection) -> Result<(), Fail> {
        let text = match self.totals_text.take() {
            Some(text) => text,
            None => to_json(&self.totals)?,
        };
        let (recent, logged, logged_upto, forgotten) = self.log.stored();
        connection.prepare_cached(WRITE)?.execute(params![
            recent,
            Col(logged),
            Col(logged_upto),
            Col(forgotten),
            text,
            Col(self.seq),
            Col(self.last_fence),
            self.pruned.map(BillingMonth::number),
            Col(self.waiting),
            Col(self.values_changed),
            self.device_user.map(Col),
            Col(self.device_user_changed)
        ])?;
        self.totals_text = Some(text);
        Ok(())
    }

    /// The totals of `month`, to be changed.
    pub(super) fn totals_of(&mut self, month: BillingMonth) -> &mut LoginTotals {
        self.totals_text = None;
        self.totals.entry(month.number()).or_default()
    }
}
