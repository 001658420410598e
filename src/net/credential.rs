//! The credential for the billing endpoint, and its redaction.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderValue;
use sha2::Sha256;

use crate::port::{BoxFuture, MaybeSendSync};

/// A bearer credential. Neither `Debug` nor any error or log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The value of the `Authorization` header, marked as sensitive.
    authorization: HeaderValue,
}

/// What stands before the token in the header.
const SCHEME: &str = "Bearer ";

/// Why a text cannot be a credential. Does not show the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadCredential {
    /// Nothing but white space.
    #[error("credential: empty; pass the token the billing endpoint issued, or none at all")]
    Empty,
    /// Something that no HTTP header can carry.
    #[error("credential: byte {at} is not printable ASCII; pass the token itself, without line breaks")]
    Unprintable {
        /// The byte offset of the first such character.
        at: usize,
    },
}

impl Credential {
    /// Checks that `token` can travel in an `Authorization` header. White space around it is dropped.
    pub fn new(token: impl AsRef<str>) -> Result<Self, BadCredential> {
        let token = token.as_ref().trim();
        if token.is_empty() {
            return Err(BadCredential::Empty);
        }
        if let Some(at) = token.bytes().position(|byte| !(0x20..0x7f).contains(&byte)) {
            return Err(BadCredential::Unprintable { at });
        }
        let mut authorization = HeaderValue::try_from(format!("{SCHEME}{token}"))
            .map_err(|_| BadCredential::Unprintable { at: 0 })?;
        authorization.set_sensitive(true);
        Ok(Self { authorization })
    }

    /// The value of the `Authorization` header. A secret.
    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    /// Tells credentials apart without holding them: a keyed hash with the install's own salt, so that a weak
    /// credential cannot be guessed from a copied store.
    pub(crate) fn fingerprint(&self, salt: &[u8; 32]) -> String {
        keyed_hex(salt, b"planguard endpoint credential\0", &self.authorization.as_bytes()[SCHEME.len()..])
    }
}

/// HMAC-SHA-256 of `kind` and `text` under an install's salt, cut to 16 bytes, in hexadecimal.
pub(crate) fn keyed_hex(salt: &[u8; 32], kind: &[u8], text: &[u8]) -> String {
    use fmt::Write as _;
    // HMAC pads a key to its block with zeros; doing it here leaves nothing that can fail.
    let mut block = [0_u8; 64];
    block[..salt.len()].copy_from_slice(salt);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(kind);
    mac.update(text);
    mac.finalize().into_bytes().iter().take(16).fold(String::new(), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(redacted)")
    }
}

/// Why the app's own code could not provide a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// None to be had now: the person is signed out, the app's own server did not answer.
    #[error("no credential for the billing endpoint now: {0}")]
    Unavailable(String),
    /// What was provided cannot be a credential.
    #[error(transparent)]
    Bad(#[from] BadCredential),
}

/// Where the credential for the billing endpoint comes from; asked before every request, so that a token can be
/// renewed. The answer is waited for a bounded time.
///
/// ```
/// use planguard::sync::{Credential, CredentialError, CredentialProvider};
/// use planguard::port::BoxFuture;
///
/// struct SignedIn(std::sync::Mutex<Option<String>>);
///
/// impl CredentialProvider for SignedIn {
///     fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
///         Box::pin(async {
///             let token = self.0.lock().map_or(None, |token| token.clone());
///             let token = token.ok_or_else(|| CredentialError::Unavailable("signed out".to_owned()))?;
///             Ok(Some(Credential::new(token)?))
///         })
///     }
/// }
/// ```
pub trait CredentialProvider: MaybeSendSync {
    /// The credential to use now; `None` for an endpoint that asks for none. An error must not hold the
    /// credential, since it is shown to the app.
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>>;
}

/// Always the same credential, or none.
#[derive(Debug, Clone, Default)]
pub struct StaticCredential(Option<Credential>);

impl StaticCredential {
    /// Always `credential`.
    pub fn new(credential: Credential) -> Self {
        Self(Some(credential))
    }

    /// None: for an endpoint that asks for none.
    pub fn none() -> Self {
        Self(None)
    }
}

impl CredentialProvider for StaticCredential {
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        let credential = self.0.clone();
        Box::pin(std::future::ready(Ok(credential)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_checked_without_being_shown() {
        assert_eq!(Credential::new(" \n"), Err(BadCredential::Empty));
        assert_eq!(Credential::new("se\ncret"), Err(BadCredential::Unprintable { at: 2 }));
        assert_eq!(Credential::new("sécret"), Err(BadCredential::Unprintable { at: 1 }));
        let credential = Credential::new("s3cret\n").unwrap();
        assert_eq!(format!("{credential:?}"), "Credential(redacted)");
        assert_eq!(credential.authorization(), "Bearer s3cret");
        assert!(!format!("{:?}", credential.authorization()).contains("s3cret"));
        assert!(!format!("{:?}", StaticCredential::new(credential)).contains("s3cret"));
    }

    #[test]
    fn fingerprints_differ_by_credential_and_by_install() {
        let (a, b) = (Credential::new("a").unwrap(), Credential::new("b").unwrap());
        assert_eq!(a.fingerprint(&[1; 32]), a.fingerprint(&[1; 32]));
        assert_ne!(a.fingerprint(&[1; 32]), b.fingerprint(&[1; 32]));
        assert_ne!(a.fingerprint(&[1; 32]), a.fingerprint(&[2; 32]));
        assert_eq!(a.fingerprint(&[1; 32]).len(), 32);
    }
}
