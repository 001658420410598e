//! The months that a plan or plugin is bought for: anchored to the day of purchase, not to the calendar.

use jiff::civil::Date;

use super::calendar;
use super::catalog::PeriodRule;
use super::instant::Timestamp;
use super::period::BillingMonth;
use super::zone::BillingZone;

/// A stretch of time, its start included and its end not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Period {
    /// Whether `at` lies inside.
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// How long it is, in milliseconds.
    pub fn millis(self) -> u64 {
        u64::try_from(self.end.as_millis() - self.start.as_millis()).unwrap_or(0)
    }
}

/// The months bought from one purchase on, numbered from 0. They follow each other without gap or overlap.
///
/// A **plan** bought on day T lasts from the instant of purchase to the same time of day on day T of the next
/// month ([`PeriodRule::ToSameDay`]); where that month has no day T, to its last day. A **plugin** lasts from the
/// instant of purchase to the end of day T-1 of the next month ([`PeriodRule::ToDayBefore`]); where that month has
/// no day T-1, to its last day. Every period is computed from the purchase itself, so the 31st comes back after
/// February.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPeriods {
    rule: PeriodRule,
    anchor: Timestamp,
    zone: BillingZone,
}

impl PlanPeriods {
    /// The periods that a purchase at `anchor` starts.
    pub const fn new(rule: PeriodRule, anchor: Timestamp, zone: BillingZone) -> Self {
        Self { rule, anchor, zone }
    }

    /// The `n`th period, counted from 0.
    pub fn nth(&self, n: u32) -> Period {
        Period { start: self.start(n), end: self.start(n.saturating_add(1)) }
    }

    /// From the purchase to the end of `months` periods.
    pub fn span(&self, months: u32) -> Period {
        Period { start: self.start(0), end: self.start(months) }
    }

    /// The period that `at` lies in and its number; `None` before the purchase.
    pub fn containing(&self, at: Timestamp) -> Option<(u32, Period)> {
        if at < self.start(0) {
            return None;
        }
        let months = self.zone.month(at).number() - self.zone.month(self.anchor).number();
        // The period of day T starts in the same calendar month as `at`, or in the one before.
        let guess = u32::try_from(months).unwrap_or(0);
        (guess.saturating_sub(1)..=guess.saturating_add(1))
            .map(|n| (n, self.nth(n)))
            .find(|(_, period)| period.contains(at))
    }

    fn start(&self, n: u32) -> Timestamp {
        match self.rule {
            PeriodRule::ToSameDay => self.zone.months_after(self.anchor, n),
            PeriodRule::ToDayBefore if n == 0 => self.anchor,
            PeriodRule::ToDayBefore => self.zone.start_of(after_day_before(self.zone.date(self.anchor), n)),
            PeriodRule::CalendarMonth => {
                let first = self.zone.month(self.anchor).number();
                let month = first.saturating_add(i32::try_from(n).unwrap_or(i32::MAX));
                self.zone.start_of(BillingMonth::from_number(month).first_date())
            }
        }
    }
}

/// The day after day T-1 of the `n`th month after `anchor`, which is day T of its month.
///
/// T-1 comes first and the end of the month second: the 30th has a 29 February where there is one. For a purchase
/// on the 1st, T-1 is the last day of the month before.
fn after_day_before(anchor: Date, n: u32) -> Date {
    let months = i64::from(anchor.year()) * 12 + i64::from(anchor.month()) - 1 + i64::from(n);
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    if year > i64::from(Date::MAX.year()) {
        return Date::MAX;
    }
    let day_before = i64::from(anchor.day() - 1).min(calendar::days_in_month(year, month));
    calendar::date_of(calendar::days(year, month, 1) + day_before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn periods(rule: PeriodRule, anchor: &str) -> PlanPeriods {
        PlanPeriods::new(rule, at(anchor), BillingZone::default())
    }

    #[test]
    fn a_plan_runs_to_the_same_day_and_a_plugin_to_the_day_before() {
        // Bought on 15 July at 10:00 Beijing time.
        let plan = periods(PeriodRule::ToSameDay, "2024-07-15T02:00:00Z");
        assert_eq!(
            plan.nth(0),
            Period { start: at("2024-07-15T02:00:00Z"), end: at("2024-08-15T02:00:00Z") }
        );
        // The plugin's last day is 14 August, so it ends as 15 August begins in Beijing.
        let plugin = periods(PeriodRule::ToDayBefore, "2024-07-15T02:00:00Z");
        assert_eq!(plugin.nth(0).end, at("2024-08-14T16:00:00Z"));
        assert_eq!(
            plugin.nth(1),
            Period { start: at("2024-08-14T16:00:00Z"), end: at("2024-09-14T16:00:00Z") }
        );
    }

    #[test]
    fn the_31st_comes_back_after_february() {
        let plan = periods(PeriodRule::ToSameDay, "2024-01-31T00:00:00Z");
        assert_eq!(plan.nth(1).start, at("2024-02-29T00:00:00Z"));
        assert_eq!(plan.nth(2).start, at("2024-03-31T00:00:00Z"));
        let plugin = periods(PeriodRule::ToDayBefore, "2023-01-31T00:00:00Z");
        assert_eq!(plugin.nth(1).start, at("2023-02-28T16:00:00Z"));
        assert_eq!(plugin.nth(2).start, at("2023-03-30T16:00:00Z"));
    }

    #[test]
    fn a_plugins_last_day_is_the_day_before_wherever_that_day_exists() {
        for (bought, last_days) in [
            ("2024-01-30T02:00:00Z", ["2024-02-29", "2024-03-29", "2024-04-29"]),
            ("2023-01-29T02:00:00Z", ["2023-02-28", "2023-03-28", "2023-04-28"]),
            ("2023-01-30T02:00:00Z", ["2023-02-28", "2023-03-29", "2023-04-29"]),
            ("2023-01-31T02:00:00Z", ["2023-02-28", "2023-03-30", "2023-04-30"]),
            ("2024-05-31T02:00:00Z", ["2024-06-30", "2024-07-30", "2024-08-30"]),
            ("2024-07-01T02:00:00Z", ["2024-07-31", "2024-08-31", "2024-09-30"]),
            ("2024-12-31T02:00:00Z", ["2025-01-30", "2025-02-28", "2025-03-30"]),
        ] {
            let zone = BillingZone::default();
            let periods = periods(PeriodRule::ToDayBefore, bought);
            let last = |n| zone.day(Timestamp::from_millis(periods.nth(n).end.as_millis() - 1)).to_string();
            assert_eq!([last(0), last(1), last(2)], last_days, "bought {bought}");
        }
    }

    #[test]
    fn the_period_of_an_instant_is_found_at_its_very_edges() {
        let plan = periods(PeriodRule::ToSameDay, "2024-01-31T00:00:00Z");
        assert_eq!(plan.containing(at("2024-01-30T23:59:59.999Z")), None);
        assert_eq!(plan.containing(at("2024-01-31T00:00:00Z")).unwrap().0, 0);
        assert_eq!(plan.containing(at("2024-02-28T23:59:59.999Z")).unwrap().0, 0);
        assert_eq!(plan.containing(at("2024-02-29T00:00:00Z")).unwrap().0, 1);
        assert_eq!(plan.containing(at("2024-03-31T00:00:00Z")).unwrap().0, 2);
    }

    #[test]
    fn calendar_months_ignore_the_day_of_purchase() {
        let months = periods(PeriodRule::CalendarMonth, "2022-11-22T00:00:00Z");
        assert_eq!(
            months.nth(0),
            Period { start: at("2022-10-31T16:00:00Z"), end: at("2022-11-30T16:00:00Z") }
        );
    }
}
