//! Days since 1970-01-01 to calendar dates and back, in integers.
//!
//! What turns with the billing day is asked on each read; `jiff` gets there by way of a datetime and a span. The
//! algorithms are those of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"; a test holds them against
//! `jiff` for every day of its calendar.

use jiff::civil::Date;

/// Days in 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;

/// From 0000-03-01, where an era begins, to 1970-01-01.
const ERA_TO_EPOCH: i64 = 719_468;

/// The days from 1970-01-01 to `date`.
pub(super) fn days_of(date: Date) -> i64 {
    days(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))
}

/// The days from 1970-01-01 to a day of a month, of which the month need not have so many.
pub(super) const fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last of one.
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    year.div_euclid(400) * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - ERA_TO_EPOCH
}

/// Year, month and day of the month, `days` days after 1970-01-01.
pub(super) const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + ERA_TO_EPOCH;
    let of_era = days.rem_euclid(ERA);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year_of_era + days.div_euclid(ERA) * 400;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

/// How many days a month has.
pub(super) const fn days_in_month(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days(next_year, next, 1) - days(year, month, 1)
}

/// The date `days` days after 1970-01-01; the first or the last of `jiff`'s calendar for one beyond it.
pub(super) fn date_of(days: i64) -> Date {
    let (year, month, day) = civil(days);
    let date = |year, month, day| {
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    date(year, month, day).unwrap_or(if days < 0 { Date::MIN } else { Date::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_that_of_jiff() {
        let mut date = Date::MIN;
        let mut number = days_of(date);
        loop {
            assert_eq!((date_of(number), days_of(date)), (date, number));
            let Ok(next) = date.tomorrow() else { break };
            (date, number) = (next, number + 1);
        }
        assert_eq!((date, days_of(jiff::civil::date(1970, 1, 1))), (Date::MAX, 0));
    }

    #[test]
    fn days_beyond_the_calendar_are_its_ends() {
        assert_eq!((date_of(i64::from(i32::MAX)), date_of(i64::from(i32::MIN))), (Date::MAX, Date::MIN));
    }

    #[test]
    fn months_have_their_days() {
        let lengths: Vec<i64> = (1..=12).map(|month| days_in_month(2023, month)).collect();
        assert_eq!(lengths, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
        assert_eq!([1900, 2000, 2024].map(|year| days_in_month(year, 2)), [28, 29, 29]);
    }
}
