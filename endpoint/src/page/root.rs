//! `GET /`: where the page is. Whoever asks may be a stranger, and is told no more than that.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::answer::{page, see};

/// Browsers are taken to the page; others are told where it is.
pub(super) async fn root(headers: HeaderMap) -> Response {
    let mut answer = if takes_html(&headers) {
        see("/admin")
    } else {
        page("This is a billing endpoint. The page of its owner is at /admin.\n".into_response())
    };
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    answer
}

/// Whether the caller names HTML among what it takes, as every browser does.
fn takes_html(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let mut types = lines.flat_map(|line| line.split(',')).filter_map(|range| range.split(';').next());
    types.any(|essence| essence.trim().eq_ignore_ascii_case("text/html"))
}
