//! The college log, counted once more by plain sets and maps.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

use flate2::read::GzDecoder;

use crate::replaying::options;
use crate::run::{Options, run};

/// The log (SNAP's `CollegeMsg` as CSV `source,target,unix_seconds`, gzip) is data of others: it lies beside the repository
/// and is not part of it. A checkout by itself has nothing to compare with; a file that `COLLEGE_MSG_LOG` names must
/// be there.
fn log() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("COLLEGE_MSG_LOG") {
        return Some(named.into());
    }
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/college-msg.csv.gz");
    beside.exists().then_some(beside)
}

#[derive(Default)]
struct Month {
    asked: u64,
    sent: u64,
    seen: HashSet<String>,
    active: HashSet<String>,
    deferred: HashSet<String>,
}

const OFFSET: i64 = 8 * 3600;
const DAY: i64 = 24 * 3600;

fn count(text: &str) -> BTreeMap<String, Month> {
    let mut months: BTreeMap<String, Month> = BTreeMap::new();
    // Per user: the last row in either role, and whether a session is alive since.
    let mut last: HashMap<String, (i64, bool)> = HashMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let at: i64 = fields[2].parse().unwrap();
        let local = jiff::Timestamp::from_second(at + OFFSET).unwrap();
        let month = months.entry(local.strftime("%Y-%m").to_string()).or_default();
        for (user, opened) in [(fields[0], true), (fields[1], false)] {
            let (before, alive) = last.get(user).copied().unwrap_or_default();
            let same_day = (before + OFFSET) / DAY == (at + OFFSET) / DAY;
            let logged_in = alive && same_day && at - before < 30 * 60;
            month.asked += 1;
            month.seen.insert(user.to_owned());
            let sent = !logged_in && (opened || month.active.contains(user));
            if sent {
                month.sent += 1;
                month.active.insert(user.to_owned());
            } else if !logged_in {
                month.deferred.insert(user.to_owned());
            }
            last.insert(user.to_owned(), (at, logged_in || sent));
        }
    }
    months
}

#[test]
fn the_college_log_comes_to_what_plain_counting_comes_to() {
    let Some(path) = log() else {
        // The summary of `cargo xtask test` repeats it.
        let absent = "not compared: a replay of the college log, which is not beside the repository";
        writeln!(std::io::stderr(), "{absent}").unwrap();
        return;
    };
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let expected = count(&text);
    let strict = Options { strict: true, ..options() };
    let (report, _) = run(File::open(&path).unwrap(), None, &strict, || {}).unwrap();
    assert_eq!((report.rows.counted, report.totals.users), (59_835, 1_899));
    assert_eq!(
        report.headline[0],
        "Up to 1,411 of 4,564 monthly active users (30.9 %) avoided over seven months; the cost does not change, \
         because every month lies inside the 10,000 free."
    );
    let printed = crate::table::render(&report, 120);
    for line in crate::readme::quoted("cargo run --release -p planguard-simulate -- college-msg.csv.gz") {
        assert!(printed.lines().any(|printed| printed == line), "{line} in\n{printed}");
    }
    assert_eq!((report.months.len(), expected.len()), (7, 7));
    for (found, (name, month)) in report.months.iter().zip(&expected) {
        let figures = &found.figures;
        assert_eq!(&found.month, name);
        assert_eq!((figures.logins_without, figures.logins_with), (month.asked, month.sent), "{name}");
        let (seen, active) = (month.seen.len() as u64, month.active.len() as u64);
        assert_eq!((figures.mau_without, figures.mau_with), (seen, active), "{name}");
        assert_eq!(figures.deferred_users, month.deferred.len() as u64, "{name}");
        assert_eq!(figures.avoided_users, month.deferred.difference(&month.active).count() as u64, "{name}");
    }
}
