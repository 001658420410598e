//! What the routes take from a request: the app in the path, and why a body could not be read.

use axum::extract::Path;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::http::StatusCode;

use crate::problem::Problem;

/// The path's `sdk_app_id`, as text so that a bad one is told apart from an unknown path.
pub(crate) type AppPath = Result<Path<String>, PathRejection>;

/// The path's id of a price list.
pub(crate) type CatalogPath = Result<Path<String>, PathRejection>;

/// The id of a price list from a path.
pub(crate) fn catalog_id(path: CatalogPath) -> Result<String, Problem> {
    path.map(|Path(id)| id).map_err(|_| Problem::not_found("no such price list"))
}

/// Why a body could not be read.
pub(crate) fn body_problem(rejection: &BytesRejection, max: usize) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!("the body is over {max} bytes; send fewer events at once");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
    }
    Problem::field("", "the body broke off; send it again")
}

/// An app id from a path. What is no number above zero is no app either.
pub(crate) fn app_id(path: AppPath) -> Result<u64, Problem> {
    let id = path.ok().and_then(|Path(text)| text.parse().ok()).filter(|id| *id > 0);
    id.ok_or_else(|| {
        Problem::not_found("sdk_app_id: not a number above 0; it is the app's number in the console")
    })
}
