//! The page for owners: where the plan stands, what the month costs, and the change of plan.
//!
//! It is made here, whole; a script adds comfort and nothing that is needed. Forms carry a token of their session, and the
//! page loads nothing from anywhere else.

mod account_key;
mod answer;
mod assets;
mod caller;
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
mod rejected;
mod root;
mod session;
mod shown;
mod sign_in;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use crate::service::Service;

/// The longest form of who is not signed in yet.
const SIGN_IN_BYTES: usize = 4096;

/// The page's routes.
pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/", get(root::root))
        .route("/admin", get(sign_in::start))
        .route("/admin/sign-in", post(sign_in::sign_in).layer(DefaultBodyLimit::max(SIGN_IN_BYTES)))
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/language", get(sign_in::language))
        .route("/admin/apps/{sdk_app_id}", get(overview::show))
        .route("/admin/apps/{sdk_app_id}/preview", post(change::preview))
        .route("/admin/apps/{sdk_app_id}/change", post(change::confirm))
        .route("/admin/apps/{sdk_app_id}/keys", post(keys::rotate))
        .route("/admin/apps/{sdk_app_id}/account-key", post(account_key::rotate))
        .route("/admin/apps/{sdk_app_id}/credentials", post(credentials::add))
        .route("/admin/apps/{sdk_app_id}/credentials/revoke", post(credentials::revoke))
        .route("/admin/page.css", get(assets::style))
        .route("/admin/page.js", get(assets::script))
        .route("/admin/icon.svg", get(assets::icon))
        .layer(from_fn(rejected::answer))
}
