//! All routes of one endpoint.

use std::sync::Arc;

use axum::Router;

use crate::service::Service;
use crate::{accounts, admin, contract, documents, drift, metrics, page, provider};

/// All routes over one service. Each module has its `routes()` here.
pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .merge(contract::router(&service))
        .merge(contract::keys_router())
        .merge(accounts::routes())
        .merge(documents::routes())
        .merge(drift::routes())
        .merge(admin::routes())
        .merge(metrics::routes())
        .merge(page::routes())
        .merge(provider::routes())
        .with_state(service)
}
