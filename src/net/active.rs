//! The endpoint's answer to whether a user is counted already.

use http::StatusCode;
use serde_json::Value;

use super::content_encoding::decoded;
use super::transport::Response;
use super::wire::{JSON, media_type};
use crate::model::{BillingMonth, json};

/// What a 200 says: whether the user is counted, `None` where that is not known, and in which month. `None` where the
/// answer is not of the contract's form.
pub(crate) fn active_reply(response: &Response, limit: usize) -> Option<(Option<bool>, BillingMonth)> {
    if response.status() != StatusCode::OK || media_type(response.headers()) != JSON {
        return None;
    }
    let Value::Object(fields) = json::parse(&decoded(response, limit).ok()?).ok()? else { return None };
    let active = match fields.get("active")? {
        Value::Bool(active) => Some(*active),
        Value::Null => None,
        _ => return None,
    };
    Some((active, fields.get("month")?.as_str()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn reply(status: u16, content_type: &str, body: &str) -> Option<(Option<bool>, BillingMonth)> {
        let mut response = Response::new(body.as_bytes().to_vec());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        response.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        active_reply(&response, 1_000)
    }

    #[test]
    fn an_answer_has_its_form_or_says_nothing() {
        let month = "2026-11".parse().unwrap();
        let json = |body| reply(200, "application/json; charset=utf-8", body);
        assert_eq!(json(r#"{"active":true,"month":"2026-11","as_of":"x"}"#), Some((Some(true), month)));
        assert_eq!(json(r#"{"active":false,"month":"2026-11"}"#), Some((Some(false), month)));
        assert_eq!(json("\u{feff}{\"active\":null,\"month\":\"2026-11\"}"), Some((None, month)));
        for bad in [
            "",
            "true",
            "[true]",
            r#"{"active":true}"#,
            r#"{"month":"2026-11"}"#,
            r#"{"active":1,"month":"2026-11"}"#,
            r#"{"active":"true","month":"2026-11"}"#,
            r#"{"active":true,"month":11}"#,
            r#"{"active":true,"month":"2026-13"}"#,
            r#"{"active":true,"month":"November"}"#,
            r#"{"active":false,"active":true,"month":"2026-11"}"#,
        ] {
            assert_eq!(json(bad), None, "{bad}");
        }
        let good = r#"{"active":true,"month":"2026-11"}"#;
        assert_eq!(reply(200, "text/html", good), None);
        assert_eq!(reply(203, "application/json", good), None);
        assert_eq!(reply(404, "application/json", good), None);
    }
}
