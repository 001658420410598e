//! What devices' usage events count for.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use planguard::time::BillingMonth;
use serde_json::Value;

use super::App;
use super::belief::believe;
use super::period::{When, month_number};
use super::tally::{Tallies, what};
use super::users;
use crate::accounts::{self, Account, AccountKey, KeyedAccount, number};
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

/// An event that counts.
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
    let mut keys: BTreeMap<i64, Option<AccountKey>> = BTreeMap::new();
    let mut months: BTreeMap<i64, Batch<'_>> = BTreeMap::new();
    for one in events.iter().filter_map(|event| read(app, event, now, &mut tallies)) {
        let month = month_number(one.when.month);
        if let Entry::Vacant(place) = keys.entry(month) {
            place.insert(accounts::of_month(queries, secret, app.id, one.when.month)?);
        }
        let key = keys.get(&month).and_then(Option::as_ref);
        let comparable = one.account.as_ref().filter(|it| key.is_some_and(|key| key.id() == it.key_id));
        let of_month = months.entry(month).or_insert_with(|| Batch::new(one.when.month));
        of_month.add(&one, comparable.map(|account| account.account));
    }
    let mut shard = 0;
    for month in months.values() {
        users::keyless(queries, &mut tallies, app.id, month.month, &month.keyless)?;
        users::keyed(queries, &mut tallies, app.id, month.month, &month.keyed)?;
        shard = month.logins.keys().next_back().map_or(shard, |(account, _)| account.bytes()[0]);
        for logins in month.rounds() {
            users::logged_in_by_devices(queries, &mut tallies, app.id, month.month, &logins)?;
        }
        users::deferred(queries, &mut tallies, app.id, month.month, &month.deferred)?;
    }
    tallies.write(queries, app.id, shard)
}

/// Whether any device of an app has ever reported something: an event that is still known, or one that was counted in a
/// month whose counters are kept.
pub fn have_reported(queries: &mut dyn Queries, app: u64) -> Result<bool, DbError> {
    let event = "SELECT 1 FROM events_taken WHERE app = $1 LIMIT 1";
    if queries.first(event, &[number(app)])?.is_some() {
        return Ok(true);
    }
    // Months have six digits, days eight.
    let counted = "SELECT 1 FROM tallies WHERE app = $1 AND period > 0 AND period < 1000000 \
                   AND what IN ($2, $3, $4, $5) LIMIT 1";
    let whats = [what::DEVICE_MAU, what::KEYLESS, what::DEFERRED_USERS, what::OLD_EVENTS];
    let values = [number(app), whats[0].into(), whats[1].into(), whats[2].into(), whats[3].into()];
    Ok(queries.first(counted, &values)?.is_some())
}

/// What a batch says of a month, each thing once.
struct Batch<'a> {
    month: BillingMonth,
    keyless: BTreeMap<&'a str, i64>,
    keyed: BTreeMap<&'a str, i64>,
    logins: BTreeMap<(Account, i64), When>,
    deferred: BTreeMap<Account, When>,
}

impl<'a> Batch<'a> {
    fn new(month: BillingMonth) -> Self {
        let (keyless, keyed) = (BTreeMap::new(), BTreeMap::new());
        Self { month, keyless, keyed, logins: BTreeMap::new(), deferred: BTreeMap::new() }
    }

    fn add(&mut self, one: &Counted<'a>, account: Option<Account>) {
        let latest = |installs: &mut BTreeMap<&'a str, i64>| {
            let at = installs.entry(one.install_user).or_insert(one.when.at);
            *at = one.when.at.max(*at);
        };
        match (account, one.executed) {
            (Some(account), true) => {
                latest(&mut self.keyed);
                self.logins.entry((account, one.when.bit())).or_insert(one.when);
            }
            (Some(account), false) => {
                self.deferred.entry(account).or_insert(one.when);
            }
            (None, true) => latest(&mut self.keyless),
            (None, false) => {}
        }
    }

    /// Logins as they are written, each user once in a round: a statement changes a row once. Rows are in one order in
    /// every transaction, so that no two wait for each other in a circle: the first round has all that later ones have.
    fn rounds(&self) -> Vec<BTreeMap<Account, When>> {
        let mut rounds: Vec<BTreeMap<Account, When>> = Vec::new();
        for ((account, _), when) in &self.logins {
            match rounds.iter_mut().find(|round| !round.contains_key(account)) {
                Some(round) => drop(round.insert(*account, *when)),
                None => rounds.push(BTreeMap::from([(*account, *when)])),
            }
        }
        rounds
    }
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
