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

#[cfg(test)]
mod tests {
    use super::{AccountKey, BadAccount, KeyedAccount};

    #[test]
    fn the_example_of_the_contract_is_named_alike() {
        let key = AccountKey { id: "k1".into(), key: [7; 32] };
        assert_eq!(key.encoded(), "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
        let account = KeyedAccount { key_id: "k1".into(), account: key.account(1_400_000_001, "ada") };
        assert_eq!(account.to_string(), "k1:1adfd8e9b65b5cb19ccdbea3a49104ad");
        assert_eq!(account.to_string().parse(), Ok(account));
    }

    #[test]
    fn keys_differ_by_secret_app_and_name_and_are_not_shown() {
        let key = AccountKey::derive(b"one", 1, "k1");
        for other in [("two", 1, "k1"), ("one", 2, "k1"), ("one", 1, "k2"), ("one", 11, "k")] {
            let other = AccountKey::derive(other.0.as_bytes(), other.1, other.2);
            assert!(other != key && other.proof() != key.proof(), "{other:?}");
        }
        assert_eq!(
            format!("{key:?} {:?}", key.account(1, "ada")),
            "AccountKey { id: \"k1\", .. } Account(..)"
        );
    }

    #[test]
    fn what_is_no_account_is_refused() {
        let hex = "00112233445566778899aabbccddeeff";
        for bad in [
            String::new(),
            hex.to_owned(),
            format!(":{hex}"),
            format!("K1:{hex}"),
            format!("k 1:{hex}"),
            format!("{}:{hex}", "k".repeat(17)),
            format!("k1:{}", hex.to_uppercase()),
            format!("k1:{}", &hex[1..]),
            format!("k1:{hex}00"),
            format!("k1:{hex}:"),
            format!("k1:{}zz", &hex[2..]),
        ] {
            assert_eq!(bad.parse::<KeyedAccount>(), Err(BadAccount), "{bad}");
        }
    }
}
