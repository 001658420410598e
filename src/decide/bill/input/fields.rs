//! One JSON object, field by field, with errors that name the path.

use serde_json::{Map, Value};

use crate::decide::bill::error::BillError;
use crate::model::echo::echo;
use crate::model::{IdError, UnknownId};

/// An object whose fields are taken one after the other; what is left over was misspelt.
pub(super) struct Fields {
    path: String,
    map: Map<String, Value>,
    known: &'static [&'static str],
}

impl Fields {
    /// Checks that `value` is an object with no fields besides `known`.
    pub(super) fn new(path: &str, value: Value, known: &'static [&'static str]) -> Result<Self, BillError> {
        let Value::Object(map) = value else {
            let field = if path.is_empty() { "the document" } else { path };
            return Err(bad(field, &value, "an object"));
        };
        let fields = Self { path: path.to_owned(), map, known };
        match fields.map.keys().find(|key| !fields.known.contains(&key.as_str())) {
            Some(stranger) => Err(BillError::UnknownField { field: fields.at(&echo(stranger)), known }),
            None => Ok(fields),
        }
    }

    /// The path of a field.
    pub(super) fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The value of a field that holds a number or several: `null` is not zero, so it is no value of it.
    pub(super) fn given(&mut self, name: &str, expected: &'static str) -> Result<Option<Value>, BillError> {
        match self.map.remove(name) {
            Some(Value::Null) => Err(bad(&self.at(name), &Value::Null, expected)),
            value => Ok(value),
        }
    }

    /// The value of a field that there may be none of, such as a date; absent and `null` are the same.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &str, expected: &'static str) -> Result<Option<String>, BillError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(bad(&self.at(name), &other, expected)),
        }
    }

    /// A count; `None` when absent.
    pub(super) fn count(&mut self, name: &str) -> Result<Option<u64>, BillError> {
        let value = self.given(name, COUNT)?;
        value.map(|value| count(&self.at(name), &value)).transpose()
    }

    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Value>, BillError> {
        match self
            .given(name, "an array; null is not none: leave the field out where there is nothing to say")?
        {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(bad(&self.at(name), &other, "an array")),
        }
    }

    /// An id of a closed set.
    pub(super) fn id<T>(&mut self, name: &str) -> Result<Option<T>, BillError>
    where
        T: std::str::FromStr<Err = UnknownId>,
    {
        let text = match self.take(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text,
            // No id is a number or a list: the answer names those that exist.
            Some(other) => echo(&other),
        };
        text.parse().map(Some).map_err(|cause| BillError::UnknownId { field: self.at(name), cause })
    }

    /// An open name, such as that of an edition.
    pub(super) fn name<T>(&mut self, name: &str) -> Result<Option<T>, BillError>
    where
        T: std::str::FromStr<Err = IdError>,
    {
        const EXPECTED: &str = "a name of at most 23 bytes: a-z, 0-9, `_` and `-`";
        let Some(text) = self.text(name, EXPECTED)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| bad(&self.at(name), &Value::String(text), EXPECTED))
    }

    /// Every field with its value.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.map.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(super) fn missing(&self, name: &str, expected: &'static str) -> BillError {
        BillError::Missing { field: self.at(name), expected }
    }
}

const COUNT: &str = "a whole number; null is not zero: leave the field out where it is not known";

/// A whole number that is not negative.
pub(super) fn count(field: &str, value: &Value) -> Result<u64, BillError> {
    let whole = value.as_number().is_some_and(|number| !number.to_string().contains(['.', 'e', 'E', '-']));
    // The largest is of interest only to whoever is beyond it.
    let expected = if whole { "a number up to 18446744073709551615" } else { "a whole number from 0 up" };
    value.as_u64().ok_or_else(|| bad(field, value, expected))
}

pub(super) fn bad(field: &str, value: &Value, expected: &'static str) -> BillError {
    BillError::BadValue { field: field.to_owned(), value: echo(value), expected }
}
