//! The key of accounts, as its owner sees it: `GET /admin/v1/apps/{sdk_app_id}/account-key` lists its versions,
//! `POST …/account-key/rotate` makes a new one from the next month on.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Listed, Rotation, active, list, rotate};
use crate::extract::{Admin, AppId};
use crate::ledger::period::When;
use crate::problem::Problem;
use crate::service::Service;

/// All routes about users: those of devices and of the owner.
pub fn routes() -> Router<Arc<Service>> {
    let rotation = Router::new()
        .route("/admin/v1/apps/{sdk_app_id}/account-key", get(listed))
        .route("/admin/v1/apps/{sdk_app_id}/account-key/rotate", post(answer));
    active::routes().merge(rotation)
}

async fn listed(
    State(service): State<Arc<Service>>,
    _owner: Admin,
    AppId(app): AppId,
) -> Result<Json<Value>, Problem> {
    let keys = service.account_keys(app).await?;
    let one = |key: &Listed| json!({ "key_id": key.key_id, "from": key.from.map(|from| from.to_string()) });
    Ok(Json(json!({ "keys": keys.iter().map(one).collect::<Vec<_>>() })))
}

async fn answer(
    State(service): State<Arc<Service>>,
    _owner: Admin,
    AppId(app): AppId,
) -> Result<Json<Value>, Problem> {
    let rotation = service.rotate_account_key(app).await?;
    Ok(Json(json!({ "key_id": rotation.key_id, "from": rotation.from.to_string() })))
}

impl Service {
    /// The keys of an app's pseudonyms, the oldest first; none where its devices get no key.
    ///
    /// # Errors
    /// 404 where the app is not served.
    pub async fn account_keys(&self, sdk_app_id: u64) -> Result<Vec<Listed>, Problem> {
        let app = self.ledger_app(sdk_app_id)?;
        if !app.accounts {
            return Ok(Vec::new());
        }
        Ok(self.db.read(move |queries| list(queries, app.id)).await?)
    }

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
            let chinese =
                format!("应用 {sdk_app_id} 的设备没有密钥：请在其 [[app]] 中设置 accounts = true。");
            return Err(Problem::not_found(detail).in_chinese(chinese));
        }
        let (root, now) = (super::root(&self.secret), self.clock.now().as_millisecond());
        let month = When::new(&app.zone, now).month;
        Ok(self.db.write(move |queries| rotate(queries, &root, app.id, month, now)).await?)
    }
}
