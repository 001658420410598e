//! What must show nowhere: drawn anew for each run, so that nothing holds it by accident, and looked for in every form
//! that a text takes on its way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;

/// Letters in a mark. 26 to the power of 14 is far beyond what a run writes.
const LETTERS: usize = 14;

/// The secrets of one session, each with a mark of its own.
pub(crate) struct Marks {
    all: Vec<(&'static str, String)>,
}

impl Marks {
    /// A mark for each of these.
    pub(crate) fn draw(what: &[&'static str]) -> Self {
        let mark = || std::iter::repeat_with(fastrand::lowercase).take(LETTERS).collect();
        Self { all: what.iter().map(|&what| (what, mark())).collect() }
    }

    /// The mark of `what`.
    pub(crate) fn of(&self, what: &str) -> &str {
        let (_, mark) = self.all.iter().find(|(name, _)| *name == what).expect("a mark was drawn for it");
        mark
    }

    /// Which marks `bytes` hold, in which form, and what stands around them.
    pub(crate) fn found(&self, bytes: &[u8]) -> Vec<String> {
        let lower = bytes.to_ascii_lowercase();
        let mut found = Vec::new();
        for (what, mark) in &self.all {
            for (form, needle, any_case) in forms(mark) {
                let hay = if any_case { &lower } else { bytes };
                if let Some(at) = position(hay, &needle) {
                    let around = &bytes[at.saturating_sub(80)..(at + needle.len() + 80).min(bytes.len())];
                    found.push(format!("{what} as {form}: {}", around.escape_ascii()));
                }
            }
        }
        found
    }
}

/// A mark as it may have been written, and whether case was lost.
fn forms(mark: &str) -> Vec<(&'static str, Vec<u8>, bool)> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| mark.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let hex = format!("{:02x?}", mark.as_bytes()).replace(['[', ']', ',', ' '], "");
    let listed = mark.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    let mut forms = vec![
        ("text", mark.as_bytes().to_vec(), true),
        ("UTF-16, low byte first", utf16(u16::to_le_bytes), true),
        ("UTF-16, high byte first", utf16(u16::to_be_bytes), true),
        ("hexadecimal", hex.into_bytes(), true),
        ("a list of bytes", listed.into_bytes(), true),
    ];
    // Wherever in a longer text it begins; what its neighbours change is left out.
    for before in 0..3 {
        let encoded = BASE64.encode([&vec![0; before], mark.as_bytes()].concat());
        let from = if before == 0 { 0 } else { before + 1 };
        let whole = (before + mark.len()) / 3 * 4;
        forms.push(("base64", encoded.as_bytes()[from..whole].to_vec(), false));
    }
    forms
}

/// Where `needle` begins in `hay`.
fn position(hay: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(hay, needle)
}

#[test]
fn a_mark_is_found_in_each_form() {
    let marks = Marks::draw(&["user", "other"]);
    let mark = marks.of("user").to_owned();
    let padded = |text: &str| BASE64.encode(format!("{text}{mark} and more"));
    let utf16 = |bytes: fn(u16) -> [u8; 2]| mark.to_uppercase().encode_utf16().flat_map(bytes).collect();
    for bytes in [
        format!("a line about {mark}.").into_bytes(),
        mark.to_uppercase().into_bytes(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        format!("{:02X?}", mark.as_bytes()).replace(", ", "").into_bytes(),
        format!("{:?}", mark.as_bytes()).into_bytes(),
        padded("").into_bytes(),
        padded("a").into_bytes(),
        padded("ab").into_bytes(),
    ] {
        let found = marks.found(&bytes);
        assert_eq!(found.len(), 1, "{found:?} in {}", bytes.escape_ascii());
        assert!(found[0].starts_with("user as "), "{found:?}");
    }
    assert!(marks.found(b"nothing of the kind").is_empty());
    assert!(marks.found(b"").is_empty());
}
