//! Answers that no page of ours gave: to a form, a path or a query that cannot be read. The framework's own say what was
//! sent, in words for a developer.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::layout;
use super::session;
use super::words::In;

/// Puts a page of ours in the place of every refusal that is none.
pub(super) async fn answer(headers: HeaderMap, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.status().is_client_error()
        || response.headers().contains_key(header::CONTENT_SECURITY_POLICY)
    {
        return response;
    }
    let (language, status) = (In(session::language(&headers)), response.status());
    let text = match status {
        StatusCode::PAYLOAD_TOO_LARGE => language.say(
            "What was sent is too long. Nothing was changed.",
            "提交的内容过长，未作任何更改。",
        ),
        _ => language.say(
            "It did not come from a page of this endpoint, or from an older one. Nothing was changed. Open the page anew and \
             try again.",
            "该请求并非来自本服务的页面，或来自旧版页面，未作任何更改。请重新打开页面后再试。",
        ),
    };
    let title = language.say("This cannot be read", "无法读取该请求");
    layout::only(language, status, title, text)
}
