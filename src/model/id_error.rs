//! What is wrong with a text that should be an id or a name.

/// Why a text is not usable as an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// The app id is zero.
    #[error("sdk_app_id: 0 is not an SDKAppID; copy the number from the provider's console")]
    ZeroApp,
    /// The text is no whole number, where the id is one.
    #[error("{field}: not a whole number; copy the number from the provider's console")]
    NotANumber {
        /// `sdk_app_id`.
        field: &'static str,
    },
    /// The text is empty or only white space.
    #[error("{field}: empty; pass the id by which your app knows the {}", noun(.field))]
    Empty {
        /// The kind of id, such as `user_id` or `edition`.
        field: &'static str,
    },
    /// The text is longer than the provider accepts.
    #[error("{field}: {bytes} bytes, at most {max} are accepted; use a shorter, stable id")]
    TooLong {
        /// The kind of id, such as `user_id` or `edition`.
        field: &'static str,
        /// The length of the text given, in bytes of UTF-8.
        bytes: usize,
        /// The longest accepted length, in bytes of UTF-8.
        max: usize,
    },
    /// The text holds a control character.
    #[error("{field}: control character at byte {at}; remove it")]
    Control {
        /// The kind of id, such as `user_id` or `edition`.
        field: &'static str,
        /// The byte offset of the first control character.
        at: usize,
    },
    /// The text holds a character that names of catalogs, editions and services do not.
    #[error("{field}: {found:?} at byte {at}; a name holds only a-z, 0-9, `_` and `-`")]
    Character {
        /// `catalog`, `edition` or `service`.
        field: &'static str,
        /// The byte offset of the first such character.
        at: usize,
        /// The character.
        found: char,
    },
}

/// What a field with an id names.
fn noun(field: &str) -> &str {
    field.trim_end_matches("_id")
}
