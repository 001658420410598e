//! Errors as `application/problem+json` (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The media type of every error body.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error answer. Its words are for a developer: no credential, user id or text of a person ever stands in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    chinese: Option<String>,
    field: Option<String>,
    retry_after_secs: Option<u64>,
    database: Option<&'static str>,
}

/// Put on an answer that is an error because the database did not do what was asked: why, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseFailed(pub &'static str);

impl Problem {
    /// What is wrong, and how to fix it.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { status, detail, chinese: None, field: None, retry_after_secs: None, database: None }
    }

    /// A 400 that names the offending field by JSON pointer (RFC 6901); empty for the body as a whole.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: Some(pointer.into()), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    /// A 401.
    pub fn unauthorized() -> Self {
        let detail = "the bearer credential is missing or not valid; send a current one";
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// A 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// A 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The same, with `Retry-After`.
    #[must_use]
    pub fn retry_after(self, secs: u64) -> Self {
        Self { retry_after_secs: Some(secs), ..self }
    }

    /// The same, with what is wrong in Chinese, for the page. Programs are told it in English.
    #[must_use]
    pub fn in_chinese(self, detail: impl Into<String>) -> Self {
        Self { chinese: Some(detail.into()), ..self }
    }

    /// What is wrong in Chinese, where the page can come to say it.
    pub fn detail_in_chinese(&self) -> Option<&str> {
        self.chinese.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, and how to fix it.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(field) = self.field {
            body["field"] = field.into();
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if let Some(cause) = self.database {
            response.extensions_mut().insert(DatabaseFailed(cause));
        }
        response
    }
}

#[cfg(feature = "server")]
impl From<crate::db::DbError> for Problem {
    /// What passes by itself is a 503 with `Retry-After`; the driver's words go to the log, never to a caller.
    fn from(error: crate::db::DbError) -> Self {
        use crate::db::DbError;

        let cause = error.cause();
        let problem = match error {
            DbError::Busy => {
                tracing::warn!("database busy");
                let detail = "the database is busy; send the same again later";
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5);
                problem.in_chinese("数据库繁忙，请稍后重试。")
            }
            // A password that is changed, for instance: what was sent is not lost while the owner corrects it.
            error @ DbError::Refused { .. } => {
                tracing::error!(why = %error, "database refused");
                let detail = "the endpoint's database refuses it; send the same again later";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(30)
            }
            DbError::Unreachable { why } => {
                tracing::error!(why, "database not reachable");
                let detail = "the database cannot be reached; send the same again later";
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(30);
                problem.in_chinese("无法连接数据库，请稍后重试。")
            }
            DbError::NulInText => {
                Self::new(StatusCode::BAD_REQUEST, "a text holds the character U+0000, which is not taken")
                    .in_chinese("文本含有不可接受的字符 U+0000。")
            }
            error @ DbError::NewerSchema { .. } => {
                tracing::error!(why = %error, "nothing is written");
                let detail = "a newer endpoint has taken over the database; send the same again later";
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(30);
                problem.in_chinese("更新版本的服务已接管数据库，请稍后重试。")
            }
            other => {
                tracing::error!(why = %other, "database failed");
                let detail = "the endpoint's database failed; its operator finds the cause in its log";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
                    .in_chinese("数据库出错，原因见服务日志。")
            }
        };
        let database = (problem.status != StatusCode::BAD_REQUEST).then_some(cause);
        Self { database, ..problem }
    }
}
