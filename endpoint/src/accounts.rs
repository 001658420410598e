//! Pseudonyms of users: how devices and the provider's webhooks name the same user without the endpoint keeping an id.
//!
//! `ACCOUNTS.md` says what this keeps from whom, and what it does not.

pub mod active;
mod key;
mod keys;
mod rotation;

pub(crate) use key::keyed_hash;
pub use key::{AccountKey, BadAccount, KeyedAccount};
pub(crate) use keys::number;
pub use keys::{Listed, Rotation, current, list, make, of_month, rotate, section};
pub use rotation::routes;

use std::fmt;

use crate::db::{FromValue, Value};
use crate::secret::Secret;

/// What keys of pseudonyms are derived from.
pub fn root(secret: &Secret) -> [u8; 32] {
    secret.derive("accounts")
}

/// A user of one app, as a keyed pseudonym.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account([u8; 16]);

impl Account {
    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Debug for Account {
    /// Without the pseudonym: whoever holds the key and a list of ids could look it up.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(..)")
    }
}

impl From<Account> for Value {
    fn from(account: Account) -> Self {
        Self::Bytes(account.0.to_vec())
    }
}

impl FromValue for Account {
    fn from_value(value: Value) -> Option<Self> {
        <Vec<u8>>::from_value(value)?.try_into().ok().map(Self)
    }
}
