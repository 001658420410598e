//! Keys as text, so that maps over them serialise to plain JSON objects.

use crate::model::{CounterKey, Pseudonym, Subject};

/// A user, of 32 hexadecimal digits.
pub(super) fn parse_hex(text: &str) -> Option<Pseudonym> {
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

/// A counter's key, of the form `limit/subject/bucket`.
pub(super) fn parse_key(text: &str) -> Option<CounterKey> {
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

/// The text that [`parse_key`] reads, for example `friends_per_user/user:00…ff/0`.
pub(super) fn key_text(key: &CounterKey) -> String {
    let (limit, bucket) = (key.limit, key.bucket);
    match key.subject {
        Subject::App => format!("{limit}/app/{bucket}"),
        Subject::User(id) => format!("{limit}/user:{}/{bucket}", id.to_hex()),
        Subject::Group(id) => format!("{limit}/group:{}/{bucket}", id.to_hex()),
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
                let key = CounterKey { limit, subject, bucket: -7 };
                assert_eq!(parse_key(&key_text(&key)), Some(key));
            }
        }
        for bad in ["", "free_mau", "free_mau/app", "free_mau/app/x", "x/app/0", "free_mau/user:0/0"] {
            assert_eq!(parse_key(bad), None, "{bad}");
        }
    }
}
