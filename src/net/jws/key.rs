//! Public keys of an endpoint, from whatever form a key tool gives them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;

use super::error::SignatureError;
use crate::model::echo::echo;
use crate::model::json;

/// How many keys a guard trusts at most. A signed text without a `kid` is tried with each.
const MOST_KEYS: usize = 8;

/// The longest name of a key.
const MOST_KID: usize = 128;

/// What stands before the 32 bytes of an Ed25519 key in a `PUBLIC KEY` file (RFC 8410).
const PUBLIC: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What stands before the 32 bytes of an Ed25519 key in a `PRIVATE KEY` file (RFC 8410).
const PRIVATE: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

const FORMS: &str =
    "give the endpoint's Ed25519 public key as its 32 bytes, as base64url, as a JWK, or as a PUBLIC KEY file";
const NAME: &str = "name each key as the endpoint does in kid, by 1 to 128 printable characters";

/// What is wrong with a key of the configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct BadKey {
    /// What is wrong.
    pub problem: String,
    /// What to give instead.
    pub remedy: &'static str,
}

impl BadKey {
    fn new(problem: impl Into<String>, remedy: &'static str) -> Self {
        Self { problem: problem.into(), remedy }
    }
}

/// The keys whose signatures are believed, by the names they go by in `kid`.
pub struct TrustedKeys(Vec<(String, VerifyingKey)>);

impl TrustedKeys {
    /// The keys as the app gave them. There is at least one.
    pub fn read(given: &[(String, Vec<u8>)]) -> Result<Self, BadKey> {
        if given.len() > MOST_KEYS {
            let problem = format!("{} keys", given.len());
            return Err(BadKey::new(problem, "give 8 at most: those that sign now, and the next ones"));
        }
        let mut keys: Vec<(String, VerifyingKey)> = Vec::with_capacity(given.len());
        for (kid, key) in given {
            if kid.is_empty() || kid.len() > MOST_KID || kid.chars().any(char::is_control) {
                return Err(BadKey::new(format!("`{}` is no name of a key", echo(kid)), NAME));
            }
            if keys.iter().any(|(other, _)| other == kid) {
                let problem = format!("two keys have the name `{}`", echo(kid));
                return Err(BadKey::new(problem, "give every key a name of its own"));
            }
            let key = read(kid, key).map_err(|why| BadKey {
                problem: format!("the key `{}` {}", echo(kid), why.problem),
                ..why
            })?;
            keys.push((kid.clone(), key));
        }
        Ok(Self(keys))
    }

    /// Whether the key that `kid` names signed `signed`; without a `kid`, whether any of them did. All of them are
    /// believed alike, so which one it was makes no difference.
    ///
    /// Verification is strict: other encodings of the same signature, and keys that would verify anything, are refused.
    pub(super) fn verify(
        &self,
        kid: Option<&str>,
        signed: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SignatureError> {
        let signature = Signature::from_bytes(signature);
        let mut candidates = self.0.iter().filter(|(name, _)| kid.is_none_or(|kid| kid == name)).peekable();
        if let (Some(kid), None) = (kid, candidates.peek()) {
            let known: Vec<&str> = self.0.iter().map(|(name, _)| &**name).collect();
            return Err(SignatureError::UnknownKey { kid: echo(kid), known: echo(known.join(", ")) });
        }
        if candidates.any(|(_, key)| key.verify_strict(signed, &signature).is_ok()) {
            return Ok(());
        }
        Err(SignatureError::NotVerified)
    }
}

fn read(kid: &str, given: &[u8]) -> Result<VerifyingKey, BadKey> {
    let bytes = match <[u8; 32]>::try_from(given) {
        // Bytes that are all readable are a text that is too short.
        Ok(raw) if !raw.iter().all(u8::is_ascii_graphic) => raw,
        _ => {
            let text = std::str::from_utf8(given)
                .map_err(|_| BadKey::new(format!("has {} bytes instead of 32", given.len()), FORMS))?;
            from_text(kid, text.trim())?
        }
    };
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| BadKey::new("is no Ed25519 key", FORMS))?;
    if key.is_weak() {
        return Err(BadKey::new("is one with which anybody can sign", "make a new pair of keys"));
    }
    Ok(key)
}

fn from_text(kid: &str, text: &str) -> Result<[u8; 32], BadKey> {
    if text.starts_with('{') {
        return from_jwk(kid, text);
    }
    let Some(rest) = text.strip_prefix("-----BEGIN ") else { return from_base64(text) };
    if rest.contains("PRIVATE KEY-----") {
        return Err(private());
    }
    let inside =
        rest.strip_prefix("PUBLIC KEY-----").and_then(|rest| rest.split_once("-----END PUBLIC KEY-----"));
    match inside {
        Some((inside, "")) => from_base64(inside),
        _ => Err(BadKey::new("is no single PUBLIC KEY", FORMS)),
    }
}

/// A key in base64, with the alphabet for URLs or the other one: a key that is pasted is checked by what it verifies.
fn from_base64(text: &str) -> Result<[u8; 32], BadKey> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    let bytes = STANDARD_NO_PAD
        .decode(plain.trim_end_matches('='))
        .map_err(|_| BadKey::new("is none of the forms that are read", FORMS))?;
    if bytes.starts_with(&PRIVATE) {
        return Err(private());
    }
    let key = bytes.strip_prefix(&PUBLIC).unwrap_or(&bytes);
    key.try_into().map_err(|_| BadKey::new(format!("has {} bytes instead of 32", bytes.len()), FORMS))
}

fn from_jwk(kid: &str, text: &str) -> Result<[u8; 32], BadKey> {
    let value = json::parse(text.as_bytes())
        .map_err(|why| BadKey::new(format!("is a JWK that cannot be read: {why}"), FORMS))?;
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    if value.get("d").is_some() {
        return Err(private());
    }
    if (member("kty"), member("crv")) != (Some("OKP"), Some("Ed25519")) {
        let remedy = "give a key whose kty is OKP and whose crv is Ed25519";
        return Err(BadKey::new("is a JWK of another kind", remedy));
    }
    if member("kid").is_some_and(|own| own != kid) {
        return Err(BadKey::new("is a JWK with another kid", NAME));
    }
    from_base64(member("x").unwrap_or_default())
}

fn private() -> BadKey {
    let remedy = "give its public half; whoever takes an app apart has what is in it, so make a new pair of keys if this one \
                  was shipped";
    BadKey::new("is the private half", remedy)
}
