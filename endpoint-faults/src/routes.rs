//! The routes of the contract with faults around them, and the control routes.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Router, middleware};
use planguard_endpoint::contract;
use planguard_endpoint::problem::Problem;

use crate::state::State;
use crate::{active, control, inject};

/// All routes over one state.
pub(crate) fn router(state: Arc<State>) -> Router {
    contract::router(&state)
        .route("/v1/apps/{sdk_app_id}/users/{account}/active", get(active::active))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), inject::faults))
        .merge(contract::keys_router())
        .merge(control::routes())
        .fallback(async || Problem::not_found("no such path; see docs/openapi.yaml"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path has other methods; see docs/openapi.yaml")
        })
        .layer(DefaultBodyLimit::max(state.max_body_bytes))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), inject::log))
        .with_state(state)
}
