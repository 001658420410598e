//! A month's logins, as the provider and devices report them.

use std::ops::Range;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use planguard_endpoint::accounts::{AccountKey, KeyedAccount};
use planguard_endpoint::db::{Db, DbError, Queries};
use planguard_endpoint::ledger::period::When;
use planguard_endpoint::ledger::tally::Tallies;
use planguard_endpoint::ledger::users::logged_in;
use planguard_endpoint::ledger::{App, devices};
use serde_json::{Value, json};

use super::{APP, DAY, Failed};

const A_TRANSACTION: u32 = 1_000;
const AT_ONCE: usize = 8;

/// Writes the rows of all users.
pub(super) async fn fill(
    db: &Db,
    root: &[u8; 32],
    app: &App,
    key: &AccountKey,
    users: u32,
    now: i64,
) -> Result<(), Failed> {
    let parts = (0..users).step_by(A_TRANSACTION as usize).map(|from| from..users.min(from + A_TRANSACTION));
    let write = async |users: Range<u32>| {
        let (by_webhook, by_device) =
            ((key.clone(), app.clone(), users.clone()), (key.clone(), app.clone(), *root));
        let (key, app, part) = by_webhook;
        db.write(move |queries| webhooks(queries, &key, &app, part.clone(), now)).await?;
        let (key, app, root) = by_device;
        db.write_batch(move |queries| batch(queries, &root, &key, &app, users.clone(), now)).await
    };
    stream::iter(parts).map(Ok).try_for_each_concurrent(AT_ONCE, write).await?;
    Ok(())
}

/// Over the month's first nineteen days.
fn day(user: u32, now: i64) -> i64 {
    now - i64::from(user % 19) * DAY
}

/// What the provider reports of a thousand users.
fn webhooks(
    queries: &mut dyn Queries,
    key: &AccountKey,
    app: &App,
    users: Range<u32>,
    now: i64,
) -> Result<(), DbError> {
    let mut accounts: Vec<_> = users.map(|user| (key.account(APP, &format!("user-{user}")), user)).collect();
    accounts.sort_unstable();
    let mut tallies = Tallies::default();
    for (account, user) in &accounts {
        logged_in(queries, &mut tallies, APP, When::new(&app.zone, day(*user, now)), *account)?;
        if user % 5 == 4 {
            logged_in(queries, &mut tallies, APP, When::new(&app.zone, day(user + 1, now)), *account)?;
        }
    }
    tallies.write(queries, APP, accounts.last().map_or(0, |(account, _)| account.bytes()[0]))
}

/// What devices report of three of five of them.
fn batch(
    queries: &mut dyn Queries,
    root: &[u8; 32],
    key: &AccountKey,
    app: &App,
    users: Range<u32>,
    now: i64,
) -> Result<(), DbError> {
    let users = users.filter(|user| user % 5 < 3);
    let data: Vec<_> = users.map(|user| (day(user, now), data(key, &format!("user-{user}")))).collect();
    let event =
        |(at, data)| devices::Event { kind: "planguard.login.executed", time: Some(at), data: Some(data) };
    let events: Vec<_> = data.iter().map(|(at, data)| event((*at, data))).collect();
    devices::count(queries, root, app, &events, now)
}

/// The data of a login's usage event.
pub(super) fn data(key: &AccountKey, user: &str) -> Value {
    let account = key.account(APP, user);
    let named = KeyedAccount { key_id: key.id().to_owned(), account };
    let of_install = account.bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    json!({ "user": of_install, "account": named.to_string(), "intent": "open_chat", "new_mau": 1 })
}
