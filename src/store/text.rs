//! Keys as text, so that maps over them serialise to plain JSON objects.

use serde::{Deserialize, Serialize};

use crate::model::{CounterKey, Pseudonym, Subject};

/// A user as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Who(pub(super) Pseudonym);

/// A counter's key as `limit/subject/bucket`, for example `friends_per_user/user:00…ff/0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Key(pub(super) CounterKey);

fn parse_hex(text: &str) -> Option<Pseudonym> {
    let digits = text.as_bytes();
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Pseudonym(bytes))
}

fn parse_key(text: &str) -> Option<CounterKey> {
    let mut parts = text.splitn(3, '/');
    let limit = parts.next()?.parse().ok()?;
    let subject = match parts.next()?.split_once(':') {
        None => Subject::App,
        Some(("user", id)) => Subject::User(parse_hex(id)?),
        Some(("group", id)) => Subject::Group(parse_hex(id)?),
        Some(_) => return None,
    };
    Some(CounterKey { limit, subject, bucket: parts.next()?.parse().ok()? })
}

impl TryFrom<String> for Who {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_hex(&text).map(Self).ok_or_else(|| "a user is 32 hexadecimal digits".to_owned())
    }
}

impl From<Who> for String {
    fn from(who: Who) -> Self {
        who.0.to_hex()
    }
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_key(&text).map(Self).ok_or_else(|| format!("`{text}` is not a counter"))
    }
}

impl From<Key> for String {
    fn from(Key(key): Key) -> Self {
        let (limit, bucket) = (key.limit, key.bucket);
        match key.subject {
            Subject::App => format!("{limit}/app/{bucket}"),
            Subject::User(id) => format!("{limit}/user:{}/{bucket}", id.to_hex()),
            Subject::Group(id) => format!("{limit}/group:{}/{bucket}", id.to_hex()),
        }
    }
}

/// The body of a stored document: text where it is text, else bytes.
pub(super) mod body {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Body<'a> {
        Text(std::borrow::Cow<'a, str>),
        Bytes(Vec<u8>),
    }

    pub(in crate::store) fn serialize<S: Serializer>(body: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(body) {
            Ok(text) => Body::Text(text.into()),
            Err(_) => Body::Bytes(body.to_vec()),
        }
        .serialize(serializer)
    }

    pub(in crate::store) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        Ok(match Body::deserialize(deserializer)? {
            Body::Text(text) => text.into_owned().into_bytes(),
            Body::Bytes(bytes) => bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_the_way_through_text() {
        let id = Pseudonym([0xa5; 16]);
        for subject in [Subject::App, Subject::User(id), Subject::Group(id)] {
            for &limit in crate::model::LimitId::ALL {
                let key = Key(CounterKey { limit, subject, bucket: -7 });
                assert_eq!(Key::try_from(String::from(key)), Ok(key));
            }
        }
        for bad in ["", "free_mau", "free_mau/app", "free_mau/app/x", "x/app/0", "free_mau/user:0/0"] {
            assert!(Key::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
