//! The turn of the month, before which nothing of the past is forgotten.

use std::time::Duration;

use crate::model::{BillingMonth, BillingZone, Elapsed, TimeRecord, Timestamp};

/// How long a month must have lasted for this process before those of before are forgotten.
const TURNED_FOR: Duration = Duration::from_secs(86_400);

/// The earliest month that memory must know of: the one before the running one, since a correction of time may bring
/// it back.
pub(crate) fn horizon(zone: &BillingZone, now: Timestamp) -> BillingMonth {
    zone.month(now).before(1)
}

/// Since when a month is the earliest that is needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(super) month: BillingMonth,
    /// `None` since a process before this one.
    pub(super) since: Option<Elapsed>,
    /// What time it was then.
    pub(super) first: Timestamp,
}

impl Turn {
    /// What the store tells of it: `confirmed` says whether an endpoint decides which months are over.
    pub(crate) fn stored(zone: &BillingZone, record: &TimeRecord, confirmed: bool) -> Option<Self> {
        let seen = Some(record.high_water).filter(|mark| *mark > Timestamp::MIN);
        let first = if confirmed { record.confirmed_at() } else { seen }?;
        Some(Self { month: horizon(zone, first), since: None, first })
    }

    /// Whether it has lasted long enough by `now`, and by what time was `told`.
    pub(super) fn has_lasted(&self, told: Timestamp, now: Elapsed) -> bool {
        let here = self.since.is_none_or(|since| now.since(since) >= TURNED_FOR);
        here && told.since(self.first) >= TURNED_FOR
    }
}
