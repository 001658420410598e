//! What devices' usage events count for.

use serde_json::Value;

use super::App;
use super::belief::believe;
use super::period::{When, month_number};
use super::tally::{Tallies, what};
use super::users::{self, Side};
use crate::accounts::{self, AccountKey, KeyedAccount};
use crate::db::{DbError, Queries};

/// One usage event, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Its type.
    pub kind: &'a str,
    /// When it happened, in milliseconds since 1970; `None` where it says nothing.
    pub time: Option<i64>,
    /// Its data.
    pub data: Option<&'a Value>,
}

const EXECUTED: &str = "planguard.login.executed";
const DEFERRED: &str = "planguard.login.deferred";

/// An event that counts, in the order in which rows are written: that of the users, so that batches that come in at once
/// do not wait for one another in a circle.
struct Counted<'a> {
    account: Option<KeyedAccount>,
    install_user: &'a str,
    executed: bool,
    when: When,
}

/// Counts the events of one batch that were not taken before, in the transaction that takes them.
pub fn count(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: &App,
    events: &[Event<'_>],
    now: i64,
) -> Result<(), DbError> {
    let mut tallies = Tallies::default();
    let mut counted: Vec<Counted<'_>> =
        events.iter().filter_map(|event| read(app, event, now, &mut tallies)).collect();
    counted.sort_by(|a, b| {
        let key = |one: &Counted<'_>| (one.account.as_ref().map(|account| account.account), one.when.month);
        key(a).cmp(&key(b)).then_with(|| a.install_user.cmp(b.install_user))
    });
    let mut keys: Vec<(planguard::time::BillingMonth, Option<AccountKey>)> = Vec::new();
    let mut shard = 0;
    for one in counted {
        if !keys.iter().any(|(month, _)| *month == one.when.month) {
            let key = accounts::of_month(queries, secret, app.id, one.when.month)?;
            keys.push((one.when.month, key));
        }
        let key = keys.iter().find(|(month, _)| *month == one.when.month).and_then(|(_, key)| key.as_ref());
        let comparable = one.account.as_ref().filter(|it| key.is_some_and(|key| key.id() == it.key_id));
        match (comparable, one.executed) {
            (Some(account), true) => {
                shard = account.account.bytes()[0];
                users::keyed(queries, &mut tallies, app.id, one.when, one.install_user.as_bytes())?;
                let side = Side::Devices;
                users::logged_in(queries, &mut tallies, app.id, one.when, account.account, side)?;
            }
            (Some(account), false) => {
                users::deferred(queries, &mut tallies, app.id, one.when, account.account)?;
            }
            (None, true) => {
                users::keyless(queries, &mut tallies, app.id, one.when, one.install_user.as_bytes())?;
            }
            (None, false) => {}
        }
    }
    tallies.write(queries, app.id, shard)
}

/// What an event counts for; `None` where for nothing.
fn read<'a>(app: &App, event: &Event<'a>, now: i64, tallies: &mut Tallies) -> Option<Counted<'a>> {
    let executed = match event.kind {
        EXECUTED => true,
        DEFERRED => false,
        _ => return None,
    };
    let Some(at) = believe(event.time.unwrap_or(now), now).at() else {
        tallies.add(month_number(When::new(&app.zone, now).month), what::OLD_EVENTS, 1, now);
        return None;
    };
    let when = When::new(&app.zone, at);
    let text = |field: &str| event.data.and_then(|data| data.get(field)).and_then(Value::as_str);
    Some(Counted {
        account: text("account").and_then(|account| account.parse().ok()),
        install_user: text("user")?,
        executed,
        when,
    })
}
