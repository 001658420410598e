//! Whether a user is counted already: the optional call of the contract.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::HeaderMap;
use planguard_endpoint::contract::{Port as _, app_id, token};
use planguard_endpoint::problem::Problem;
use serde_json::{Value, json};

use crate::state::State;

/// `GET …/users/{account}/active?month=`: whether the user is counted, as far as a test has said.
pub(crate) async fn active(
    Shared(state): Shared<Arc<State>>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let Path((app, account)) = path.map_err(|_| Problem::not_found("no such account"))?;
    let app_id = app_id(Ok(Path(app)))?;
    state.admit(token(&headers), Some(app_id)).await?;
    if !is_account(&account) {
        return Err(Problem::field("", "account: not a name of a key, a colon and 32 hexadecimal digits"));
    }
    let month =
        query.as_deref().and_then(|query| query.strip_prefix("month=")).filter(|month| is_month(month));
    let month = month.ok_or_else(|| Problem::field("", "month: missing, or not a month such as 2026-11"))?;
    let active = state.known_users.of(&account, month);
    let active = active.ok_or_else(|| Problem::not_found("nothing is known of users here"))?;
    Ok(Json(json!({ "active": active, "month": month, "as_of": state.now().to_string() })))
}

fn is_account(text: &str) -> bool {
    let named = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b);
    text.split_once(':').is_some_and(|(key, hash)| {
        (1..=16).contains(&key.len())
            && key.bytes().all(named)
            && hash.len() == 32
            && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn is_month(text: &str) -> bool {
    let digits = |range| text.get(range).is_some_and(|part: &str| part.bytes().all(|b| b.is_ascii_digit()));
    text.len() == 7
        && digits(0..4)
        && text.as_bytes()[4] == b'-'
        && digits(5..7)
        && text[5..].parse().is_ok_and(|month: u8| (1..=12).contains(&month))
}
