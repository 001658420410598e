//! Ids as the keys that counters and users are kept under.

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::model::{GroupId, Pseudonym, Pseudonyms, SdkAppId, UserId};
use std::hash::Hasher as _;

/// Hashes under the number of the app. That tells equal ids of two apps apart and keeps ids out of what is kept; it is no
/// secret, so whoever has an id can look for it there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids(u64);

impl Ids {
    pub(super) const fn of(app: SdkAppId) -> Self {
        Self(app.get())
    }

    /// The key of a user.
    pub(super) fn of_user(self, user: &UserId) -> Pseudonym {
        self.hash(0, user.as_str())
    }

    fn hash(self, kind: u64, id: &str) -> Pseudonym {
        let mut hasher = SipHasher13::new_with_keys(self.0, kind);
        hasher.write(id.as_bytes());
        Pseudonym(hasher.finish128().as_bytes())
    }
}

impl Pseudonyms for Ids {
    fn user(&self, user: &UserId) -> Pseudonym {
        self.of_user(user)
    }

    fn group(&self, group: &GroupId) -> Pseudonym {
        self.hash(1, group.as_str())
    }
}
