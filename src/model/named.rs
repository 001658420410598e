//! Enums whose variants have a stable text id, shared by catalogs, the wire format and every binding.

use std::fmt;

/// A text that is none of the ids known to this version of planguard.
///
/// In a document from the billing endpoint this is not fatal: the entry is kept and reported, because a newer
/// endpoint may know more than an older SDK.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: `{value}` is not known to this version of planguard; known: {}", Known(.known))]
pub struct UnknownId {
    /// The field, in `snake_case`: what kind of id was expected, for example `limit` or `group_type`.
    pub field: &'static str,
    /// The text that was given.
    pub value: String,
    /// Every id that would have been accepted.
    pub known: &'static [&'static str],
}

struct Known<'a>(&'a [&'static str]);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, id) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            f.write_str(id)?;
        }
        Ok(())
    }
}

impl UnknownId {
    /// What kind of id was expected, in words: `group type`.
    pub fn noun(&self) -> String {
        self.field.replace('_', " ")
    }
}

/// Whether `text` is a field as errors name it, `snake_case`: for the declarations below, at compile time.
pub(crate) const fn is_field(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !matches!(bytes[at], b'a'..=b'z' | b'_') {
            return false;
        }
        at += 1;
    }
    !bytes.is_empty()
}

/// Declares a field-less enum with `as_str`, `FromStr`, serde, `ALL` and a dense `index`.
macro_rules! named_enum {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident as $field:literal {
            $( $(#[$vmeta:meta])* $variant:ident = $text:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name {
            $( $(#[$vmeta])* $variant, )+
        }

        const _: () = assert!($crate::model::named::is_field($field));

        impl $name {
            /// Every value, in the order of the source documents.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The text ids of [`Self::ALL`], in the same order.
            pub const IDS: &'static [&'static str] = &[$($text),+];
            /// How many values there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The stable text id, as catalogs and the wire format spell it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The position in [`Self::ALL`]: a dense table index.
            pub const fn index(self) -> usize {
                self as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // `pad`, so that a width in a format string works.
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::UnknownId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::model::UnknownId {
                        field: $field,
                        value: $crate::model::echo::echo(text),
                        known: Self::IDS,
                    }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use named_enum;
