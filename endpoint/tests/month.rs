//! A month of a small log, from both sides at once, on both databases: every figure is an independent count's.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

#[path = "../examples/month/play/mod.rs"]
mod play;

use std::path::Path;

use planguard_endpoint::drift::Kind;
use planguard_servers::Postgres;
use play::{Options, Outcome, busiest, read};

async fn played(database: String, lose_percent: u32) -> Outcome {
    let log = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/month.csv")).unwrap();
    let month = busiest(&log).unwrap();
    assert_eq!(month.to_string(), "2026-11");
    let outcome = play::play(&Options { database, month, lose_percent }, &log).await.unwrap();
    // Three messages of the log lie a second beyond the month.
    assert_eq!(outcome.messages, log.len() - 3);
    outcome
}

async fn on_each_database(lose_percent: u32, check: impl Fn(&Outcome)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("month.db").to_string_lossy().into_owned();
    check(&played(file, lose_percent).await);
    let url = tokio::task::spawn_blocking(|| Postgres::shared().database("month")).await.unwrap();
    check(&played(url, lose_percent).await);
}

#[tokio::test]
async fn both_sides_equal_the_independent_count_and_nothing_drifts() {
    on_each_database(0, |played| {
        assert_eq!(played.mismatches(), Vec::<String>::new());
        assert_eq!(played.report.differences, []);
        assert_eq!(played.report.users.provider, Some(played.expected.senders));
        assert!(played.report.users.avoided > 0, "some were only woken by pushes");
    })
    .await;
}

#[tokio::test]
async fn where_webhooks_are_lost_the_report_names_how_many_users_differ() {
    on_each_database(30, |played| {
        assert_eq!(played.mismatches(), Vec::<String>::new());
        assert!(played.lost > 0 && played.expected.only_devices > 0, "{:?}", played.expected);
        let [difference] = &played.report.differences[..] else { panic!("{:?}", played.report) };
        assert_eq!((difference.kind, difference.count), (Kind::OnlyDevices, played.expected.only_devices));
        let named = format!("Devices reported logins of {} users that no webhook reported", difference.count);
        assert!(difference.text.contains(&named), "{}", difference.text);
    })
    .await;
}
