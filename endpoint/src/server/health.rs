//! `GET /healthz`: whether the database answers, its schema, and how far its clock is from this one.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::db::{DbError, SCHEMA};
use crate::service::Service;

/// Beyond it a clock is wrong: documents would be dated into the future or the past of the other processes'.
const CLOCKS_AGREE_MS: i64 = 60_000;

/// How an endpoint is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// `ok`, or what is wrong.
    pub status: &'static str,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// The schema of the database.
    pub schema: i64,
    /// How far this machine's clock is ahead of the database's, in milliseconds; 0 over a file.
    pub clock_ahead_ms: i64,
}

impl Service {
    /// Looks at the database.
    ///
    /// # Errors
    /// [`DbError`] where it does not answer.
    pub async fn health(&self) -> Result<Health, DbError> {
        let postgres = self.db.is_postgres();
        let there = self.db.clock().await?;
        let schema = match self.db.check_schema().await {
            Ok(schema) | Err(DbError::NewerSchema { found: schema, .. }) => schema,
            Err(error) => return Err(error),
        };
        let now = self.clock.now().as_millisecond();
        let clock_ahead_ms = there.map_or(0, |there| now - there.as_millisecond());
        let status = if schema != SCHEMA {
            "the database has another schema"
        } else if clock_ahead_ms.abs() > CLOCKS_AGREE_MS {
            "the clock differs from the database's"
        } else {
            "ok"
        };
        let database = if postgres { "postgres" } else { "sqlite" };
        Ok(Health { status, database, schema, clock_ahead_ms })
    }
}

pub(super) fn router(service: &Arc<Service>) -> Router {
    Router::new().route("/healthz", get(healthz)).with_state(Arc::clone(service))
}

async fn healthz(State(service): State<Arc<Service>>) -> Response {
    match service.health().await {
        Ok(health) if health.status == "ok" => Json(health).into_response(),
        Ok(health) => {
            tracing::error!(status = health.status, clock_ahead_ms = health.clock_ahead_ms, "not healthy");
            (StatusCode::SERVICE_UNAVAILABLE, Json(health)).into_response()
        }
        Err(error) => crate::problem::Problem::from(error).into_response(),
    }
}
