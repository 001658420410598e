//! The process among others: signals, a reader that goes away, files, its log.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::program::{Made, Running, command, http, text};

/// Signals a process that runs.
fn signal(running: &Running, name: &str) {
    let pid = running.child.id().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

/// Once the log says so, which it does soon, while the process runs.
fn until_logged(made: &Made, running: &mut Running, words: &str) {
    let begun = Instant::now();
    while !made.log().contains(words) {
        assert!(running.child.try_wait().unwrap().is_none(), "it ended: {}", made.log());
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", made.log());
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_ends_no_endpoint_that_has_no_certificate() {
    let made = Made::new();
    let mut running = made.serve();
    signal(&running, "-HUP");
    until_logged(&made, &mut running, "no certificate to read again");
    let health = http().get(format!("{}/healthz", running.url)).send().await.unwrap();
    assert_eq!(health.status(), 200);
    assert!(running.stop());
}

#[test]
fn a_hangup_reads_the_certificate_again_or_keeps_the_one_from_before() {
    let made = Made::new();
    let renew = || {
        let new = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(made.dir().join("chain.pem"), new.cert.pem()).unwrap();
        std::fs::write(made.dir().join("key.pem"), new.signing_key.serialize_pem()).unwrap();
    };
    renew();
    made.configure("[tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n");
    let mut running = made.serve();
    assert!(running.url.starts_with("https://"), "{}", running.url);
    renew();
    signal(&running, "-HUP");
    until_logged(&made, &mut running, "certificate read again");
    std::fs::write(made.dir().join("chain.pem"), "none").unwrap();
    signal(&running, "-HUP");
    until_logged(&made, &mut running, "certificate kept from before");
    assert!(running.stop());
}

/// An end of a pipe that nobody reads.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn who_reads_the_output_may_go_away() {
    let made = Made::new();
    let mut running = made.serve_to(unread());
    until_logged(&made, &mut running, "the URL was not printed");
    assert!(running.stop());
    for args in [&["credentials", "list"][..], &["keys", "list"], &["export"], &["raise-revisions"]] {
        let said = command(&made.dir(), args).stdout(unread()).stderr(Stdio::piped()).spawn().unwrap();
        let said = said.wait_with_output().unwrap();
        let why = text(&said.stderr);
        assert_eq!(said.status.code(), Some(1), "{args:?}: {why}");
        assert!(why.starts_with("planguard-endpoint: ") && why.lines().count() == 1, "{why}");
    }
}

#[test]
fn the_log_is_an_object_a_line_where_it_is_to_be_and_says_nothing_of_callers() {
    let made = Made::new();
    made.configure("[log]\nformat = \"json\"\nlevel = \"trace\"\n");
    let running = made.serve();
    let device = made.shown("PLANGUARD_DEVICE_CREDENTIAL=").to_owned();
    for head in [
        format!("GET /v1/apps/1400000007/entitlements?USER=ada HTTP/1.1\r\nauthorization: Bearer {device}"),
        "GET /USER_ada HTTP/1.1".to_owned(),
        "USER_ada /nowhere HTTP/1.1\r\nx-user: USER_ada".to_owned(),
    ] {
        let mut call = TcpStream::connect(running.url.strip_prefix("http://").unwrap()).unwrap();
        call.write_all(format!("{head}\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        call.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    }
    assert!(running.stop());
    let log = made.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let calls: Vec<_> = lines.iter().filter(|line| line["message"] == "call").collect();
    let told: Vec<_> = calls.iter().map(|call| (&call["method"], &call["route"], &call["status"])).collect();
    let expected = serde_json::json!([
        ["GET", "/v1/apps/{sdk_app_id}/entitlements", 200],
        ["GET", "none", 404],
        ["other", "none", 404]
    ]);
    assert_eq!(serde_json::to_value(told).unwrap(), expected);
    assert!(calls.iter().all(|call| call["took_ms"].is_u64() && call["level"] == "INFO"), "{log}");
    assert!(lines.iter().all(|line| line["timestamp"].is_string()), "{log}");
    for secret in ["ada", &device, &device[4..20]] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_not_bounded_by_the_files_that_a_process_begins_with() {
    let made = Made::new();
    made.configure("[limits]\nconnections = 200\n");
    let running = made.serve_by(&["sh", "-c", "ulimit -S -n 64; exec \"$0\" \"$@\""], Stdio::piped());
    let address = running.url.strip_prefix("http://").unwrap().to_owned();
    let held: Vec<_> = (0..150).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let call = http().get(format!("{}/healthz", running.url)).timeout(Duration::from_secs(5));
    assert_eq!(call.send().await.unwrap().status(), 200);
    drop(held);
    assert!(running.stop());
    assert!(!made.log().contains("not accepted"), "{}", made.log());
}

#[test]
fn a_name_of_a_credential_is_one_line() {
    let made = Made::new();
    for name in ["", "  ", "a\nb", "\u{7}", &"é".repeat(65)] {
        let said = made.run(&["credentials", "add", name]);
        assert!(!said.status.success(), "{name:?}");
        assert!(text(&said.stderr).contains("1 to 64 characters"), "{}", text(&said.stderr));
    }
    assert!(made.run(&["credentials", "add", &"é".repeat(64)]).status.success());
    assert_eq!(text(&made.run(&["credentials", "list"]).stdout).lines().count(), 3);
}

#[test]
fn an_emptied_or_foreign_database_is_told_and_left_alone() {
    let made = Made::new();
    let file = made.dir().join("endpoint.db");
    for (content, words) in [("", "is empty; restore it"), (&*"no database ".repeat(100), "restore a backup")]
    {
        std::fs::write(&file, content).unwrap();
        // It opens what `serve` opens.
        let said = made.run(&["credentials", "list"]);
        assert!(!said.status.success());
        assert!(text(&said.stderr).contains(words), "{}", text(&said.stderr));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
    }
}
