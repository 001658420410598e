//! The calls of the contract.

use std::sync::Arc;

use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router, body::Bytes};

use crate::document::{Rendered, matches};
use crate::extract::{AppPath, CatalogPath, app_id, body_problem, catalog_id};
use crate::inject::{self, Serve};
use crate::problem::Problem;
use crate::signing::{Signing, takes_signed};
use crate::state::State;
use crate::{control, events};

/// All routes over one state.
pub(crate) fn router(state: Arc<State>) -> Router {
    let limit = DefaultBodyLimit::max(state.max_body_bytes);
    Router::new()
        .route("/v1/apps/{sdk_app_id}/entitlements", get(entitlements).put(control::put_entitlements))
        .route("/v1/apps/{sdk_app_id}/usage-events", post(usage_events))
        .route("/v1/catalogs/{id}", get(catalog).put(control::put_catalog))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), inject::faults))
        .route("/.well-known/jwks.json", get(keys))
        .merge(control::routes())
        .fallback(async || Problem::not_found("no such path; see docs/openapi.yaml"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path has other methods; see docs/openapi.yaml")
        })
        .layer(limit)
        .layer(middleware::from_fn_with_state(Arc::clone(&state), inject::log))
        .with_state(state)
}

/// `GET …/entitlements`: the document, or 304 when the caller holds it.
async fn entitlements(
    Shared(state): Shared<Arc<State>>,
    app: AppPath,
    serve: Option<Extension<Serve>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let app_id = app_id(app)?;
    state.authorize(app_id, text(&headers, header::AUTHORIZATION))?;
    let serve = serve.map_or(Serve::PLAINLY, |Extension(serve)| serve);
    let document = state
        .rendered(app_id, serve.which)
        .ok_or_else(|| Problem::not_found(format!("app {app_id} is not known here")))?;
    Ok(serve_rendered(document, &state.signing(), serve, &headers))
}

/// `GET /v1/catalogs/{id}`: a price list, or 304 when the caller holds it.
async fn catalog(
    Shared(state): Shared<Arc<State>>,
    id: CatalogPath,
    serve: Option<Extension<Serve>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    state.authenticate(text(&headers, header::AUTHORIZATION))?;
    let id = catalog_id(id)?;
    let serve = serve.map_or(Serve::PLAINLY, |Extension(serve)| serve);
    let catalog = state
        .catalog(&id)
        .ok_or_else(|| Problem::not_found(format!("no price list `{id}` is served here")))?;
    Ok(serve_rendered(catalog, &state.signing(), serve, &headers))
}

/// `GET /.well-known/jwks.json`: the public keys, for whoever builds an app. No app fetches keys.
async fn keys(Shared(state): Shared<Arc<State>>) -> Response {
    let set = state.signing().public().to_string();
    ([(header::CONTENT_TYPE, "application/jwk-set+json")], set).into_response()
}

/// A body, signed where the caller takes that, or 304 when the caller holds it.
fn serve_rendered(rendered: Rendered, signing: &Signing, serve: Serve, headers: &HeaderMap) -> Response {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let rendered = if takes_signed(accept) { rendered.signed(signing) } else { rendered };
    let held = text(headers, header::IF_NONE_MATCH).filter(|_| !serve.in_full);
    if held.is_some_and(|tags| matches(tags, &rendered.etag)) {
        return (StatusCode::NOT_MODIFIED, caching(&rendered)).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, rendered.content_type)];
    (content_type, caching(&rendered), rendered.body).into_response()
}

fn caching(document: &Rendered) -> [(header::HeaderName, String); 3] {
    [
        (header::VARY, "accept".to_owned()),
        (header::ETAG, document.etag.clone()),
        (header::CACHE_CONTROL, format!("max-age={}", document.max_age_secs)),
    ]
}

/// `POST …/usage-events`: takes a batch in, each event once.
async fn usage_events(
    Shared(state): Shared<Arc<State>>,
    app: AppPath,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let app_id = app_id(app)?;
    state.authorize(app_id, text(&headers, header::AUTHORIZATION))?;
    let content_type = text(&headers, header::CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(events::BATCH) {
        let detail = format!("send usage events as {}", events::BATCH);
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let body = body.map_err(|rejection| body_problem(&rejection, state.max_body_bytes))?;
    let batch = events::parse_batch(&body)?;
    Ok((StatusCode::ACCEPTED, Json(state.record(app_id, batch))).into_response())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).map(HeaderValue::to_str).and_then(Result::ok)
}
