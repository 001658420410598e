//! A request that cannot be answered.

use std::fmt::Display;

use serde_json::{Value, json};

/// Which field of a request is wrong, and why.
#[derive(Debug)]
pub(crate) struct Bad {
    field: String,
    why: String,
}

impl Bad {
    pub(crate) fn new(field: &str, why: impl Display) -> Self {
        Self { field: field.to_owned(), why: why.to_string() }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "field": self.field, "reason": self.why })
    }
}
