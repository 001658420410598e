//! Answers past HTTP: lengths that lie, frames that two readers take differently, floods, a byte at a time.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::clock;
use crate::faults::{Endless, Length, Smuggling, WireFault};
use crate::socket::{Connection, Out};
use crate::written::Written;

/// How much is written at once of what has no end.
const AT_ONCE: usize = 16 * 1024;

const INTERIM: &str = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n";

/// Writes `response` as `fault` wants it and closes the connection. The response that is returned is for the log: nothing
/// can be written any more.
pub(crate) async fn answer(
    response: Response,
    fault: WireFault,
    connection: &Connection,
    written: &Written,
) -> Response {
    let Some(out) = connection.take() else { return response };
    let (head, body) = response.into_parts();
    // A body that broke off inside is written as far as it is: as empty.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut wire = Wire { out, written, _answer: written.begin() };
    // A client that goes away, in the middle of a flood for instance, is what the faults are for.
    let _ = wire.write(head.status, &head.headers, body, fault).await;
    let _ = wire.out.shutdown().await;
    Response::from_parts(head, axum::body::Body::empty())
}

struct Wire<'a> {
    out: Out,
    written: &'a Written,
    _answer: crate::written::Answer<'a>,
}

impl Wire<'_> {
    async fn write(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        body: Bytes,
        fault: WireFault,
    ) -> io::Result<()> {
        let full = body.len() as u64;
        let plain = |framing: String| head(status, headers, &framing);
        match fault {
            WireFault::DripMs(pause) => {
                let answer = [plain(length(full)).as_bytes(), &body].concat();
                for byte in answer {
                    self.send(&[byte]).await?;
                    clock::pause(Duration::from_millis(pause)).await;
                }
            }
            WireFault::Length(lie) => {
                self.send(plain(declared(lie, full)).as_bytes()).await?;
                self.send(&body).await?;
            }
            WireFault::Smuggling(Smuggling::LengthAndChunked) => {
                let framing = length(full / 2) + "transfer-encoding: chunked\r\n";
                self.send(plain(framing).as_bytes()).await?;
                self.send(&[&chunk(&body), &b"0\r\n\r\n"[..]].concat()).await?;
            }
            WireFault::Smuggling(Smuggling::UnknownCoding) => {
                let framing = length(full / 2) + "transfer-encoding: xchunked\r\n";
                self.send(plain(framing).as_bytes()).await?;
                self.send(&body).await?;
            }
            WireFault::Smuggling(Smuggling::SecondAnswer) => {
                let second = raised(&body);
                let second = [plain(length(second.len() as u64)).as_bytes(), &second].concat();
                // Both in one segment, so that the second is there as soon as the first.
                self.send(&[plain(length(full)).as_bytes(), &body, &second].concat()).await?;
            }
            WireFault::Interim(count) => {
                for _ in 0..count {
                    self.send(INTERIM.as_bytes()).await?;
                }
                self.send(&[plain(length(full)).as_bytes(), &body].concat()).await?;
            }
            WireFault::Endless(part) => match self.endless(status, headers, part).await? {},
        }
        Ok(())
    }

    async fn endless(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        part: Endless,
    ) -> io::Result<Infallible> {
        let start = head(status, headers, "transfer-encoding: chunked\r\n");
        let repeated = match part {
            Endless::Interim => INTERIM.repeat(AT_ONCE / INTERIM.len()).into_bytes(),
            Endless::Header => {
                // Without the empty line at its end.
                self.send(start.trim_end().as_bytes()).await?;
                self.send(b"\r\n").await?;
                format!("x-filler: {}\r\n", "x".repeat(50)).repeat(AT_ONCE / 64).into_bytes()
            }
            Endless::Body => {
                self.send(start.as_bytes()).await?;
                chunk(&[b' '; AT_ONCE])
            }
        };
        loop {
            self.send(&repeated).await?;
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut left = bytes;
        while !left.is_empty() {
            let count = self.out.write(left).await?;
            self.written.add(count as u64);
            left = left.get(count..).unwrap_or_default();
        }
        self.out.flush().await
    }
}

/// Status line and header lines, those of the frame as given.
fn head(status: StatusCode, headers: &HeaderMap, framing: &str) -> String {
    let mut head =
        format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default());
    for (name, value) in headers {
        if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING {
            let value = String::from_utf8_lossy(value.as_bytes());
            // Writing to a string cannot fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
    }
    head + framing + "\r\n"
}

fn length(bytes: u64) -> String {
    format!("content-length: {bytes}\r\n")
}

fn declared(lie: Length, full: u64) -> String {
    match lie {
        Length::Short => length(full / 2),
        Length::Long => length(full * 2),
        Length::Double => length(full) + &length(full / 2),
        Length::Huge => length(i64::MAX.unsigned_abs()),
        Length::Negative => "content-length: -1\r\n".to_owned(),
        Length::Beyond => "content-length: 99999999999999999999999\r\n".to_owned(),
    }
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

/// The body with its `revision` raised, where it is a document: what a smuggled answer would have an app believe.
fn raised(body: &[u8]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
    if let Some(revision) = value.get("revision").and_then(Value::as_u64) {
        value["revision"] = revision.saturating_add(1_000).into();
    }
    value.to_string().into_bytes()
}
