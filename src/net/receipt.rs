//! The endpoint's answer to a batch of usage events: a receipt, a problem document, or something else's words.

use http::{StatusCode, header};
use serde_json::Value;

use super::content_encoding::decoded;
use super::transport::Response;
use super::wire::media_type;
use crate::model::json;

/// What the body of an answer to a batch says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchReply {
    /// A receipt (`application/json`).
    Receipt {
        /// Events recorded by this call.
        accepted: u64,
        /// Events that were recorded before.
        duplicates: u64,
    },
    /// A problem document (RFC 9457, `application/problem+json`).
    Problem {
        /// The JSON pointer to the first bad member of the batch.
        field: Option<String>,
    },
    /// Neither.
    Other,
}

/// Reads the body of an answer to a batch, at most `limit` bytes of it.
pub fn batch_reply(response: &Response, limit: usize) -> BatchReply {
    let read = || {
        let body = decoded(response, limit).ok()?;
        let Value::Object(fields) = json::parse(&body).ok()? else { return None };
        match media_type(response.headers()).as_str() {
            "application/json" => Some(BatchReply::Receipt {
                accepted: fields.get("accepted")?.as_u64()?,
                duplicates: fields.get("duplicates")?.as_u64()?,
            }),
            "application/problem+json" => Some(BatchReply::Problem {
                field: fields.get("field").and_then(Value::as_str).map(str::to_owned),
            }),
            _ => None,
        }
    };
    read().unwrap_or(BatchReply::Other)
}

/// Whether an error has the form that the contract gives to one: a problem document or, for 401, a challenge. Then the
/// endpoint itself sent it, and not a proxy or a captive portal on the way.
pub(crate) fn by_contract(response: &Response) -> bool {
    media_type(response.headers()) == "application/problem+json"
        || (response.status() == StatusCode::UNAUTHORIZED
            && response.headers().contains_key(header::WWW_AUTHENTICATE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(content_type: &str, body: &str) -> BatchReply {
        let mut response = Response::new(body.as_bytes().to_vec());
        response.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        batch_reply(&response, 1000)
    }

    #[test]
    fn a_receipt_has_its_media_type_and_both_counts() {
        let receipt = BatchReply::Receipt { accepted: 2, duplicates: 1 };
        let body = r#"{"accepted":2,"duplicates":1}"#;
        assert_eq!(reply("application/json; charset=utf-8", body), receipt);
        assert_eq!(reply("Application/JSON", &format!("\u{feff}{body}")), receipt);
        for (content_type, body) in [
            ("text/html", body),
            ("application/problem+json", ""),
            ("application/json", r#"{"accepted":2}"#),
            ("application/json", r#"{"accepted":"2","duplicates":1}"#),
            ("application/json", r#"{"accepted":2.0,"duplicates":1}"#),
            ("application/json", r#"{"accepted":-1,"duplicates":1}"#),
            ("application/json", r#"{"accepted":0,"accepted":2,"duplicates":1}"#),
            ("application/json", r#"{"error":"sign in"}"#),
            ("application/json", "[2,1]"),
            ("application/json", "<html>"),
        ] {
            assert_eq!(reply(content_type, body), BatchReply::Other, "{content_type} {body}");
        }
        assert_eq!(batch_reply(&Response::new(Vec::new()), 1000), BatchReply::Other);
    }

    #[test]
    fn a_problem_names_an_event_or_none() {
        let field = |body| reply("application/problem+json", body);
        let problem = |field: Option<&str>| BatchReply::Problem { field: field.map(str::to_owned) };
        assert_eq!(field(r#"{"status":400,"field":"/3/time"}"#), problem(Some("/3/time")));
        assert_eq!(field(r#"{"status":400}"#), problem(None));
        assert_eq!(field(r#"{"status":400,"field":3}"#), problem(None));
        assert_eq!(reply("application/json", r#"{"field":"/3/time"}"#), BatchReply::Other);
    }
}
