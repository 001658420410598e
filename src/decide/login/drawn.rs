//! Ids that a program draws: UUID, ULID, KSUID, nano id, cuid, long hexadecimal texts, long numbers.

/// Prefixes by which apps mark users without an account.
const GUEST_WORDS: [&str; 5] = ["guest", "anon", "visitor", "temp", "tmp"];

/// Whether an id looks drawn by a program rather than given to a person: a UUID (whole or cut to fit), ULID, KSUID,
/// nano id, cuid, a long hexadecimal text or number, or a word followed by a timestamp or a long random number.
pub fn looks_generated(id: &str) -> bool {
    let id = id.trim();
    is_uuid(id)
        || is_long_hex(id)
        || is_ulid(id)
        || is_mixed(id)
        || is_cuid(id)
        || is_long_number(id)
        || ends_in_a_drawn_number(id)
}

/// A UUID, or what is left of it in an id of at most 32 bytes.
fn is_uuid(id: &str) -> bool {
    let mut groups = id.split('-');
    let of = |group: Option<&str>, length| group.is_some_and(|group| group.len() == length && is_hex(group));
    [8, 4, 4, 4].iter().all(|&length| of(groups.next(), length))
        && groups.next().is_some_and(|last| (4..=12).contains(&last.len()) && is_hex(last))
        && groups.next().is_none()
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn figures(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// 16 or more hexadecimal digits with both letters and several figures among them; a word or a number alone is
/// neither.
fn is_long_hex(id: &str) -> bool {
    id.len() >= 16 && is_hex(id) && figures(id) >= 3 && figures(id) < id.len()
}

/// 26 characters of Crockford's base 32, which begin with the time: for many years to come with a zero.
fn is_ulid(id: &str) -> bool {
    let digit =
        |b: u8| b.is_ascii_digit() || (b.is_ascii_alphabetic() && !b"ilou".contains(&b.to_ascii_lowercase()));
    id.len() == 26 && id.starts_with('0') && id.bytes().all(digit) && figures(id) >= 4 && figures(id) <= 22
}

/// A KSUID (27 letters and figures) or a nano id (21, also with `_` and `-`): upper case, lower case and figures in no
/// order that words have.
fn is_mixed(id: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || (id.len() == 21 && matches!(b, b'_' | b'-'));
    let has = |kind: fn(&u8) -> bool| id.bytes().any(|b| kind(&b));
    matches!(id.len(), 21 | 27)
        && id.bytes().all(allowed)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && changes(id) * 5 >= id.len() * 2
}

/// A cuid (`c`, then 24) or cuid2 (24): lower-case letters and figures in no order that words have.
fn is_cuid(id: &str) -> bool {
    let starts = match id.len() {
        25 => id.starts_with('c'),
        24 => id.starts_with(|c: char| c.is_ascii_lowercase()),
        _ => false,
    };
    starts
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && figures(id) >= 3
        && changes(id) >= 6
}

/// How often the kind of character changes between upper case, lower case and figure; other characters are passed over.
/// In words it seldom does, in drawn text at more than every second character.
fn changes(id: &str) -> usize {
    let kind = |b: u8| match b {
        b'0'..=b'9' => Some(0),
        b'a'..=b'z' => Some(1),
        b'A'..=b'Z' => Some(2),
        _ => None,
    };
    let kinds: arrayvec::ArrayVec<u8, 32> = id.bytes().take(32).filter_map(kind).collect();
    kinds.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// More figures than any numbering of accounts needs: the widest in use have 19.
fn is_long_number(id: &str) -> bool {
    id.len() >= 20 && figures(id) == id.len()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_ids_are_recognised() {
        for id in [
            "0f8fad5b-d9cb-469f-a165-7086772811aa",
            "0f8fad5b-d9cb-469f-a165-70867728",
            "0F8FAD5B-D9CB-469F-A165-7086",
            "d41d8cd98f00b204e9800998ecf8427e",
            "d41d8cd98f00b204",
            "01J4YV6Q2N8K3W9T5R7XBZCDEF",
            "01j4yv6q2n8k3w9t5r7xbzcdef",
            "01HZX3VQ4M7Y8K2N5P6R9S0T1W",
            "2jZ9tQn0pB7aXk3LmVw4YcRs8Df",
            "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
            "V1StGXR8_Z5jdHi6B-myT",
            "Uakgb_J5m9g-0JDMbcJqL",
            "clz3k8q9x0000ab12cd34ef56",
            "cjld2cjxh0000qzrmn831i7rn",
            "tz4a98xxat96iws9zmbrgj3a",
            "pfh0haxfpzowht3oi213cqos",
            "guest_1722500000",
            "u1722500000123",
            "Visitor-839201",
            "user_000000012345",
            "17225000001231722500",
        ] {
            assert!(looks_generated(id), "{id}");
        }
    }

    #[test]
    fn names_that_people_bear_are_not_taken_for_drawn_ones() {
        for id in [
            "ada",
            "guest",
            "guest_7",
            "deadbeef",
            "13800138000",
            "1722500000123",
            "ada.lovelace@example.org",
            "ada.lovelace",
            "AdaLovelace1815",
            "Ada_Lovelace-1815-Bday",
            "Ada_Lovelace_10121815",
            "grace-hopper-1906-navy",
            "alan.turing.1912.london",
            "ChristopherMontgomery1",
            "ChristopherJamesMontgomery1",
            "MariaDelCarmenGonzalez1985a",
            "christopher.montgomery12",
            "christophermontgomery1990",
            "elizabethtaylorlondon1985",
            "elizabethtaylor1985london",
            "caroline2009herschel1848",
            "JeanBaptisteJosephFourier21",
            "O_Brien-McDonald-1990",
            "McDonaldOBrien2024Dub",
            "xX_DarkKnight_2009_Xx",
            "0riginal_Name_of_a_Person",
            "0penSourceEnthusiastInParis",
            "facadefeedbeef",
            "user1234567",
            "zhang.wei.1988.beijing",
            "9007199254740993",
            "1234567890123456789",
            "j\u{fc}rgen.m\u{fc}ller.1970",
        ] {
            assert!(!looks_generated(id), "{id}");
        }
    }
}
