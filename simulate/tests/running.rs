//! The program itself: exit codes, the file it draws into, what it says on the way.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use indicatif::ProgressDrawTarget;

use crate::drawing::Drawing;
use crate::progress::{Progress, Total};
use crate::replaying::over_the_turn;

fn simulate(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_simulate")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_run_draws_prints_and_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let (log, svg) = (folder.path().join("log.csv"), folder.path().join("months.svg"));
    fs::write(&log, over_the_turn()).unwrap();
    // What was there is longer than a drawing, and goes entirely.
    fs::write(&svg, "x".repeat(1_000_000)).unwrap();
    let done = simulate(&[&log, Path::new("--svg"), &svg]);
    assert!(done.status.success(), "{}", said(&done));
    assert!(String::from_utf8_lossy(&done.stdout).contains("2024-07"));
    let drawn = fs::read_to_string(&svg).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>\n"), "{} bytes", drawn.len());
}

#[test]
fn a_failed_run_says_why_and_leaves_the_drawing_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (log, svg) = (folder.path().join("log.csv"), folder.path().join("months.svg"));
    fs::write(&log, "source,target,unix_seconds\n1,2,1082040961000\n").unwrap();
    let failed = simulate(&[&log, Path::new("--svg"), &svg]);
    assert!(!failed.status.success() && failed.stdout.is_empty());
    assert!(said(&failed).contains("none of its 1 rows counts"), "{}", said(&failed));
    assert!(!svg.exists(), "nothing was drawn");
    fs::write(&svg, "last month's").unwrap();
    assert!(!simulate(&[&log, Path::new("--svg"), &svg]).status.success());
    assert_eq!(fs::read_to_string(&svg).unwrap(), "last month's");
}

#[test]
fn a_drawing_that_cannot_be_written_is_refused_before_the_log_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    // Reading this would fail, too: what is said is what came first.
    fs::write(&log, "no log").unwrap();
    let missing = folder.path().join("nope/months.svg");
    for svg in [&missing, folder.path()] as [&Path; 2] {
        let refused = simulate(&[&log, Path::new("--svg"), svg]);
        assert!(!refused.status.success());
        assert!(said(&refused).starts_with("simulate: --svg "), "{}", said(&refused));
    }
    let itself = Drawing::open(&folder.path().join("./log.csv"), &log).unwrap_err();
    assert!(itself.ends_with("is the log; name another file"), "{itself}");
    assert_eq!(fs::read_to_string(&log).unwrap(), "no log");

    let new = folder.path().join("new.svg");
    drop(Drawing::open(&new, &log).unwrap());
    assert!(!new.exists());
    Drawing::open(&new, &log).unwrap().draw("<svg/>").unwrap();
    assert_eq!(fs::read_to_string(&new).unwrap(), "<svg/>");
}

#[test]
fn progress_ends_at_a_hundred_percent() {
    let rows = 10_000_u64;
    let mut replay = Progress::new(Total::Rows(rows), ProgressDrawTarget::hidden(), Duration::ZERO);
    let told: Vec<String> = (0..rows).filter_map(|_| replay.row()).collect();
    assert_eq!(told, ["replayed 4,096 of 10,000 rows (41.0 %)", "replayed 8,192 of 10,000 rows (81.9 %)"]);
    assert_eq!(replay.done().unwrap(), "replayed 10,000 of 10,000 rows (100.0 %)");

    let mut look = Progress::new(Total::Bytes(51_200), ProgressDrawTarget::hidden(), Duration::ZERO);
    let mut source = look.reading(Cursor::new(vec![b'x'; 51_200]));
    source.by_ref().take(20_480).read_to_end(&mut Vec::new()).unwrap();
    let told: Vec<String> = (0..5_000).filter_map(|_| look.row()).collect();
    assert_eq!(told, ["read 20.00 KiB of 50.00 KiB (40.0 %), 4,096 rows"]);
    source.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(look.done().unwrap(), "read 50.00 KiB of 50.00 KiB (100.0 %), 5,000 rows");

    let mut short = Progress::new(Total::Unknown, ProgressDrawTarget::hidden(), Duration::from_secs(3_600));
    assert!((0..rows).all(|_| short.row().is_none()));
    assert_eq!(short.done(), None, "a run too short for a line needs no last one");
}

#[test]
fn a_price_list_alone_takes_an_edition_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    fs::write(&log, over_the_turn()).unwrap();
    let done = simulate(&[&log, Path::new("--catalog"), Path::new("cn-dau")]);
    assert!(done.status.success(), "{}", said(&done));
    assert!(String::from_utf8_lossy(&done.stdout).contains("cn-dau professional"));
    let foreign = simulate(&[
        &log,
        Path::new("--catalog"),
        Path::new("cn-dau"),
        Path::new("--edition"),
        Path::new("pro"),
    ]);
    let expected = "--edition: cn-dau has no edition pro; it has trial, professional, flagship";
    assert!(said(&foreign).contains(expected), "{}", said(&foreign));
}
