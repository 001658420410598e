//! Usage events: `CloudEvents` 1.0 in the JSON batch format, checked as `docs/openapi.yaml` describes them.
//!
//! By hand, since an answer names the one member that is wrong, and the examples compile no schema library for it. A test
//! compares these checks with the published schema.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{rules, strict};
use crate::problem::Problem;

/// The media type of a batch.
pub const BATCH: &str = "application/cloudevents-batch+json";

/// One usage event that keeps to the contract.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageEvent(Map<String, Value>);

/// What is wrong with an event: the member, by JSON pointer, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFault {
    /// JSON pointer (RFC 6901) into the event.
    pub field: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl UsageEvent {
    /// Checks one event.
    ///
    /// # Errors
    /// The first member that is wrong.
    pub fn check(event: Value) -> Result<Self, EventFault> {
        rules::check(&event).map_err(|(field, why)| EventFault { field, why })?;
        match event {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(EventFault { field: String::new(), why: rules::NO_OBJECT }),
        }
    }

    /// Checks a body. One bad event refuses the whole batch, so that nothing is half taken.
    ///
    /// # Errors
    /// A 400 that names the first member that is wrong, in the batch.
    pub fn batch(body: &[u8]) -> Result<Vec<Self>, Problem> {
        let body: Value = strict::read(without_bom(body)).map_err(|error| {
            let not = if error.is_data() { "not clear" } else { "not JSON" };
            Problem::field("", format!("{not}: {error}; send an array of events, with each member once"))
        })?;
        let Value::Array(batch) = body else {
            return Err(Problem::field("", "not an array; send a batch even for one event"));
        };
        let check = |(index, event)| {
            Self::check(event).map_err(|fault| Problem::field(format!("/{index}{}", fault.field), fault.why))
        };
        batch.into_iter().enumerate().map(check).collect()
    }

    /// Its id, unique among the events of its source.
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// The install that sent it.
    pub fn source(&self) -> &str {
        self.text("source")
    }

    /// Its type, such as `planguard.login.executed`.
    pub fn kind(&self) -> &str {
        self.text("type")
    }

    /// When it happened, where it says so.
    pub fn time(&self) -> Option<Timestamp> {
        self.0.get("time")?.as_str()?.parse().ok()
    }

    /// A member of its data.
    pub fn data(&self, member: &str) -> Option<&Value> {
        self.0.get("data")?.get(member)
    }

    /// The event as it was sent.
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// The event as it was sent.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    fn text(&self, member: &str) -> &str {
        self.0.get(member).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A text without the byte order mark that some editors and HTTP stacks put before it.
pub fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::UsageEvent;

    #[test]
    fn a_byte_order_mark_before_a_batch_is_passed_over() {
        assert!(UsageEvent::batch("\u{feff}[]".as_bytes()).is_ok());
        assert!(UsageEvent::batch("\u{feff}\u{feff}[]".as_bytes()).is_err());
    }

    #[test]
    fn an_event_with_a_member_twice_is_refused() {
        let event = |ids: &str| {
            format!(
                r#"[{{"specversion": "1.0", {ids}, "source": "/planguard/3b0f6f0c9d1e4a52", "type": "t.of.later"}}]"#
            )
        };
        assert!(UsageEvent::batch(event(r#""id": "a""#).as_bytes()).is_ok());
        let refused = UsageEvent::batch(event(r#""id": "a", "id": "b""#).as_bytes()).unwrap_err();
        assert!(refused.detail().contains("a member is there twice"), "{}", refused.detail());
    }
}
