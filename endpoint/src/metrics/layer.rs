//! Measures each request.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use crate::problem::DatabaseFailed;
use crate::service::Service;

/// Where batches of usage events come in.
const USAGE_EVENTS: &str = "/v1/apps/{sdk_app_id}/usage-events";

/// A method by a word of a fixed list: callers may write anything for one, an id of a user, or a page of text.
pub(crate) fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// Counts a request and how long it took, by its route's pattern.
pub async fn measure(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = method(request.method());
    // Not the endpoint's clock: what is measured is how long this machine took.
    let began = tokio::time::Instant::now();
    let response = next.run(request).await;
    if let Some(DatabaseFailed(cause)) = response.extensions().get() {
        service.metrics.database_error(cause);
    }
    // Refused for what is in it, not for who sent it or how often.
    if route == USAGE_EVENTS && matches!(response.status().as_u16(), 400 | 413 | 415) {
        service.metrics.events_refused();
    }
    service.metrics.request(method, &route, response.status().as_u16(), began.elapsed());
    response
}
