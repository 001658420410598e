//! All routes of one endpoint.

use std::sync::Arc;

use axum::Router;

use crate::contract;
use crate::service::Service;

/// All routes over one service. Each module has its `routes()` here.
pub fn router(service: Arc<Service>) -> Router {
    Router::new().merge(contract::router(&service)).merge(contract::keys_router()).with_state(service)
}
