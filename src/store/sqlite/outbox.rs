//! The room of usage events that wait for delivery.

use rusqlite::params;

use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use crate::store::{Enqueued, NewEvent, Outbox, OutboxEntry, StoreError};

fn enqueue(t: &mut Tx<'_>, events: &[NewEvent], capacity: u64) -> Result<Enqueued, Fail> {
    for event in events {
        let new = t
            .prepare("INSERT INTO outbox (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")?
            .execute(params![event.id, event.body])?;
        t.hot().waiting += new as u64;
    }
    let dropped = t.group.hot.waiting.saturating_sub(capacity);
    if dropped > 0 {
        t.prepare("DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox ORDER BY seq LIMIT ?)")?
            .execute(params![Col(dropped)])?;
        t.hot().waiting = capacity;
        t.prepare("UPDATE singles SET outbox_dropped = outbox_dropped + ?")?
            .execute(params![Col(dropped)])?;
    }
    Ok(Enqueued { dropped })
}

fn oldest(t: &Tx<'_>, max: usize) -> Result<Vec<OutboxEntry>, Fail> {
    let mut statement = t.prepare("SELECT seq, id, body FROM outbox ORDER BY seq LIMIT ?")?;
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![max], |row| {
        Ok(OutboxEntry { seq: row.get::<_, Col<u64>>(0)?.0, id: row.get(1)?, body: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many events were ever dropped.
pub(super) fn dropped(t: &Tx<'_>) -> Result<u64, Fail> {
    let sql = "SELECT outbox_dropped FROM singles";
    Ok(t.prepare(sql)?.query_row([], |row| row.get::<_, Col<u64>>(0))?.0)
}

fn delivered(t: &mut Tx<'_>, seqs: &[u64]) -> Result<(), Fail> {
    for seq in seqs {
        let gone = t.prepare("DELETE FROM outbox WHERE seq = ?")?.execute(params![Col(*seq)])?;
        let hot = t.hot();
        hot.waiting = hot.waiting.saturating_sub(gone as u64);
    }
    Ok(())
}

impl Outbox for Tx<'_> {
    fn enqueue(&mut self, events: &[NewEvent], capacity: u64) -> Result<Enqueued, StoreError> {
        let result = enqueue(self, events, capacity);
        self.answer(result)
    }

    fn oldest(&mut self, max: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        let result = oldest(self, max);
        self.answer(result)
    }

    fn outbox_len(&mut self) -> Result<(u64, u64), StoreError> {
        let waiting = self.group.hot.waiting;
        let result = dropped(self).map(|dropped| (waiting, dropped));
        self.answer(result)
    }

    fn delivered(&mut self, seqs: &[u64]) -> Result<(), StoreError> {
        let result = delivered(self, seqs);
        self.answer(result)
    }
}
