//! Typed looks into a JSON object.

use std::fmt::Display;
use std::str::FromStr;

use planguard::time::Timestamp;
use serde_json::Value;

use crate::bad::Bad;

/// A field that may be missing; null is missing.
pub(crate) fn given<'v>(of: &'v Value, field: &str) -> Option<&'v Value> {
    of.get(field).filter(|value| !value.is_null())
}

/// An object that may be missing.
pub(crate) fn object<'v>(of: &'v Value, field: &str) -> Result<Option<&'v Value>, Bad> {
    match given(of, field) {
        Some(other) if !other.is_object() => Err(Bad::new(field, "an object belongs here")),
        found => Ok(found),
    }
}

/// A text that must be there.
pub(crate) fn text<'v>(of: &'v Value, field: &str) -> Result<&'v str, Bad> {
    let found = of.get(field).and_then(Value::as_str);
    found.ok_or_else(|| Bad::new(field, "a text is missing here"))
}

/// What a text stands for; the field must be there.
pub(crate) fn named<T: FromStr<Err: Display>>(of: &Value, field: &str) -> Result<T, Bad> {
    text(of, field)?.parse().map_err(|error| Bad::new(field, error))
}

/// The same of a field that may be missing.
pub(crate) fn maybe_named<T: FromStr<Err: Display>>(of: &Value, field: &str) -> Result<Option<T>, Bad> {
    given(of, field).map(|_| named(of, field)).transpose()
}

/// A whole number that may be missing.
pub(crate) fn maybe_count(of: &Value, field: &str) -> Result<Option<u64>, Bad> {
    let number = |value: &Value| {
        value.as_u64().ok_or_else(|| Bad::new(field, "a whole number from 0 on belongs here"))
    };
    given(of, field).map(number).transpose()
}

/// A whole number that must be there.
pub(crate) fn count(of: &Value, field: &str) -> Result<u64, Bad> {
    maybe_count(of, field)?.ok_or_else(|| Bad::new(field, "a whole number is missing here"))
}

/// Yes or no; no where it is missing.
pub(crate) fn flag(of: &Value, field: &str) -> Result<bool, Bad> {
    let yes = |value: &Value| value.as_bool().ok_or_else(|| Bad::new(field, "true or false belongs here"));
    given(of, field).map_or(Ok(false), yes)
}

/// An instant in milliseconds since 1970 that may be missing.
pub(crate) fn maybe_instant(of: &Value, field: &str) -> Result<Option<Timestamp>, Bad> {
    Ok(maybe_count(of, field)?
        .map(|millis| Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))))
}

/// An instant that must be there.
pub(crate) fn instant(of: &Value, field: &str) -> Result<Timestamp, Bad> {
    maybe_instant(of, field)?.ok_or_else(|| Bad::new(field, "an instant in milliseconds is missing here"))
}

/// The entries of a list; none where it is missing.
pub(crate) fn list<'v>(of: &'v Value, field: &str) -> Result<&'v [Value], Bad> {
    let entries = |value: &'v Value| value.as_array().ok_or_else(|| Bad::new(field, "a list belongs here"));
    Ok(given(of, field).map(entries).transpose()?.map_or(&[], Vec::as_slice))
}
