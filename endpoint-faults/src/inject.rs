//! Where faults strike: between the caller and the routes.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use planguard_endpoint::clock::http_date;
use planguard_endpoint::problem::Problem;
use tokio::io::AsyncWriteExt as _;

use crate::damage::damage;
use crate::faults::{DocumentFault, Instead, On, Plan, RetryAfter, Silence};
use crate::socket::Connection;
use crate::state::{State, Which};
use crate::{clock, raw};

/// What a captive portal answers.
const PORTAL: &str = "<!doctype html><title>Welcome</title><p>Sign in to use this network.</p>";

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
pub(crate) async fn faults(
    Shared(state): Shared<Arc<State>>,
    Extension(connection): Extension<Arc<Connection>>,
    mut request: Request,
    next: Next,
) -> Response {
    let call = match *request.method() {
        Method::GET if request.uri().path().ends_with("/active") => On::Active,
        Method::GET => On::Get,
        Method::POST => On::Post,
        _ => return next.run(request).await,
    };
    let plan = state.take_faults(call, connection.carries());
    if plan.latency_ms > 0 {
        clock::pause(Duration::from_millis(plan.latency_ms)).await;
    }
    if let Some(silence) = plan.silence {
        if silence == Silence::Close {
            close(&connection).await;
        }
        return std::future::pending().await;
    }
    let date = shifted(state.now(), plan.clock_skew_secs);
    let mut response = match &plan.instead {
        Some(Instead::Status(code, retry_after)) => refuse(*code, *retry_after, date),
        Some(Instead::Portal) => Html(PORTAL).into_response(),
        Some(Instead::Redirect(to)) => redirect(to),
        Some(Instead::RedirectLoop) => redirect(request.uri().path()),
        Some(Instead::NotModified) if call == On::Get => StatusCode::NOT_MODIFIED.into_response(),
        _ => {
            request.extensions_mut().insert(which(&plan));
            if plan.needs_body() {
                request.headers_mut().remove(header::IF_NONE_MATCH);
            }
            damage(next.run(request).await, &plan).await
        }
    };
    set_date(response.headers_mut(), date);
    if let Some(secs) = plan.age_secs {
        response.headers_mut().insert(header::AGE, HeaderValue::from(secs));
    }
    match plan.wire {
        Some(fault) => raw::answer(response, fault, &connection, &state.written).await,
        None => response,
    }
}

/// Closes the connection without an answer.
async fn close(connection: &Connection) {
    if let Some(mut out) = connection.take() {
        // One that the client has closed already is closed.
        let _ = out.shutdown().await;
    }
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
