//! `GET /v1/apps/{sdk_app_id}/users/{account}/active?month=`: whether a user is counted in a month.

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use planguard::time::BillingMonth;
use serde::Deserialize;
use serde_json::json;

use super::KeyedAccount;
use crate::db::{DbError, Queries};
use crate::extract::Device;
use crate::ledger::period::When;
use crate::ledger::{App, retention, usage, users};
use crate::problem::Problem;
use crate::service::Service;

/// What is known of one user in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active {
    /// Whether they are counted; `None` where that is not known, which is not the same as no.
    pub active: Option<bool>,
    /// As of when, in milliseconds since 1970; `None` where nothing is known.
    pub as_of: Option<i64>,
}

/// Answers for one user. A login that either side reported makes `true`; `false` needs webhooks of the whole month.
pub fn active(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: &App,
    asked: &KeyedAccount,
    month: BillingMonth,
    now: i64,
) -> Result<Active, DbError> {
    const UNKNOWN: Active = Active { active: None, as_of: None };
    let running = When::new(&app.zone, now).month;
    if month > running || month < retention::first_month_of_users(running) {
        return Ok(UNKNOWN);
    }
    let key = super::of_month(queries, secret, app.id, month)?;
    if key.is_none_or(|key| key.id() != asked.key_id) {
        return Ok(UNKNOWN);
    }
    if users::is_active(queries, app.id, month, asked.account)? {
        return Ok(Active { active: Some(true), as_of: Some(now) });
    }
    match usage::known(queries, app, now)?.filter(|known| known.month(month)) {
        Some(known) => Ok(Active { active: Some(false), as_of: Some(known.as_of.at) }),
        None => Ok(UNKNOWN),
    }
}

/// The route of devices.
pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/v1/apps/{sdk_app_id}/users/{account}/active", get(answer))
}

#[derive(Deserialize)]
struct Asked {
    month: String,
}

async fn answer(
    State(service): State<Arc<Service>>,
    device: Device,
    path: Result<Path<(u64, String)>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    // A field that is empty stands for the path, which is no body.
    let bad = |why: String| Problem::field("", why);
    let Path((_, account)) = path.map_err(|_| bad("account: not readable".into()))?;
    let account: KeyedAccount = account.parse().map_err(|why| bad(format!("account: {why}")))?;
    let Query(asked) = asked.map_err(|_| bad("month: missing; ask with ?month=2026-11".into()))?;
    let month: BillingMonth =
        asked.month.parse().map_err(|_| bad("month: not a month such as 2026-11".into()))?;
    let app = service.ledger_app(device.app)?;
    let (secret, now) = (super::root(&service.secret), service.clock.now().as_millisecond());
    let found = service.db.read(move |queries| active(queries, &secret, &app, &account, month, now)).await?;
    let mut body = json!({ "active": found.active, "month": month.to_string() });
    if let Some(at) = found.as_of {
        body["as_of"] = usage::instant(at).into();
    }
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
