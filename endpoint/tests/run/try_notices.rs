//! `try-notices`, with receivers that take a test, refuse it, and are not there.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use serde_json::Value;

use crate::program::{Made, text};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver that answers one request with a status, and gives what it was sent: its headers in small letters, its body.
fn receiver(status: &'static str) -> (String, JoinHandle<(Vec<String>, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let headers: Vec<String> = (&mut reader)
            .lines()
            .map(|line| line.unwrap().to_lowercase())
            .take_while(|line| !line.is_empty())
            .collect();
        let length = headers.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        write!(&stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").unwrap();
        (headers, serde_json::from_slice(&body).unwrap())
    });
    (url, asked)
}

fn told(made: &Made, receivers: &[(&str, &str)]) {
    let path = made.dir().join("endpoint.toml");
    let mut config = std::fs::read_to_string(&path).unwrap();
    config += "\n[app.notices]\nlanguage = \"zh-Hans\"\n";
    for (name, url) in receivers {
        let lines =
            ["[[app.notices.receiver]]", &format!("name = {name:?}"), &format!("url = {url:?}")].join("\n");
        config.extend([&lines, "\nsecrets = [\"", SECRET, "\"]\n"]);
    }
    std::fs::write(path, config).unwrap();
}

#[test]
fn each_receiver_gets_a_test_and_its_answer_is_told() {
    let made = Made::new();
    let ((good, got), (bad, refused)) = (receiver("204 No Content"), receiver("403 Forbidden"));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = format!("http://{free}/secret-path");
    told(&made, &[("ops", &good), ("chat", &bad), ("gone", &gone)]);

    let tried = made.run(&["try-notices"]);
    assert!(!tried.status.success(), "two did not take it: {tried:?}");
    let said = text(&tried.stdout);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert_eq!(lines[0], "ops (127.0.0.1): took it");
    assert!(lines[1].starts_with("chat (127.0.0.1): refused it with status 403"), "{said}");
    assert!(lines[2].starts_with("gone (127.0.0.1): was not reached"), "{said}");
    let errors = text(&tried.stderr);
    assert!(![SECRET, "secret-path"].iter().any(|secret| said.contains(secret) || errors.contains(secret)));

    let (headers, body) = got.join().unwrap();
    for header in ["webhook-id: msg_", "webhook-signature: v1,", "webhook-timestamp: "] {
        assert!(headers.iter().any(|line| line.starts_with(header)), "{header} in {headers:?}");
    }
    assert_eq!(body["type"], "planguard.notice.test");
    assert_eq!(body["data"], serde_json::json!({ "sdk_app_id": 1_400_000_007 }));
    assert!(body["text"].as_str().unwrap().contains("测试"), "{body}");
    assert_eq!(refused.join().unwrap().1["type"], "planguard.notice.test");
}

#[test]
fn one_that_takes_it_is_a_success_and_none_is_an_error() {
    let made = Made::new();
    let none = made.run(&["try-notices"]);
    assert!(!none.status.success() && text(&none.stderr).contains("[[app.notices.receiver]]"), "{none:?}");
    let (url, got) = receiver("200 OK");
    told(&made, &[("ops", &url)]);
    assert!(made.run(&["try-notices", "--app", "1400000007"]).status.success());
    got.join().unwrap();
    let other = made.run(&["try-notices", "--app", "7"]);
    assert!(!other.status.success() && text(&other.stderr).contains("app 7"), "{other:?}");
}
