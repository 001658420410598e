//! `Serialize` for answers: stable `snake_case` words, money as `{"amount": "300", "currency": "USD"}`, times as integer
//! milliseconds in fields that end in `_ms`. What is not known is `null`. Users and groups are not named.
//!
//! Every object says in `kind` or `reason` what it is, so that a reader in another language can branch on it.

mod answers;
mod error;
mod event;
mod login;
mod money;
mod plan;
mod refusal;
mod remedy;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::model::Timestamp;

/// An object written field by field.
struct Fields<S: Serializer>(S::SerializeMap);

impl<S: Serializer> Fields<S> {
    fn new(serializer: S) -> Result<Self, S::Error> {
        serializer.serialize_map(None).map(Self)
    }

    fn put(mut self, key: &'static str, value: &(impl Serialize + ?Sized)) -> Result<Self, S::Error> {
        self.0.serialize_entry(key, value)?;
        Ok(self)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

/// An object that says what it is, in a field `kind`.
fn kind<S: Serializer>(serializer: S, kind: &'static str) -> Result<Fields<S>, S::Error> {
    Fields::new(serializer)?.put("kind", kind)
}

/// An instant in milliseconds.
const fn ms(at: Timestamp) -> i64 {
    at.as_millis()
}

/// The same, where there is one.
fn opt_ms(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

/// An instant that price lists may leave open.
fn open_ms(at: Timestamp) -> Option<i64> {
    (at != Timestamp::MAX).then(|| at.as_millis())
}

/// Declares `Serialize` as the fixed word of an enum without figures.
macro_rules! by_word {
    ($($name:ty),+ $(,)?) => {
        $(impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        })+
    };
}

use by_word;
