//! What is drawn once for an install.

use super::{Install, StoreError};

/// Lower-case letters and digits that are hard to mistake for one another (RFC 4648 base32).
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn id(kind: &str, bits: &[u8]) -> String {
    kind.chars().chain(bits.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))).collect()
}

impl Install {
    /// Draws a salt, a guest id and an install id, each id of 100 random bits, from the operating system.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the system has no randomness to give.
    pub fn draw() -> Result<Self, StoreError> {
        let (mut salt, mut guest, mut install) = ([0; 32], [0; 20], [0; 20]);
        for buffer in [&mut salt[..], &mut guest[..], &mut install[..]] {
            getrandom::fill(buffer)
                .map_err(|error| StoreError::Backend { why: format!("no random numbers: {error}") })?;
        }
        Ok(Self { salt, guest_id: id("guest-", &guest), install_id: id("install-", &install) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_id_is_a_user_id_and_no_two_are_alike() {
        let (a, b) = (Install::draw().unwrap(), Install::draw().unwrap());
        assert_ne!(a.guest_id, b.guest_id);
        assert_ne!(a.install_id, b.install_id);
        assert_ne!(a.salt, b.salt);
        assert_eq!(a.guest_id.len(), 26);
        assert_eq!(crate::UserId::new(&a.guest_id).unwrap().as_str(), a.guest_id);
        assert!(!format!("{a:?}").contains(&a.guest_id));
    }
}
