//! The document as its owner writes it: read, checked and replaced over HTTP, with an admin credential.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use planguard::catalog::Catalog;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::check::{self, Finding};
use super::{Put, Terms};
use crate::catalogs;
use crate::contract::{Named, app_id, body_problem, catalog_id, without_bom};
use crate::db::Queries;
use crate::extract::Admin;
use crate::problem::Problem;
use crate::service::Service;

/// The routes.
pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/admin/v1/apps/{sdk_app_id}/document", get(read).put(replace))
        .route("/admin/v1/apps/{sdk_app_id}/document/check", post(checked))
        .route("/admin/v1/catalogs/{id}", put(put_catalog))
}

/// What a check found.
#[derive(Serialize)]
struct Checked {
    findings: Vec<Finding>,
}

/// What a push did.
#[derive(Serialize)]
struct Pushed {
    revision: u64,
    changed: bool,
    /// What was wrong with it, where it was taken anyway.
    findings: Vec<Finding>,
}

/// How a push is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    /// Take the document although something is wrong with it that apps pass over.
    #[serde(default)]
    anyway: bool,
}

async fn read(_: Admin, State(service): State<Arc<Service>>, app: Named) -> Result<Json<Value>, Problem> {
    let app = app_id(app)?;
    service.app(app)?;
    let terms = service.db.read(move |queries| super::terms(queries, app)).await?;
    let none = || Problem::not_found(format!("app {app} has no document yet; push one"));
    Ok(Json(terms.ok_or_else(none)?.written(app)))
}

async fn checked(
    _: Admin,
    State(service): State<Arc<Service>>,
    app: Named,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Checked>, Problem> {
    let app = app_id(app)?;
    let findings = service.check(app, &read_body(&service, body)?).await?;
    Ok(Json(Checked { findings }))
}

async fn replace(
    _: Admin,
    State(service): State<Arc<Service>>,
    app: Named,
    push: Result<Query<Push>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Pushed>, Problem> {
    let app = app_id(app)?;
    let Query(Push { anyway }) =
        push.map_err(|_| Problem::field("", "the query is neither empty nor `anyway=true`"))?;
    let body = read_body(&service, body)?;
    let findings = service.check(app, &body).await?;
    if let Some(first) = findings.first()
        && !(anyway && findings.iter().all(Finding::is_passed_over))
    {
        return Err(Problem::field(first.field.clone(), refused(&findings)));
    }
    let members = serde_json::from_slice(without_bom(&body));
    let mut members: Map<String, Value> =
        members.map_err(|error| Problem::field("", format!("not JSON: {error}")))?;
    let from = members.remove("revision").as_ref().and_then(Value::as_u64);
    for filled in ["schema", "sdk_app_id"] {
        members.remove(filled);
    }
    let now = service.clock.now();
    let put = service.db.write(move |queries| super::put(queries, app, &members, from, now)).await?;
    let pushed = |revision, changed| Ok(Json(Pushed { revision, changed, findings }));
    match put {
        Put::Changed(revision) => {
            tracing::info!(revision, "document changed");
            pushed(revision, true)
        }
        Put::Same(revision) => pushed(revision, false),
        Put::Outdated(held) => Err(Problem::new(
            StatusCode::CONFLICT,
            format!(
                "written from another revision than {held}, which is held; pull and change that one, or leave `revision` out to replace it"
            ),
        )),
    }
}

/// `PUT /admin/v1/catalogs/{id}`: serves a price list, from its rows as TOML or JSON.
async fn put_catalog(
    _: Admin,
    State(service): State<Arc<Service>>,
    id: Named,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let id = catalog_id(id)?;
    let body = read_body(&service, body)?;
    let rows = catalogs::read(&id, &body).map_err(|why| Problem::field("", why))?;
    let now = service.clock.now();
    service.db.write(move |queries| catalogs::put(queries, &id, &rows, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Service {
    /// Everything that is wrong with the text of a document for an app.
    ///
    /// # Errors
    /// 404 where the app is not served, 503 where the database does not answer.
    pub async fn check(&self, app: u64, text: &[u8]) -> Result<Vec<Finding>, Problem> {
        self.app(app)?;
        let served = self.db.read(|queries: &mut dyn Queries| catalogs::all(queries)).await?;
        let (text, now) = (text.to_vec(), self.clock.now());
        let check = move || {
            let catalogs = served.iter().filter_map(|rows| Catalog::from_json(rows.as_bytes()).ok());
            check::document(&text, app, &catalogs.collect::<Vec<_>>(), now)
        };
        let checked = tokio::task::spawn_blocking(check).await;
        checked.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the check failed; see the log"))
    }
}

impl Terms {
    /// The document as its owner writes it, with the revision that it is written from.
    pub fn written(&self, app: u64) -> Value {
        let mut members = self.members.clone();
        members.insert("schema".into(), 1.into());
        members.insert("sdk_app_id".into(), app.into());
        members.insert("revision".into(), self.revision.into());
        Value::Object(members)
    }
}

fn refused(findings: &[Finding]) -> String {
    let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn read_body(service: &Service, body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|rejection| body_problem(&rejection, service.config.limits.body_bytes))
}
