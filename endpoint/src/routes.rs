//! All routes of one endpoint.

use std::sync::Arc;

use axum::Router;

use crate::service::Service;
use crate::{accounts, contract, drift, provider};

/// All routes over one service. Each module has its `routes()` here.
pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .merge(contract::router(&service))
        .merge(contract::keys_router())
        .merge(accounts::active::routes())
        .merge(drift::routes())
        .merge(provider::routes())
        .with_state(service)
}
