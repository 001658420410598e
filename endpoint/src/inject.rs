//! Where faults strike: between the caller and the routes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use crate::clock;
use crate::faults::{BodyFault, DocumentFault, Instead, On, Plan, RetryAfter};
use crate::problem::Problem;
use crate::state::{State, Which};

/// One byte more than the largest body a client of the contract accepts.
const OVERSIZE: usize = 1024 * 1024 + 1;

/// What the route must do to let the planned faults strike.
#[derive(Clone, Copy)]
pub(crate) struct Serve {
    pub(crate) which: Which,
    /// Whether `If-None-Match` is passed over.
    pub(crate) in_full: bool,
}

impl Serve {
    /// Without faults.
    pub(crate) const PLAINLY: Self = Self { which: Which::Current, in_full: false };
}

/// Logs every call of the contract with its answer, and dates the answer.
pub(crate) async fn log(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let counted = path.starts_with("/v1/") && request.method() != Method::PUT;
    let number = counted.then(|| state.arrive(request.method(), path, request.headers()));
    let mut response = next.run(request).await;
    if let Some(number) = number {
        state.answer(number, response.status());
    }
    if !response.headers().contains_key(header::DATE) {
        set_date(response.headers_mut(), state.now());
    }
    response
}

/// Applies the faults switched on for this call.
pub(crate) async fn faults(Shared(state): Shared<Arc<State>>, mut request: Request, next: Next) -> Response {
    let call = match *request.method() {
        Method::GET => On::Get,
        Method::POST => On::Post,
        _ => return next.run(request).await,
    };
    let plan = state.take_faults(call);
    if plan.latency_ms > 0 {
        clock::pause(Duration::from_millis(plan.latency_ms)).await;
    }
    if plan.hang {
        return std::future::pending().await;
    }
    let date = shifted(state.now(), plan.clock_skew_secs);
    let mut response = match &plan.instead {
        Some(Instead::Status(code, retry_after)) => refuse(*code, *retry_after, date),
        Some(Instead::Redirect(to)) => redirect(to),
        Some(Instead::NotModified) if call == On::Get => StatusCode::NOT_MODIFIED.into_response(),
        _ => {
            request.extensions_mut().insert(Serve { which: which(&plan), in_full: plan.needs_body() });
            damage(next.run(request).await, &plan).await
        }
    };
    set_date(response.headers_mut(), date);
    response
}

fn which(plan: &Plan) -> Which {
    match plan.document {
        None => Which::Current,
        Some(DocumentFault::OldRevision) => Which::Old,
        Some(DocumentFault::OtherApp) => Which::OtherApp,
    }
}

fn refuse(code: StatusCode, retry_after: Option<RetryAfter>, date: Timestamp) -> Response {
    let bodiless = matches!(code, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let mut response = if bodiless {
        code.into_response()
    } else {
        Problem::new(code, "a fault switch of the reference endpoint is on").into_response()
    };
    let value = retry_after.and_then(|after| match after {
        RetryAfter::Secs(secs) => Some(HeaderValue::from(secs)),
        RetryAfter::HttpDateInSecs(secs) => http_date(shifted(date, secs)),
    });
    if let Some(value) = value {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn redirect(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)], Body::empty()).into_response()
        }
        Err(_) => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "redirect: the URL of the fault switch holds characters no header can",
        )
        .into_response(),
    }
}

/// Spoils a good answer. Refusals pass unharmed: they are what the caller has to see.
async fn damage(mut response: Response, plan: &Plan) -> Response {
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
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer broke off inside")
            .into_response();
    };
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
    };
    Response::from_parts(head, body)
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

/// `at`, moved by `secs` as far as both HTTP (from 1970 to 9999) and jiff (a day less) can write.
fn shifted(at: Timestamp, secs: i64) -> Timestamp {
    let second = at.as_second().saturating_add(secs).clamp(0, Timestamp::MAX.as_second());
    Timestamp::from_second(second).unwrap_or(at)
}

fn set_date(headers: &mut HeaderMap, at: Timestamp) {
    if let Some(date) = http_date(at) {
        headers.insert(header::DATE, date);
    }
}

fn http_date(at: Timestamp) -> Option<HeaderValue> {
    let text = httpdate::fmt_http_date(shifted(at, 0).into());
    HeaderValue::from_str(&text).ok()
}
