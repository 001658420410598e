//! Reading rows out of parsed TOML or JSON: each field once and by its type, with the place of what does not fit.
//!
//! By hand, because the code that serde derives for these types, once for each format, was an eighth of a phone's
//! library. Both formats come here as JSON values, so that their rows are read by the same code.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde_json::{Map, Value};

/// Where a value stands: a list from the inside out, so that no path is built unless it is needed.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    within: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

/// A key or a position, outermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Key(String),
    Item(usize),
}

/// What does not fit, and where.
#[derive(Debug)]
pub(super) struct Misfit {
    pub(super) place: Vec<Place>,
    what: String,
}

/// A key of a hostile text may be of any length.
const SHOWN: usize = 64;

impl At<'_> {
    fn places(&self) -> Vec<Place> {
        let mut places = self.within.map(At::places).unwrap_or_default();
        places.push(match self.step {
            Step::Key(key) => Place::Key(key.to_owned()),
            Step::Item(index) => Place::Item(index),
        });
        places
    }
}

impl Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, place) in self.place.iter().enumerate() {
            match place {
                Place::Key(key) => {
                    write!(f, "{}{}", if at == 0 { "" } else { "." }, short(key))?;
                }
                Place::Item(index) => write!(f, "[{index}]")?,
            }
        }
        write!(f, "{}{}", if self.place.is_empty() { "" } else { ": " }, self.what)
    }
}

/// The start of a text that others wrote.
fn short(text: &str) -> &str {
    text.char_indices().nth(SHOWN).map_or(text, |(end, _)| &text[..end])
}

/// `value` is not what belongs there.
pub(super) fn misfit(at: Option<&At<'_>>, value: &Value, expected: &str) -> Misfit {
    let found = value.to_string();
    other(at, format!("`{}` is not {expected}", short(&found)))
}

pub(super) fn other(at: Option<&At<'_>>, what: String) -> Misfit {
    Misfit { place: at.map(At::places).unwrap_or_default(), what }
}

/// A value that can be read out of a row.
pub(super) trait Read: Sized {
    fn read(value: Value, at: Option<&At<'_>>) -> Result<Self, Misfit>;

    /// What a field that is not given says; `None` where it must be given.
    fn absent() -> Option<Self> {
        None
    }
}

/// The fields of a row, taken one after the other; what is left over was misspelt.
pub(super) struct Fields<'a> {
    map: Map<String, Value>,
    at: Option<&'a At<'a>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(value: Value, at: Option<&'a At<'a>>) -> Result<Self, Misfit> {
        match value {
            Value::Object(map) => Ok(Self { map, at }),
            other => Err(misfit(at, &other, "an object")),
        }
    }

    fn place<'b>(&'b self, name: &'b str) -> At<'b> {
        At { within: self.at, step: Step::Key(name) }
    }

    pub(super) fn take<T: Read>(&mut self, name: &str) -> Result<T, Misfit> {
        match self.map.remove(name) {
            Some(value) => T::read(value, Some(&self.place(name))),
            None => T::absent().ok_or_else(|| other(self.at, format!("the field `{name}` is missing"))),
        }
    }

    pub(super) fn take_or_default<T: Read + Default>(&mut self, name: &str) -> Result<T, Misfit> {
        self.map
            .remove(name)
            .map_or_else(|| Ok(T::default()), |value| T::read(value, Some(&self.place(name))))
    }

    /// The word in `kind`, which decides on the other fields, is none of these.
    pub(super) fn unknown_kind(&self, kind: &str, known: &[&str]) -> Misfit {
        let known = known.join(", ");
        other(Some(&self.place("kind")), format!("`{}` is not known; there are {known}", short(kind)))
    }

    /// Checks that every field was taken.
    pub(super) fn end(self, known: &[&str]) -> Result<(), Misfit> {
        match self.map.keys().next() {
            None => Ok(()),
            Some(key) => {
                Err(other(Some(&self.place(key)), format!("no such field; there are {}", known.join(", "))))
            }
        }
    }
}

impl Read for String {
    fn read(value: Value, at: Option<&At<'_>>) -> Result<Self, Misfit> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(misfit(at, &other, "a text")),
        }
    }
}

impl Read for bool {
    fn read(value: Value, at: Option<&At<'_>>) -> Result<Self, Misfit> {
        value.as_bool().ok_or_else(|| misfit(at, &value, "true or false"))
    }
}

impl Read for i64 {
    fn read(value: Value, at: Option<&At<'_>>) -> Result<Self, Misfit> {
        value.as_i64().ok_or_else(|| misfit(at, &value, "a whole number"))
    }
}

/// Numbers that are counted in: whole, not negative, and no larger than the type holds.
macro_rules! counts {
    ($($name:ty),+) => { $(
        impl Read for $name {
            fn read(value: Value, at: Option<&At<'_>>) -> Result<Self, Misfit> {
                let number = value.as_u64().and_then(|number| Self::try_from(number).ok());
                number.ok_or_else(|| misfit(at, &value, concat!("a whole number that fits ", stringify!($name))))
            }
        }
    )+ };
}

counts!(u8, u32, u64);

impl<T: Read> Read for Option<T> {
    fn read(value: Value, at: Option<&At<'_>>) -> Result<Self, Misfit> {
        if value.is_null() { Ok(None) } else { T::read(value, at).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Value, at: Option<&At<'_>>) -> Result<Self, Misfit> {
        let Value::Array(items) = value else { return Err(misfit(at, &value, "an array")) };
        let mut out = Self::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            out.push(T::read(item, Some(&At { within: at, step: Step::Item(index) }))?);
        }
        Ok(out)
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(value: Value, at: Option<&At<'_>>) -> Result<Self, Misfit> {
        let fields = Fields::new(value, at)?;
        let mut out = Self::new();
        for (key, value) in fields.map {
            let row = T::read(value, Some(&At { within: at, step: Step::Key(&key) }))?;
            out.insert(key, row);
        }
        Ok(out)
    }
}

/// A text that is read as a value of its own.
pub(super) fn parsed<T>(value: Value, at: Option<&At<'_>>) -> Result<T, Misfit>
where
    T: std::str::FromStr<Err: Display>,
{
    let text = String::read(value, at)?;
    text.parse().map_err(|error: T::Err| other(at, error.to_string()))
}

/// Types that are texts in a row.
macro_rules! texts {
    ($($name:ty),+ $(,)?) => { $(
        impl $crate::model::catalog::rows::Read for $name {
            fn read(
                value: serde_json::Value,
                at: Option<&$crate::model::catalog::rows::At<'_>>,
            ) -> Result<Self, $crate::model::catalog::rows::Misfit> {
                $crate::model::catalog::rows::parsed(value, at)
            }
        }
    )+ };
}

/// How a row is read: its fields, those with `default` also where they are not given. No other field is accepted.
macro_rules! row {
    ($name:ident $(<$of:ident>)? { $($field:ident $(: $default:ident)?),+ $(,)? }) => {
        impl$(<$of: $crate::model::catalog::rows::Read>)? $crate::model::catalog::rows::Read for $name$(<$of>)? {
            fn read(
                value: serde_json::Value,
                at: Option<&$crate::model::catalog::rows::At<'_>>,
            ) -> Result<Self, $crate::model::catalog::rows::Misfit> {
                let mut fields = $crate::model::catalog::rows::Fields::new(value, at)?;
                $( let $field = $crate::model::catalog::rows::row!(@take fields, $field $(, $default)?)?; )+
                fields.end(&[$(stringify!($field)),+])?;
                Ok(Self { $($field),+ })
            }
        }
    };
    (@take $fields:ident, $field:ident) => { $fields.take(stringify!($field)) };
    (@take $fields:ident, $field:ident, default) => { $fields.take_or_default(stringify!($field)) };
}

pub(super) use {row, texts};

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sample {
        id: String,
        days: Option<u8>,
        rows: Vec<i64>,
        by_name: BTreeMap<String, bool>,
    }

    row!(Sample { id, days, rows: default, by_name: default });

    fn sample(text: &str) -> Result<Sample, String> {
        Sample::read(serde_json::from_str(text).unwrap(), None).map_err(|misfit| misfit.to_string())
    }

    #[test]
    fn what_may_be_left_out_may() {
        let least = Sample { id: "a".to_owned(), days: None, rows: Vec::new(), by_name: BTreeMap::new() };
        assert_eq!(sample(r#"{"id":"a","days":null}"#), Ok(least));
        let full = sample(r#"{"id":"a","days":7,"rows":[-1],"by_name":{"x":true}}"#).unwrap();
        assert_eq!((full.days, full.rows, full.by_name["x"]), (Some(7), vec![-1], true));
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        for (text, error) in [
            ("[]", "`[]` is not an object"),
            (r#"{"days":1}"#, "the field `id` is missing"),
            (r#"{"id":1}"#, "id: `1` is not a text"),
            (r#"{"id":"a","days":256}"#, "days: `256` is not a whole number that fits u8"),
            (r#"{"id":"a","days":-1}"#, "days: `-1` is not a whole number that fits u8"),
            (r#"{"id":"a","rows":[1,2.5]}"#, "rows[1]: `2.5` is not a whole number"),
            (r#"{"id":"a","rows":null}"#, "rows: `null` is not an array"),
            (r#"{"id":"a","by_name":{"x":0}}"#, "by_name.x: `0` is not true or false"),
            (r#"{"id":"a","colour":0}"#, "colour: no such field; there are id, days, rows, by_name"),
        ] {
            assert_eq!(sample(text), Err(error.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_long_text_of_others_is_cut() {
        let error = sample(&format!(r#"{{"id":["{}"]}}"#, "ä".repeat(10_000))).unwrap_err();
        assert!(error.starts_with("id: `[\"ää") && error.chars().count() < 100, "{error}");
    }
}
