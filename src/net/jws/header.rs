//! The protected header: what it must say, what it may say, and what it must not.

use serde_json::{Map, Value};

use super::error::SignatureError;
use crate::model::echo::echo;
use crate::model::json;

/// The only algorithm. A verifier that lets the text choose can be made to use a public key as a shared secret.
const ALGORITHM: &str = "EdDSA";

/// Members that would change how the rest is to be understood.
const EXTENSIONS: [&str; 2] = ["crit", "b64"];

/// Members that bring a key, or an address of one.
const KEYS: [&str; 4] = ["jwk", "jku", "x5c", "x5u"];

/// How many audiences a header may name.
const MOST_AUDIENCES: usize = 16;

/// A header that can be used. Members that it has besides are passed over, as RFC 7515 wants.
pub(super) struct Header {
    pub(super) kid: Option<String>,
    audiences: Vec<String>,
}

impl Header {
    pub(super) fn read(text: &[u8]) -> Result<Self, SignatureError> {
        if json::without_bom(text).len() < text.len() {
            // A document may begin with one. In a header nobody writes it, and readers would differ on what was signed.
            return Err(SignatureError::malformed("header", "it begins with a byte order mark"));
        }
        let value = json::parse(text).map_err(|why| SignatureError::malformed("header", why))?;
        let Value::Object(fields) = value else {
            return Err(SignatureError::malformed("header", "not a JSON object"));
        };
        if let Some(field) = EXTENSIONS.into_iter().find(|field| fields.contains_key(*field)) {
            return Err(SignatureError::Extension { field });
        }
        match fields.get("alg") {
            Some(Value::String(found)) if found == ALGORITHM => {}
            Some(Value::String(found)) => return Err(SignatureError::Algorithm { found: echo(found) }),
            Some(found) => return Err(SignatureError::Algorithm { found: echo(found) }),
            None => return Err(SignatureError::Algorithm { found: "(none)".to_owned() }),
        }
        if let Some(field) = KEYS.into_iter().find(|field| fields.contains_key(*field)) {
            return Err(SignatureError::EmbeddedKey { field });
        }
        // Libraries for JWT say `JWT` unless told otherwise.
        is_of(&fields, "typ", &["jose", "jwt"], "JOSE or JWT")?;
        is_of(&fields, "cty", &["json"], "application/json")?;
        let kid = match fields.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(SignatureError::malformed("header", "kid is not a text")),
        };
        Ok(Self { kid, audiences: audiences(fields.get("aud"))? })
    }

    /// Whether the text is for `audience`. One that names somebody is for nobody else (RFC 7519, 4.1.3), and where an
    /// audience is configured one that names nobody is not for it.
    pub(super) fn is_for(&self, audience: Option<&str>) -> Result<(), SignatureError> {
        let is_for = match audience {
            Some(audience) => self.audiences.iter().any(|named| named == audience),
            None => self.audiences.is_empty(),
        };
        if is_for {
            return Ok(());
        }
        let none = || "(none)".to_owned();
        let found = if self.audiences.is_empty() { none() } else { echo(self.audiences.join(", ")) };
        Err(SignatureError::WrongAudience { found, wanted: audience.map_or_else(none, echo) })
    }
}

/// Checks a media type, which may lack its `application/` (RFC 7515, 4.1.9).
fn is_of(
    fields: &Map<String, Value>,
    field: &'static str,
    accepted: &[&str],
    wanted: &'static str,
) -> Result<(), SignatureError> {
    let found = match fields.get(field) {
        None => return Ok(()),
        Some(Value::String(found)) => found.clone(),
        Some(found) => return Err(SignatureError::WrongType { field, found: echo(found), wanted }),
    };
    let plain = found.to_ascii_lowercase();
    if accepted.contains(&plain.strip_prefix("application/").unwrap_or(&plain)) {
        return Ok(());
    }
    Err(SignatureError::WrongType { field, found: echo(found), wanted })
}

/// `aud` as JWT has it: one name or a list of them.
fn audiences(value: Option<&Value>) -> Result<Vec<String>, SignatureError> {
    let bad = || SignatureError::malformed("header", "aud is neither a text nor a list of up to 16 texts");
    match value {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(Value::Array(all)) if (1..=MOST_AUDIENCES).contains(&all.len()) => {
            all.iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(bad)).collect()
        }
        Some(_) => Err(bad()),
    }
}
