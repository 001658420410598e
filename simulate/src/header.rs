//! What a first line is that names no known columns, so that the refusal says what was seen.

use std::fmt;

use crate::fields::Fields;
use crate::log::{LOGIN_COLUMNS, MESSAGE_COLUMNS};

/// Why the first line is not the header of a known log. Holds no text of the line: it may be a row about people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Text of two bytes a character, in this order of bytes.
    Utf16(&'static str),
    /// A compressed file of another kind than gzip.
    Compressed(&'static str),
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// Lines end with a carriage return alone.
    CarriageReturns,
    /// The right columns, divided by something else than commas.
    Separator(&'static str),
    /// A row where the header should stand: so many fields, divided so.
    Row(usize, &'static str),
    /// So many columns of other names.
    OtherColumns(usize),
    /// No line end in sight.
    TooLong,
}

/// What divides fields in files that are not what their name says.
const SEPARATORS: [(char, &str); 5] =
    [(',', "commas"), (';', "semicolons (;)"), ('\t', "tabs"), ('|', "bars (|)"), (' ', "spaces")];

const COMPRESSED: [(&[u8], &str); 4] =
    [(b"PK\x03\x04", "zip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd")];

impl Seen {
    /// Looks at the bytes of the first line, as many as were read.
    pub(crate) fn of(head: &[u8], complete: bool) -> Self {
        if let Some((_, name)) = COMPRESSED.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Self::Compressed(name);
        }
        if let Some(order) = utf16(head) {
            return Self::Utf16(order);
        }
        let text = match std::str::from_utf8(head) {
            Ok(text) => text,
            // Cut off within a character.
            Err(error) if !complete && error.error_len().is_none() => "",
            Err(_) => return Self::NotUtf8,
        };
        if head.contains(&b'\r') {
            return Self::CarriageReturns;
        }
        if complete { Self::of_text(text.trim_start_matches('\u{feff}').trim()) } else { Self::TooLong }
    }

    fn of_text(line: &str) -> Self {
        let mut fields = Fields::default();
        for (separator, name) in SEPARATORS {
            let divided: Vec<&str> = line.split(separator).map(str::trim).filter(|f| !f.is_empty()).collect();
            // Quotes and all, by the same rules as the columns themselves.
            fields.split(&divided.join(","));
            let names: Vec<String> = fields.iter().map(str::to_ascii_lowercase).collect();
            let has = |columns: &[&str]| columns.iter().all(|column| names.iter().any(|name| name == column));
            if separator != ',' && (has(&LOGIN_COLUMNS) || has(&MESSAGE_COLUMNS)) {
                return Self::Separator(name);
            }
            if divided.len() > 1 && fields.iter().any(is_value) {
                return Self::Row(divided.len(), name);
            }
        }
        Self::OtherColumns(line.split(',').count())
    }
}

/// A number or an instant, which no column is called.
fn is_value(field: &str) -> bool {
    field.parse::<f64>().is_ok() || field.parse::<jiff::Timestamp>().is_ok()
}

/// The order of bytes, by the mark at the beginning or by the zeroes between Latin letters.
fn utf16(head: &[u8]) -> Option<&'static str> {
    const LITTLE: &str = "little-endian";
    const BIG: &str = "big-endian";
    match head {
        [0xff, 0xfe, ..] | [1..=0xff, 0, 1..=0xff, 0, ..] => Some(LITTLE),
        [0xfe, 0xff, ..] | [0, 1..=0xff, 0, 1..=0xff, ..] => Some(BIG),
        _ => None,
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf16(order) => write!(f, "this is UTF-16 ({order}); save the log as UTF-8"),
            Self::Compressed(name) => write!(f, "this is a {name} file; unpack it, or pack it with gzip"),
            Self::NotUtf8 => f.write_str("not UTF-8; save the log as UTF-8"),
            Self::CarriageReturns => f.write_str(
                "its lines end with a carriage return alone (CR); save the log with line feeds (LF or CRLF)",
            ),
            Self::Separator(name) => write!(f, "its fields are divided by {name}; divide them by commas"),
            Self::Row(fields, name) => write!(
                f,
                "a row and no header: {fields} fields, divided by {name}; put a line before it that names the \
                 columns, and divide fields by commas"
            ),
            Self::OtherColumns(1) => f.write_str("one column of another name"),
            Self::OtherColumns(columns) => {
                write!(f, "{columns} columns, not all of the names that are needed")
            }
            Self::TooLong => f.write_str("no line end in sight; one event per line is expected"),
        }
    }
}
