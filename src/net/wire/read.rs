//! Lenient reading: what cannot be used is noted and left out.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::{Map, Value};

use crate::model::echo::echo;
use crate::model::{Finding, IdError, Timestamp, UnknownId};

/// No plan has numbers beyond this; larger ones are slips and would only overflow sums.
pub(super) const ABSURD: u64 = 1_000_000_000_000;

/// More findings than a person would read are only counted: a document of 1 MiB could hold 100,000.
const MAX_FINDINGS: usize = 100;

/// Collects findings while a document is read.
#[derive(Default)]
pub(super) struct Reader {
    findings: Vec<Finding>,
    left_out: usize,
}

impl Reader {
    /// Notes that the entry at the JSON pointer `field` was not usable.
    pub(super) fn note(&mut self, field: impl Into<String>, problem: impl Display, remedy: &str) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding {
                field: field.into(),
                problem: problem.to_string(),
                remedy: remedy.to_owned(),
            });
        } else {
            self.left_out += 1;
        }
    }

    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        if self.left_out > 0 {
            self.findings.push(Finding {
                field: String::new(),
                problem: format!("{} more entries could not be used", self.left_out),
                remedy: "only the first are listed; mend those first".to_owned(),
            });
        }
        self.findings
    }

    /// An id out of a fixed set.
    pub(super) fn id<T: FromStr<Err = UnknownId>>(
        &mut self,
        field: &str,
        text: &str,
        remedy: &str,
    ) -> Option<T> {
        text.parse()
            .inspect_err(|error: &UnknownId| {
                self.note(field, format_args!("`{}` is not a known {}", echo(text), error.noun()), remedy);
            })
            .ok()
    }

    /// An open name, which is well formed or a finding.
    pub(super) fn name<T: FromStr<Err = IdError>>(
        &mut self,
        field: &str,
        text: &str,
        remedy: &str,
    ) -> Option<T> {
        text.parse().inspect_err(|error| self.note(field, error, remedy)).ok()
    }

    /// An optional instant; absent and `null` are no finding.
    pub(super) fn instant(&mut self, field: &str, value: Option<&Value>, remedy: &str) -> Option<Timestamp> {
        let value = present(value)?;
        let Some(text) = value.as_str() else {
            self.note(field, format_args!("{} is not a text", echo(value)), remedy);
            return None;
        };
        text.parse()
            .inspect_err(|_| {
                self.note(field, format_args!("`{}` is not an RFC 3339 instant", echo(text)), remedy);
            })
            .ok()
    }

    /// An optional whole number up to `max`; absent and `null` are no finding.
    pub(super) fn number(
        &mut self,
        field: &str,
        value: Option<&Value>,
        max: u64,
        remedy: &str,
    ) -> Option<u64> {
        let value = present(value)?;
        let problem = match value.as_u64() {
            Some(number) if number <= max => return Some(number),
            Some(number) => format!("{number} is more than {max}"),
            None if value.as_i64().is_some() => format!("{value} is negative"),
            None => format!("{} is not a whole number", echo(value)),
        };
        self.note(field, problem, remedy);
        None
    }

    /// An optional object; absent and `null` are no finding.
    pub(super) fn object<'a>(
        &mut self,
        field: &str,
        value: Option<&'a Value>,
    ) -> Option<&'a Map<String, Value>> {
        let value = present(value)?;
        let object = value.as_object();
        if object.is_none() {
            self.note(field, "not a JSON object", "it is left out; see the endpoint's contract");
        }
        object
    }

    /// The items of an optional array; absent and `null` are no finding.
    pub(super) fn items<'a>(&mut self, field: &str, value: Option<&'a Value>) -> &'a [Value] {
        match present(value) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.note(field, "not a JSON array", "it is left out; see the endpoint's contract");
                &[]
            }
        }
    }

    /// Notes every field that the contract does not have.
    pub(super) fn unknown_fields(&mut self, at: &str, fields: &Map<String, Value>, known: &[&str]) {
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            self.note(
                pointer(at, name),
                "not known to this version of planguard",
                "it is left out; update the app, or check the spelling",
            );
        }
    }
}

/// A JSON pointer one step further (RFC 6901), cut where a name is unreasonably long.
pub(super) fn pointer(at: &str, name: &str) -> String {
    format!("{at}/{}", echo(name).replace('~', "~0").replace('/', "~1"))
}

pub(super) fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}
