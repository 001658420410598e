//! Keyed hashes that stand for users and groups everywhere behind the guard's face.

use std::num::NonZeroU64;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Install;
use super::aliases::Aliases;
use crate::model::{GroupId, Pseudonym, Pseudonyms, UserId};

/// Turns ids into pseudonyms: HMAC-SHA-256 under the install's salt, cut to 16 bytes.
///
/// Users and groups are told apart, so that equal texts give different pseudonyms. What was asked for lately is looked
/// up; nothing but the first look allocates.
#[derive(Clone)]
pub struct Pseudonymizer {
    keyed: Hmac<Sha256>,
    /// Tells this install's salt from others', for ids that remember their pseudonym.
    install: NonZeroU64,
    /// What was asked for lately.
    aliases: Arc<Aliases>,
}

const USER: u64 = 0;
const GROUP: u64 = 1;

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
        let keyed = Hmac::new(&block.into());
        let Pseudonym(tag) = hash(&keyed, b"install:", "");
        let Pseudonym(keys) = hash(&keyed, b"aliases:", "");
        let word = |half: &[u8]| half.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        let aliases = Aliases::new([word(&keys[..8]), word(&keys[8..])]);
        let install = NonZeroU64::new(word(&tag[..8])).unwrap_or(NonZeroU64::MIN);
        Self { keyed, install, aliases: Arc::new(aliases) }
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
    #[inline]
    pub fn user(&self, id: &UserId) -> Pseudonym {
        id.pseudonym_in(self.install).unwrap_or_else(|| self.look_up(USER, b"user:", id.as_str()))
    }

    /// The pseudonym of a group.
    #[inline]
    pub fn group(&self, id: &GroupId) -> Pseudonym {
        id.pseudonym_in(self.install).unwrap_or_else(|| self.look_up(GROUP, b"group:", id.as_str()))
    }

    fn look_up(&self, nth: u64, kind: &[u8], id: &str) -> Pseudonym {
        self.aliases.get(nth, id.as_bytes(), || hash(&self.keyed, kind, id))
    }

    /// The name under which a happening is remembered.
    pub fn happening(&self, key: &str) -> [u8; 16] {
        hash(&self.keyed, b"happening:", key).0
    }
}

fn hash(keyed: &Hmac<Sha256>, kind: &[u8], id: &str) -> Pseudonym {
    let mut mac = keyed.clone();
    mac.update(kind);
    mac.update(id.as_bytes());
    let tag: [u8; 32] = mac.finalize().into_bytes().into();
    let mut pseudonym = [0; 16];
    pseudonym.copy_from_slice(&tag[..16]);
    Pseudonym(pseudonym)
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
