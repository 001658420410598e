//! Keyed hashes that stand for users and groups everywhere behind the guard's face.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Install;
use crate::model::{GroupId, Pseudonym, Pseudonyms, UserId};

/// Turns ids into pseudonyms: HMAC-SHA-256 under the install's salt, cut to 16 bytes.
///
/// Users and groups are told apart, so that equal texts give different pseudonyms. Nothing is allocated.
#[derive(Clone)]
pub struct Pseudonymizer {
    keyed: Hmac<Sha256>,
    /// Tells this install's salt from others', for ids that remember their pseudonym.
    install: u64,
}

impl std::fmt::Debug for Pseudonymizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonymizer(redacted)")
    }
}

impl Pseudonymizer {
    /// Hashes under the salt of `install`.
    pub fn new(install: &Install) -> Self {
        // HMAC pads a key to its block with zeros; doing it here leaves nothing that can fail.
        let mut block = [0_u8; 64];
        block[..install.salt.len()].copy_from_slice(&install.salt);
        let unnamed = Self { keyed: Hmac::new(&block.into()), install: 0 };
        let Pseudonym(tag) = unnamed.hash(b"install:", "");
        let (half, _) = tag.split_at(8);
        let install = half.iter().fold(0, |tag, byte| (tag << 8) | u64::from(*byte));
        Self { install, ..unnamed }
    }

    /// The same id, which from here on answers for its pseudonym itself.
    pub fn resolve_user(&self, id: &UserId) -> UserId {
        id.resolved(self.install, self.user(id))
    }

    /// As [`Self::resolve_user`], for a group.
    pub fn resolve_group(&self, id: &GroupId) -> GroupId {
        id.resolved(self.install, self.group(id))
    }

    /// The pseudonym of a user.
    pub fn user(&self, id: &UserId) -> Pseudonym {
        id.pseudonym_in(self.install).unwrap_or_else(|| self.hash(b"user:", id.as_str()))
    }

    /// The pseudonym of a group.
    pub fn group(&self, id: &GroupId) -> Pseudonym {
        id.pseudonym_in(self.install).unwrap_or_else(|| self.hash(b"group:", id.as_str()))
    }

    /// The name under which a happening is remembered.
    pub fn happening(&self, key: &str) -> [u8; 16] {
        self.hash(b"happening:", key).0
    }

    fn hash(&self, kind: &[u8], id: &str) -> Pseudonym {
        let mut mac = self.keyed.clone();
        mac.update(kind);
        mac.update(id.as_bytes());
        let tag: [u8; 32] = mac.finalize().into_bytes().into();
        let mut pseudonym = [0; 16];
        pseudonym.copy_from_slice(&tag[..16]);
        Pseudonym(pseudonym)
    }
}

impl Pseudonyms for Pseudonymizer {
    fn user(&self, user: &UserId) -> Pseudonym {
        Self::user(self, user)
    }

    fn group(&self, group: &GroupId) -> Pseudonym {
        Self::group(self, group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(salt: u8) -> Install {
        Install { salt: [salt; 32], guest_id: String::new(), install_id: String::new() }
    }

    #[test]
    fn it_is_the_hmac_that_other_tools_compute() {
        // printf 'user:ada' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07 (32 bytes)
        let hash = Pseudonymizer::new(&install(7)).user(&UserId::new("ada").unwrap());
        assert_eq!(hash.to_hex(), "fd7845e0c9148003919a95cdd350e2f0");
    }

    #[test]
    fn salt_kind_and_id_all_matter() {
        let (a, b) = (Pseudonymizer::new(&install(1)), Pseudonymizer::new(&install(2)));
        let (ada, bob) = (UserId::new("ada").unwrap(), UserId::new("bob").unwrap());
        let group = GroupId::new("ada").unwrap();
        assert_eq!(a.user(&ada), a.clone().user(&ada));
        assert_ne!(a.user(&ada), b.user(&ada));
        assert_ne!(a.user(&ada), a.user(&bob));
        assert_ne!(a.user(&ada), a.group(&group));
        let (by_a, group_by_a) = (a.resolve_user(&ada), a.resolve_group(&group));
        assert_eq!((by_a, group_by_a), (ada, group), "an id is its text");
        assert_eq!(
            (a.user(&by_a), b.user(&by_a)),
            (a.user(&ada), b.user(&ada)),
            "of another install's nothing is believed"
        );
        assert_eq!((a.group(&group_by_a), b.group(&group_by_a)), (a.group(&group), b.group(&group)));
    }
}
