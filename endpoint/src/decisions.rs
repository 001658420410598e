//! Decisions that devices reported, counted by day: what the page shows of them. No event, no install and no user is kept.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::config::App;
use crate::contract::UsageEvent;
use crate::db::{DbError, Queries, Row};
use crate::random;

/// What is counted of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A login reached the chat SDK, by its intent.
    Executed,
    /// A login made a new active user, as that install saw it, by its intent.
    NewUser,
    /// A login was put off, by its intent.
    Deferred,
    /// A warning threshold was crossed, by its limit.
    Warned,
    /// An action was denied, by its limit.
    Denied,
    /// The provider refused a call, by its class.
    Rejected,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Executed, Self::NewUser, Self::Deferred, Self::Warned, Self::Denied, Self::Rejected];

    /// Its text id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::NewUser => "new_user",
            Self::Deferred => "deferred",
            Self::Warned => "warned",
            Self::Denied => "denied",
            Self::Rejected => "rejected",
        }
    }
}

/// How often something was decided.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Counted {
    /// What.
    pub kind: Kind,
    /// The intent, limit or class.
    pub word: String,
    /// How often.
    pub count: i64,
    /// When last, in milliseconds.
    pub last_at_ms: i64,
}

/// What one event counts as. Types of a later version count as nothing.
fn of_event<'e>(kind: &str, data: impl Fn(&str) -> Option<&'e Value>) -> Vec<(Kind, String)> {
    let (kind, field) = match kind {
        "planguard.login.executed" => (Kind::Executed, "intent"),
        "planguard.login.deferred" => (Kind::Deferred, "intent"),
        "planguard.limit.warned" => (Kind::Warned, "limit"),
        "planguard.limit.denied" => (Kind::Denied, "limit"),
        "planguard.rejection" => (Kind::Rejected, "class"),
        _ => return Vec::new(),
    };
    let word = data(field).and_then(Value::as_str).filter(|word| is_word(word)).unwrap_or("other").to_owned();
    let mut out = vec![(kind, word.clone())];
    if kind == Kind::Executed && data("new_mau").is_some_and(|new| *new == 1) {
        out.push((Kind::NewUser, word));
    }
    out
}

/// A word of a fixed list: nothing that a person wrote. The published schema says the same.
fn is_word(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 40
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte))
}

/// Rows of one count. Each transaction adds to one of them.
const SHARDS: i64 = 16;

/// Counts what one batch of events says, in the transaction that takes it: on the day on which they came in.
///
/// # Errors
/// [`DbError`]; the events are then not taken either.
pub fn count(
    queries: &mut dyn Queries,
    app: &App,
    events: &[&UsageEvent],
    now: Timestamp,
) -> Result<(), DbError> {
    let mut counts: BTreeMap<(Kind, String), i64> = BTreeMap::new();
    for counted in events.iter().flat_map(|event| of_event(event.kind(), |name| event.data(name))) {
        *counts.entry(counted).or_default() += 1;
    }
    let day = day_number(app.billing_zone.time_zone().to_datetime(now).date());
    let shard = random::below(SHARDS);
    // In one order, so that two batches never wait in a circle.
    for ((kind, word), n) in counts {
        let sql = "INSERT INTO decisions (app, day, kind, word, shard, n, latest) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (app, day, kind, word, shard) DO UPDATE SET n = decisions.n + excluded.n, \
                   latest = CASE WHEN excluded.latest > decisions.latest THEN excluded.latest ELSE decisions.latest END";
        let values = [
            app.sdk_app_id.cast_signed().into(),
            day.into(),
            kind.as_str().into(),
            word.into(),
            shard.into(),
            n.into(),
            now.into(),
        ];
        queries.execute(sql, &values)?;
    }
    Ok(())
}

/// 2026-11-26 as 20261126.
pub(crate) fn day_number(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// What was decided from the billing day `from` to `until`, the latest first.
///
/// # Errors
/// [`DbError`] where the database cannot be read.
pub fn counted(queries: &mut dyn Queries, app: u64, from: i64, until: i64) -> Result<Vec<Counted>, DbError> {
    let sql = "SELECT kind, word, CAST(SUM(n) AS BIGINT), MAX(latest) FROM decisions \
               WHERE app = $1 AND day >= $2 AND day <= $3 GROUP BY kind, word ORDER BY 4 DESC, kind, word";
    let rows = queries.query(sql, &[app.cast_signed().into(), from.into(), until.into()])?;
    let read = |row: &Row| {
        let kind: String = row.get(0)?;
        let found = Kind::ALL.into_iter().find(|one| one.as_str() == kind);
        let why = || DbError::Damaged { table: "decisions".into(), why: "an unknown kind".into() };
        Ok(Counted {
            kind: found.ok_or_else(why)?,
            word: row.get(1)?,
            count: row.get(2)?,
            last_at_ms: row.get(3)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Drops days before this one.
///
/// # Errors
/// [`DbError`] where the database cannot be written.
pub fn prune(queries: &mut dyn Queries, day: i64) -> Result<(), DbError> {
    queries.execute("DELETE FROM decisions WHERE day < $1", &[day.into()]).map(drop)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_login_that_made_a_user_counts_as_both() {
        let data = json!({"intent": "open_chat", "new_mau": 1});
        let both = [(Kind::Executed, "open_chat".to_owned()), (Kind::NewUser, "open_chat".to_owned())];
        assert_eq!(of_event("planguard.login.executed", |name| data.get(name)), both);
    }

    #[test]
    fn words_that_a_person_may_have_written_are_not_kept() {
        for word in [json!("Ada"), json!("a b"), json!(7), json!("a".repeat(41)), json!(null)] {
            let data = json!({"limit": word});
            assert_eq!(
                of_event("planguard.limit.denied", |name| data.get(name)),
                [(Kind::Denied, "other".to_owned())]
            );
        }
        assert_eq!(of_event("planguard.later", |_| None), []);
    }
}
