//! The rules for one usage event, member by member. `tests/schema.rs` compares them with the published schema.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// JSON pointer into the event, and what is wrong there.
type Fault = (String, &'static str);
type Checked = Result<(), Fault>;

pub(super) const NO_OBJECT: &str = "not an object; send a CloudEvents event";

const INTENTS: [&str; 8] = [
    "open_chat",
    "app_launch",
    "reconnect",
    "push_wake",
    "prefetch",
    "view_only",
    "renew_user_sig",
    "after_kick",
];

pub(super) fn check(event: &Value) -> Checked {
    let event = event.as_object().ok_or((String::new(), NO_OBJECT))?;
    for required in ["specversion", "id", "source", "type"] {
        let text = event.get(required).and_then(Value::as_str);
        if text.is_none_or(str::is_empty) {
            return Err((format!("/{required}"), "required: a non-empty string"));
        }
    }
    for name in ["id", "source"] {
        if !event[name].as_str().is_some_and(is_bounded) {
            return Err((format!("/{name}"), "over 256 characters, or a control character in it"));
        }
    }
    if event["specversion"] != "1.0" {
        return Err(("/specversion".into(), "only CloudEvents 1.0 is accepted"));
    }
    if !event["source"].as_str().is_some_and(is_uri_reference) {
        return Err(("/source".into(), "not a URI reference, such as /planguard/3b0f6f0c9d1e4a52"));
    }
    if event.get("time").is_some_and(|time| !is_instant(time)) {
        return Err(("/time".into(), "not an RFC 3339 instant, such as 2026-01-31T12:00:00Z"));
    }
    if event.get("datacontenttype").is_some_and(|kind| kind != "application/json") {
        return Err(("/datacontenttype".into(), "only application/json is accepted"));
    }
    if event.contains_key("subject") {
        return Err(("/subject".into(), "not used: only data.user refers to a person"));
    }
    if let Some(name) = event.keys().find(|name| !is_attribute(name)) {
        return Err((pointer("", name), "attribute names are lower-case letters, digits and _"));
    }
    let data = event.get("data").map(data).transpose()?;
    let kind = event["type"].as_str().unwrap_or_default();
    typed(kind, data)
}

/// What all data keeps to, of whatever type of event: pseudonyms, whole numbers and words.
fn data(data: &Value) -> Result<&Map<String, Value>, Fault> {
    let data = data.as_object().ok_or(("/data".to_owned(), "not an object"))?;
    for (name, value) in data {
        let fault = match &**name {
            "user" if !value.as_str().is_some_and(is_pseudonym) => {
                "not a pseudonym: 32 lower-case hexadecimal digits"
            }
            "account" if !value.as_str().is_some_and(is_account) => {
                "not an account: the name of its key, a colon, 32 lower-case hexadecimal digits"
            }
            "user" | "account" => continue,
            _ if is_integer(value) || value.is_null() || value.as_str().is_some_and(is_word) => continue,
            _ => "neither a whole number nor a word; texts of people are not taken",
        };
        return Err((pointer("/data", name), fault));
    }
    Ok(data)
}

/// What the known types add. Types of a later version are accepted.
fn typed(kind: &str, data: Option<&Map<String, Value>>) -> Checked {
    let members: &[(&str, Rule)] = match kind {
        "planguard.login.executed" => {
            &[("user", Rule::Any), ("intent", Rule::Intent), ("new_mau", Rule::ZeroOrOne)]
        }
        "planguard.login.deferred" => {
            &[("user", Rule::Any), ("intent", Rule::Intent), ("reason", Rule::Word)]
        }
        "planguard.limit.warned" => &[
            ("limit", Rule::Limit),
            ("used", Rule::Count),
            ("max", Rule::Count),
            ("threshold_percent", Rule::Percent),
        ],
        "planguard.limit.denied" => {
            &[("limit", Rule::Limit), ("used", Rule::Count), ("max", Rule::Count), ("requested", Rule::Count)]
        }
        "planguard.rejection" => &[("code", Rule::Integer), ("class", Rule::Word)],
        _ => return Ok(()),
    };
    let data = data.ok_or(("/data".to_owned(), "required for events of this type"))?;
    for (name, rule) in members {
        let field = || format!("/data/{name}");
        let value = data.get(*name).ok_or_else(|| (field(), "required for events of this type"))?;
        if !rule.holds(value) {
            return Err((field(), rule.asks()));
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Rule {
    Any,
    Intent,
    ZeroOrOne,
    Word,
    Limit,
    Count,
    Percent,
    Integer,
}

impl Rule {
    fn holds(self, value: &Value) -> bool {
        let whole = || value.as_f64().filter(|_| is_integer(value));
        match self {
            Self::Any => true,
            Self::Intent => value.as_str().is_some_and(|intent| INTENTS.contains(&intent)),
            Self::ZeroOrOne => whole().is_some_and(|number| [0.0, 1.0].contains(&number)),
            Self::Word => value.as_str().is_some_and(is_word),
            Self::Limit => value.as_str().is_some_and(is_limit),
            Self::Count => whole().is_some_and(|number| number >= 0.0),
            Self::Percent => whole().is_some_and(|number| (1.0..=100.0).contains(&number)),
            Self::Integer => is_integer(value),
        }
    }

    fn asks(self) -> &'static str {
        match self {
            Self::Any => "required",
            Self::Intent => "not an intent of planguard's, such as open_chat",
            Self::ZeroOrOne => "neither 0 nor 1",
            Self::Word => "not a word of lower-case letters, digits and _ . -",
            Self::Limit => "not the id of a limit, such as friends_per_user",
            Self::Count => "not a whole number from 0 on",
            Self::Percent => "not a whole number from 1 to 100",
            Self::Integer => "not a whole number",
        }
    }
}

/// A JSON pointer one level deeper, with the name escaped.
fn pointer(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// 1.0 is an integer in JSON Schema, too.
fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn is_lower_hex(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_pseudonym(text: &str) -> bool {
    is_lower_hex(text)
}

fn is_account(text: &str) -> bool {
    let Some((key, hash)) = text.split_once(':') else { return false };
    let named = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    (1..=16).contains(&key.len()) && key.bytes().all(named) && is_lower_hex(hash)
}

fn is_attribute(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn is_word(text: &str) -> bool {
    let rest = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
    text.len() <= 64 && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(rest)
}

fn is_limit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase()) && is_attribute(text)
}

/// What an event is known again by stands in the database as it is.
fn is_bounded(text: &str) -> bool {
    text.chars().count() <= 256 && !text.bytes().any(|byte| byte.is_ascii_control())
}

/// RFC 3986.
fn is_uri_reference(text: &str) -> bool {
    fluent_uri::UriRef::parse(text).is_ok()
}

/// jiff reads more of ISO 8601 than RFC 3339 has (no separators, no seconds, a zone in brackets).
fn is_instant(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
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
    fn only_rfc3339_is_an_instant() {
        for good in ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123+08:00", "2026-01-31t12:00:00z"] {
            assert!(is_instant(&good.into()), "{good}");
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
            assert!(!is_instant(&bad.into()), "{bad}");
        }
    }

    #[test]
    fn words_and_names_are_those_of_the_contract() {
        assert!(
            is_word("not_counted") && is_word("a.b-c1") && !is_word("") && !is_word("Ada") && !is_word("1a")
        );
        assert!(!is_word(&"a".repeat(65)) && is_word(&"a".repeat(64)));
        assert!(is_account(&format!("k1:{}", "0f".repeat(16))) && !is_account(&"0f".repeat(16)));
        assert!(is_uri_reference("/planguard/3b0f") && is_uri_reference("urn:x%20y"));
        assert!(!is_uri_reference("a b") && !is_uri_reference("%2") && !is_uri_reference("é"));
        assert_eq!(pointer("/data", "a/b~c"), "/data/a~1b~0c");
    }
}
