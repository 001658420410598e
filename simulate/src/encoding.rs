//! How the bytes of a log become text: UTF-8, UTF-16 by its mark or its zeroes, GB18030 (with it GBK and GB2312).

use std::borrow::Cow;
use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{GB18030, GBK};
use serde::Serialize;

/// The encoding of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) enum Encoding {
    /// UTF-8; also where a log is ASCII throughout.
    #[default]
    #[serde(rename = "UTF-8")]
    Utf8,
    /// UTF-8 behind a byte order mark, as Excel and Windows write it.
    #[serde(rename = "UTF-8-SIG")]
    Utf8Marked,
    /// Two bytes a character, the low one first.
    #[serde(rename = "UTF-16LE")]
    Utf16Little,
    /// Two bytes a character, the high one first.
    #[serde(rename = "UTF-16BE")]
    Utf16Big,
    /// GB18030, which contains GBK and GB2312.
    #[serde(rename = "GB18030")]
    Gb18030,
}

impl Encoding {
    /// By the first bytes of the text: a byte order mark, or the zeroes that UTF-16 has between Latin letters.
    pub(crate) fn by_mark(head: &[u8]) -> Option<Self> {
        match head {
            [0xef, 0xbb, 0xbf, ..] => Some(Self::Utf8Marked),
            [0xff, 0xfe, ..] | [1..=0xff, 0, 1..=0xff, 0, ..] => Some(Self::Utf16Little),
            [0xfe, 0xff, ..] | [0, 1..=0xff, 0, 1..=0xff, ..] => Some(Self::Utf16Big),
            _ => None,
        }
    }

    /// By the first line that is not ASCII, and what follows it. Only UTF-8 and GB18030 are told apart: bytes that are
    /// neither stay what they are, damage.
    pub(crate) fn by_text(line: &[u8], ahead: &[u8]) -> Self {
        let whole = ahead.iter().rposition(|byte| *byte == b'\n').map_or(&ahead[..0], |end| &ahead[..end]);
        let lines = || std::iter::once(line).chain(whole.split(|byte| *byte == b'\n'));
        let (utf8, other): (Vec<&[u8]>, Vec<&[u8]>) =
            lines().filter(|line| !line.is_ascii()).partition(|line| std::str::from_utf8(line).is_ok());
        if utf8.len() >= other.len() || other.iter().any(|line| Self::Gb18030.decode(line).is_none()) {
            return Self::Utf8;
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        for line in lines() {
            detector.feed(line, false);
            detector.feed(b"\n", false);
        }
        // Common characters are pairs of bytes beyond ASCII; accented letters mostly stand alone. Where all are pairs, a few
        // names are enough.
        let pairs = other.iter().all(|line| line.split(u8::is_ascii).all(|run| run.len().is_multiple_of(2)));
        let guess = detector.guess(pairs.then_some(&b"cn"[..]), Utf8Detection::Deny);
        if guess == GBK || guess == GB18030 { Self::Gb18030 } else { Self::Utf8 }
    }

    /// The text of one line; `None` where its bytes are no text of this encoding. Lines of UTF-16 are UTF-8 by now.
    pub(crate) fn decode(self, line: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Gb18030 => GB18030.decode_without_bom_handling_and_without_replacement(line),
            _ => std::str::from_utf8(line).ok().map(Cow::Borrowed),
        }
    }

    /// The encoding that turns the whole stream into UTF-8 before it is divided into lines: a line feed is two bytes.
    pub(crate) const fn of_stream(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Self::Utf16Little => Some(encoding_rs::UTF_16LE),
            Self::Utf16Big => Some(encoding_rs::UTF_16BE),
            Self::Utf8 | Self::Utf8Marked | Self::Gb18030 => None,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Marked => "UTF-8 with a byte order mark",
            Self::Utf16Little => "UTF-16 (little-endian)",
            Self::Utf16Big => "UTF-16 (big-endian)",
            Self::Gb18030 => "GBK (GB18030)",
        })
    }
}
