//! Usage events: `CloudEvents` 1.0 in the JSON batch format.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::problem::Problem;

/// The media type of a batch.
pub(crate) const BATCH: &str = "application/cloudevents-batch+json";

/// The usage events received.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReceivedEvents {
    /// Each event once, in order of arrival.
    pub received: Vec<ReceivedEvent>,
    /// How many more arrived with an `id` already received for their app.
    pub duplicates: u64,
}

/// One usage event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReceivedEvent {
    /// The app it was sent for.
    pub sdk_app_id: u64,
    /// The event as sent.
    pub event: Value,
}

#[derive(Default)]
pub(crate) struct EventLog {
    seen: HashSet<(u64, String)>,
    events: ReceivedEvents,
}

/// What a batch added.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Receipt {
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
}

impl EventLog {
    /// Takes in a validated batch; an `id` already there, or twice in the batch, counts as a duplicate.
    pub(crate) fn record(&mut self, app_id: u64, batch: Vec<Value>) -> Receipt {
        let mut receipt = Receipt { accepted: 0, duplicates: 0 };
        for event in batch {
            let id = event["id"].as_str().unwrap_or_default().to_owned();
            if self.seen.insert((app_id, id)) {
                receipt.accepted += 1;
                self.events.received.push(ReceivedEvent { sdk_app_id: app_id, event });
            } else {
                receipt.duplicates += 1;
            }
        }
        self.events.duplicates += receipt.duplicates;
        receipt
    }

    pub(crate) fn snapshot(&self) -> ReceivedEvents {
        self.events.clone()
    }
}

/// A text without the byte order mark that some editors and HTTP stacks put before it.
pub(crate) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

/// Checks a body against the batch format. One bad event refuses the whole batch, so nothing is half taken.
pub(crate) fn parse_batch(body: &[u8]) -> Result<Vec<Value>, Problem> {
    let body: Value = serde_json::from_slice(without_bom(body))
        .map_err(|error| Problem::field("", format!("not JSON: {error}; send an array of events")))?;
    let Value::Array(batch) = body else {
        return Err(Problem::field("", "not an array; send a batch even for one event"));
    };
    for (index, event) in batch.iter().enumerate() {
        check(event).map_err(|(field, detail)| Problem::field(format!("/{index}{field}"), detail))?;
    }
    Ok(batch)
}

fn check(event: &Value) -> Result<(), (String, &'static str)> {
    let attributes = event.as_object().ok_or((String::new(), "not an object; send a CloudEvents event"))?;
    for required in ["specversion", "id", "source", "type"] {
        let text = attributes.get(required).and_then(Value::as_str);
        if text.is_none_or(str::is_empty) {
            return Err((format!("/{required}"), "required: a non-empty string"));
        }
    }
    if attributes["specversion"] != "1.0" {
        return Err(("/specversion".into(), "only CloudEvents 1.0 is accepted"));
    }
    if attributes.get("time").is_some_and(|time| !time.as_str().is_some_and(is_rfc3339)) {
        return Err(("/time".into(), "not an RFC 3339 instant, such as 2026-01-31T12:00:00Z"));
    }
    let named = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if let Some(name) = attributes.keys().find(|name| !named(name)) {
        return Err((format!("/{name}"), "attribute names are lower-case letters and digits"));
    }
    Ok(())
}

/// jiff reads more of ISO 8601 than RFC 3339 has (no separators, no seconds, a zone in brackets).
fn is_rfc3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.len() >= 20
        && [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')].iter().all(|&(at, sign)| bytes[at] == sign)
        && matches!(bytes[10], b'T' | b't' | b' ')
        && !text.contains('[');
    shape && text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_before_a_batch_is_passed_over() {
        assert!(parse_batch("\u{feff}[]".as_bytes()).is_ok());
        assert!(parse_batch("\u{feff}\u{feff}[]".as_bytes()).is_err());
    }

    #[test]
    fn only_rfc3339_is_a_time() {
        for good in ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123+08:00", "2026-01-31t12:00:00z"] {
            assert!(is_rfc3339(good), "{good}");
        }
        for bad in [
            "",
            "yesterday",
            "2026-01-31",
            "20260131T120000Z",
            "2026-01-31T12:00Z",
            "2026-02-30T12:00:00Z",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00Z[UTC]",
        ] {
            assert!(!is_rfc3339(bad), "{bad}");
        }
    }
}
