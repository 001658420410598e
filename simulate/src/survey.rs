//! A first look at a log: how many rows it has, whether they are in order of time, and which lie apart from all others.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::RangeInclusive;

use planguard::time::Timestamp;

use crate::log::{Log, LogError};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Days without a row between two stretches of a log that may not belong together.
const APART_DAYS: i64 = 366;
/// A stretch apart that holds fewer than one row in so many is set aside.
const ONE_IN: u64 = 20;

/// What a first look found. Holds days, not rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Rows, usable or not.
    pub(crate) rows: u64,
    /// Whether no usable row is older than one before it.
    pub(crate) in_order: bool,
    /// The days within which rows count.
    days: RangeInclusive<i64>,
}

impl Survey {
    /// Reads the whole log, calling `after_row` for each row. A row later than `not_after` counts on no day.
    pub(crate) fn of(
        source: impl Read + 'static,
        not_after: Timestamp,
        mut after_row: impl FnMut(),
    ) -> Result<Self, LogError> {
        let mut log = Log::open(source)?;
        let (mut rows, mut in_order, mut latest) = (0, true, Timestamp::MIN);
        let mut per_day: BTreeMap<i64, u64> = BTreeMap::new();
        while let Some(row) = log.next_row()? {
            rows += 1;
            if let Some(entry) = row.entry.ok().filter(|entry| entry.at <= not_after) {
                *per_day.entry(day(entry.at)).or_default() += 1;
                in_order &= entry.at >= latest;
                latest = latest.max(entry.at);
            }
            after_row();
        }
        Ok(Self { rows, in_order, days: main_days(&per_day) })
    }

    /// Whether the day of this instant belongs to the log.
    pub(crate) fn contains(&self, at: Timestamp) -> bool {
        self.days.contains(&day(at))
    }
}

/// Days since 1970-01-01 in UTC: what lies more than a year apart does so in every zone.
const fn day(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY_MILLIS)
}

/// From the first day to the last, without the stretches at both ends that lie apart and hold next to nothing, or hold
/// 1 January 1970, the time of a clock that was never set.
fn main_days(per_day: &BTreeMap<i64, u64>) -> RangeInclusive<i64> {
    let mut stretches: Vec<(RangeInclusive<i64>, u64)> = Vec::new();
    for (&day, &rows) in per_day {
        match stretches.last_mut() {
            Some((days, held)) if day - days.end() <= APART_DAYS => {
                *days = *days.start()..=day;
                *held += rows;
            }
            _ => stretches.push((day..=day, rows)),
        }
    }
    let all: u64 = per_day.values().sum();
    let several = stretches.len() > 1;
    let belongs = |(days, rows): &&(RangeInclusive<i64>, u64)| {
        !several || (rows.saturating_mul(ONE_IN) >= all && *days.end() != 0)
    };
    let first = stretches.iter().find(belongs).map_or(0, |(days, _)| *days.start());
    let last = stretches.iter().rfind(belongs).map_or(0, |(days, _)| *days.end());
    first..=last
}
