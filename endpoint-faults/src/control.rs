//! Routes for tests in other languages: change the document, switch faults, read what arrived.
//! They need no credential, for they exist on loopback only.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router, body::Bytes};
use planguard_endpoint::contract::{Named, app_id, body_problem, catalog_id, without_bom};
use planguard_endpoint::problem::Problem;
use serde_json::{Value, json};

use crate::document::missing;
use crate::faults::{Fault, Faults};
use crate::state::State;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/v1/apps/{sdk_app_id}/entitlements", put(put_entitlements))
        .route("/v1/catalogs/{id}", put(put_catalog))
        .route("/_clock", get(clock).put(put_clock))
        .route("/_faults", put(put_faults).delete(delete_faults))
        .route("/_stats", get(stats))
}

/// `PUT /v1/apps/{sdk_app_id}/entitlements`: replaces the document, answers its new revision and what every app would miss
/// in it.
async fn put_entitlements(
    Shared(state): Shared<Arc<State>>,
    app: Named,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let app_id = app_id(app)?;
    let document = parse(body, &state)?;
    let revision =
        state.set_document(app_id, document).map_err(|error| Problem::field("", error.to_string()))?;
    let findings = state.document(app_id).map(|document| missing(&document)).unwrap_or_default();
    Ok(Json(if findings.is_empty() {
        json!({ "revision": revision })
    } else {
        json!({ "revision": revision, "findings": findings })
    }))
}

/// `PUT /v1/catalogs/{id}`: replaces a price list.
async fn put_catalog(
    Shared(state): Shared<Arc<State>>,
    id: Named,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let id = catalog_id(id)?;
    let catalog = parse(body, &state)?;
    state.set_catalog(&id, Some(&catalog));
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /_clock`: how far the time is turned, and what it is.
async fn clock(Shared(state): Shared<Arc<State>>) -> Json<Value> {
    Json(json!({ "ahead_secs": state.ahead_secs(), "now": state.now().to_string() }))
}

/// `PUT /_clock`: turns the time that `Date` and `issued_at` are taken from, `{"ahead_secs": 86400}`.
async fn put_clock(
    Shared(state): Shared<Arc<State>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = parse(body, &state)?;
    let secs = body["ahead_secs"].as_i64().filter(|secs| state.set_ahead_secs(*secs));
    let why =
        || Problem::field("/ahead_secs", "missing, no whole number, or beyond the calendar; send seconds");
    secs.map(|_| StatusCode::NO_CONTENT).ok_or_else(why)
}

/// `PUT /_faults`: replaces all switches by one fault, or by an array of faults that act together.
async fn put_faults(
    Shared(state): Shared<Arc<State>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body: Value = parse(body, &state)?;
    // Not an untagged enum: its errors would not say what is wrong.
    let faults = if body.is_array() {
        serde_json::from_value(body)
    } else {
        serde_json::from_value(body).map(|fault: Fault| fault.into())
    };
    state.set_faults(faults.map_err(|error| Problem::field("", error.to_string()))?);
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /_faults`: ends them all.
async fn delete_faults(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.set_faults(Faults::none());
    StatusCode::NO_CONTENT
}

/// `GET /_stats`: the calls and usage events received.
async fn stats(Shared(state): Shared<Arc<State>>) -> Json<Value> {
    Json(json!({ "requests": state.requests(), "events": state.events() }))
}

fn parse(body: Result<Bytes, BytesRejection>, state: &State) -> Result<Value, Problem> {
    let body = body.map_err(|rejection| body_problem(&rejection, state.max_body_bytes))?;
    let body = without_bom(&body);
    serde_json::from_slice(body).map_err(|error| Problem::field("", format!("not JSON: {error}")))
}
