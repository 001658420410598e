//! Drift: a month as the provider told it beside the same month as devices told it, each difference explained.

mod edge;
mod routes;
mod words;

pub use routes::routes;

use planguard::time::BillingMonth;
use serde::Serialize;

use crate::db::{DbError, Queries};
use crate::ledger::period::{When, day_number, month_number};
use crate::ledger::tally::{self, what};
use crate::ledger::{App, devices, groups, retention, usage};

/// A month from both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The month, as `2026-11`.
    pub month: String,
    /// Up to when webhooks have told what happened; `None` where none has come.
    pub as_of: Option<String>,
    /// Whether webhooks have told all of the month so far. Where they have not, users are not compared.
    pub complete: bool,
    /// Users of the month, from both sides.
    pub users: Users,
    /// Webhooks of the month, by what became of them.
    pub webhooks: Webhooks,
    /// Days on which the provider's alarm gave a figure of net new groups.
    pub groups: Vec<GroupDay>,
    /// What differs, in sentences; empty where both sides agree.
    pub differences: Vec<Difference>,
}

/// Users of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Users {
    /// Whose login the provider reported; `None` where it has told only some of the month.
    pub provider: Option<i64>,
    /// Whether any device of the app has ever reported anything. Before that there is nothing to compare with.
    pub devices_report: bool,
    /// Whose login devices reported under the month's key.
    pub devices: i64,
    /// Whom both reported.
    pub both: i64,
    /// Whom only the provider reported.
    pub only_provider: i64,
    /// Whom only devices reported.
    pub only_devices: i64,
    /// Whom devices reported without the month's key, one for each install: not to be compared.
    pub not_comparable: i64,
    /// Of those whom only one side reported: how many have their only login beside the month's first or last midnight,
    /// where the other side has one on the other side of it.
    pub at_the_edge: i64,
    /// For whom devices put a login off, and who has not logged in this month as either side knows.
    pub avoided: i64,
}

/// Webhooks of a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Webhooks {
    /// Deliveries, repetitions included.
    pub delivered: i64,
    /// Delivered again, and counted once.
    pub repeated: i64,
    /// Of a command that is not known here.
    pub unknown: i64,
    /// Signed, and not understood.
    pub unreadable: i64,
    /// About something longer ago than is believed.
    pub too_old: i64,
    /// Dated in a time to come, and counted when they came in.
    pub dated_ahead: i64,
}

/// A day's net new groups from both sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupDay {
    /// The day, as `2026-11-26`.
    pub day: String,
    /// The provider's own figure.
    pub provider: i64,
    /// What its webhooks had told by then.
    pub counted: i64,
    /// How many the day allows.
    pub limit: i64,
    /// When the provider said so.
    pub at: String,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which, as a word.
    pub kind: Kind,
    /// How many users, webhooks or groups.
    pub count: i64,
    /// What it is and where it comes from, for a person.
    pub text: String,
    /// The same in Chinese, for the page.
    #[serde(skip)]
    chinese: String,
}

/// What kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Devices reported users whose login no webhook told.
    OnlyDevices,
    /// Webhooks told users whom no device reported.
    OnlyProvider,
    /// Webhooks told users, and no device has ever reported anything: the sides cannot be compared.
    NoDevices,
    /// Users of devices without the month's key.
    NotComparable,
    /// Webhooks have told only part of the month, or nothing.
    Incomplete,
    /// Webhooks that were not understood.
    Unreadable,
    /// Webhooks or events about something too long ago.
    TooOld,
    /// The provider's figure of a day's groups differs.
    Groups,
}

/// The report of a month at `now`.
pub fn report(
    queries: &mut dyn Queries,
    app: &App,
    month: BillingMonth,
    now: i64,
) -> Result<Report, DbError> {
    let counted = tally::of_period(queries, app.id, month_number(month))?;
    let n = |what: &str| counted.get(what).copied().unwrap_or(0);
    let known = usage::known(queries, app, now)?;
    // Of a month to come, and of one whose counters are deleted, nothing is known.
    let running = When::new(&app.zone, now).month;
    let kept = month <= running && month >= retention::first_month_of_counters(running);
    let complete = kept && known.is_some_and(|known| known.month(month));
    let both = n(what::BOTH);
    let (only_provider, only_devices) = (n(what::MAU) - both, n(what::DEVICE_MAU) - both);
    // It looks at every user of the month, which is worth it only where some differ.
    let differ = complete && only_provider + only_devices > 0;
    let devices_report = devices::have_reported(queries, app.id)?;
    let users = Users {
        provider: complete.then(|| n(what::MAU)),
        devices_report,
        devices: n(what::DEVICE_MAU),
        both,
        only_provider,
        only_devices,
        not_comparable: n(what::KEYLESS),
        at_the_edge: if differ { at_the_edge(queries, app, month, now)? } else { 0 },
        avoided: n(what::AVOIDED),
    };
    let webhooks = Webhooks {
        delivered: n(what::WEBHOOKS),
        repeated: n(what::REPEATED),
        unknown: n(what::UNKNOWN),
        unreadable: n(what::UNREADABLE),
        too_old: n(what::TOO_OLD),
        dated_ahead: n(what::AHEAD),
    };
    let (first, last) = (month.first_date(), month.first_date().last_of_month());
    let groups: Vec<GroupDay> = groups::alarms(queries, app.id, day_number(first), day_number(last))?
        .into_iter()
        .map(|quota| GroupDay {
            day: words::day(quota.day),
            provider: quota.used,
            counted: quota.counted,
            limit: quota.max,
            at: usage::instant(quota.at),
        })
        .collect();
    let differences = words::differences(app, &users, &webhooks, &groups, n(what::OLD_EVENTS));
    let as_of = known.map(|known| usage::instant(known.as_of.at));
    Ok(Report { month: month.to_string(), as_of, complete, users, webhooks, groups, differences })
}

/// How many users differ only because the sides date one login on either side of midnight.
fn at_the_edge(queries: &mut dyn Queries, app: &App, month: BillingMonth, now: i64) -> Result<i64, DbError> {
    let running = When::new(&app.zone, now).month;
    if month < retention::first_month_of_users(running) {
        return Ok(0);
    }
    Ok(edge::first(queries, app.id, month)? + edge::last(queries, app.id, month)?)
}
