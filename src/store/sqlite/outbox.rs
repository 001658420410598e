//! The room of usage events that wait for delivery.

use rusqlite::params;

use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use crate::store::{Enqueued, NewEvent, Outbox, OutboxEntry, StoreError};

fn enqueue(t: &Tx<'_>, events: &[NewEvent], capacity: u64) -> Result<Enqueued, Fail> {
    for event in events {
        t.prepare("INSERT INTO outbox (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")?
            .execute(params![event.id, event.body])?;
    }
    let (waiting, _) = len(t)?;
    let dropped = waiting.saturating_sub(capacity);
    if dropped > 0 {
        t.prepare("DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox ORDER BY seq LIMIT ?)")?
            .execute(params![Col(dropped)])?;
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

/// How many events wait, and how many were ever dropped.
pub(super) fn len(t: &Tx<'_>) -> Result<(u64, u64), Fail> {
    let (Col(waiting), Col(dropped)) = t
        .prepare("SELECT (SELECT count(*) FROM outbox), outbox_dropped FROM singles")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((waiting, dropped))
}

fn delivered(t: &Tx<'_>, seqs: &[u64]) -> Result<(), Fail> {
    for seq in seqs {
        t.prepare("DELETE FROM outbox WHERE seq = ?")?.execute(params![Col(*seq)])?;
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
        let result = len(self);
        self.answer(result)
    }

    fn delivered(&mut self, seqs: &[u64]) -> Result<(), StoreError> {
        let result = delivered(self, seqs);
        self.answer(result)
    }
}
