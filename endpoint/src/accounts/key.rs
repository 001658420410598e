//! The key of an app's pseudonyms: derived from the endpoint's secret, and given to devices.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Account;

/// The longest name of a key.
const LONGEST_ID: usize = 16;

/// What makes the pseudonyms of one app for some months.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountKey {
    id: String,
    key: [u8; 32],
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl AccountKey {
    /// The key of this name: the same for the same secret, and nothing that other keys would tell.
    pub(super) fn derive(secret: &[u8], app: u64, id: &str) -> Self {
        let label =
            [b"planguard account key v1\0", app.to_string().as_bytes(), b"\0", id.as_bytes()].concat();
        Self { id: id.to_owned(), key: keyed_hash(secret, &label) }
    }

    /// What tells this key from another one without telling it.
    pub(super) fn proof(&self) -> Vec<u8> {
        keyed_hash(&self.key, b"planguard account key proof v1")[..8].to_vec()
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key as a document carries it.
    pub fn encoded(&self) -> String {
        BASE64URL_NOPAD.encode(&self.key)
    }

    /// The pseudonym of a user.
    pub fn account(&self, app: u64, user: &str) -> Account {
        let text = [b"planguard account v1\0", app.to_string().as_bytes(), b"\0", user.as_bytes()].concat();
        let mut short = [0; 16];
        short.copy_from_slice(&keyed_hash(&self.key, &text)[..16]);
        Account::from_bytes(short)
    }
}

/// HMAC-SHA256.
pub(crate) fn keyed_hash(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length, so that the default stands for none.
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(text).finalize());
    mac.map(|hash| hash.into_bytes().into()).unwrap_or_default()
}

/// A pseudonym with the name of the key that made it, as devices send it: `k1:0123…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedAccount {
    /// The key's name.
    pub key_id: String,
    /// The pseudonym.
    pub account: Account,
}

/// A text that is no pseudonym of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not `<key_id>:` and 32 lower-case hexadecimal digits, such as k1:00112233445566778899aabbccddeeff")]
pub struct BadAccount;

impl std::str::FromStr for KeyedAccount {
    type Err = BadAccount;

    fn from_str(text: &str) -> Result<Self, BadAccount> {
        let (key_id, hex) = text.split_once(':').ok_or(BadAccount)?;
        let word = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        if key_id.is_empty() || key_id.len() > LONGEST_ID || !key_id.bytes().all(word) {
            return Err(BadAccount);
        }
        let bytes = HEXLOWER.decode(hex.as_bytes()).map_err(|_| BadAccount)?;
        let account = Account::from_bytes(bytes.try_into().map_err(|_| BadAccount)?);
        Ok(Self { key_id: key_id.to_owned(), account })
    }
}

impl fmt::Display for KeyedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key_id, HEXLOWER.encode(&self.account.bytes()))
    }
}
