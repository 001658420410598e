//! What waits to be sent: one row for each notice and receiver, leased by whoever sends it.

use super::body::Body;
use super::config::NoticesConfig;
use crate::db::{DbError, Queries, Row};
use crate::outgoing::{Answer, LEASE_MS, LONGEST_LEASE_MS, LONGEST_WAIT_MS, backoff};
use crate::random;

/// A notice that a receiver has not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    /// The id of the notice, the same in every try.
    pub notice: String,
    /// What is sent.
    pub body: String,
    /// How often it was tried before.
    pub tries: i64,
    /// What this process holds it by.
    pub lease: String,
}

/// How deliveries stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// Wait to be sent, for the first time or again.
    pub waiting: i64,
    /// Were tried to the end.
    pub given_up: i64,
}

/// A new id of a notice.
pub(super) fn id() -> String {
    format!("msg_{}", random::token())
}

/// Adds a notice for every receiver.
pub(super) fn add(
    queries: &mut dyn Queries,
    config: &NoticesConfig,
    app: i64,
    rule: &str,
    body: &str,
    now: i64,
) -> Result<(), DbError> {
    let id = id();
    let sql = "INSERT INTO notices (id, app, rule, crossed_at, body) VALUES ($1, $2, $3, $4, $5)";
    queries.execute(sql, &[id.as_str().into(), app.into(), rule.into(), now.into(), body.into()])?;
    for receiver in &config.receivers {
        let sql = "INSERT INTO notice_deliveries (notice, app, receiver, state, tries, due_at, leased_until, lease) \
                   VALUES ($1, $2, $3, 'waiting', 0, $4, 0, '')";
        queries.execute(sql, &[id.as_str().into(), app.into(), receiver.name.as_str().into(), now.into()])?;
    }
    Ok(())
}

/// Leases the delivery that has waited longest, where one is due. Two processes never get the same one.
pub(super) fn claim(
    queries: &mut dyn Queries,
    app: i64,
    receiver: &str,
    now: i64,
) -> Result<Option<Delivery>, DbError> {
    let sql = "SELECT d.notice, n.body, d.tries FROM notice_deliveries d JOIN notices n ON n.id = d.notice \
               WHERE d.app = $1 AND d.receiver = $2 AND d.state = 'waiting' \
               AND (d.due_at <= $3 OR d.due_at > $4) AND (d.leased_until <= $3 OR d.leased_until > $5) ORDER BY d.due_at, d.notice LIMIT 8";
    let (wrong_due, wrong_lease) = (now + LONGEST_WAIT_MS, now + LONGEST_LEASE_MS);
    let values = [app.into(), receiver.into(), now.into(), wrong_due.into(), wrong_lease.into()];
    for row in queries.query(sql, &values)? {
        let (notice, body, tries): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let lease = random::token();
        let sql = "UPDATE notice_deliveries SET lease = $1, leased_until = $2 WHERE notice = $3 AND receiver = $4 \
                   AND state = 'waiting' AND (due_at <= $5 OR due_at > $6) AND (leased_until <= $5 OR leased_until > $7)";
        let until = now + LEASE_MS;
        let values = [
            lease.as_str().into(),
            until.into(),
            notice.as_str().into(),
            receiver.into(),
            now.into(),
            wrong_due.into(),
            wrong_lease.into(),
        ];
        if queries.execute(sql, &values)? == 1 {
            return Ok(Some(Delivery { notice, body, tries, lease }));
        }
    }
    Ok(None)
}

/// Notes what came of a try; nothing where the lease has passed to another process.
pub(super) fn settle(
    queries: &mut dyn Queries,
    receiver: &str,
    delivery: &Delivery,
    answer: Answer,
    now: i64,
    dice: f64,
) -> Result<(), DbError> {
    let tries = delivery.tries + 1;
    let (state, due) = match (answer, backoff(tries, dice)) {
        (Answer::Taken, _) => ("sent", now),
        // 410: the receiver is gone, and says so.
        (Answer::Status(410), _) | (_, None) => ("given_up", now),
        (_, Some(wait)) => ("waiting", now + wait),
    };
    let sql = "UPDATE notice_deliveries SET state = $1, tries = $2, due_at = $3, leased_until = 0, lease = '', \
               answer = $4 WHERE notice = $5 AND receiver = $6 AND lease = $7";
    let values = [
        state.into(),
        tries.into(),
        due.into(),
        answer.to_string().into(),
        delivery.notice.as_str().into(),
        receiver.into(),
        delivery.lease.as_str().into(),
    ];
    queries.execute(sql, &values).map(drop)
}

/// When the next delivery of a receiver is due.
pub(super) fn next_due(queries: &mut dyn Queries, app: i64, receiver: &str) -> Result<Option<i64>, DbError> {
    let sql = "SELECT MIN(CASE WHEN due_at > leased_until THEN due_at ELSE leased_until END) \
               FROM notice_deliveries WHERE app = $1 AND receiver = $2 AND state = 'waiting'";
    queries.first(sql, &[app.into(), receiver.into()])?.map_or(Ok(None), |row| row.get(0))
}

/// How deliveries of an app stand.
///
/// # Errors
/// [`DbError`] where the database cannot be read.
pub fn pending(queries: &mut dyn Queries, app: i64) -> Result<Pending, DbError> {
    let sql =
        "SELECT state, COUNT(*) FROM notice_deliveries WHERE app = $1 AND state <> 'sent' GROUP BY state";
    let mut out = Pending::default();
    for row in queries.query(sql, &[app.into()])? {
        let count = row.get(1)?;
        match row.get::<String>(0)?.as_str() {
            "waiting" => out.waiting = count,
            _ => out.given_up = count,
        }
    }
    Ok(out)
}

/// One notice and how it stands with one receiver; without a receiver where none is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The id of the notice.
    pub id: String,
    /// The rule.
    pub rule: String,
    /// When it was crossed, in milliseconds.
    pub crossed_at_ms: i64,
    /// What it says.
    pub body: Body,
    /// Who is told.
    pub receiver: Option<String>,
    /// `waiting`, `sent` or `given_up`.
    pub state: Option<String>,
    /// How often it was tried.
    pub tries: Option<i64>,
    /// The last answer, in a word.
    pub answer: Option<String>,
}

/// The latest notices of an app.
///
/// # Errors
/// [`DbError`] where the database cannot be read.
pub fn recent(queries: &mut dyn Queries, app: i64, most: i64) -> Result<Vec<Told>, DbError> {
    let sql = "SELECT n.id, n.rule, n.crossed_at, n.body, d.receiver, d.state, d.tries, d.answer FROM notices n \
               LEFT JOIN notice_deliveries d ON d.notice = n.id WHERE n.app = $1 \
               ORDER BY n.crossed_at DESC, n.id, d.receiver LIMIT $2";
    let rows = queries.query(sql, &[app.into(), most.into()])?;
    let read = |row: &Row| {
        Ok(Told {
            id: row.get(0)?,
            rule: row.get(1)?,
            crossed_at_ms: row.get(2)?,
            body: Body::read(app, &row.get::<String>(3)?)?,
            receiver: row.get(4)?,
            state: row.get(5)?,
            tries: row.get(6)?,
            answer: row.get(7)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Drops what was told long ago, and rules of periods that are over.
///
/// # Errors
/// [`DbError`] where the database cannot be written.
pub fn prune(queries: &mut dyn Queries, before: i64) -> Result<(), DbError> {
    let done = "DELETE FROM notice_deliveries WHERE state <> 'waiting' AND due_at < $1";
    queries.execute(done, &[before.into()])?;
    let told = "DELETE FROM notices WHERE crossed_at < $1 AND NOT EXISTS \
                (SELECT 1 FROM notice_deliveries d WHERE d.notice = notices.id)";
    queries.execute(told, &[before.into()])?;
    // A rule that is armed again tells nothing by itself.
    queries
        .execute("DELETE FROM notice_rules WHERE armed = 1 AND crossed_at < $1", &[before.into()])
        .map(drop)
}

/// Gives up what was due before an instant for receivers that the configuration no longer names, tried or not. `named` has
/// those that it names, with their apps.
///
/// # Errors
/// [`DbError`] where the database cannot be written.
pub fn give_up(queries: &mut dyn Queries, named: &[(i64, String)], before: i64) -> Result<u64, DbError> {
    let late = "SELECT DISTINCT app, receiver FROM notice_deliveries WHERE state = 'waiting' AND due_at < $1 \
                AND leased_until < $1";
    let mut given_up = 0;
    for row in queries.query(late, &[before.into()])? {
        let of = (row.get::<i64>(0)?, row.get::<String>(1)?);
        if named.contains(&of) {
            continue;
        }
        let sql = "UPDATE notice_deliveries SET state = 'given_up', answer = 'no_receiver' WHERE state = 'waiting' \
                   AND app = $1 AND receiver = $2 AND due_at < $3 AND leased_until < $3";
        given_up += queries.execute(sql, &[of.0.into(), of.1.into(), before.into()])?;
    }
    Ok(given_up)
}
