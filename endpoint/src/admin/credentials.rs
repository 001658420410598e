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
        let app = match one.kind {
            Kind::Admin => None,
            Kind::Device { app } => Some(app),
        };
        json!({
            "id": one.id, "name": one.name, "kind": if app.is_some() { "device" } else { "admin" },
            "sdk_app_id": app, "holds": one.holds(now), "created_at": one.created_at.to_string(),
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
    /// The app whose devices it is for; an owner's without it.
    sdk_app_id: Option<u64>,
    days: Option<u32>,
}

pub(super) async fn add(
    State(service): State<Arc<Service>>,
    _: Admin,
    extract::Json(new): extract::Json<New>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let kind = match new.sdk_app_id {
        Some(app) => {
            service.app(app)?;
            Kind::Device { app }
        }
        None => Kind::Admin,
    };
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
