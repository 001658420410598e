//! The endpoint's secret: 32 bytes in a file that only its user can read. It seals what is kept in the database.

use std::fmt;
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::Sha256;

/// The secret. Whoever has it and the database has the signing keys.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Why the secret cannot be used. It is never shown.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("secret: {path} cannot be used; check `secret_file` in the configuration", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Others can read the file.
    #[error("secret: {path} can be read by others; run `chmod 600` on it", path = path.display())]
    Open {
        /// Which file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("secret: {path} holds no secret (43 characters of base64url); restore it from the backup", path = path.display())]
    NotASecret {
        /// Which file.
        path: PathBuf,
    },
    /// What was sealed cannot be opened.
    #[error(
        "secret: not the one that sealed the database's keys; restore it from the backup of the database"
    )]
    Other,
    /// The operating system gives no random bytes.
    #[error("secret: the operating system gives no random bytes")]
    NoRandom,
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`SecretError::NoRandom`].
    pub fn generate() -> Result<Self, SecretError> {
        Ok(Self(random()?))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`SecretError`], also where others can read it.
    pub fn load(path: &Path) -> Result<Self, SecretError> {
        let file = |source| SecretError::File { path: path.to_owned(), source };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).map_err(file)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(SecretError::Open { path: path.to_owned() });
            }
        }
        let text = std::fs::read_to_string(path).map_err(file)?;
        let bytes = BASE64URL_NOPAD.decode(text.trim().as_bytes()).ok();
        let secret = bytes.and_then(|bytes| bytes.try_into().ok()).map(Self);
        secret.ok_or_else(|| SecretError::NotASecret { path: path.to_owned() })
    }

    /// Writes a file that did not exist, readable by its user alone.
    ///
    /// # Errors
    /// [`SecretError::File`].
    pub fn store(&self, path: &Path) -> Result<(), SecretError> {
        use std::io::Write as _;

        let file = |source| SecretError::File { path: path.to_owned(), source };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut opened = options.open(path).map_err(file)?;
        writeln!(opened, "{}", BASE64URL_NOPAD.encode(&self.0)).map_err(file)?;
        opened.sync_all().map_err(file)
    }

    /// A key for one purpose, from which neither the secret nor another key can be computed.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut mac = keyed(&self.0);
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Encrypts `plain` for the database (ChaCha20-Poly1305). What is sealed for one purpose opens for no other.
    ///
    /// # Errors
    /// [`SecretError::NoRandom`].
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SecretError> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut inside = plain.to_vec();
        self.key(purpose)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut inside)
            .map_err(|_| SecretError::Other)?;
        Ok([&nonce[..], &inside].concat())
    }

    /// Decrypts what was sealed.
    ///
    /// # Errors
    /// [`SecretError::Other`] where another secret, or for another purpose, sealed it.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, SecretError> {
        let (nonce, inside) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SecretError::Other)?;
        let mut inside = inside.to_vec();
        let plain = self
            .key(purpose)?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut inside)
            .map_err(|_| SecretError::Other)?;
        Ok(plain.to_vec())
    }

    fn key(&self, purpose: &str) -> Result<LessSafeKey, SecretError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &self.derive(purpose));
        key.map(LessSafeKey::new).map_err(|_| SecretError::Other)
    }
}

/// Random bytes of the operating system.
///
/// # Errors
/// [`SecretError::NoRandom`].
pub fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SecretError::NoRandom)?;
    Ok(bytes)
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of every length")
}

#[cfg(test)]
mod tests {
    use super::{Secret, SecretError};

    #[test]
    fn what_one_secret_seals_no_other_opens_and_no_other_purpose() {
        let secret = Secret::generate().unwrap();
        let sealed = secret.seal("keys", b"plain").unwrap();
        assert_eq!(secret.open("keys", &sealed).unwrap(), b"plain");
        assert_ne!(secret.seal("keys", b"plain").unwrap(), sealed);
        assert!(matches!(secret.open("other", &sealed), Err(SecretError::Other)));
        assert!(matches!(Secret::generate().unwrap().open("keys", &sealed), Err(SecretError::Other)));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(secret.open("keys", &changed).is_err(), "{at}");
        }
        assert!(secret.open("keys", &[]).is_err());
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }

    #[test]
    fn a_file_is_for_its_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let secret = Secret::generate().unwrap();
        secret.store(&path).unwrap();
        assert_eq!(Secret::load(&path).unwrap().0, secret.0);
        assert!(matches!(secret.store(&path), Err(SecretError::File { .. })), "never written over");
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Secret::load(&path), Err(SecretError::NotASecret { .. })));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(Secret::load(&path), Err(SecretError::Open { .. })));
        }
    }
}
