//! Logs that are out of order, or have rows of a time that cannot be: sorted, set aside, and named.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use planguard::time::Timestamp;

use crate::replaying::{options, over_the_turn, report_of};
use crate::run::{Options, RunError, run};
use crate::summary::Report;
use crate::survey::Survey;

/// Midnight of 1 August 2024 in UTC+08:00.
const TURN: i64 = 1_722_441_600;
const DAY: i64 = 86_400;

/// As a file is replayed: looked through, then replayed.
fn file(log: &str, options: &Options) -> Result<(Report, Survey), RunError> {
    let source = || Cursor::new(log.as_bytes().to_vec());
    let survey = Survey::of(source(), options.not_after, || {})?;
    let (report, _) = run(source(), Some(&survey), options, || {})?;
    Ok((report, survey))
}

fn messages(times: &[i64]) -> String {
    let rows: Vec<String> = times.iter().map(|at| format!("a,b,{at}\n")).collect();
    format!("source,target,unix_seconds\n{}", rows.concat())
}

fn warnings(report: &Report) -> Vec<String> {
    report.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_log_in_any_order_comes_to_what_the_sorted_one_comes_to() {
    let plain = over_the_turn();
    let expected = report_of(&plain, &options());
    let (header, rows) = plain.split_once('\n').unwrap();
    let lines: Vec<&str> = rows.lines().collect();
    let reversed: Vec<&str> = lines.iter().rev().copied().collect();
    let shuffled: Vec<&str> = (0..lines.len()).map(|n| lines[n * 5 % lines.len()]).collect();
    for (order, late) in [(reversed, 5), (shuffled, 4)] {
        let log = format!("{header}\n{}\n", order.join("\n"));
        let (report, survey) = file(&log, &options()).unwrap();
        assert!(!survey.in_order);
        assert_eq!((&report.months, report.totals.users), (&expected.months, expected.totals.users));
        assert_eq!((report.rows.counted, report.rows.out_of_order, report.rows.sorted), (6, late, true));
        let said = format!("log: not in order of time ({late} rows are older than one before them); sorted");
        assert_eq!(report.notes, [said]);
        assert!(report.source().ends_with("all 6 rows count; sorted by time"), "{}", report.source());
        assert!(warnings(&report)[0].ends_with("the log was sorted, the row counts at its own time"));
        let strict = Options { strict: true, ..options() };
        assert!(matches!(file(&log, &strict), Err(RunError::Row(_))));
    }
    let (in_order, survey) = file(&plain, &options()).unwrap();
    assert!(survey.in_order && !in_order.rows.sorted && in_order.notes.is_empty());
    assert_eq!((in_order.months, survey.rows), (expected.months, 6));
}

#[test]
fn a_row_in_the_future_is_set_aside_and_named() {
    let log = messages(&[TURN, TURN + 3_000 * DAY, TURN + 1]);
    let today = Options { not_after: Timestamp::from_secs(TURN + 2 * DAY), ..options() };
    let (report, survey) = file(&log, &today).unwrap();
    assert_eq!(
        warnings(&report),
        [
            "line 3: unix_seconds: 2032-10-17T16:00:00Z lies in the future, which no log records; the row is not counted"
        ]
    );
    assert!(survey.in_order && !report.rows.sorted);
    assert_eq!((report.rows.counted, report.rows.not_counted, report.rows.outliers), (2, 1, 1));
    assert!(
        report.source().ends_with("2 of 3 rows count, 1 do not, all for their time"),
        "{}",
        report.source()
    );
    // From standard input as well, which is read once.
    let once = run(Cursor::new(log.into_bytes()), None, &today, || {}).unwrap().0;
    assert_eq!((once.rows.counted, once.rows.outliers, once.months.len()), (2, 1, 1));
}

#[test]
fn a_clock_that_was_never_set_or_is_years_off_is_set_aside_and_named() {
    let mut times: Vec<i64> = (0..60).map(|n| TURN + n * DAY).collect();
    times.insert(0, 0);
    times.insert(30, TURN + 1_000 * DAY);
    let (report, _) = file(&messages(&times), &options()).unwrap();
    let apart = "lies more than a year apart from all but a few rows of this log; the row is not counted";
    assert_eq!(
        warnings(&report),
        [
            format!("line 2: unix_seconds: 1970-01-01T00:00:00Z {apart}"),
            format!("line 32: unix_seconds: 2027-04-27T16:00:00Z {apart}"),
        ]
    );
    assert_eq!((report.rows.counted, report.rows.outliers, report.months.len()), (60, 2, 2));
    // Of few rows one is not few; the clock that was never set is known all the same.
    let (report, _) = file(&messages(&[5, TURN, TURN + 1]), &options()).unwrap();
    assert_eq!((report.rows.counted, report.rows.outliers), (2, 1));
    let (report, _) = file(&messages(&[TURN - 1_000 * DAY, TURN, TURN + 1]), &options()).unwrap();
    assert_eq!((report.rows.counted, report.rows.outliers), (3, 0));
    // A log from the first day of 1970 is one.
    let (report, _) = file(&messages(&[10, 11]), &options()).unwrap();
    assert_eq!((report.rows.counted, report.rows.outliers), (2, 0));
}

#[test]
fn the_program_sorts_a_file_and_refuses_to_guess_on_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    fs::write(&log, messages(&[TURN + DAY, TURN])).unwrap();
    let simulate = || Command::new(env!("CARGO_BIN_EXE_simulate"));
    let sorted = simulate().arg(&log).output().unwrap();
    let said = String::from_utf8_lossy(&sorted.stderr).into_owned();
    assert!(sorted.status.success() && said.contains("not in order of time (1 rows are older"), "{said}");
    let piped = simulate().arg(Path::new("-")).stdin(fs::File::open(&log).unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&piped.stderr).into_owned();
    assert!(!piped.status.success() && said.contains("give it as a file, which is sorted"), "{said}");
}
