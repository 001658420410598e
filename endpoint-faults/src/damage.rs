//! Bodies of good answers, spoiled.

use std::io::Write as _;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::faults::{BodyFault, Plan};
use planguard_endpoint::problem::Problem;

/// One byte more than the largest body a client of the contract accepts.
const OVERSIZE: usize = 1024 * 1024 + 1;

/// How much one part of the bomb inflates to, and how many there are.
const BOMB_PART: usize = 1024 * 1024;
const BOMB_PARTS: usize = 900;

/// How deep a member is nested.
const DEPTH: usize = 100_000;

/// Spoils a good answer. Refusals pass unharmed: they are what the caller has to see.
pub(crate) async fn damage(mut response: Response, plan: &Plan) -> Response {
    if !response.status().is_success() {
        return response;
    }
    if plan.drop_etag {
        response.headers_mut().remove(header::ETAG);
    }
    if plan.wrong_content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    }
    let Some(fault) = plan.body else { return response };
    let (mut head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return broke_off() };
    head.headers.remove(header::CONTENT_LENGTH);
    let body = match fault {
        BodyFault::Garbage => Body::from("{\"schema\": 1, <<< this is not JSON"),
        BodyFault::Oversize => {
            let mut padded = body.to_vec();
            padded.resize(OVERSIZE.max(body.len()), b' ');
            Body::from(padded)
        }
        BodyFault::CutOff => {
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            cut_off(body.slice(..body.len() / 2))
        }
        BodyFault::GzipBomb => {
            let Ok(bomb) = bomb(&body) else { return broke_off() };
            head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Body::from(bomb)
        }
        BodyFault::DeepNesting => {
            let (open, close) = ("[".repeat(DEPTH), "]".repeat(DEPTH));
            Body::from(with_first(&body, &format!("\"nested\":{open}{close}")))
        }
        BodyFault::DoubledKeys => Body::from(with_first(&body, &first_member(&body).unwrap_or_default())),
    };
    Response::from_parts(head, body)
}

fn broke_off() -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer broke off inside").into_response()
}

/// A body that breaks off after `half`. Yielding in between makes hyper flush what it has, so that the
/// client sees headers and half a body rather than a connection that closed without a word.
fn cut_off(half: Bytes) -> Body {
    let sent = stream::iter([Ok(half)]);
    let broken = stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))
    });
    Body::from_stream(sent.chain(broken))
}

/// The body and a gigabyte of white space, in gzip of many members: JSON, were it ever inflated to its end.
fn bomb(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes)?;
        encoder.finish()
    };
    let mut bomb = gzip(body)?;
    bomb.extend(gzip(&vec![b' '; BOMB_PART])?.repeat(BOMB_PARTS));
    Ok(bomb)
}

/// The first member of a JSON object, as text.
fn first_member(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let (key, member) = value.as_object()?.iter().next()?;
    Some(format!("{}:{member}", Value::from(key.as_str())))
}

/// A JSON object with one more member before the others.
fn with_first(object: &[u8], member: &str) -> Vec<u8> {
    let rest = object.strip_prefix(b"{").unwrap_or(object);
    [b"{", member.as_bytes(), b",", rest].concat()
}
