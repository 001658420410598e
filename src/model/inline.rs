//! A short text kept in place, so that what carries one is `Copy` and built without allocating.

/// A text of at most `N` bytes, `N` up to 255. Compares, orders and hashes as the text does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Inline<const N: usize> {
    // What follows the text is zero, so that the derived order is that of the texts.
    bytes: [u8; N],
    len: u8,
}

impl<const N: usize> Inline<N> {
    /// Keeps `text`; `None` when it is longer than `N` bytes.
    pub(super) const fn new(text: &str) -> Option<Self> {
        let given = text.as_bytes();
        if given.len() > N || given.len() > u8::MAX as usize {
            return None;
        }
        let mut bytes = [0; N];
        let mut at = 0;
        while at < given.len() {
            bytes[at] = given[at];
            at += 1;
        }
        #[allow(clippy::cast_possible_truncation, reason = "compared with u8::MAX above")]
        Some(Self { bytes, len: given.len() as u8 })
    }

    pub(super) fn as_str(&self) -> &str {
        // `new` copied exactly `len` bytes of a `str`, so this cannot be invalid UTF-8.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}
