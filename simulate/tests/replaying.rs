//! Small logs, worked by hand, through the real guard.

use std::fmt::Write as _;
use std::io::Cursor;

use planguard::time::Timestamp;
use planguard::{CatalogId, EditionId};

use crate::run::{Options, RunError, run};
use crate::summary::{Figures, Report};

pub(crate) fn options() -> Options {
    Options {
        catalog: CatalogId::INTL_2024,
        edition: None,
        zone: "+08:00".parse().unwrap(),
        session_minutes: 30,
        list_warnings: 20,
        strict: false,
        not_after: Timestamp::MAX,
    }
}

pub(crate) fn report_of(log: &str, options: &Options) -> Report {
    run(Cursor::new(log.as_bytes().to_vec()), None, options, || {}).unwrap().0
}

/// Asked, carried out, suppressed, deferred, denied.
fn logins(figures: &Figures) -> [u64; 5] {
    let Figures { logins_without, logins_with, suppressed_logins, deferred_logins, denied_logins, .. } =
        *figures;
    [logins_without, logins_with, suppressed_logins, deferred_logins, denied_logins]
}

/// Active without and with, deferred, avoided, denied.
fn users(figures: &Figures) -> [u64; 5] {
    let Figures { mau_without, mau_with, deferred_users, avoided_users, denied_users, .. } = *figures;
    [mau_without, mau_with, deferred_users, avoided_users, denied_users]
}

fn costs(figures: &Figures) -> [Option<&str>; 2] {
    [figures.cost_without.as_deref(), figures.cost_with.as_deref()]
}

/// Midnight of 1 August 2024 in UTC+08:00.
const TURN: i64 = 1_722_441_600;

pub(crate) fn over_the_turn() -> String {
    let mut log = "source,target,unix_seconds\n".to_owned();
    for (source, target, after) in [
        ("a", "b", -7200),
        ("b", "a", -6000),
        ("a", "b", -4200),
        ("a", "c", -1),
        ("a", "c", 0),
        ("b", "a", 1),
    ] {
        writeln!(log, "{source},{target},{}", TURN + after).unwrap();
    }
    log
}

#[test]
fn sessions_end_after_half_an_hour_and_with_the_day_and_nobody_is_counted_when_the_month_turns() {
    let report = report_of(&over_the_turn(), &options());
    let months: Vec<&str> = report.months.iter().map(|month| month.month.as_str()).collect();
    assert_eq!(months, ["2024-07", "2024-08"]);
    // In UTC+08:00:
    // 22:00:00 a opens: login. b is woken, not counted: deferred.
    // 22:20:00 b opens: login. a is woken, 20 minutes after its last row: suppressed.
    // 22:50:00 a opens, 30 minutes after: login. b is woken, 30 minutes after, counted: login.
    // 23:59:59 a opens: login. c is woken: deferred.
    let july = &report.months[0].figures;
    assert_eq!(logins(july), [8, 5, 1, 2, 0]);
    // a, b, c appear; a and b are active; b and c were deferred, and c was never active.
    assert_eq!(users(july), [3, 2, 2, 1, 0]);
    // 00:00:00 a opens, one second later but on another day: login. c is woken: deferred.
    // 00:00:01 b opens: login. a is woken: suppressed.
    let august = &report.months[1].figures;
    assert_eq!(logins(august), [4, 2, 1, 1, 0]);
    assert_eq!(users(august), [3, 2, 1, 1, 0]);
    assert_eq!((august.peak_dau_without, august.peak_dau_with), (3, 2));
    // 399 a month; the quota of 10,000 is far away.
    assert_eq!(costs(august), [Some("399"), Some("399")]);
    let totals = &report.totals.figures;
    assert_eq!(logins(totals), [12, 7, 2, 3, 0]);
    assert_eq!(users(totals), [6, 4, 3, 2, 0]);
    assert_eq!((costs(totals), report.totals.users), ([Some("798"), Some("798")], 3));
}

#[test]
fn the_zone_says_when_the_month_turns() {
    let utc = Options { zone: "UTC".parse().unwrap(), ..options() };
    let report = report_of(&over_the_turn(), &utc);
    // All six rows lie between 14:00 and 16:00:01 of 31 July. The fifth row finds a logged in for a second; the
    // sixth finds b gone for 70 minutes.
    assert_eq!(report.months.len(), 1);
    assert_eq!(report.months[0].month, "2024-07");
    assert_eq!(logins(&report.totals.figures), [12, 6, 3, 3, 0]);
    assert_eq!(users(&report.totals.figures), [3, 2, 2, 1, 0]);
}

#[test]
fn a_longer_session_suppresses_more_and_changes_no_active_user() {
    let hours = Options { session_minutes: 180, ..options() };
    let report = report_of(&over_the_turn(), &hours);
    // At 22:50 a and b are still logged in, and at 23:59:59 so is a: three more suppressed.
    assert_eq!(logins(&report.months[0].figures), [8, 2, 4, 2, 0]);
    assert_eq!(users(&report.months[0].figures), [3, 2, 2, 1, 0]);
}

#[test]
fn a_login_log_has_intents_devices_and_kicks() {
    let log = "at,user_id,device_id,intent\n\
               2024-08-05T12:00:00+08:00,a,phone,app_launch\n\
               2024-08-05T12:01:00+08:00,a,phone,open_chat\n\
               2024-08-05T12:02:00+08:00,a,phone,reconnect\n\
               2024-08-05T12:03:00+08:00,a,web,prefetch\n\
               2024-08-05T12:04:00+08:00,a,web,renew_user_sig\n\
               2024-08-05T12:05:00+08:00,a,web,after_kick\n\
               2024-08-05T12:06:00+08:00,a,web,push_wake\n\
               2024-08-05T12:07:00+08:00,a,web,after_kick_confirmed\n\
               2024-08-05T12:40:00+08:00,a,web,view_only\n\
               2024-08-05T12:41:00+08:00,b,web,view_only\n";
    let report = report_of(log, &options());
    // 12:00 deferred; 12:01 login; 12:02 suppressed; 12:03 another device, counted: login; 12:04 a new UserSig:
    // login; 12:05 kicked, nobody asked: denied; 12:06 still kicked: denied; 12:07 a person: login; 12:40 after
    // 33 minutes, counted: login; 12:41 deferred.
    assert_eq!(logins(&report.totals.figures), [10, 5, 1, 2, 2]);
    // a was deferred and denied and is active all the same; b was only deferred.
    assert_eq!(users(&report.totals.figures), [2, 1, 2, 1, 1]);
}

#[test]
fn a_loop_of_logins_is_broken() {
    let mut log = "at,user_id,device_id,intent\n1722441600,a,web,open_chat\n".to_owned();
    for second in 1..=8 {
        writeln!(log, "{},a,web,renew_user_sig", TURN + second).unwrap();
    }
    let report = report_of(&log, &options());
    // Six logins of one user within a minute are carried out, the three after them denied.
    assert_eq!(logins(&report.totals.figures), [9, 6, 0, 0, 3]);
    assert_eq!(users(&report.totals.figures), [1, 1, 0, 0, 1]);
}

#[test]
fn a_row_out_of_order_counts_at_the_latest_time_before_it_and_is_reported() {
    let (late, early) = (TURN + 1000, TURN - 100);
    let log = format!("source,target,unix_seconds\n1,2,{late}\n1,2,soon\n3,1,{early}\n2,3,{late}\n");
    let report = report_of(&log, &options());
    let warnings: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
    let expected = [
        "line 3: unix_seconds: not a whole number of seconds since 1970-01-01T00:00:00Z such as 1722470400; \
         the row is not counted",
        "line 4: unix_seconds: 1100 s older than a row before it; sort the log by time; the row counts at the \
         latest time before it",
    ];
    assert_eq!(warnings, expected);
    let rows = &report.rows;
    assert_eq!((rows.read, rows.counted, rows.not_counted, rows.out_of_order), (4, 3, 1, 1));
    // 1 opens, 2 is deferred; 3 opens, 1 is suppressed; 2 opens, 3 is suppressed. All in August.
    assert_eq!(report.months.iter().map(|m| m.month.as_str()).collect::<Vec<_>>(), ["2024-08"]);
    assert_eq!(logins(&report.totals.figures), [6, 3, 2, 1, 0]);

    let strict = Options { strict: true, ..options() };
    let refused = run(Cursor::new(log.into_bytes()), None, &strict, || {}).unwrap_err();
    assert!(matches!(&refused, RunError::Row(warning) if warning.line == 3), "{refused}");
}

#[test]
fn a_plan_without_overage_turns_new_users_away() {
    let mut log = "source,target,unix_seconds\n".to_owned();
    // 101 people open chat, each woken by the one before; the last one does so twice.
    for n in 1..=101 {
        writeln!(log, "u{n},u{},{}", n + 1, TURN + n).unwrap();
    }
    writeln!(log, "u101,u1,{}", TURN + 102).unwrap();
    let trial = Options { edition: Some(EditionId::FREE_TRIAL), ..options() };
    let report = report_of(&log, &trial);
    // 102 rows are 204 logins asked for. u1 to u100 log in; u101 is denied twice; u2 to u102 are deferred once;
    // u1 is logged in still.
    assert_eq!(logins(&report.totals.figures), [204, 100, 1, 101, 2]);
    // Of u2 to u102, u2 to u100 are active and u101 was denied: only u102 was avoided.
    assert_eq!(users(&report.totals.figures), [102, 100, 101, 1, 1]);
    assert_eq!(costs(&report.totals.figures), [Some("0"), Some("0")]);
}

#[test]
fn where_days_are_billed_a_background_login_waits_for_the_person_of_the_day() {
    let days = [TURN, TURN + 1, TURN + 86_400];
    let log = format!("source,target,unix_seconds\na,b,{}\nb,c,{}\na,b,{}\n", days[0], days[1], days[2]);
    let pro = Options { catalog: CatalogId::INTL_2022, edition: Some(EditionId::PRO), ..options() };
    let report = report_of(&log, &pro);
    // Day 1: a opens, b deferred; b opens, c deferred. Day 2: a opens; b is counted in the month, not on the day:
    // deferred.
    assert_eq!(logins(&report.totals.figures), [6, 3, 0, 3, 0]);
    assert_eq!(users(&report.totals.figures), [3, 2, 2, 1, 0]);
    let figures = &report.totals.figures;
    assert_eq!((figures.peak_dau_without, figures.peak_dau_with), (3, 2));
    assert_eq!(costs(figures), [Some("449.99"), Some("449.99")]);
}

#[test]
fn beyond_the_quota_each_active_user_costs() {
    let mut log = "source,target,unix_seconds\n".to_owned();
    for n in 0..10_002 {
        writeln!(log, "s{n},r{},{}", n % 5, TURN + n).unwrap();
    }
    let report = report_of(&log, &options());
    // 10,002 people opened chat and five did not. 399 + 7 x 0.015 = 399.105; 399 + 2 x 0.015 = 399.03.
    assert_eq!(users(&report.totals.figures), [10_007, 10_002, 5, 5, 0]);
    assert_eq!(costs(&report.totals.figures), [Some("399.105"), Some("399.03")]);
}

#[test]
fn a_list_without_prices_gives_no_cost() {
    let flagship = Options { catalog: CatalogId::CN_DAU, edition: Some(EditionId::FLAGSHIP), ..options() };
    let report = report_of(&over_the_turn(), &flagship);
    assert_eq!(costs(&report.totals.figures), [None, None]);
    let standard = Some(EditionId::STANDARD);
    let foreign = Options { catalog: CatalogId::CN_DAU, edition: standard, ..options() };
    let refused = run(Cursor::new(over_the_turn().into_bytes()), None, &foreign, || {}).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "--edition: cn-dau has no edition standard; it has trial, professional, flagship"
    );
}

#[test]
fn without_an_edition_the_first_that_is_not_free_is_taken() {
    for (catalog, edition) in [
        (CatalogId::INTL_2022, EditionId::PRO),
        (CatalogId::INTL_2024, EditionId::STANDARD),
        (CatalogId::CN_DAU, EditionId::PROFESSIONAL),
    ] {
        let report = report_of(&over_the_turn(), &Options { catalog, ..options() });
        assert_eq!((report.plan.catalog, report.plan.edition), (catalog, edition));
    }
}
