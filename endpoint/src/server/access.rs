//! What is done around each call: its limits, its deadline, its date, its line in the log.
//!
//! A line names method, route, status and time. No path, since ids are in paths; no header, no body, no address.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use hyper::body::{Frame, SizeHint};

use crate::clock::http_date;
use crate::peer::caller;
use crate::problem::Problem;
use crate::service::Service;
use crate::{metrics, provider};

pub(super) fn around(router: Router, service: &Arc<Service>) -> Router {
    router
        .fallback(async || Problem::not_found("no such path; see docs/openapi.yaml"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path has other methods; see docs/openapi.yaml")
        })
        .layer(from_fn_with_state(Arc::clone(service), call))
        // Outside of everything that answers: a call that was turned away is a call.
        .layer(from_fn_with_state(Arc::clone(service), metrics::measure))
}

async fn call(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let begun = tokio::time::Instant::now();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = metrics::method(request.method());
    let mut response = match admit(&service, &request) {
        Ok(()) => within(&service, request, next).await,
        Err(problem) => problem.into_response(),
    };
    if let Some(date) = http_date(service.clock.now()) {
        response.headers_mut().entry(header::DATE).or_insert(date);
    }
    // Nothing here is what a browser should guess about.
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    note(method, route.as_deref(), response.status(), begun.elapsed());
    response
}

fn admit(service: &Service, request: &Request) -> Result<(), Problem> {
    limited(service, request)?;
    let coded = |coding: &HeaderValue| !coding.as_bytes().eq_ignore_ascii_case(b"identity");
    if request.headers().get_all(header::CONTENT_ENCODING).iter().any(coded) {
        let detail = "send the body as it is, without content-encoding";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    Ok(())
}

fn limited(service: &Service, request: &Request) -> Result<(), Problem> {
    // Without one there is no connection: the router is called by a test.
    let Some(address) = caller(service, request.extensions(), request.headers()) else { return Ok(()) };
    // All webhooks of a provider come from a few addresses, and one that is turned away is a user not counted.
    if provider::is_signed(service, request.uri()) {
        return Ok(());
    }
    service.rates.address(address)
}

/// One deadline for the whole call: a body that drips in, work, answer. What a transaction that runs does goes on.
async fn within(service: &Service, request: Request, next: Next) -> Response {
    let dripping = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| Body::new(Watched { body, dripping: Arc::clone(&dripping) }));
    let deadline = Duration::from_secs(service.config.limits.call_secs);
    tokio::time::timeout(deadline, next.run(request)).await.unwrap_or_else(|_| {
        if dripping.load(Ordering::Relaxed) {
            let detail = "the body took too long; send the same again, with a smaller body";
            return Problem::new(StatusCode::REQUEST_TIMEOUT, detail).into_response();
        }
        let detail = "the endpoint took too long; send the same again later";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5).into_response()
    })
}

/// The body of a call, and whether the endpoint waits for more of it: then the caller is what takes long.
struct Watched {
    body: Body,
    dripping: Arc<AtomicBool>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        self.dripping.store(frame.is_pending(), Ordering::Relaxed);
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn note(method: &str, route: Option<&str>, status: StatusCode, took: Duration) {
    let route = route.unwrap_or("none");
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let status = status.as_u16();
    if status >= 500 {
        tracing::error!(method, route, status, took_ms, "call");
    } else {
        tracing::info!(method, route, status, took_ms, "call");
    }
}
