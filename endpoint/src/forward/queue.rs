//! Events that wait, and where forwarding stands.

use jiff::Timestamp;

use super::config::ForwardConfig;
use crate::contract::UsageEvent;
use crate::db::{DbError, Queries, Row};
use crate::outgoing::{LEASE_MS, LONGEST_LEASE_MS, LONGEST_WAIT_MS};
use crate::random;

/// An event that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Its source.
    pub source: String,
    /// Its id.
    pub id: String,
    /// It as JSON, as it will be sent.
    pub body: String,
}

/// Where forwarding stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Wait to be sent.
    pub waiting: i64,
    /// Were taken by the receiver.
    pub forwarded: i64,
    /// Were refused by it, one by one, and are not sent again.
    pub refused: i64,
    /// Were not queued, because the backlog was full.
    pub dropped: i64,
}

/// Queues events, in the transaction that takes them. Those beyond the backlog are counted as dropped.
///
/// # Errors
/// [`DbError`]; the events are then not taken either.
pub fn queue(
    queries: &mut dyn Queries,
    config: &ForwardConfig,
    app: u64,
    events: &[&UsageEvent],
    now: Timestamp,
) -> Result<(), DbError> {
    if events.is_empty() {
        return Ok(());
    }
    let subject = config.subject.clone().unwrap_or_else(|| format!("app-{app}"));
    let app = app.cast_signed();
    row(queries, app, config)?;
    let most = i64::from(config.backlog);
    let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM forward_events WHERE app = $1 LIMIT $2) AS waiting";
    let waiting: i64 = queries.first(sql, &[app.into(), most.into()])?.map_or(Ok(0), |row| row.get(0))?;
    let room = usize::try_from(most - waiting).unwrap_or(0);
    let row = |event: &&UsageEvent| {
        let mut members = event.members().clone();
        members.insert("subject".to_owned(), subject.as_str().into());
        let body = serde_json::Value::Object(members).to_string();
        vec![app.into(), event.source().into(), event.id().into(), now.into(), body.into()]
    };
    let rows: Vec<_> = events.iter().take(room).map(row).collect();
    let head = "INSERT INTO forward_events (app, source, id, queued_at, body)";
    queries.insert(head, &rows, "ON CONFLICT (app, source, id) DO NOTHING")?;
    let dropped = i64::try_from(events.len().saturating_sub(room)).unwrap_or(i64::MAX);
    if dropped > 0 {
        let sql = "UPDATE forward_state SET dropped = dropped + $2 WHERE app = $1";
        queries.execute(sql, &[app.into(), dropped.into()])?;
    }
    Ok(())
}

/// The row of an app, made where there is none.
fn row(queries: &mut dyn Queries, app: i64, config: &ForwardConfig) -> Result<(), DbError> {
    let sql = "INSERT INTO forward_state (app, tries, due_at, leased_until, lease, batch, forwarded, refused, dropped) \
               VALUES ($1, 0, 0, 0, '', $2, 0, 0, 0) ON CONFLICT (app) DO NOTHING";
    queries.execute(sql, &[app.into(), i64::from(config.batch).into()]).map(drop)
}

/// What one process may send now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) lease: String,
    pub(super) tries: i64,
    pub(super) batch: i64,
    pub(super) events: Vec<Event>,
}

/// Leases the app's events and reads the next batch; `None` where none is due, or another process has them.
pub(super) fn claim(
    queries: &mut dyn Queries,
    app: i64,
    most: i64,
    now: i64,
) -> Result<Option<Claim>, DbError> {
    let lease = random::token();
    let sql = "UPDATE forward_state SET lease = $1, leased_until = $2 WHERE app = $3 \
               AND (due_at <= $4 OR due_at > $5) AND (leased_until <= $4 OR leased_until > $6) AND EXISTS (SELECT 1 FROM forward_events e WHERE e.app = $3)";
    let values = [
        lease.as_str().into(),
        (now + LEASE_MS).into(),
        app.into(),
        now.into(),
        (now + LONGEST_WAIT_MS).into(),
        (now + LONGEST_LEASE_MS).into(),
    ];
    if queries.execute(sql, &values)? == 0 {
        return Ok(None);
    }
    let sql = "SELECT tries, batch FROM forward_state WHERE app = $1";
    let Some(state) = queries.first(sql, &[app.into()])? else { return Ok(None) };
    let batch = state.get::<i64>(1)?.min(most);
    let sql =
        "SELECT source, id, body FROM forward_events WHERE app = $1 ORDER BY queued_at, source, id LIMIT $2";
    let rows = queries.query(sql, &[app.into(), batch.into()])?;
    let read = |row: &Row| Ok(Event { source: row.get(0)?, id: row.get(1)?, body: row.get(2)? });
    let events = rows.iter().map(read).collect::<Result<_, DbError>>()?;
    Ok(Some(Claim { lease, tries: state.get(0)?, batch, events }))
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is gone; the next may be larger.
    Taken { next_batch: i64 },
    /// The one event of it was refused, and goes.
    Refused,
    /// It is tried again by fewer at once.
    Halved { batch: i64 },
    /// It is tried again later.
    Later { due_at: i64 },
}

/// Notes what became of a batch; nothing where the lease has passed to another process.
pub(super) fn settle(
    queries: &mut dyn Queries,
    app: i64,
    claim: &Claim,
    outcome: Outcome,
    now: i64,
) -> Result<(), DbError> {
    let count = i64::try_from(claim.events.len()).unwrap_or(i64::MAX);
    let (tries, due, batch, forwarded, refused) = match outcome {
        Outcome::Taken { next_batch } => (0, now, next_batch, count, 0),
        Outcome::Refused => (0, now, 1, 0, count),
        Outcome::Halved { batch } => (0, now, batch, 0, 0),
        Outcome::Later { due_at } => (claim.tries + 1, due_at, claim.batch, 0, 0),
    };
    let sql = "UPDATE forward_state SET tries = $1, due_at = $2, batch = $3, forwarded = forwarded + $4, \
               refused = refused + $5, leased_until = 0, lease = '' WHERE app = $6 AND lease = $7";
    let values = [
        tries.into(),
        due.into(),
        batch.into(),
        forwarded.into(),
        refused.into(),
        app.into(),
        claim.lease.as_str().into(),
    ];
    if queries.execute(sql, &values)? == 1 && matches!(outcome, Outcome::Taken { .. } | Outcome::Refused) {
        for event in &claim.events {
            let sql = "DELETE FROM forward_events WHERE app = $1 AND source = $2 AND id = $3";
            queries.execute(sql, &[app.into(), event.source.as_str().into(), event.id.as_str().into()])?;
        }
    }
    Ok(())
}

/// When the next batch is due; `None` where nothing waits.
pub(super) fn next_due(queries: &mut dyn Queries, app: i64) -> Result<Option<i64>, DbError> {
    let sql = "SELECT CASE WHEN due_at > leased_until THEN due_at ELSE leased_until END FROM forward_state \
               WHERE app = $1 AND EXISTS (SELECT 1 FROM forward_events e WHERE e.app = $1)";
    queries.first(sql, &[app.into()])?.map(|row| row.get(0)).transpose()
}

/// Where forwarding of an app stands.
///
/// # Errors
/// [`DbError`] where the database cannot be read.
pub fn state(queries: &mut dyn Queries, app: i64) -> Result<State, DbError> {
    let sql = "SELECT COUNT(*) FROM forward_events WHERE app = $1";
    let waiting = queries.first(sql, &[app.into()])?.map_or(Ok(0), |row| row.get(0))?;
    let sql = "SELECT forwarded, refused, dropped FROM forward_state WHERE app = $1";
    match queries.first(sql, &[app.into()])? {
        Some(row) => {
            Ok(State { waiting, forwarded: row.get(0)?, refused: row.get(1)?, dropped: row.get(2)? })
        }
        None => Ok(State { waiting, ..State::default() }),
    }
}
