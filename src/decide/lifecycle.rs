//! Where a plan stands at one instant, from its dates and the rules of its price list.
//!
//! | Instant | From then on |
//! |---|---|
//! | start of the billing day 6 days before the day of expiry (7 days, the day of expiry included) | [`ExpiringSoon`](Lifecycle::ExpiringSoon) |
//! | `expires_at` | [`Grace`](Lifecycle::Grace); a trial is suspended at once |
//! | `expires_at` + 24 h | [`Suspended`](Lifecycle::Suspended) |
//! | `arrears_since` (the bill was pushed) | [`Grace`](Lifecycle::Grace) |
//! | `arrears_since` + 24 h | [`Suspended`](Lifecycle::Suspended) |
//! | a rejection showed a suspension | [`Suspended`](Lifecycle::Suspended), for five minutes |
//! | start of the 91st billing day, the day of suspension being the first | [`Reclaimed`](Lifecycle::Reclaimed) |
//!
//! Every number in the table is read from the catalog. An instant belongs to what begins with it: at exactly
//! 24 hours the app is suspended. The provider reminds of paid plans only; planguard warns of the end of a trial
//! over the same days.

use std::time::Duration;

use crate::model::catalog::{self, Catalog, Policies, Retention, Validity};
use crate::model::{
    BillingDay, BillingZone, Entitlements, Lifecycle, Subscription, SuspensionCause, Timestamp,
};

/// How long a suspension that only a rejection showed is believed. The provider says that a new plan takes about
/// five minutes to work (code 60020); after that it is worth asking again.
pub const REPORT_BELIEVED_FOR: Duration = Duration::from_secs(5 * 60);

/// Where the plan stands at `now`, by the rules of its price list.
///
/// [`Lifecycle::Unknown`] without a document of the billing endpoint, and while that document names neither a
/// known price list nor dates.
pub fn lifecycle(entitlements: &Entitlements, now: Timestamp, zone: &BillingZone) -> Lifecycle {
    lifecycle_by(entitlements.price_list.as_deref(), entitlements, now, zone)
}

/// Hours in arrears until suspension. The Chinese list says that arrears suspend an app and not after how long; it
/// is the same account with the same provider, so the time of the international list of those days is taken.
fn arrears_hours(policies: &Policies) -> Option<u32> {
    let stated = |policies: &Policies| policies.arrears_hours.as_ref().map(|stated| stated.value);
    stated(policies).or_else(|| stated(&catalog::intl_2022().policies))
}

/// As [`lifecycle`], by the rules of the price list given. Where two causes apply, the earlier suspension counts.
pub fn lifecycle_by(
    catalog: Option<&Catalog>,
    entitlements: &Entitlements,
    now: Timestamp,
    zone: &BillingZone,
) -> Lifecycle {
    let policies = catalog.map(|catalog| &catalog.policies);
    let term = Term::of(catalog, entitlements, zone);
    let causes = causes(&term, policies, entitlements, now);
    let due = || causes.iter().flatten();

    if let Some(first) = suspension(&causes, now) {
        let since = first.suspended_from;
        let retention = policies.and_then(|p| p.retention.as_ref().map(|stated| stated.value));
        let reclaim_at = reclaim_at(since, retention, zone);
        return if now >= reclaim_at {
            Lifecycle::Reclaimed { since: reclaim_at }
        } else {
            Lifecycle::Suspended { cause: first.cause, since, reclaim_at }
        };
    }
    if let Some(first) = due().filter(|c| c.grace_from <= now).min_by_key(|c| c.suspended_from) {
        return Lifecycle::Grace { cause: first.cause, until: first.suspended_from };
    }
    term.running(policies, now, zone)
}

/// The instants at which [`lifecycle`] may turn, as far as they are known at `now`; the days that
/// [`ExpiringSoon`](Lifecycle::ExpiringSoon) counts are not among them.
pub(super) fn turns(
    entitlements: &Entitlements,
    now: Timestamp,
    zone: &BillingZone,
) -> impl Iterator<Item = Timestamp> + use<> {
    let catalog = entitlements.price_list.as_deref();
    let policies = catalog.map(|catalog| &catalog.policies);
    let causes = causes(&Term::of(catalog, entitlements, zone), policies, entitlements, now);
    let retention = policies.and_then(|policies| policies.retention.as_ref().map(|stated| stated.value));
    let reclaim = suspension(&causes, now).map(|first| reclaim_at(first.suspended_from, retention, zone));
    let believed = causes[REPORTED].as_ref().map(|cause| cause.grace_from.plus(REPORT_BELIEVED_FOR));
    let turning = causes.into_iter().flatten().flat_map(|cause| [cause.grace_from, cause.suspended_from]);
    turning.chain(reclaim).chain(believed)
}

/// Since when the app has been suspended at `now`, also once its data is reclaimed; `None` while it is not. What
/// only a rejection showed does not count here: it says nothing of when the suspension began.
pub fn suspended_since(
    catalog: Option<&Catalog>,
    entitlements: &Entitlements,
    now: Timestamp,
    zone: &BillingZone,
) -> Option<Timestamp> {
    let policies = catalog.map(|catalog| &catalog.policies);
    let mut causes = causes(&Term::of(catalog, entitlements, zone), policies, entitlements, now);
    causes[REPORTED] = None;
    suspension(&causes, now).map(|first| first.suspended_from)
}

/// What leads to suspension: the end of the term, arrears, and what a rejection showed.
type Causes = [Option<Overdue>; 3];

const REPORTED: usize = 2;

/// The suspension that is in force at `now`: the earliest.
fn suspension(causes: &Causes, now: Timestamp) -> Option<&Overdue> {
    causes
        .iter()
        .flatten()
        .filter(|cause| cause.suspended_from <= now)
        .min_by_key(|cause| cause.suspended_from)
}

fn causes(term: &Term, policies: Option<&Policies>, entitlements: &Entitlements, now: Timestamp) -> Causes {
    let overdue = term.end().map(|end| Overdue::after_term(term, end, policies));
    let document = entitlements.document.as_ref();
    let arrears = document.and_then(|document| document.arrears_since).map(|pushed| Overdue {
        cause: SuspensionCause::Arrears,
        grace_from: pushed,
        suspended_from: after_hours(pushed, policies.and_then(arrears_hours)),
    });
    let believed = |since: &Timestamp| now < since.plus(REPORT_BELIEVED_FOR);
    let reported = entitlements.reported_suspended.filter(believed).map(|since| Overdue {
        cause: SuspensionCause::Reported,
        grace_from: since,
        suspended_from: since,
    });
    [overdue, arrears, reported]
}

/// Something that leads to suspension.
struct Overdue {
    cause: SuspensionCause,
    grace_from: Timestamp,
    suspended_from: Timestamp,
}

impl Overdue {
    fn after_term(term: &Term, end: Timestamp, policies: Option<&Policies>) -> Self {
        if matches!(term, Term::Trial(_)) {
            return Self { cause: SuspensionCause::TrialEnded, grace_from: end, suspended_from: end };
        }
        let grace = policies.and_then(|p| p.grace_hours.as_ref().map(|stated| stated.value));
        Self { cause: SuspensionCause::Expired, grace_from: end, suspended_from: after_hours(end, grace) }
    }
}

/// For how long the plan runs.
enum Term {
    /// Nothing is known.
    Unknown,
    /// Without end: the older free edition, and plans billed afterwards by the month.
    Endless,
    /// On trial until then.
    Trial(Timestamp),
    /// Paid until then.
    Paid(Timestamp),
}

impl Term {
    fn of(catalog: Option<&Catalog>, entitlements: &Entitlements, zone: &BillingZone) -> Self {
        let Some(document) = entitlements.document.as_ref() else { return Self::Unknown };
        let edition = entitlements.edition.and_then(|id| catalog.and_then(|catalog| catalog.edition(id)));
        let subscription = document.subscription;
        let expires_at = subscription.and_then(|s| s.expires_at);
        match edition.map(|edition| (edition.validity, edition.paid)) {
            Some((Some(Validity::Permanent | Validity::CalendarMonth), _)) => Self::Endless,
            // The price list says no end of it (Trial of `cn-dau`): only the endpoint can.
            Some((None, false)) => expires_at.map_or(Self::Endless, Self::Trial),
            Some((Some(Validity::TrialMonth), _)) => {
                let months =
                    catalog.and_then(|c| c.policies.free_trial.as_ref()).map(|stated| stated.value.months);
                let one_month = |s: Subscription| months.map(|n| zone.months_after(s.starts_at, n));
                expires_at.or_else(|| subscription.and_then(one_month)).map_or(Self::Unknown, Self::Trial)
            }
            // How a paid one is held may not be stated (`intl-2026`); what is paid for has an end all the same.
            Some((Some(Validity::PrepaidMonth), _) | (None, true)) | None => {
                expires_at.map_or(Self::Unknown, Self::Paid)
            }
        }
    }

    const fn end(&self) -> Option<Timestamp> {
        match self {
            Self::Trial(end) | Self::Paid(end) => Some(*end),
            Self::Unknown | Self::Endless => None,
        }
    }

    /// Before its end: in force, and whether the days of reminders have begun.
    fn running(&self, policies: Option<&Policies>, now: Timestamp, zone: &BillingZone) -> Lifecycle {
        let Some(expires_at) = self.end() else {
            return if matches!(self, Self::Unknown) { Lifecycle::Unknown } else { Lifecycle::Active };
        };
        let Some(reminders) = policies.and_then(|p| p.reminders.as_ref()) else { return Lifecycle::Active };
        let days_left = zone.day(expires_at).number().saturating_sub(zone.day(now).number());
        let days_left = u32::try_from(days_left).unwrap_or(0);
        let first =
            reminders.value.days_before.saturating_sub(u32::from(reminders.value.includes_expiry_day));
        if days_left <= first { Lifecycle::ExpiringSoon { days_left, expires_at } } else { Lifecycle::Active }
    }
}

/// `hours` after `from`; never where the price list does not say how many.
fn after_hours(from: Timestamp, hours: Option<u32>) -> Timestamp {
    hours.map_or(Timestamp::MAX, |hours| from.plus(Duration::from_secs(u64::from(hours) * 3600)))
}

/// The first instant of the billing day after the last on which the data is kept.
fn reclaim_at(since: Timestamp, retention: Option<Retention>, zone: &BillingZone) -> Timestamp {
    let Some(retention) = retention else { return Timestamp::MAX };
    let days = i64::from(retention.days) + i64::from(!retention.counts_suspension_day);
    let day = i64::from(zone.day(since).number()) + days;
    match i32::try_from(day) {
        Ok(day) if day <= zone.day(Timestamp::MAX).number() => {
            zone.start_of(BillingDay::from_number(day).date())
        }
        _ => Timestamp::MAX,
    }
}
