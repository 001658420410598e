//! Which key makes the pseudonyms of which month.

use planguard::time::BillingMonth;
use serde_json::{Value, json};

use super::AccountKey;
use crate::db::{DbError, Queries};

const TABLE: &str = "account_keys";

/// A new key, and the month from which it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The name of the new key.
    pub key_id: String,
    /// The first month that is counted under it.
    pub from: BillingMonth,
}

/// A key of an app, without what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub key_id: String,
    /// The first month that is counted under it; `None` for the first key, which counts from the beginning.
    pub from: Option<BillingMonth>,
}

/// The keys of an app, the oldest first.
///
/// # Errors
/// [`DbError`] where the database cannot be read.
pub fn list(queries: &mut dyn Queries, app: u64) -> Result<Vec<Listed>, DbError> {
    let sql = "SELECT key_id, from_month FROM account_keys WHERE app = $1 ORDER BY from_month";
    let damaged = |_| DbError::Damaged { table: TABLE.to_owned(), why: "no month".to_owned() };
    let read = |row: &crate::db::Row| {
        let from = i32::try_from(row.get::<i64>(1)?).map_err(damaged)?;
        Ok(Listed { key_id: row.get(0)?, from: (from > 0).then(|| BillingMonth::from_number(from)) })
    };
    queries.query(sql, &[number(app)])?.iter().map(read).collect()
}

/// The key of a month; `None` where the app has none that is so old.
///
/// # Errors
/// Also where the endpoint's secret is not the one that the key was made with.
pub fn of_month(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: u64,
    month: BillingMonth,
) -> Result<Option<AccountKey>, DbError> {
    let sql = "SELECT key_id, proof FROM account_keys WHERE app = $1 AND from_month <= $2
        ORDER BY from_month DESC LIMIT 1";
    let Some(row) = queries.first(sql, &[number(app), i64::from(month.number()).into()])? else {
        return Ok(None);
    };
    let key = AccountKey::derive(secret, app, &row.get::<String>(0)?);
    if key.proof() != row.get::<Vec<u8>>(1)? {
        return Err(DbError::Damaged {
            table: TABLE.to_owned(),
            why: format!(
                "key {} of app {app} was made with another secret than the one configured; with this one every \
                 user would be counted again",
                key.id()
            ),
        });
    }
    Ok(Some(key))
}

/// The key of a month, made where the app has none at all.
pub fn current(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: u64,
    month: BillingMonth,
    now: i64,
) -> Result<AccountKey, DbError> {
    if let Some(key) = of_month(queries, secret, app, month)? {
        return Ok(key);
    }
    // The first key counts from the beginning of time: there is no month before it that was counted under another one.
    insert(queries, secret, app, 0, 1, now)?;
    of_month(queries, secret, app, month)?.ok_or_else(|| DbError::Damaged {
        table: TABLE.to_owned(),
        why: format!("app {app} has keys, and none for {month}"),
    })
}

/// Makes a new key, which counts from the month after `running` on: a month is counted under one key. A second call in
/// one month makes no second key.
pub fn rotate(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: u64,
    running: BillingMonth,
    now: i64,
) -> Result<Rotation, DbError> {
    current(queries, secret, app, running, now)?;
    let from = running.next();
    let sql = "SELECT COUNT(*) FROM account_keys WHERE app = $1 AND from_month < $2";
    let row = queries.first(sql, &[number(app), i64::from(from.number()).into()])?;
    let before = row.map_or(Ok(0), |row| row.get::<i64>(0))?;
    insert(queries, secret, app, i64::from(from.number()), before + 1, now)?;
    Ok(Rotation { key_id: name(before + 1), from })
}

/// The document's section `accounts`, which only reads: it is there once [`current`] has made a key. It belongs only into
/// answers to callers whose credential was checked.
pub fn section(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: u64,
    month: BillingMonth,
) -> Result<Option<Value>, DbError> {
    let key = of_month(queries, secret, app, month)?;
    Ok(key.map(|key| json!({ "key_id": key.id(), "key": key.encoded() })))
}

fn insert(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: u64,
    from_month: i64,
    nth: i64,
    now: i64,
) -> Result<(), DbError> {
    let key = AccountKey::derive(secret, app, &name(nth));
    let sql = "INSERT INTO account_keys (app, from_month, key_id, proof, made_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    let values = [number(app), from_month.into(), key.id().into(), key.proof().into(), now.into()];
    queries.execute(sql, &values)?;
    Ok(())
}

fn name(nth: i64) -> String {
    format!("k{nth}")
}

/// An app's number as a column holds it.
pub(crate) fn number(app: u64) -> crate::db::Value {
    i64::try_from(app).unwrap_or(i64::MAX).into()
}

/// Makes the first key of an app, where it has none.
///
/// # Errors
/// Also where the key that it has was made with another secret.
pub fn make(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: &crate::ledger::App,
    now: i64,
) -> Result<(), DbError> {
    let month = crate::ledger::period::When::new(&app.zone, now).month;
    current(queries, secret, app.id, month, now).map(|_| ())
}
