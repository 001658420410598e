//! Measures each request.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::problem::DatabaseFailed;
use crate::service::Service;

/// Where batches of usage events come in.
const USAGE_EVENTS: &str = "/v1/apps/{sdk_app_id}/usage-events";

/// Counts a request and how long it took, by its route's pattern.
pub async fn measure(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    // Methods of the standard; others are one.
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "PATCH" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
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
    service.metrics.request(&method, &route, response.status().as_u16(), began.elapsed());
    response
}
