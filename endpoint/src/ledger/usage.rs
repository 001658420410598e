//! The usage that a document states: what is known, as of when it was true, and nothing else.

use jiff::Timestamp;
use jiff::civil::Date;
use planguard::time::BillingMonth;
use serde_json::{Map, Value};

use super::App;
use super::groups;
use super::period::{When, day_number, month_number};
use super::pulse::{self, Pulse};
use super::retention;
use super::tally::{self, what};
use crate::db::{DbError, Queries};

/// What webhooks have told of an app, and from when on they have told all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// When the first webhook came, and how far they reach.
    pub pulse: Pulse,
    /// The first day of which every webhook was taken.
    pub complete_from: Date,
    /// The newest of what they told, not beyond the present.
    pub as_of: When,
}

impl Known {
    /// Whether all of a day is known, as far as it is over.
    pub fn day(self, date: Date) -> bool {
        date >= self.complete_from
    }

    /// Whether all of a month is known, as far as it is over.
    pub fn month(self, month: BillingMonth) -> bool {
        self.day(month.first_date())
    }
}

/// What webhooks have told; `None` where none are configured, or none has come.
pub fn known(queries: &mut dyn Queries, app: &App, now: i64) -> Result<Option<Known>, DbError> {
    let Some(settings) = &app.provider else { return Ok(None) };
    let Some(pulse) = pulse::of(queries, app.id)? else { return Ok(None) };
    // The first day is told in part, unless the owner knows better.
    let first = When::new(&app.zone, pulse.first_at).date;
    let complete_from = settings.complete_from.unwrap_or_else(|| first.tomorrow().unwrap_or(Date::MAX));
    let as_of = When::new(&app.zone, pulse.last_at.min(now));
    Ok(Some(Known { pulse, complete_from, as_of }))
}

/// The document's section `usage`; `None` where nothing is known.
pub fn usage(queries: &mut dyn Queries, app: &App, now: i64) -> Result<Option<Value>, DbError> {
    let Some(known) = known(queries, app, now)? else { return Ok(None) };
    let as_of = known.as_of;
    let mut usage = Map::new();
    if known.month(as_of.month) {
        let mau = tally::get(queries, app.id, month_number(as_of.month), what::MAU)?;
        usage.insert("mau".into(), mau.into());
    }
    if known.day(as_of.date) {
        let dau = tally::get(queries, app.id, day_number(as_of.date), what::DAU)?;
        usage.insert("dau".into(), dau.into());
        let net = groups::net_new(queries, app.id, as_of.date)?;
        usage.insert("net_new_groups_today".into(), net.into());
    }
    let before = app.provider.as_ref().and_then(|settings| settings.groups_before);
    // Everything that came and went since that day is still counted.
    let counters_from = retention::first_month_of_counters(as_of.month).first_date();
    let complete = |before: &crate::provider::GroupsBefore| {
        before.day >= counters_from && before.day.tomorrow().is_ok_and(|next| known.day(next))
    };
    if let Some(before) = before.filter(complete)
        && let Some(standing) = groups::standing(queries, app.id, before, as_of)?
    {
        usage.insert("non_av_groups".into(), standing.non_av.into());
        usage.insert("av_groups".into(), standing.av.into());
        usage.insert("communities".into(), standing.communities.into());
        if let Some(peak) = standing.peak {
            usage.insert("peak_groups".into(), peak.into());
        }
    }
    if usage.is_empty() {
        return Ok(None);
    }
    usage.insert("as_of".into(), instant(as_of.at).into());
    Ok(Some(Value::Object(usage)))
}

/// An instant as the contract writes it.
pub fn instant(at: i64) -> String {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
