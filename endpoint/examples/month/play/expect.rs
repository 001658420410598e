//! The independent count: plain sets of who logged in when, by the chat SDK's own journal.

use std::collections::{BTreeMap, BTreeSet};

use parking_lot::Mutex;
use planguard::time::Timestamp;

use super::zone;

/// What the chat SDK and the provider did, written down where it happened.
#[derive(Default)]
pub(super) struct Journal(Mutex<Written>);

#[derive(Default)]
struct Written {
    logins: Vec<(String, Timestamp, bool)>,
    groups: Vec<(Timestamp, bool, bool)>,
}

/// What has to come out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    /// Users who sent a message: those whom planguard lets become active.
    pub(crate) senders: i64,
    /// Users who logged in.
    pub(crate) devices: i64,
    /// Users of whose logins at least one webhook arrived.
    pub(crate) provider: i64,
    /// Users who logged in, and none of whose webhooks arrived.
    pub(crate) only_devices: i64,
    /// Users who logged in on each day, as 20040501.
    pub(crate) device_days: BTreeMap<i64, i64>,
    /// Users of whose logins of a day at least one webhook arrived.
    pub(crate) provider_days: BTreeMap<i64, i64>,
    /// Net new groups of each day, as far as webhooks arrived.
    pub(crate) groups: BTreeMap<i64, i64>,
}

impl Journal {
    /// A login reached the chat SDK; whether its webhook arrived.
    pub(super) fn login(&self, user: &str, at: Timestamp, arrived: bool) {
        self.0.lock().logins.push((user.to_owned(), at, arrived));
    }

    /// A group was created or dissolved; whether its webhook arrived.
    pub(super) fn group(&self, at: Timestamp, created: bool, arrived: bool) {
        self.0.lock().groups.push((at, created, arrived));
    }

    /// Webhooks that were lost.
    pub(super) fn lost(&self) -> i64 {
        let written = self.0.lock();
        let logins = written.logins.iter().filter(|(.., arrived)| !arrived).count();
        number(logins + written.groups.iter().filter(|(.., arrived)| !arrived).count())
    }

    /// What has to come out, where these users sent a message.
    pub(super) fn expected(&self, senders: &BTreeSet<&str>) -> Expected {
        let written = self.0.lock();
        let users = |arrived: bool| -> BTreeSet<&str> {
            let logins = written.logins.iter().filter(|login| login.2 || !arrived);
            logins.map(|login| login.0.as_str()).collect()
        };
        let days = |arrived: bool| {
            let mut days: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
            for (user, at, _) in written.logins.iter().filter(|login| login.2 || !arrived) {
                days.entry(day(*at)).or_default().insert(user);
            }
            days.into_iter().map(|(day, users)| (day, number(users.len()))).collect()
        };
        let mut groups = BTreeMap::new();
        for (at, created, _) in written.groups.iter().filter(|group| group.2) {
            *groups.entry(day(*at)).or_default() += if *created { 1 } else { -1 };
        }
        let (all, told) = (users(false), users(true));
        Expected {
            senders: number(senders.len()),
            devices: number(all.len()),
            provider: number(told.len()),
            only_devices: number(all.difference(&told).count()),
            device_days: days(false),
            provider_days: days(true),
            groups,
        }
    }
}

/// A day as 20040501, by jiff's own calendar.
fn day(at: Timestamp) -> i64 {
    let date = zone().date(at).to_string().replace('-', "");
    date.parse().unwrap_or_default()
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
