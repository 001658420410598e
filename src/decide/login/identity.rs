//! User ids that make more active users than there are people.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::model::UserId;

/// Why a user id may make active users without people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum IdentityWarning {
    /// More distinct users were logged in on this device in a month than people use one device.
    ManyOnDevice {
        /// How many, so far.
        users: u64,
    },
    /// The id looks generated: if it changes with every start, every start is a new active user.
    LooksGenerated,
    /// The id differs from an earlier one only in case, white space, invisible characters or how its letters are
    /// composed: the provider counts two users.
    CaseOrSpace,
    /// The id was refused: it is longer than 32 bytes, empty, or holds a control character. Ids that are cut to
    /// fit may collide or change.
    Rejected,
}

impl IdentityWarning {
    /// The names under which the report counts them.
    pub const KEYS: [&str; 4] = [
        "identity.many_on_device",
        "identity.looks_generated",
        "identity.case_or_space",
        "identity.rejected",
    ];

    /// The name under which the report counts it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ManyOnDevice { .. } => Self::KEYS[0],
            Self::LooksGenerated => Self::KEYS[1],
            Self::CaseOrSpace => Self::KEYS[2],
            Self::Rejected => Self::KEYS[3],
        }
    }
}

/// The normal form of an id: NFC, without case, white space and invisible characters. Ids equal in this are one
/// person's, written twice. `None` when nothing is left, or when it is too long to be an id.
pub fn normal_form(id: &UserId) -> Option<UserId> {
    let normalizer = ComposingNormalizerBorrowed::new_nfc();
    let visible: String = id.as_str().chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).collect();
    let composed = normalizer.normalize(&visible);
    // Through upper case, so that letters with several lower-case forms (ß and ss, σ and ς) become one.
    let folded: String = composed.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    UserId::new(normalizer.normalize(&folded)).ok()
}

/// Characters that are not seen: format controls, joiners, fillers, variation selectors, tags.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<UserId> {
        normal_form(&UserId::new(text).unwrap())
    }

    #[test]
    fn one_person_written_twice_has_one_normal_form() {
        for (one, other) in [
            (" Ada ", "ada"),
            ("Ada@Example.org", "ada@example.org"),
            ("j\u{fc}rgen", "ju\u{308}rgen"),
            ("j\u{fc}rgen", "j\u{fc}rgen\u{200b}"),
            ("J\u{dc}RGEN", "ju\u{200d}\u{308}rgen"),
            ("STRASSE", "stra\u{df}e"),
            (
                "\u{39f}\u{394}\u{3a5}\u{3a3}\u{3a3}\u{395}\u{3a5}\u{3a3}",
                "\u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3c5}\u{3c2}",
            ),
            ("ada lovelace", "ada\u{a0}lovelace"),
            ("4\u{feff}2", "42"),
        ] {
            assert!(of(one).is_some(), "{one}");
            assert_eq!(of(one), of(other), "{one} {other}");
        }
    }

    #[test]
    fn different_people_have_different_normal_forms() {
        for (one, other) in
            [("ada", "adah"), ("jürgen", "jurgen"), ("user1", "userl"), ("o'neil", "oneil"), ("a-b", "ab")]
        {
            assert_ne!(of(one), of(other), "{one} {other}");
        }
    }

    #[test]
    fn an_id_of_which_nothing_is_seen_has_no_normal_form() {
        assert_eq!(of("\u{200b}\u{2060}"), None);
    }
}
