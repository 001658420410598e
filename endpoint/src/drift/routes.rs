//! `GET /admin/v1/apps/{sdk_app_id}/drift?month=`.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use planguard::time::BillingMonth;
use serde::Deserialize;

use super::{Report, report};
use crate::extract::{Admin, AppId, Query};
use crate::ledger::period::When;
use crate::problem::Problem;
use crate::service::Service;

/// The owner's route.
pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/admin/v1/apps/{sdk_app_id}/drift", get(answer))
}

#[derive(Deserialize)]
struct Asked {
    month: Option<String>,
}

async fn answer(
    State(service): State<Arc<Service>>,
    _owner: Admin,
    AppId(app): AppId,
    Query(asked): Query<Asked>,
) -> Result<Json<Report>, Problem> {
    let bad = || Problem::field("", "month: not a month such as 2026-11");
    let asked: Option<BillingMonth> =
        asked.month.map(|month| month.parse().map_err(|_| bad())).transpose()?;
    Ok(Json(service.drift(app, asked).await?))
}

impl Service {
    /// The report of a month of an app; of the running one where none is named.
    ///
    /// # Errors
    /// 404 where the app is not served, 503 where the database is not there.
    pub async fn drift(&self, sdk_app_id: u64, month: Option<BillingMonth>) -> Result<Report, Problem> {
        let app = self.ledger_app(sdk_app_id)?;
        let now = self.clock.now().as_millisecond();
        let month = month.unwrap_or_else(|| When::new(&app.zone, now).month);
        Ok(self.db.read(move |queries| report(queries, &app, month, now)).await?)
    }
}
