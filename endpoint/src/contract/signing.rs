//! Signing: JWS in compact form (RFC 7515) with Ed25519 (RFC 8037), several keys by `kid`.
//!
//! With another implementation of Ed25519 than planguard's, so that each checks the other.

use std::fmt;
use std::sync::Arc;

use data_encoding::{BASE64_MIME_PERMISSIVE, BASE64URL_NOPAD};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Map, Value, json};

/// A private Ed25519 key, and the name that signatures with it carry in `kid`.
#[derive(Clone)]
pub struct SigningKey {
    kid: String,
    pair: Arc<Ed25519KeyPair>,
}

/// Why a key cannot be used. The key itself is never shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The file holds something else.
    #[error(
        "the key `{kid}` is no Ed25519 PRIVATE KEY file; make one with `openssl genpkey -algorithm ed25519`"
    )]
    NotAKey {
        /// The name of the key.
        kid: String,
    },
    /// The operating system gave no random bytes.
    #[error("the key `{kid}` cannot be made: the operating system gives no random bytes")]
    NoRandom {
        /// The name of the key.
        kid: String,
    },
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::NoRandom`].
    pub fn generate(kid: impl Into<String>) -> Result<Self, KeyError> {
        let kid = kid.into();
        match Self::generate_pkcs8() {
            Some(file) => Self::from_pkcs8(kid, &file),
            None => Err(KeyError::NoRandom { kid }),
        }
    }

    /// The bytes of a new key (PKCS#8); `None` where the operating system gives no random ones.
    pub fn generate_pkcs8() -> Option<Vec<u8>> {
        Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).ok().map(|file| file.as_ref().to_vec())
    }

    /// The key in a `PRIVATE KEY` file, as OpenSSL and others write it (PKCS#8 in PEM).
    ///
    /// # Errors
    /// [`KeyError::NotAKey`].
    pub fn from_pem(kid: impl Into<String>, pem: &str) -> Result<Self, KeyError> {
        let kid = kid.into();
        let inside = pem
            .trim()
            .strip_prefix("-----BEGIN PRIVATE KEY-----")
            .and_then(|rest| rest.strip_suffix("-----END PRIVATE KEY-----"))
            .and_then(|inside| BASE64_MIME_PERMISSIVE.decode(inside.as_bytes()).ok());
        match inside {
            Some(der) => Self::from_pkcs8(kid, &der),
            None => Err(KeyError::NotAKey { kid }),
        }
    }

    /// The key of these 32 secret bytes.
    ///
    /// # Errors
    /// [`KeyError::NotAKey`] where they are not 32.
    pub fn from_seed(kid: impl Into<String>, seed: &[u8]) -> Result<Self, KeyError> {
        let kid = kid.into();
        match Ed25519KeyPair::from_seed_unchecked(seed) {
            Ok(pair) => Ok(Self { kid, pair: Arc::new(pair) }),
            Err(_) => Err(KeyError::NotAKey { kid }),
        }
    }

    /// The key in these bytes of PKCS#8.
    ///
    /// # Errors
    /// [`KeyError::NotAKey`].
    pub fn from_pkcs8(kid: impl Into<String>, der: &[u8]) -> Result<Self, KeyError> {
        let kid = kid.into();
        match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            Ok(pair) => Ok(Self { kid, pair: Arc::new(pair) }),
            Err(_) => Err(KeyError::NotAKey { kid }),
        }
    }

    /// Its name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its public half in base64url, as a JWK has it in `x`.
    pub fn public_key(&self) -> String {
        BASE64URL_NOPAD.encode(self.pair.public_key().as_ref())
    }

    /// Its public half as a JWK (RFC 8037).
    pub fn public_jwk(&self) -> Value {
        json!({
            "kty": "OKP", "crv": "Ed25519", "x": self.public_key(), "kid": self.kid, "use": "sig", "alg": "EdDSA",
        })
    }

    /// `payload` as a JWS with exactly this protected header, right or wrong.
    pub fn sign_with(&self, header: &str, payload: &[u8]) -> String {
        let signed =
            format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(payload));
        let signature = self.pair.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }
}

/// Without the secret.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// What an endpoint signs with. Without a key it does not.
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// The first one signs; all are published, so that apps can be built with the next one before it signs.
    pub keys: Vec<SigningKey>,
    /// For whom documents are: the header's `aud`.
    pub audience: Option<String>,
}

impl Signing {
    /// Signs with one key.
    pub fn with(key: SigningKey) -> Self {
        Self { keys: vec![key], audience: None }
    }

    /// The same for an audience.
    #[must_use]
    pub fn audience(self, audience: impl Into<String>) -> Self {
        Self { audience: Some(audience.into()), ..self }
    }

    /// `payload` as a JWS by the first key; `None` without one.
    pub fn sign(&self, payload: &[u8]) -> Option<String> {
        let key = self.keys.first()?;
        let mut header = Map::new();
        header.insert("alg".to_owned(), "EdDSA".into());
        header.insert("kid".to_owned(), key.kid().into());
        header.insert("typ".to_owned(), "JOSE".into());
        header.insert("cty".to_owned(), "json".into());
        header.extend(self.audience.as_deref().map(|audience| ("aud".to_owned(), audience.into())));
        Some(key.sign_with(&Value::Object(header).to_string(), payload))
    }

    /// The public keys as a JWK Set (RFC 7517).
    pub fn public(&self) -> Value {
        json!({ "keys": self.keys.iter().map(SigningKey::public_jwk).collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_8037_comes_out() {
        let secret = BASE64URL_NOPAD.decode(b"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = SigningKey::from_seed("rfc", &secret).unwrap();
        assert_eq!(key.public_key(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(
            key.sign_with(r#"{"alg":"EdDSA"}"#, b"Example of Ed25519 signing"),
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijc\
             NR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
    }

    #[test]
    fn a_file_of_openssl_is_read_and_no_secret_is_shown() {
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
        let key = SigningKey::from_pem("a", pem).unwrap();
        assert_eq!(key.public_key(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(format!("{key:?}"), r#"SigningKey { kid: "a", .. }"#);
        for other in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            assert_eq!(
                SigningKey::from_pem("a", other).unwrap_err(),
                KeyError::NotAKey { kid: "a".to_owned() }
            );
        }
    }
}
