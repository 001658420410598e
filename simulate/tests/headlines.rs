//! The first sentences of a report: what is avoided, what that does to the cost, and why.

use std::fmt::Write as _;

use planguard::{CatalogId, EditionId};

use crate::replaying::{options, over_the_turn, report_of};
use crate::run::Options;
use crate::words::{money, month, months, on_the_point, percent};

const TURN: i64 = 1_722_441_600;

fn first(log: &str, options: &Options) -> String {
    report_of(log, options).headline[0].clone()
}

#[test]
fn a_cost_that_does_not_change_says_why() {
    let log = over_the_turn();
    assert_eq!(
        first(&log, &options()),
        "Up to 2 of 6 monthly active users (33.3 %) avoided over two months; the cost does not change, because every \
         month lies inside the 10,000 free."
    );
    let pro = Options { catalog: CatalogId::INTL_2022, edition: Some(EditionId::PRO), ..options() };
    assert!(first(&log, &pro).ends_with("because every month's peak day lies inside the 10,000 free."));
    let flagship = Options { catalog: CatalogId::CN_DAU, edition: Some(EditionId::FLAGSHIP), ..options() };
    let said = first(&log, &flagship);
    assert!(said.ends_with("the price list states no prices, so there is no cost to compare."), "{said}");
}

#[test]
fn suppressed_logins_are_no_saving() {
    let report = report_of(&over_the_turn(), &options());
    assert_eq!(
        report.headline[1],
        "5 of 12 logins (41.7 %) do not reach the chat SDK: 2 of users who were logged in already, which spares rate \
         limits and connections but no money; 3 deferred until the user opens chat."
    );
    // The same person, again and again: not one active user less.
    let mut log = "at,user_id,device_id,intent\n".to_owned();
    for n in 0..9 {
        writeln!(log, "{},ann,phone,open_chat", TURN + n).unwrap();
    }
    let said = first(&log, &options());
    assert!(
        said.starts_with("None of 1 monthly active users avoided over one month; the cost does not"),
        "{said}"
    );
}

#[test]
fn only_a_message_log_gives_an_upper_bound() {
    let log =
        format!("at,user_id,device_id,intent\n{TURN},ann,phone,open_chat\n{TURN},bob,phone,push_wake\n");
    assert!(
        first(&log, &options()).starts_with("1 of 2 monthly active users (50.0 %) avoided over one month;")
    );
}

#[test]
fn a_cost_that_falls_is_said_with_cents() {
    let mut log = "source,target,unix_seconds\n".to_owned();
    for n in 0..10_002 {
        writeln!(log, "s{n},r{},{}", n % 5, TURN + n).unwrap();
    }
    let report = report_of(&log, &options());
    assert!(
        report.headline[0].ends_with("; the cost falls from 399.105 to 399.03 USD at best."),
        "{:?}",
        report.headline
    );
    assert!(crate::chart::svg(&report).unwrap().contains("Cost of the month, USD"));
    let text = crate::table::render(&report, 120);
    // On the decimal point.
    assert!(text.contains("┆  399.105 ┆   399.03 │"), "{text}");
}

#[test]
fn a_plan_that_ends_at_its_users_says_so_first() {
    let mut log = "source,target,unix_seconds\n".to_owned();
    for n in 1..=101 {
        writeln!(log, "u{n},u{},{}", n + 1, TURN + n).unwrap();
    }
    let trial = Options { edition: Some(EditionId::FREE_TRIAL), ..options() };
    assert_eq!(
        first(&log, &trial),
        "Free Trial is too small for this log: it ends at 100 monthly active users, and August 2024 has 102. Beyond \
         them planguard denies new users (logins denied: 1), whom the provider would refuse as well."
    );
    assert!(!first(&over_the_turn(), &trial).contains("too small"));
}

#[test]
fn numbers_read_as_people_write_them() {
    assert_eq!(
        [percent(1, 3), percent(2, 3), percent(0, 9), percent(9, 9)],
        ["33.3 %", "66.7 %", "0.0 %", "100.0 %"]
    );
    // A few are not none, all but a few not all.
    assert_eq!([percent(1, 1_000_000), percent(999_999, 1_000_000)], ["0.1 %", "99.9 %"]);
    assert_eq!(percent(0, 0), "-");
    assert_eq!([money("2793"), money("1490.375"), money("0.2")], ["2,793.00", "1,490.375", "0.20"]);
    let aligned = on_the_point(["1.00", "-", "0.015"].map(str::to_owned).to_vec());
    assert_eq!(aligned, ["1.00 ", "-", "0.015"]);
    assert_eq!(
        [month("2004-05"), months(1), months(7), months(13)],
        ["May 2004", "one month", "seven months", "13 months"]
    );
}

#[test]
fn only_what_happened_is_listed() {
    let log = format!("at,user_id,device_id,intent\n{TURN},ann,phone,open_chat\n");
    assert_eq!(report_of(&log, &options()).headline[1], "All 1 logins reach the chat SDK.");
    let log = format!("{log}{},bob,phone,push_wake\n", TURN + 1);
    let said = &report_of(&log, &options()).headline[1];
    assert_eq!(
        said,
        "1 of 2 logins (50.0 %) do not reach the chat SDK: 1 deferred until the user opens chat."
    );
}
