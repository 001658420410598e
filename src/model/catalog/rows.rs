//! Reading rows out of parsed TOML or JSON: each field once and by its type, with the place of what does not fit.
//!
//! By hand, because the code that serde derives for these types, once for each format, was an eighth of a phone's
//! library. Both formats come here as JSON values, so that their rows are read by the same code.

use std::fmt::{self, Display};

use serde_json::Value;

use crate::model::echo::echo;

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
                    write!(f, "{}{}", if at == 0 { "" } else { "." }, echo(key))?;
                }
                Place::Item(index) => write!(f, "[{index}]")?,
            }
        }
        write!(f, "{}{}", if self.place.is_empty() { "" } else { ": " }, self.what)
    }
}

/// The first misfit; reading goes on after one, so that no row is left half built on the way.
#[derive(Default)]
pub(super) struct Wrong(Option<Misfit>);

impl Wrong {
    /// `value` is not what belongs there.
    #[inline(never)]
    pub(super) fn value(&mut self, at: Option<&At<'_>>, value: &Value, expected: &str) {
        self.say(at, &|| format!("`{}` is not {expected}", echo(value)));
    }

    #[inline(never)]
    pub(super) fn say(&mut self, at: Option<&At<'_>>, what: &dyn Fn() -> String) {
        self.0.get_or_insert_with(|| Misfit { place: at.map(At::places).unwrap_or_default(), what: what() });
    }
}

/// A value that can be read out of a row, in place.
pub(super) trait Read {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong);

    /// Whether a field that is not given says something too: that there is none.
    fn is_optional(&self) -> bool {
        false
    }
}

/// A value to read into.
pub(super) trait Blank: Read + Sized {
    fn blank() -> Self;
}

/// Reads a value whole.
pub(super) fn read<T: Blank>(value: Value) -> Result<T, Misfit> {
    let (mut out, mut wrong) = (T::blank(), Wrong::default());
    out.fill(value, None, &mut wrong);
    wrong.0.map_or(Ok(out), Err)
}

/// A field of a row: its name, whether it may be left out, and where its value goes.
pub(super) type Field<'a> = (&'static str, bool, &'a mut dyn Read);

/// Reads the fields of a row. Any other is an error: it was misspelt.
///
/// One function for all rows. What is made for each type is the list of its fields.
pub(super) fn fill_row(value: Value, at: Option<&At<'_>>, wrong: &mut Wrong, fields: &mut [Field<'_>]) {
    let Value::Object(mut map) = value else { return wrong.value(at, &value, "an object") };
    for (name, has_default, into) in fields.iter_mut() {
        match map.remove(*name) {
            Some(value) => into.fill(value, Some(&At { within: at, step: Step::Key(name) }), wrong),
            None if *has_default || into.is_optional() => {}
            None => wrong.say(at, &|| format!("the field `{name}` is missing")),
        }
    }
    if let Some(key) = map.keys().next() {
        let known: Vec<&str> = fields.iter().map(|(name, ..)| *name).collect();
        let place = At { within: at, step: Step::Key(key) };
        wrong.say(Some(&place), &|| format!("no such field; there are {}", known.join(", ")));
    }
}

/// The text in `kind`, which says what else a row holds; `None` where it is no such row.
pub(super) fn kind(value: &Value, at: Option<&At<'_>>, wrong: &mut Wrong) -> Option<String> {
    match value.get("kind") {
        Some(Value::String(kind)) => return Some(kind.clone()),
        Some(other) => wrong.value(Some(&At { within: at, step: Step::Key("kind") }), other, "a text"),
        None if value.is_object() => wrong.say(at, &|| "the field `kind` is missing".to_owned()),
        None => wrong.value(at, value, "an object"),
    }
    None
}

/// The text in `kind` is none of these.
pub(super) fn unknown_kind(kind: &str, known: &[&str], at: Option<&At<'_>>, wrong: &mut Wrong) {
    let place = At { within: at, step: Step::Key("kind") };
    wrong.say(Some(&place), &|| format!("`{}` is not known; there are {}", echo(kind), known.join(", ")));
}

impl Read for String {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
        match value {
            Value::String(text) => *self = text,
            other => wrong.value(at, &other, "a text"),
        }
    }
}

impl Read for bool {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
        match value {
            Value::Bool(is) => *self = is,
            other => wrong.value(at, &other, "true or false"),
        }
    }
}

impl Read for i64 {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
        match value.as_i64() {
            Some(number) => *self = number,
            None => wrong.value(at, &value, "a whole number"),
        }
    }
}

/// Numbers that are counted in: whole, not negative, and no larger than the type holds.
macro_rules! counts {
    ($($name:ty),+) => { $(
        impl Read for $name {
            fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
                match value.as_u64().and_then(|number| Self::try_from(number).ok()) {
                    Some(number) => *self = number,
                    None => wrong.value(at, &value, concat!("a whole number that fits ", stringify!($name))),
                }
            }
        }
    )+ };
}

counts!(u8, u32, u64);

macro_rules! blank_is_default {
    ($($name:ty),+) => { $(
        impl Blank for $name {
            fn blank() -> Self {
                Self::default()
            }
        }
    )+ };
}

blank_is_default!(String, bool, i64, u8, u32, u64);

impl<T: Blank> Read for Option<T> {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
        if !value.is_null() {
            self.insert(T::blank()).fill(value, at, wrong);
        }
    }

    fn is_optional(&self) -> bool {
        true
    }
}

impl<T: Blank> Blank for Option<T> {
    fn blank() -> Self {
        None
    }
}

impl<T: Blank> Read for Vec<T> {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
        let Value::Array(items) = value else { return wrong.value(at, &value, "an array") };
        for (index, item) in items.into_iter().enumerate() {
            let mut row = T::blank();
            row.fill(item, Some(&At { within: at, step: Step::Item(index) }), wrong);
            self.push(row);
        }
    }
}

impl<T: Blank> Blank for Vec<T> {
    fn blank() -> Self {
        Self::new()
    }
}

/// Rows by name. There are few of them: they are searched, not sorted.
pub(super) struct Named<T>(Vec<(String, T)>);

impl<T> Named<T> {
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, row)| row)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(key, _)| key)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, row)| row)
    }

    pub(super) fn into_rows(self) -> Vec<(String, T)> {
        self.0
    }
}

impl<T: Blank> Read for Named<T> {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
        let Value::Object(map) = value else { return wrong.value(at, &value, "an object") };
        for (key, value) in map {
            let mut row = T::blank();
            row.fill(value, Some(&At { within: at, step: Step::Key(&key) }), wrong);
            self.0.push((key, row));
        }
    }
}

impl<T: Blank> Blank for Named<T> {
    fn blank() -> Self {
        Self(Vec::new())
    }
}

/// Reads a value that is written as a text.
pub(super) fn fill_parsed<T>(into: &mut T, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong)
where
    T: std::str::FromStr<Err: Display>,
{
    let Value::String(text) = value else { return wrong.value(at, &value, "a text") };
    match text.parse() {
        Ok(parsed) => *into = parsed,
        Err(error) => wrong.say(at, &|| T::Err::to_string(&error)),
    }
}

/// Types that are texts in a row, each with a value to read into.
macro_rules! texts {
    ($($name:ty = $blank:expr),+ $(,)?) => { $(
        impl $crate::model::catalog::rows::Read for $name {
            fn fill(
                &mut self,
                value: serde_json::Value,
                at: Option<&$crate::model::catalog::rows::At<'_>>,
                wrong: &mut $crate::model::catalog::rows::Wrong,
            ) {
                $crate::model::catalog::rows::fill_parsed(self, value, at, wrong);
            }
        }

        impl $crate::model::catalog::rows::Blank for $name {
            fn blank() -> Self {
                $blank
            }
        }
    )+ };
}

/// How a row is read: its fields, those with `default` also where they are not given. No other field is accepted.
macro_rules! row {
    ($name:ident $(<$of:ident>)? { $($field:ident $(: $default:ident)?),+ $(,)? }) => {
        impl$(<$of: $crate::model::catalog::rows::Blank>)? $crate::model::catalog::rows::Read for $name$(<$of>)? {
            fn fill(
                &mut self,
                value: serde_json::Value,
                at: Option<&$crate::model::catalog::rows::At<'_>>,
                wrong: &mut $crate::model::catalog::rows::Wrong,
            ) {
                $crate::model::catalog::rows::fill_row(value, at, wrong, &mut [
                    $((stringify!($field), $crate::model::catalog::rows::row!(@has $($default)?), &mut self.$field),)+
                ]);
            }
        }

        impl$(<$of: $crate::model::catalog::rows::Blank>)? $crate::model::catalog::rows::Blank for $name$(<$of>)? {
            fn blank() -> Self {
                Self { $($field: $crate::model::catalog::rows::Blank::blank()),+ }
            }
        }
    };
    (@has) => { false };
    (@has default) => { true };
}

pub(super) use {row, texts};

#[cfg(test)]
mod tests {
    use super::*;

    struct Sample {
        id: String,
        days: Option<u8>,
        rows: Vec<i64>,
        by_name: Named<bool>,
    }

    row!(Sample { id, days, rows: default, by_name: default });

    fn sample(text: &str) -> Result<Sample, String> {
        read::<Sample>(serde_json::from_str(text).unwrap()).map_err(|misfit| misfit.to_string())
    }

    #[test]
    fn what_may_be_left_out_may() {
        let least = sample(r#"{"id":"a","days":null}"#).unwrap();
        assert_eq!((least.id.as_str(), least.days, least.rows), ("a", None, Vec::new()));
        assert_eq!(least.by_name.names().count(), 0);
        let full = sample(r#"{"id":"a","days":7,"rows":[-1],"by_name":{"x":true}}"#).unwrap();
        assert_eq!((full.days, full.rows, full.by_name.get("x")), (Some(7), vec![-1], Some(&true)));
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
            assert_eq!(sample(text).err().as_deref(), Some(error), "{text}");
        }
    }

    #[test]
    fn a_long_text_of_others_is_cut() {
        let error = sample(&format!(r#"{{"id":["{}"]}}"#, "ä".repeat(10_000))).err().unwrap();
        assert!(error.starts_with("id: `[\"ää") && error.chars().count() < 110, "{error}");
    }
}
