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
    let mut missed = Vec::new();
    for seq in seqs {
        let gone = t.prepare("DELETE FROM outbox WHERE seq = ?")?.execute(params![Col(*seq)])?;
        let hot = t.hot();
        hot.waiting = hot.waiting.saturating_sub(gone as u64);
        if gone == 0 {
            missed.push(*seq);
        }
    }
    if missed.is_empty() || !lists_one_of(t, &missed)? { Ok(()) } else { Err(Fail::damaged(LISTED)) }
}

/// What is wrong with a file in which a row is found by reading all and not by its key: it was put together from two, as
/// when somebody replaces it while its log is open.
const LISTED: &str = "an event that is listed is not found by its number";

/// Whether one of these is there for whoever reads all. Another process may have forgotten them meanwhile.
fn lists_one_of(t: &Tx<'_>, seqs: &[u64]) -> Result<bool, Fail> {
    let mut statement = t.prepare("SELECT seq FROM outbox")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if seqs.contains(&row.get::<_, Col<u64>>(0)?.0) {
            return Ok(true);
        }
    }
    Ok(false)
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
