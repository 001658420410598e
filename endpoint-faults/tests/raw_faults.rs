//! Every fault below HTTP, as its bytes are on the wire.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::{APP, get, header, json, post, start};
use planguard_endpoint_faults::{Endless, Endpoint, Fault, FaultKind, Length, On, Smuggling};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection on which a document has been asked for.
async fn asked(endpoint: &Endpoint) -> TcpStream {
    let address = endpoint.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    ask(&mut stream, "keep-alive").await;
    stream
}

async fn ask(stream: &mut TcpStream, connection: &str) {
    let request =
        format!("GET /v1/apps/{APP}/entitlements HTTP/1.1\r\nhost: x\r\nconnection: {connection}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// The whole answer under that fault: head and body.
async fn whole(endpoint: &Endpoint, fault: FaultKind) -> (String, String) {
    endpoint.faults(fault);
    let mut answer = String::new();
    asked(endpoint).await.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn is_document(body: &str) -> bool {
    serde_json::from_str::<Value>(body).is_ok_and(|document| document["sdk_app_id"] == APP)
}

fn lengths(head: &str) -> Vec<&str> {
    head.lines().filter_map(|line| line.strip_prefix("content-length: ")).collect()
}

#[tokio::test]
async fn lengths_lie_and_the_whole_body_follows() {
    let endpoint = start().await;
    for (length, declared) in [
        (Length::Short, &["half"][..]),
        (Length::Long, &["twice"]),
        (Length::Double, &["full", "half"]),
        (Length::Negative, &["-1"]),
        (Length::Huge, &["9223372036854775807"]),
        (Length::Beyond, &["99999999999999999999999"]),
    ] {
        let (head, body) = whole(&endpoint, FaultKind::ContentLength(length)).await;
        assert!(is_document(&body), "{length:?}");
        let full = body.len();
        let word = |said: &&str| match *said {
            "half" => (full / 2).to_string(),
            "twice" => (full * 2).to_string(),
            "full" => full.to_string(),
            other => other.to_owned(),
        };
        assert_eq!(lengths(&head), declared.iter().map(word).collect::<Vec<_>>(), "{length:?}");
        assert!(head.contains("\r\ndate: Fri, 20 Nov 2026 10:00:00 GMT"), "{head}");
    }
}

#[tokio::test]
async fn frames_can_be_read_in_two_ways() {
    let endpoint = start().await;
    let (head, body) = whole(&endpoint, FaultKind::Smuggling(Smuggling::LengthAndChunked)).await;
    assert_eq!((lengths(&head).len(), head.contains("transfer-encoding: chunked")), (1, true));
    let (size, rest) = body.split_once("\r\n").unwrap();
    let size = usize::from_str_radix(size, 16).unwrap();
    assert!(is_document(&rest[..size]) && rest.ends_with("\r\n0\r\n\r\n"));
    let (head, body) = whole(&endpoint, FaultKind::Smuggling(Smuggling::UnknownCoding)).await;
    assert_eq!((lengths(&head).len(), head.contains("transfer-encoding: xchunked")), (1, true));
    assert!(is_document(&body));
    let (head, body) = whole(&endpoint, FaultKind::Smuggling(Smuggling::SecondAnswer)).await;
    let (first, second) = body.split_at(lengths(&head)[0].parse().unwrap());
    assert!(is_document(first) && second.starts_with("HTTP/1.1 200 OK\r\n"), "{second}");
    let (_, second) = second.split_once("\r\n\r\n").unwrap();
    assert_eq!(serde_json::from_str::<Value>(second).unwrap()["revision"], 1_042);
}

#[tokio::test]
async fn interim_answers_come_before_the_answer() {
    let endpoint = start().await;
    endpoint.faults(FaultKind::Interim(3));
    let mut answer = String::new();
    asked(&endpoint).await.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer.matches("HTTP/1.1 103 ").count(), 3);
    assert!(is_document(answer.rsplit("\r\n\r\n").next().unwrap()));
    assert_eq!(endpoint.requests().log[0].status, Some(200));
}

#[tokio::test(start_paused = true)]
async fn a_drip_is_a_byte_at_a_time() {
    let endpoint = start().await;
    let before = tokio::time::Instant::now();
    let (head, body) = whole(&endpoint, FaultKind::DripMs(100)).await;
    assert!(is_document(&body), "{body}");
    let bytes = (head.len() + 4 + body.len()) as u64;
    assert_eq!(endpoint.raw_answers().bytes, bytes);
    assert!(before.elapsed().as_millis() >= u128::from(bytes) * 100, "by the paused clock");
}

#[tokio::test]
async fn what_has_no_end_ends_with_its_reader_and_is_counted() {
    let endpoint = start().await;
    for (n, part, begins) in [
        (1, Endless::Interim, "HTTP/1.1 103 Early Hints\r\n"),
        (2, Endless::Header, "HTTP/1.1 200 OK\r\n"),
        (3, Endless::Body, "HTTP/1.1 200 OK\r\n"),
    ] {
        endpoint.faults(FaultKind::Endless(part));
        let before = endpoint.raw_answers().bytes;
        let mut stream = asked(&endpoint).await;
        let mut some = vec![0; 1 << 20];
        stream.read_exact(&mut some).await.unwrap();
        assert!(String::from_utf8_lossy(&some).starts_with(begins), "{part:?}");
        drop(stream);
        let seen = endpoint.raw_answers_reached(|seen| seen.ended == n).await;
        assert!(seen.bytes - before >= 1 << 20, "{part:?}");
        assert_eq!(seen.begun, n);
    }
}

#[tokio::test]
async fn a_reused_connection_is_closed_and_a_new_one_is_answered() {
    let endpoint = start().await;
    endpoint.faults(Fault::from(FaultKind::CloseReused).on(On::Get).times(1));
    let mut stream = asked(&endpoint).await;
    let mut some = [0; 16];
    stream.read_exact(&mut some).await.unwrap();
    assert_eq!(&some, b"HTTP/1.1 200 OK\r");
    ask(&mut stream, "keep-alive").await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!(String::from_utf8(rest).unwrap().matches("HTTP/1.1").count(), 0, "the second has no answer");
    assert_eq!(endpoint.requests().log[1].status, None);
    let mut stream = asked(&endpoint).await;
    stream.read_exact(&mut some).await.unwrap();
    ask(&mut stream, "close").await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!(String::from_utf8(rest).unwrap().matches("HTTP/1.1 200 OK").count(), 1, "used up");
}

#[tokio::test]
async fn a_portal_and_a_loop_strike_before_any_effect() {
    let endpoint = start().await;
    endpoint.faults(FaultKind::Portal);
    let response = post(&endpoint, &json!([common::event("a")])).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), header(&response, "content-type").unwrap()),
        (200, "text/html; charset=utf-8".to_owned())
    );
    assert!(response.text().await.unwrap().contains("Sign in"));
    endpoint.faults(FaultKind::RedirectLoop);
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(response.status(), 307);
    assert_eq!(header(&response, "location"), Some(format!("/v1/apps/{APP}/entitlements")));
    assert!(endpoint.events().received.is_empty());
}

#[tokio::test]
async fn bodies_can_be_bombs_and_riddles() {
    let endpoint = start().await;
    endpoint.faults(FaultKind::GzipBomb);
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(header(&response, "content-encoding").as_deref(), Some("gzip"));
    let body = response.bytes().await.unwrap();
    assert!(body.starts_with(b"\x1f\x8b") && body.len() < 1 << 20, "{}", body.len());
    endpoint.faults(FaultKind::DeepNesting);
    let body = get(&endpoint).send().await.unwrap().text().await.unwrap();
    assert!(body.starts_with("{\"nested\":[[[") && body.len() < 1 << 20 && body.contains("]]],\""));
    endpoint.faults(FaultKind::DoubledKeys);
    let response = post(&endpoint, &json!([common::event("a")])).send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), r#"{"accepted":1,"accepted":1,"duplicates":0}"#);
    assert_eq!(endpoint.events().received.len(), 1, "recorded, though the sender cannot know");
    endpoint.faults(FaultKind::AgeSecs(40_000_000));
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(header(&response, "age").as_deref(), Some("40000000"));
    assert_eq!(json(response).await["sdk_app_id"], APP);
}
