//! User ids that make more active users than there are people.

use crate::model::UserId;

/// Why a user id may make active users without people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityWarning {
    /// More distinct users were logged in on this device in a month than people use one device.
    ManyOnDevice {
        /// How many, so far.
        users: u64,
    },
    /// The id looks generated: if it changes with every start, every start is a new active user.
    LooksGenerated,
    /// The id differs from another one only in case or in surrounding space: the provider counts two users.
    CaseOrSpace,
    /// The id was refused: it is longer than 32 bytes, empty, or holds a control character. Ids that are cut to
    /// fit may collide or change.
    Rejected,
}

impl IdentityWarning {
    /// The name under which the report counts it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ManyOnDevice { .. } => "identity.many_on_device",
            Self::LooksGenerated => "identity.looks_generated",
            Self::CaseOrSpace => "identity.case_or_space",
            Self::Rejected => "identity.rejected",
        }
    }
}

/// Prefixes by which apps mark users without an account.
const GUEST_WORDS: [&str; 5] = ["guest", "anon", "visitor", "temp", "tmp"];

/// Whether an id looks drawn by a program rather than given to a person: a UUID, a long hexadecimal text, or a
/// word followed by a timestamp or a long random number.
///
/// ```
/// use planguard::decide::login::looks_generated;
/// assert!(looks_generated("guest_1722500000123"));
/// assert!(!looks_generated("ada.lovelace"));
/// ```
pub fn looks_generated(id: &str) -> bool {
    let id = id.trim();
    is_uuid(id) || is_long_hex(id) || ends_in_a_drawn_number(id)
}

fn is_uuid(id: &str) -> bool {
    let mut groups = id.split('-');
    [8, 4, 4, 4, 12]
        .iter()
        .all(|&length| groups.next().is_some_and(|group| group.len() == length && is_hex(group)))
        && groups.next().is_none()
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// 16 or more hexadecimal digits with both letters and figures among them; a word or a number alone is neither.
fn is_long_hex(id: &str) -> bool {
    id.len() >= 16
        && is_hex(id)
        && id.bytes().any(|b| b.is_ascii_digit())
        && id.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A word and then 12 or more figures, or a timestamp in seconds of this century, or after a word for guests six
/// or more. A number without a word may well be the app's own account number.
fn ends_in_a_drawn_number(id: &str) -> bool {
    let word = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let figures = &id[word.len()..];
    if word.is_empty() {
        return false;
    }
    let seconds = figures.len() == 10 && matches!(figures.as_bytes().first(), Some(b'1' | b'2'));
    let lower = word.to_ascii_lowercase();
    let guest = GUEST_WORDS.iter().any(|guest| lower.starts_with(guest)) && figures.len() >= 6;
    figures.len() >= 12 || seconds || guest
}

/// The id without surrounding space and in lower case: ids equal in this are one person's, written twice. `None`
/// when the lower case of some letter is too long to be an id.
pub fn normalised(id: &UserId) -> Option<UserId> {
    UserId::new(id.as_str().trim().to_lowercase()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_are_told_from_given_ones() {
        for id in [
            "0f8fad5b-d9cb-469f-a165-70867728",
            "d41d8cd98f00b204e9800998ecf8427e",
            "guest_1722500000",
            "u1722500000123",
            "Visitor-839201",
            "user_000000012345",
        ] {
            // The first is a UUID cut to 32 bytes, which is none any more.
            assert_eq!(looks_generated(id), id != "0f8fad5b-d9cb-469f-a165-70867728", "{id}");
        }
        assert!(looks_generated("0f8fad5b-d9cb-469f-a165-7086772811aa"));
        for id in [
            "ada",
            "ada.lovelace@example.org",
            "13800138000",
            "1722500000123",
            "guest",
            "guest_7",
            "deadbeef",
        ] {
            assert!(!looks_generated(id), "{id}");
        }
    }

    #[test]
    fn case_and_space_do_not_make_another_person() {
        let of = |text: &str| normalised(&UserId::new(text).unwrap());
        assert_eq!(of(" Ada "), of("ada"));
        assert_ne!(of("ada"), of("adah"));
    }
}
