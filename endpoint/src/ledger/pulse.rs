//! When an app's webhooks began, and up to when they have told what happened.

use crate::accounts::number;
use crate::db::{DbError, Queries};

/// When the first webhook came, and when the newest of what they told happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// When the first one came.
    pub first_at: i64,
    /// When the newest of what they told happened.
    pub last_at: i64,
}

/// Notes a webhook about something at `at`, which came in at `now`.
pub fn beat(queries: &mut dyn Queries, app: u64, shard: u8, at: i64, now: i64) -> Result<(), DbError> {
    let sql = "INSERT INTO webhook_pulse (app, shard, first_at, last_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (app, shard) DO UPDATE SET last_at = excluded.last_at
        WHERE excluded.last_at > webhook_pulse.last_at";
    let values = [number(app), i64::from(shard).into(), now.into(), at.into()];
    queries.execute(sql, &values)?;
    Ok(())
}

/// The webhooks' begin and reach; `None` where none has come.
pub fn of(queries: &mut dyn Queries, app: u64) -> Result<Option<Pulse>, DbError> {
    let sql = "SELECT MIN(first_at), MAX(last_at) FROM webhook_pulse WHERE app = $1";
    let Some(row) = queries.first(sql, &[number(app)])? else { return Ok(None) };
    let (first_at, last_at) = (row.get::<Option<i64>>(0)?, row.get::<Option<i64>>(1)?);
    Ok(first_at.zip(last_at).map(|(first_at, last_at)| Pulse { first_at, last_at }))
}
