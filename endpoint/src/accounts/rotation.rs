//! `POST /admin/v1/apps/{sdk_app_id}/account-key/rotate`: a new key from the next month on.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Rotation, active, rotate};
use crate::extract::Admin;
use crate::ledger::period::When;
use crate::problem::Problem;
use crate::service::Service;

/// All routes about users: those of devices and of the owner.
pub fn routes() -> Router<Arc<Service>> {
    let rotation = Router::new().route("/admin/v1/apps/{sdk_app_id}/account-key/rotate", post(answer));
    active::routes().merge(rotation)
}

async fn answer(
    State(service): State<Arc<Service>>,
    _owner: Admin,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path(app) = path.map_err(|_| Problem::not_found("sdk_app_id: not an app's number"))?;
    let rotation = service.rotate_account_key(app).await?;
    Ok(Json(json!({ "key_id": rotation.key_id, "from": rotation.from.to_string() })))
}

impl Service {
    /// Makes a new key for an app's pseudonyms, from the next month on.
    ///
    /// # Errors
    /// 404 where the app is not served, or its devices get no key.
    pub async fn rotate_account_key(&self, sdk_app_id: u64) -> Result<Rotation, Problem> {
        let app = self.ledger_app(sdk_app_id)?;
        if !app.accounts {
            let detail = format!(
                "devices of app {sdk_app_id} get no key: set `accounts = true` in its [[app]] section"
            );
            return Err(Problem::not_found(detail));
        }
        let (root, now) = (super::root(&self.secret), self.clock.now().as_millisecond());
        let month = When::new(&app.zone, now).month;
        Ok(self.db.write(move |queries| rotate(queries, &root, app.id, month, now)).await?)
    }
}
