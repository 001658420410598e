//! JSON as others send it: a byte order mark is passed over, and a key given twice is an error.
//!
//! Parsers that keep the last of two equal keys would lose the first in silence.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::echo::echo;

/// Why a text is not JSON that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadJson {
    /// It is not JSON: what the parser objected to, with line and column.
    Syntax(String),
    /// An object has a key twice: the JSON pointer of the key.
    DoubledKey(String),
}

impl fmt::Display for BadJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(why) => f.write_str(why),
            Self::DoubledKey(key) => write!(f, "`{key}` is given twice; keep one"),
        }
    }
}

/// The byte order mark of UTF-8, which some editors and servers put before a text.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// `text` without a byte order mark.
pub(crate) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(BOM).unwrap_or(text)
}

/// Reads one JSON value.
pub(crate) fn parse(text: &[u8]) -> Result<Value, BadJson> {
    let doubled = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(without_bom(text));
    let read = Unique { at: None, doubled: &doubled }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| match doubled.into_inner() {
        Some(key) => BadJson::DoubledKey(key),
        None => BadJson::Syntax(error.to_string()),
    })
}

/// Where in the text a value is: a list from the inside out, so that no path is built unless it is needed.
struct At<'a> {
    within: Option<&'a At<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

fn pointer(at: Option<&At<'_>>) -> String {
    at.map_or_else(String::new, |at| match at.step {
        Step::Key(key) => {
            format!("{}/{}", pointer(at.within), echo(key).replace('~', "~0").replace('/', "~1"))
        }
        Step::Item(index) => format!("{}/{index}", pointer(at.within)),
    })
}

#[derive(Clone, Copy)]
struct Unique<'a> {
    at: Option<&'a At<'a>>,
    doubled: &'a RefCell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        loop {
            let at = At { within: self.at, step: Step::Item(out.len()) };
            match items.next_element_seed(Unique { at: Some(&at), doubled: self.doubled })? {
                Some(item) => out.push(item),
                None => return Ok(Value::Array(out)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let at = At { within: self.at, step: Step::Key(&name) };
            if out.contains_key(&name) {
                *self.doubled.borrow_mut() = Some(pointer(Some(&at)));
                return Err(A::Error::custom("a key is given twice"));
            }
            let value = fields.next_value_seed(Unique { at: Some(&at), doubled: self.doubled })?;
            out.insert(name, value);
        }
        Ok(Value::Object(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_passed_over_once() {
        assert_eq!(parse(b"\xEF\xBB\xBF{\"a\":1}"), Ok(serde_json::json!({ "a": 1 })));
        assert!(matches!(parse(b"\xEF\xBB\xBF\xEF\xBB\xBF{}"), Err(BadJson::Syntax(_))));
    }

    #[test]
    fn a_doubled_key_is_named_with_its_place() {
        let key = |text: &str| match parse(text.as_bytes()) {
            Err(BadJson::DoubledKey(key)) => key,
            other => panic!("{other:?}"),
        };
        assert_eq!(key(r#"{"a":1,"a":1}"#), "/a");
        assert_eq!(key(r#"{"l":[{},{"a/b":{"x":null,"x":1}}]}"#), "/l/1/a~1b/x");
        assert_eq!(parse(br#"{"a":{"x":1},"b":{"x":1}}"#), Ok(serde_json::json!({"a":{"x":1},"b":{"x":1}})));
    }

    #[test]
    fn what_is_no_json_says_where() {
        for bad in [&b""[..], b"{\"a\":", b"{} {}", b"\xff"] {
            assert!(matches!(parse(bad), Err(BadJson::Syntax(why)) if why.contains("line 1")));
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(parse(deep.as_bytes()), Err(BadJson::Syntax(_))));
    }
}
