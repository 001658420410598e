//! Usage events that wait for delivery.

use rusqlite::{Transaction, params};

use super::codec::Col;
use super::fail::Fail;
use crate::store::port::{Enqueued, OutboxEntry};

pub(super) fn enqueue(
    t: &Transaction<'_>,
    events: &[(String, String)],
    capacity: u64,
) -> Result<Enqueued, Fail> {
    for (id, body) in events {
        t.prepare_cached("INSERT INTO outbox (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")?
            .execute(params![id, body])?;
    }
    let (waiting, _) = len(t)?;
    let dropped = waiting.saturating_sub(capacity);
    if dropped > 0 {
        t.prepare_cached("DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox ORDER BY seq LIMIT ?)")?
            .execute(params![Col(dropped)])?;
        t.prepare_cached("UPDATE singles SET outbox_dropped = outbox_dropped + ?")?
            .execute(params![Col(dropped)])?;
    }
    Ok(Enqueued { dropped })
}

pub(super) fn oldest(t: &Transaction<'_>, max: usize) -> Result<Vec<OutboxEntry>, Fail> {
    let mut statement = t.prepare_cached("SELECT seq, id, body FROM outbox ORDER BY seq LIMIT ?")?;
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![max], |row| {
        Ok(OutboxEntry { seq: row.get::<_, Col<u64>>(0)?.0, id: row.get(1)?, body: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn len(t: &Transaction<'_>) -> Result<(u64, u64), Fail> {
    let (Col(waiting), Col(dropped)) = t
        .prepare_cached("SELECT (SELECT count(*) FROM outbox), outbox_dropped FROM singles")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((waiting, dropped))
}

pub(super) fn delivered(t: &Transaction<'_>, seqs: &[u64]) -> Result<(), Fail> {
    for seq in seqs {
        t.prepare_cached("DELETE FROM outbox WHERE seq = ?")?.execute(params![Col(*seq)])?;
    }
    Ok(())
}
