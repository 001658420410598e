//! What the provider is answered.

use serde_json::{Value, json};

/// The webhook was taken, and what it asks about may go on.
pub(super) fn ok() -> Value {
    json!({ "ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0 })
}

/// What the webhook asks about is refused. `ErrorCode` 1 refuses; the chat SDK reports 10016 to whoever asked.
pub(super) fn refused(why: &str) -> Value {
    json!({ "ActionStatus": "OK", "ErrorInfo": why, "ErrorCode": 1 })
}
