//! Nothing about people, and no credential, shows anywhere: a whole session over HTTP and over TLS with everything logged,
//! and a search of all that it leaves behind.
//!
//! A program of its own, since it takes what every thread logs. Elsewhere `guard/anything` draws sessions at random and
//! searches what they say, in memory and without a network.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod capture;
mod door;
mod files;
mod host;
mod marks;
mod session;

use std::path::Path;

use capture::Told;
use marks::Marks;
use session::Session;

/// Everything that must not show.
const SECRETS: &[&str] = &[
    "user",
    "peer",
    "other user",
    "refused id",
    "group",
    "new group",
    "credential",
    "refused credential",
    "malformed credential",
    "text of the provider",
    "key of a happening",
    "device marker",
    "text of the app's own code",
    "endpoint's password",
    ACCOUNT_KEY,
];

/// The key of the document's section `accounts`, which the store keeps with the document, and nobody else.
const ACCOUNT_KEY: &str = "account key";

/// Where a session leaves something that is no file of the store.
const NO_FILES: [&str; 3] = ["the log", "answers, events and errors", "requests"];

/// What a session left behind, by where it was left.
fn left_behind(told: &Told, session: &Session, folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut left = vec![
        (NO_FILES[0].to_owned(), capture::logged()),
        (NO_FILES[1].to_owned(), told.text().into_bytes()),
        (NO_FILES[2].to_owned(), session.door.sent_besides_the_credential()),
    ];
    left.extend(session.files.of(folder));
    left
}

fn searched(marks: &Marks, left: &[(String, Vec<u8>)]) -> Vec<String> {
    let found = |(place, bytes): &(String, Vec<u8>)| {
        marks.found(bytes).into_iter().map(|what| format!("{place}: {what}")).collect::<Vec<_>>()
    };
    left.iter().flat_map(found).collect()
}

/// Plays a session, searches what it left, and shows that each part of the search could have found something.
fn nothing_shows(with_tls: bool) {
    capture::begin();
    let (marks, told) = (Marks::draw(SECRETS), Told::default());
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let session = runtime.block_on(session::play(&marks, &told, folder.path(), with_tls));
    let left = left_behind(&told, &session, folder.path());
    let of_the_document = |found: &String| {
        found.contains(&format!(": {ACCOUNT_KEY} as text: "))
            && !NO_FILES.iter().any(|no| found.starts_with(no))
    };
    let (kept, found): (Vec<_>, Vec<_>) = searched(&marks, &left).into_iter().partition(of_the_document);
    assert!(!kept.is_empty(), "the store keeps the document");
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
    covers(&left, with_tls);

    // The same search over the whole of the requests meets the credentials, in their header and nowhere else.
    let found = marks.found(&session.door.sent());
    let kinds: Vec<&str> = found.iter().filter_map(|found| Some(found.split_once(" as ")?.0)).collect();
    assert_eq!(kinds, ["credential", "refused credential"], "{found:?}");
    // One line about a user would have been found among all the others, whichever way it is logged.
    for log in [|text: &str| tracing::trace!("about {text}"), |text: &str| log::trace!("about {text}")] {
        let one = Marks::draw(&["user"]);
        log(one.of("user"));
        assert_eq!(searched(&one, &left_behind(&told, &session, folder.path())).len(), 1);
    }
    // So would a note in the store's file, and one in a request.
    let one = Marks::draw(&["user"]);
    runtime.block_on(session.leak(one.of("user")));
    let found = searched(&one, &left_behind(&told, &session, folder.path()));
    assert!(found.iter().any(|found| found.starts_with("requests: ")), "{found:?}");
    assert!(found.iter().any(|found| found.starts_with("planguard.db")), "{found:?}");
}

/// The session was a real one: what it left holds what it must.
fn covers(left: &[(String, Vec<u8>)], with_tls: bool) {
    let text = |place: &str| {
        let bytes = &left.iter().find(|(name, _)| name == place).unwrap_or_else(|| panic!("no {place}")).1;
        String::from_utf8_lossy(bytes).into_owned()
    };
    let log = text("the log");
    let mut logs =
        vec!["planguard::client::endpoint::link", "reqwest::connect", "an event listener panicked"];
    logs.extend(with_tls.then_some("rustls::client"));
    for part in logs {
        assert!(log.contains(part), "nothing of {part} was logged");
    }
    let told = text("answers, events and errors");
    for part in [
        "login_executed",
        "login_deferred",
        "login_failed",
        "login_loop_broken",
        "limit_warning",
        "limit_denied",
        "rejected",
        "sync_wanted",
        "document_findings",
        "store_failed",
        "store_recovered",
        "store_set_aside",
        "identity_churn",
        "active_user_counted",
        "entitlements_changed",
        "clock_jumped",
        "credential_refused",
        "credential_unavailable",
        "unreachable",
        "redirected",
        "too_large",
        "bad_document",
        "busy",
        "by_provider",
        "by_app",
        "by_plan",
    ] {
        assert!(told.contains(&format!("\"{part}\"")), "nothing was told of {part}");
    }
    let requests = text("requests");
    for part in [
        "GET /v1/apps/",
        "POST /v1/apps/",
        "planguard.login.executed",
        "user-agent: planguard/",
        "/users/k1:",
        r#""account":"k1:"#,
    ] {
        assert!(requests.contains(part), "no request holds {part}");
    }
    let files: Vec<&str> = left.iter().map(|(name, _)| name.as_str()).collect();
    for ending in ["planguard.db", "planguard.db-wal", "planguard.db-shm"] {
        assert!(files.iter().any(|name| name.ends_with(ending)), "{ending} was not searched: {files:?}");
    }
    assert!(files.iter().any(|name| name.contains("corrupt")), "no file that was set aside: {files:?}");
}

#[test]
fn over_http_nothing_about_people_shows() {
    nothing_shows(false);
}

#[test]
fn over_tls_nothing_about_people_shows() {
    nothing_shows(true);
}
