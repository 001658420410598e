//! Credentials, without their tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::contract::Named;
use crate::credentials::{self, Credential, Kind};
use crate::db::Queries;
use crate::extract::{self, Admin};
use crate::owner::add_credential;
use crate::problem::Problem;
use crate::service::Service;

pub(super) async fn list(State(service): State<Arc<Service>>, _: Admin) -> Result<Json<Value>, Problem> {
    let now = service.clock.now();
    let all = service.db.read(|queries| credentials::list(queries)).await?;
    let one = |one: &Credential| {
        json!({
            "id": one.id, "name": one.name, "kind": one.kind.word(),
            "sdk_app_id": one.kind.app(), "holds": one.holds(now), "created_at": one.created_at.to_string(),
            "expires_at": one.expires_at.map(|at| at.to_string()),
            "revoked_at": one.revoked_at.map(|at| at.to_string()),
        })
    };
    Ok(Json(json!({"credentials": all.iter().map(one).collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    name: String,
    /// For whom: `admin`, `device` or `metrics`.
    kind: String,
    /// The app whose devices it is for, and of no other kind.
    sdk_app_id: Option<u64>,
    days: Option<u32>,
}

pub(super) async fn add(
    State(service): State<Arc<Service>>,
    _: Admin,
    extract::Json(new): extract::Json<New>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    if let Some(app) = new.sdk_app_id {
        service.app(app)?;
    }
    let kind = Kind::of(&new.kind, new.sdk_app_id).ok_or_else(|| {
        Problem::field(
            "/kind",
            "`device` with its `sdk_app_id` is needed, or `admin` or `metrics` without one",
        )
    })?;
    let (token, id) = add_credential(&service, kind, &new.name, new.days).await?;
    Ok((StatusCode::CREATED, Json(json!({"id": id, "token": token.reveal()}))))
}

pub(super) async fn revoke(
    State(service): State<Arc<Service>>,
    _: Admin,
    id: Named,
) -> Result<StatusCode, Problem> {
    let none = || Problem::not_found("there is no such credential that holds");
    let Path(id) = id.map_err(|_| none())?;
    let now = service.clock.now();
    let revoke = move |queries: &mut dyn Queries| credentials::revoke(queries, &id, now);
    if service.db.write(revoke).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(none())
}
