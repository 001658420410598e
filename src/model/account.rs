//! The key under which an app's devices and its billing endpoint name users alike, and the names under it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::counter_key::Pseudonym;
use super::ids::{SdkAppId, UserId};
use super::inline::Inline;

/// The longest name of a key.
const MOST_ID: usize = 16;

/// What the hash begins with, so that it is of no other use.
const DOMAIN: &[u8] = b"planguard account v1\0";

/// The key of the document's section `accounts`. A secret of the app: neither `Debug` nor any error or log shows it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AccountKey {
    id: Inline<MOST_ID>,
    key: [u8; 32],
}

impl AccountKey {
    /// A key and its name; `None` where that is no name of a key.
    pub(crate) fn new(id: &str, key: [u8; 32]) -> Option<Self> {
        let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        let id = Inline::new(id).filter(|_| !id.is_empty() && id.bytes().all(named))?;
        Some(Self { id, key })
    }

    /// What devices and endpoint call this user of `app`.
    pub(crate) fn account(&self, app: SdkAppId, user: &UserId) -> AccountName {
        // HMAC pads a key to its block with zeros; doing it here leaves nothing that can fail.
        let mut block = [0_u8; 64];
        block[..self.key.len()].copy_from_slice(&self.key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(DOMAIN);
        mac.update(app.to_string().as_bytes());
        mac.update(b"\0");
        mac.update(user.as_str().as_bytes());
        let tag: [u8; 32] = mac.finalize().into_bytes().into();
        let mut hash = [0; 16];
        hash.copy_from_slice(&tag[..16]);
        AccountName { key: self.id, hash: Pseudonym(hash) }
    }
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountKey(redacted)")
    }
}

/// A user, as every device of the app and its billing endpoint name them: told to the endpoint, and to nobody else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AccountName {
    key: Inline<MOST_ID>,
    hash: Pseudonym,
}

/// As the endpoint is told.
impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key.as_str(), self.hash.to_hex())
    }
}

impl fmt::Debug for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountName(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> UserId {
        UserId::new("ada").unwrap()
    }

    #[test]
    fn it_is_the_hmac_that_the_contract_describes() {
        // printf 'planguard account v1\0001400000001\000ada' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
        let account =
            AccountKey::new("k1", [7; 32]).unwrap().account(SdkAppId::new(1_400_000_001).unwrap(), &ada());
        assert_eq!(account.to_string(), "k1:1adfd8e9b65b5cb19ccdbea3a49104ad");
        let contract = include_str!("../../docs/openapi.yaml");
        assert!(contract.contains(&account.to_string()));
    }

    #[test]
    fn key_app_and_user_all_matter() {
        let (app, other) = (SdkAppId::new(14).unwrap(), SdkAppId::new(15).unwrap());
        let key = AccountKey::new("k", [1; 32]).unwrap();
        let account = key.account(app, &ada());
        assert_eq!(account, key.account(app, &ada()));
        assert_ne!(account, key.account(other, &ada()));
        assert_ne!(account, key.account(app, &UserId::new("bob").unwrap()));
        assert_ne!(account, AccountKey::new("k", [2; 32]).unwrap().account(app, &ada()));
    }

    #[test]
    fn names_of_keys_are_short_and_plain() {
        for good in ["k", "0", "2026-11", "a_b", "sixteen-bytes-xx"] {
            assert!(AccountKey::new(good, [0; 32]).is_some(), "{good}");
        }
        for bad in ["", "K", "k:", "k/1", "ä", "k ", "seventeen-bytes-x"] {
            assert!(AccountKey::new(bad, [0; 32]).is_none(), "{bad}");
        }
    }

    #[test]
    fn nothing_of_it_is_shown_by_debug() {
        let key = AccountKey::new("k1", [7; 32]).unwrap();
        let shown = format!("{key:?} {:?}", key.account(SdkAppId::new(14).unwrap(), &ada()));
        assert_eq!(shown, "AccountKey(redacted) AccountName(redacted)");
    }
}
