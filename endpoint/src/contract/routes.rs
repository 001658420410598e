//! The calls of the contract.

use std::sync::Arc;

use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, body::Bytes};

use super::event::{BATCH, UsageEvent};
use super::port::Port;
use crate::problem::Problem;

/// What a path names, as text so that a bad one is told apart from an unknown path.
pub type Named = Result<Path<String>, PathRejection>;

/// The calls that apps make, over one port. The keys, which none asks for, are [`keys_router`].
pub fn router<P: Port>(port: &Arc<P>) -> Router<Arc<P>> {
    Router::new()
        .route("/v1/apps/{sdk_app_id}/entitlements", get(entitlements::<P>))
        .route("/v1/apps/{sdk_app_id}/usage-events", post(usage_events::<P>))
        .route("/v1/catalogs/{id}", get(catalog::<P>))
        .layer(DefaultBodyLimit::max(port.max_body_bytes()))
}

/// The public keys, for whoever builds an app.
pub fn keys_router<P: Port>() -> Router<Arc<P>> {
    Router::new().route("/.well-known/jwks.json", get(keys::<P>))
}

/// `GET …/entitlements`: the document, or 304 when the caller holds it.
async fn entitlements<P: Port>(
    State(port): State<Arc<P>>,
    app: Named,
    call: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let app = app_id(app)?;
    let unknown = || Problem::not_found(format!("app {app} is not known here"));
    let document = port.document_for(token(&headers), app, &call).await?.ok_or_else(unknown)?;
    Ok(document.answer(&headers))
}

/// `GET /v1/catalogs/{id}`: a price list, or 304 when the caller holds it.
async fn catalog<P: Port>(
    State(port): State<Arc<P>>,
    id: Named,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    port.admit(token(&headers), None).await?;
    let id = catalog_id(id)?;
    let unknown = || Problem::not_found(format!("no price list `{id}` is served here"));
    let catalog = port.catalog(&id).await?.ok_or_else(unknown)?;
    Ok(catalog.answer(&headers))
}

/// `GET /.well-known/jwks.json`: the public keys. No app fetches keys.
async fn keys<P: Port>(State(port): State<Arc<P>>) -> Result<Response, Problem> {
    let set = port.signing().await?.public().to_string();
    Ok(([(header::CONTENT_TYPE, "application/jwk-set+json")], set).into_response())
}

/// `POST …/usage-events`: takes a batch in, each event once.
async fn usage_events<P: Port>(
    State(port): State<Arc<P>>,
    app: Named,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let app = app_id(app)?;
    port.admit(token(&headers), Some(app)).await?;
    let content_type = text(&headers, &header::CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(BATCH) {
        let detail = format!("send usage events as {BATCH}");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    // Nothing of a body is read before the caller is known.
    let body = Bytes::from_request(request, &()).await;
    let body = body.map_err(|rejection| body_problem(&rejection, port.max_body_bytes()))?;
    let receipt = port.take(app, UsageEvent::batch(&body)?).await?;
    Ok((StatusCode::ACCEPTED, Json(receipt)).into_response())
}

/// Why a body could not be read.
pub fn body_problem(rejection: &BytesRejection, max: usize) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!("the body is over {max} bytes; send fewer events at once");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
    }
    Problem::field("", "the body broke off; send it again")
}

/// An app id from a path. What is no number above zero is no app either.
pub fn app_id(path: Named) -> Result<u64, Problem> {
    let id = path.ok().and_then(|Path(text)| text.parse().ok()).filter(|id| *id > 0);
    id.ok_or_else(|| {
        Problem::not_found("sdk_app_id: not a number above 0; it is the app's number in the console")
    })
}

/// The id of a price list from a path: a `Name` of the contract. What is none names no list.
pub fn catalog_id(path: Named) -> Result<String, Problem> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    let id = path.ok().map(|Path(id)| id).filter(|id| (1..=23).contains(&id.len()) && id.bytes().all(plain));
    id.ok_or_else(|| {
        Problem::not_found("no such price list: its id is 1 to 23 of a-z, 0-9, underscore and dash")
    })
}

/// The token of `Authorization: Bearer …`.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(HeaderValue::to_str).and_then(Result::ok)
}
