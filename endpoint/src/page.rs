//! The page for owners: where the plan stands, what the month costs, and the change of plan.
//!
//! It is made here, whole; a script adds comfort and nothing that is needed. Forms carry a token of their session, and the
//! page loads nothing from anywhere else.

mod assets;
mod cards;
mod change;
mod credentials;
mod diff;
mod drift;
mod form;
mod keys;
mod layout;
mod overview;
mod plan;
mod preview;
mod session;
mod sign_in;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::problem::Problem;
use crate::service::Service;
use session::Session;
use words::In;

pub use sign_in::SignIns;

/// The page's routes.
pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/admin", get(sign_in::start))
        .route("/admin/sign-in", post(sign_in::sign_in))
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/language", get(sign_in::language))
        .route("/admin/apps/{sdk_app_id}", get(overview::show))
        .route("/admin/apps/{sdk_app_id}/preview", post(change::preview))
        .route("/admin/apps/{sdk_app_id}/change", post(change::confirm))
        .route("/admin/apps/{sdk_app_id}/keys", post(keys::rotate))
        .route("/admin/apps/{sdk_app_id}/credentials", post(credentials::add))
        .route("/admin/apps/{sdk_app_id}/credentials/revoke", post(credentials::revoke))
        .route("/admin/page.css", get(assets::style))
        .route("/admin/page.js", get(assets::script))
        .route("/admin/icon.svg", get(assets::icon))
}

/// What every answer of the page carries: nothing from elsewhere, in no frame, kept nowhere.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// An answer of the page, with its headers.
fn page(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Goes to another page, which is then loaded anew.
fn see(place: &str) -> Response {
    page(Redirect::to(place))
}

/// Who calls, and in which language; an answer where nobody is signed in.
struct Caller {
    session: Session,
    language: In,
}

impl Caller {
    async fn of(service: &Service, headers: &HeaderMap) -> Result<Self, Response> {
        let language = In(session::language(headers));
        match Session::of(service, headers).await {
            Ok(Some(session)) => Ok(Self { session, language }),
            Ok(None) => Err(see("/admin")),
            Err(error) => Err(layout::failed(language, &Problem::from(error))),
        }
    }

    /// The same, for a form: it has to be one that was made for this session.
    async fn of_form(service: &Service, headers: &HeaderMap, token: &str) -> Result<Self, Response> {
        let caller = Self::of(service, headers).await?;
        if caller.session.made(service, token, headers) {
            return Ok(caller);
        }
        Err(layout::refused(caller.language))
    }
}
