//! The cases of the table.

use super::inputs::{
    Counted, Input, Refusal, aged, dated, issued, issued_undated, made_then, says, usage_of,
};
use super::world::Start;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// A case: what happens, and what comes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) start: Start,
    pub(crate) input: Input,
    /// Trusted time right after it, and the plan.
    pub(crate) after: [&'static str; 2],
    /// How many true answers it takes until time, plan, features, freshness and every user's month are right.
    pub(crate) good: usize,
}

const fn row(what: &'static str, input: Input, time: &'static str, plan: &'static str, good: usize) -> Row {
    Row { what, start: Start::InForce, input, after: [time, plan], good }
}

const fn from(start: Start, row: Row) -> Row {
    Row { start, ..row }
}

pub(crate) const ROWS: &[Row] = &[
    // The device's clocks.
    row("clock set back an hour", Input::Set(-HOUR), "right", "in force", 0),
    row("clock set back 40 days", Input::Set(-40 * DAY), "right", "in force", 0),
    row("clock set back to 2001", Input::Set(-25 * YEAR), "right", "in force", 0),
    row("clock set ahead an hour", Input::Set(HOUR), "1 h ahead", "in force", 1),
    row("clock set ahead 40 days", Input::Set(40 * DAY), "40 days ahead", "in force", 1),
    row("clock set ahead 10 years", Input::Set(10 * YEAR), "10 years ahead", "reclaimed", 1),
    row(
        "clock 10 years ahead for a moment",
        Input::SetForAMoment(10 * YEAR),
        "10 years ahead",
        "reclaimed",
        1,
    ),
    row("local time set by hand after a flight west", Input::Set(-9 * HOUR), "right", "in force", 0),
    row("local time set by hand after a flight east", Input::Set(9 * HOUR), "9 h ahead", "in force", 1),
    row("reboot", Input::Reboot, "right", "in force", 0),
    row("battery dead, clock in 1970", Input::DeadBattery, "right", "in force", 0),
    row("three days of sleep", Input::Sleep(3 * 86_400, Counted::Yes), "right", "in force", 1),
    row(
        "three days of sleep that no clock counts",
        Input::Sleep(3 * 86_400, Counted::No),
        "right",
        "in force",
        1,
    ),
    from(Start::Learnt, row("clock in 1970 put right", Input::Set(0), "right", "in force", 0)),
    from(Start::Learnt, row("reboot, clock still in 1970", Input::Reboot, "right", "in force", 0)),
    from(Start::FirstIn1970, row("clock in 1970", Input::Pass(60), "56 years behind", "unknown", 1)),
    // The calendar and the billing zone.
    from(Start::At("2026-11-30T15:59:00Z"), row("the month turns", Input::Pass(120), "right", "in force", 0)),
    from(Start::At("2026-12-31T15:59:00Z"), row("the year turns", Input::Pass(120), "right", "in force", 0)),
    from(
        Start::At("2028-02-28T15:59:00Z"),
        row("the leap day begins", Input::Pass(120), "right", "in force", 0),
    ),
    from(
        Start::At("2028-02-29T15:59:00Z"),
        row("the leap day ends", Input::Pass(120), "right", "in force", 0),
    ),
    from(
        Start::At("2026-11-30T15:59:00Z"),
        row("clock set ahead into the next month", Input::Set(2 * HOUR), "2 h ahead", "in force", 1),
    ),
    from(
        Start::At("2026-11-30T16:30:00Z"),
        row(
            "another billing zone, in which the month has not begun",
            Input::Zone("-08:00"),
            "right",
            "in force",
            0,
        ),
    ),
    from(
        Start::At("2026-11-30T11:00:00Z"),
        row(
            "another billing zone, in which the month has begun",
            Input::Zone("+14:00"),
            "right",
            "in force",
            0,
        ),
    ),
    // Answers.
    row("`Date` 20 hours ahead", dated(20 * HOUR), "20 h ahead", "in force", 1),
    row("`Date` 20 hours behind", dated(-20 * HOUR), "right", "in force", 0),
    row("`Date` and document 20 hours behind", made_then(-20 * HOUR), "20 h behind", "in force", 1),
    row("`Date` 40 days ahead", dated(40 * DAY), "right", "in force", 0),
    row("`Date` 10 years ahead", dated(10 * YEAR), "right", "in force", 0),
    row("`Date` 10 years behind", dated(-10 * YEAR), "right", "in force", 0),
    row("`Date` of the year 9999", says("Fri, 31 Dec 9999 23:59:59 GMT"), "right", "in force", 0),
    row("`Date` of 1970", says("Thu, 01 Jan 1970 00:00:00 GMT"), "right", "in force", 0),
    row("`Date` that is none", says("yesterday"), "right", "in force", 0),
    row("`Date` and document 10 years ahead", made_then(10 * YEAR), "right", "in force", 0),
    row("`Date` and document 10 years behind", made_then(-10 * YEAR), "right", "in force", 0),
    from(Start::First, row("first answer, 10 years ahead", dated(10 * YEAR), "right", "in force", 0)),
    from(
        Start::First,
        row(
            "first answer, document and all 10 years ahead",
            made_then(10 * YEAR),
            "10 years ahead",
            "reclaimed",
            2,
        ),
    ),
    from(
        Start::Learnt,
        row("`Date` 10 years ahead, clock in 1970", dated(10 * YEAR), "right", "in force", 0),
    ),
    row("304 dated 10 years ahead", Input::Confirmed(10 * YEAR), "right", "in force", 0),
    row("`Age` of a day", aged("86400"), "24 h ahead", "in force", 1),
    row("`Age` of 40 million seconds", aged("40000000"), "right", "in force", 1),
    row("`Age` beyond every number", aged("99999999999999999999"), "right", "in force", 1),
    row("`Age` below zero", aged("-5"), "right", "in force", 0),
    row("document dated an hour ahead", issued(HOUR), "right", "in force", 0),
    row("document dated 10 years ahead", issued(10 * YEAR), "right", "in force", 0),
    row("document dated 10 years ahead, no `Date`", issued_undated(10 * YEAR), "right", "in force", 0),
    row("document dated 10 years behind", issued(-10 * YEAR), "right", "in force", 0),
    row("usage dated 20 days ahead", usage_of(20 * DAY), "right", "in force", 0),
    row("503 dated 10 years ahead", Input::Refused(Refusal::Busy, 10 * YEAR), "right", "in force", 0),
    row(
        "captive portal dated 10 years behind",
        Input::Refused(Refusal::Portal, -10 * YEAR),
        "right",
        "in force",
        0,
    ),
    row(
        "redirect elsewhere dated 10 years ahead",
        Input::Refused(Refusal::Elsewhere, 10 * YEAR),
        "right",
        "in force",
        0,
    ),
];
