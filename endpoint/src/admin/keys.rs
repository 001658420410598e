//! The keys that sign.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::extract::{self, Admin};
use crate::keys;
use crate::owner::add_key;
use crate::problem::Problem;
use crate::service::Service;

pub(super) async fn list(State(service): State<Arc<Service>>, _: Admin) -> Result<Json<Value>, Problem> {
    let now = service.clock.now();
    let keys = service.db.read(move |queries| keys::list(queries, now)).await?;
    let one = |key: &keys::Key| {
        let from = key.signs_from.to_string();
        json!({"kid": key.kid, "public_key": key.public_key, "signs_from": from, "signs": key.signs})
    };
    Ok(Json(json!({"keys": keys.iter().map(one).collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    kid: String,
    signs_from: String,
    /// Let it sign although apps cannot know it yet.
    #[serde(default)]
    anyway: bool,
}

pub(super) async fn add(
    State(service): State<Arc<Service>>,
    _: Admin,
    extract::Json(new): extract::Json<New>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let from = new.signs_from.parse();
    let from: jiff::Timestamp =
        from.map_err(|_| Problem::field("/signs_from", "an RFC 3339 instant is needed"))?;
    let public = add_key(&service, &new.kid, from, new.anyway).await?;
    let body = json!({"kid": new.kid, "public_key": public, "signs_from": from.to_string()});
    Ok((StatusCode::CREATED, Json(body)))
}
