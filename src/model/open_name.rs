//! Open names: ids that an owner's own price list may add to, with constants for the built-in ones.

use super::id_error::IdError;

/// The longest name, in bytes.
pub(super) const MAX_BYTES: usize = 23;

/// Whether `byte` may stand in a name.
pub(super) const fn is_allowed(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')
}

/// What is wrong with `text` as a name; `None` when nothing is.
pub(super) fn fault(field: &'static str, text: &str) -> Option<IdError> {
    if text.is_empty() {
        return Some(IdError::Empty { field });
    }
    if let Some((at, found)) = text.char_indices().find(|(_, c)| !u8::try_from(*c).is_ok_and(is_allowed)) {
        return Some(IdError::Character { field, at, found });
    }
    (text.len() > MAX_BYTES).then_some(IdError::TooLong { field, bytes: text.len(), max: MAX_BYTES })
}

/// Whether `text` is a name: for the constants, at compile time.
pub(super) const fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_allowed(bytes[at]) {
            return false;
        }
        at += 1;
    }
    !bytes.is_empty() && bytes.len() <= MAX_BYTES
}

/// Declares a short, `Copy` name with its built-in values: `FromStr`, serde as a string, and a `Debug` that is the name.
macro_rules! open_name {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident as $field:literal {
            $( $(#[$vmeta:meta])* $constant:ident = $text:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name($crate::model::inline::Inline<{ $crate::model::open_name::MAX_BYTES }>);

        const _: () = assert!($crate::model::named::is_field($field));

        impl $name {
            $( $(#[$vmeta])* pub const $constant: Self = {
                assert!($crate::model::open_name::is_name($text));
                match $crate::model::inline::Inline::new($text) {
                    Some(text) => Self(text),
                    None => unreachable!(),
                }
            }; )+

            /// The names that planguard knows by itself, in the order of the source documents.
            pub const BUILT_IN: &'static [Self] = &[$(Self::$constant),+];

            /// The longest name, in bytes.
            pub const MAX_BYTES: usize = $crate::model::open_name::MAX_BYTES;

            /// Checks that `text` is a name: 1 to [`Self::MAX_BYTES`] of `a-z`, `0-9`, `_` and `-`.
            pub fn new(text: impl AsRef<str>) -> Result<Self, $crate::model::IdError> {
                let text = text.as_ref();
                if let Some(fault) = $crate::model::open_name::fault($field, text) {
                    return Err(fault);
                }
                let too_long = $crate::model::IdError::TooLong {
                    field: $field,
                    bytes: text.len(),
                    max: Self::MAX_BYTES,
                };
                $crate::model::inline::Inline::new(text).map(Self).ok_or(too_long)
            }

            /// The name, as catalogs and the wire format spell it.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // `pad`, so that a width in a format string works.
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
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
                Self::new(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use open_name;

#[cfg(test)]
mod tests {
    use crate::model::{CatalogId, EditionId, IdError, ServiceId};

    #[test]
    fn a_well_formed_name_is_taken_whether_known_or_not() {
        let own: EditionId = "our_contract-2026".parse().unwrap();
        assert_eq!(own.as_str(), "our_contract-2026");
        assert!(!EditionId::BUILT_IN.contains(&own));
        assert_eq!("intl-2024".parse(), Ok(CatalogId::INTL_2024));
        assert_eq!(EditionId::new("a".repeat(23)).map(|id| id.as_str().len()), Ok(23));
    }

    #[test]
    fn a_bad_name_is_refused_with_field_fault_and_place() {
        let field = "edition";
        for (text, error) in [
            ("", IdError::Empty { field }),
            ("Standard", IdError::Character { field, at: 0, found: 'S' }),
            ("free trial", IdError::Character { field, at: 4, found: ' ' }),
            ("体验版", IdError::Character { field, at: 0, found: '体' }),
            ("pro\u{0}", IdError::Character { field, at: 3, found: '\0' }),
            (&"a".repeat(24), IdError::TooLong { field, bytes: 24, max: 23 }),
        ] {
            assert_eq!(EditionId::new(text), Err(error), "{text}");
        }
        let error = ServiceId::new("Push").unwrap_err().to_string();
        assert_eq!(error, "service: 'P' at byte 0; a name holds only a-z, 0-9, `_` and `-`");
    }

    #[test]
    fn names_print_pad_and_travel_as_their_text() {
        assert_eq!(format!("{:>9}|{:?}", EditionId::PRO, ServiceId::DESK_AGENT), "      pro|desk_agent");
        assert_eq!(serde_json::to_string(&CatalogId::CN_DAU).unwrap(), "\"cn-dau\"");
        assert_eq!(serde_json::from_str::<CatalogId>("\"cn\\u002ddau\"").unwrap(), CatalogId::CN_DAU);
        assert!(serde_json::from_str::<CatalogId>("\"CN\"").is_err());
    }

    #[test]
    fn names_order_as_their_texts_and_can_be_matched() {
        let mut names: Vec<EditionId> =
            ["standard", "free_trial", "free", "pro", "free-2"].iter().map(|n| n.parse().unwrap()).collect();
        names.sort();
        let names: Vec<&str> = names.iter().map(EditionId::as_str).collect();
        assert_eq!(names, ["free", "free-2", "free_trial", "pro", "standard"]);
        assert!(matches!("push".parse(), Ok(ServiceId::PUSH)));
    }
}
