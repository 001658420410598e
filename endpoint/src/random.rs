//! Random words and numbers.

use data_encoding::BASE64URL_NOPAD;

use crate::secret::random;

/// `N` random bytes. A system without them can keep no secret: it ends the process.
#[expect(clippy::expect_used, reason = "without random bytes there are no secrets")]
fn bytes<const N: usize>() -> [u8; N] {
    random().expect("the operating system gives no random bytes")
}

/// 128 random bits, as a word that may stand in a URL.
pub(crate) fn token() -> String {
    BASE64URL_NOPAD.encode(&bytes::<16>())
}

/// A number from 0 to 1, for jitter.
pub(crate) fn dice() -> f64 {
    f64::from(u16::from_le_bytes(bytes())) / f64::from(u16::MAX)
}

/// A number from 0 to below `end`, up to 256.
pub(crate) fn below(end: i64) -> i64 {
    i64::from(bytes::<1>()[0]) % end
}
