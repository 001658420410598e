//! The admin API: what the page shows and does, as JSON. `docs/openapi-admin.yaml` describes it.

mod credentials;
mod keys;
mod ledger;
mod overview;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::service::Service;

/// The routes, with which of them take what.
pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/admin/v1/apps", get(overview::apps))
        .route("/admin/v1/apps/{sdk_app_id}/overview", get(overview::overview))
        .route("/admin/v1/apps/{sdk_app_id}/preview", post(overview::preview))
        .route("/admin/v1/apps/{sdk_app_id}/notices", get(overview::notices))
        .route("/admin/v1/apps/{sdk_app_id}/ledger.csv", get(ledger::csv))
        .route("/admin/v1/keys", get(keys::list).post(keys::add))
        .route("/admin/v1/credentials", get(credentials::list).post(credentials::add))
        .route("/admin/v1/credentials/{id}", delete(credentials::revoke))
}

/// Every route for owners as `method path`, those of other modules included, for the test that compares them with the
/// description.
pub const ROUTES: [&str; 17] = [
    "get /admin/v1/apps",
    "get /admin/v1/apps/{sdk_app_id}/overview",
    "post /admin/v1/apps/{sdk_app_id}/preview",
    "get /admin/v1/apps/{sdk_app_id}/notices",
    "get /admin/v1/apps/{sdk_app_id}/ledger.csv",
    "get /admin/v1/apps/{sdk_app_id}/document",
    "put /admin/v1/apps/{sdk_app_id}/document",
    "post /admin/v1/apps/{sdk_app_id}/document/check",
    "get /admin/v1/apps/{sdk_app_id}/drift",
    "get /admin/v1/apps/{sdk_app_id}/account-key",
    "post /admin/v1/apps/{sdk_app_id}/account-key/rotate",
    "put /admin/v1/catalogs/{id}",
    "get /admin/v1/keys",
    "post /admin/v1/keys",
    "get /admin/v1/credentials",
    "post /admin/v1/credentials",
    "delete /admin/v1/credentials/{id}",
];
