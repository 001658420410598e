//! Plan and plugin periods where the next month has no such day.

use planguard::model::catalog::PeriodRule;
use planguard::{BillingZone, PlanPeriods};
use std::time::Duration;
use support::at;

#[test]
fn a_plugin_ends_on_the_day_before_its_own_wherever_the_next_month_has_that_day() {
    for (bought, last) in [
        ("2024-01-30T02:00:00Z", "2024-02-29"),
        ("2023-01-29T02:00:00Z", "2023-02-28"),
        ("2024-05-31T02:00:00Z", "2024-06-30"),
        ("2024-01-15T02:00:00Z", "2024-02-14"),
        ("2023-01-31T02:00:00Z", "2023-02-28"),
        ("2024-03-01T02:00:00Z", "2024-03-31"),
    ] {
        let periods = PlanPeriods::new(PeriodRule::ToDayBefore, at(bought), BillingZone::default());
        let end = periods.nth(0).end.minus(Duration::from_millis(1));
        assert_eq!(BillingZone::default().date(end).to_string(), last, "{bought}");
    }
}
