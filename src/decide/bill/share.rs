//! Which days and which paid months of a calendar month a purchase covers.

use crate::model::catalog::{Catalog, PeriodRule};
use crate::model::{BillingMonth, BillingZone, PlanPeriods, Timestamp};

use super::error::BillError;
use super::line::Share;

/// Consecutive days of one calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    /// The days of the month before the first.
    from: u32,
    /// The days of the month up to the last.
    until: u32,
    of: u32,
}

impl Days {
    /// Every day of `month`.
    pub(super) fn of(month: BillingMonth) -> Self {
        let of = month.days();
        Self { from: 0, until: of, of }
    }

    /// Those from the day of `at` on, that day included.
    pub(super) fn starting(self, at: Timestamp, month: BillingMonth, zone: &BillingZone) -> Self {
        Self { from: self.from.max(days_before(at, month, zone)), ..self }
    }

    /// Those before the day of `at`.
    pub(super) fn ending(self, at: Timestamp, month: BillingMonth, zone: &BillingZone) -> Self {
        Self { until: self.until.min(days_before(at, month, zone)), ..self }
    }

    /// The days that are in both.
    pub(super) fn within(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), until: self.until.min(other.until), of: self.of }
    }

    /// These days and those that follow them at once; `None` where there is a gap.
    pub(super) fn joined(self, next: Self) -> Option<Self> {
        (self.until == next.from).then_some(Self { until: next.until, ..self })
    }

    pub(super) const fn is_empty(self) -> bool {
        self.until <= self.from
    }

    /// The part of the month that they are; `None` for the whole month.
    pub(super) const fn share(self) -> Option<Share> {
        let days = self.until.saturating_sub(self.from);
        if days == self.of { None } else { Some(Share { days, of: self.of }) }
    }
}

/// The days of `month` before the day of `at`.
fn days_before(at: Timestamp, month: BillingMonth, zone: &BillingZone) -> u32 {
    match zone.month(at).cmp(&month) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => u32::try_from(zone.date(at).day() - 1).unwrap_or(0),
        std::cmp::Ordering::Greater => month.days(),
    }
}

/// A purchase that is paid ahead by the month.
pub(super) struct Prepaid<'a> {
    /// The path of the field that says when it was bought.
    pub(super) field: &'a str,
    pub(super) rule: PeriodRule,
    pub(super) starts_at: Timestamp,
    /// The months paid ahead; `None` renews.
    pub(super) months: Option<u32>,
    /// When what is paid for ends.
    pub(super) ends_at: Option<Timestamp>,
}

/// What one calendar month has of the paid months that a purchase started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paid {
    /// So many of them start in it: one, or two where the month before has no day T-1.
    Starts(u32),
    /// One that started earlier reaches into it.
    Covered,
    /// What was paid for ended before it.
    Ended,
    /// It would have been renewed in it, but the app was suspended by then.
    NotRenewed,
}

impl Prepaid<'_> {
    /// What `month` has of it, in an app that was suspended at `suspended_at`.
    pub(super) fn in_month(
        &self,
        month: BillingMonth,
        zone: &BillingZone,
        suspended_at: Option<Timestamp>,
    ) -> Result<Paid, BillError> {
        let periods = PlanPeriods::new(self.rule, self.starts_at, zone.clone());
        let first = zone.start_of(month.first_date());
        let Ok(index) = u32::try_from(month.number() - zone.month(self.starts_at).number()) else {
            return Err(self.not_in_force(None, month, zone));
        };
        let bought = |n: &u32| self.months.is_none_or(|months| *n < months);
        let start = |n: u32| periods.nth(n).start;
        // A paid month starts on day T or the day after the last of the month, so in this month or the one before.
        let starts: Vec<Timestamp> = (index.saturating_sub(1)..=index.saturating_add(1))
            .filter(bought)
            .map(start)
            .filter(|at| zone.month(*at) == month && self.ends_at.is_none_or(|end| *at < end))
            .collect();
        let open = self.months.is_none() && self.ends_at.is_none();
        let suspended = suspended_at.filter(|_| open);
        let renewed = starts.iter().filter(|at| suspended.is_none_or(|end| **at < end)).count();
        if renewed > 0 {
            return Ok(Paid::Starts(u32::try_from(renewed).unwrap_or(u32::MAX)));
        }
        if !starts.is_empty() || suspended.is_some_and(|end| end <= first) {
            return Ok(Paid::NotRenewed);
        }
        let paid_until = self.months.map(|months| periods.span(months).end);
        if paid_until.is_some_and(|end| end <= first) {
            return Err(self.not_in_force(paid_until, month, zone));
        }
        Ok(if self.ends_at.is_some_and(|end| end <= first) { Paid::Ended } else { Paid::Covered })
    }

    /// That it is not in force in `month`.
    pub(super) fn not_in_force(
        &self,
        until: Option<Timestamp>,
        month: BillingMonth,
        zone: &BillingZone,
    ) -> BillError {
        let from = zone.day(self.starts_at).to_string();
        let until = until.map(|until| until.to_string());
        BillError::NotInForce { field: self.field.to_owned(), from, until, month }
    }
}

/// As [`Prepaid::in_month`], for a purchase of which only the end is known, if that: it is taken to renew on the
/// day of the month on which it ends.
pub(super) fn undated(
    ends_at: Option<Timestamp>,
    month: BillingMonth,
    zone: &BillingZone,
    suspended_at: Option<Timestamp>,
) -> Paid {
    let first = zone.start_of(month.first_date());
    match ends_at {
        Some(end) if end <= first => Paid::Ended,
        Some(end) if zone.month(end) == month => Paid::Covered,
        None if suspended_at.is_some_and(|at| at <= first) => Paid::NotRenewed,
        _ => Paid::Starts(1),
    }
}

/// Checks the months of one purchase against what the price list sells at once.
pub(super) fn check_length(field: &str, months: Option<u32>, catalog: &Catalog) -> Result<(), BillError> {
    let Some(months) = months else { return Ok(()) };
    let stated = catalog.policies.purchase_length.as_ref().map(|stated| stated.value);
    let (min, max) = stated.map_or((1, u32::MAX), |length| (length.min_months, length.max_months));
    if (min..=max).contains(&months) {
        return Ok(());
    }
    Err(BillError::PurchaseLength { field: field.to_owned(), months, min, max })
}

/// Checks that what was bought at `starts_at` had been bought by the end of `month`.
pub(super) fn check_start(
    field: &str,
    starts_at: Timestamp,
    month: BillingMonth,
    zone: &BillingZone,
) -> Result<(), BillError> {
    if zone.month(starts_at) <= month {
        return Ok(());
    }
    let from = zone.day(starts_at).to_string();
    Err(BillError::NotInForce { field: field.to_owned(), from, until: None, month })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_plugin_of_the_30th_starts_twice_in_march_and_not_in_february() {
        let zone = BillingZone::default();
        let (rule, starts_at) = (PeriodRule::ToDayBefore, at("2023-01-30T02:00:00Z"));
        let plugin = Prepaid { field: "starts_at", rule, starts_at, months: None, ends_at: None };
        let paid = |month: &str| plugin.in_month(month.parse().unwrap(), &zone, None).unwrap();
        assert_eq!(paid("2023-01"), Paid::Starts(1));
        assert_eq!(paid("2023-02"), Paid::Covered);
        assert_eq!(paid("2023-03"), Paid::Starts(2));
        assert_eq!(paid("2023-04"), Paid::Starts(1));
        let two = Prepaid { months: Some(2), ..plugin };
        let paid = |month: &str| two.in_month(month.parse().unwrap(), &zone, None);
        assert_eq!(paid("2023-03"), Ok(Paid::Starts(1)));
        assert!(paid("2023-04").is_err());
    }

    #[test]
    fn fifty_years_of_a_prepaid_purchase_have_one_fee_for_each_paid_month() {
        let zone = BillingZone::default();
        for rule in [PeriodRule::ToSameDay, PeriodRule::ToDayBefore] {
            for day in 1..=31 {
                let starts_at = at(&format!("2024-01-{day:02}T02:00:00Z"));
                let bought = Prepaid { field: "", rule, starts_at, months: None, ends_at: None };
                let mut month: BillingMonth = "2024-01".parse().unwrap();
                let mut fees = 0;
                for _ in 0..600 {
                    if let Paid::Starts(more) = bought.in_month(month, &zone, None).unwrap() {
                        fees += more;
                    }
                    month = month.next();
                }
                let periods = PlanPeriods::new(rule, starts_at, zone.clone());
                let end = zone.start_of(month.first_date());
                let begun = (598..=601).filter(|&n| periods.nth(n).start < end).max().unwrap() + 1;
                assert_eq!(fees, begun, "{rule} {day}");
            }
        }
    }
}
