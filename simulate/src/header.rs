//! What a first line is that names no known columns, so that the refusal says what was seen.

use std::borrow::Cow;
use std::fmt;

use crate::encoding::Encoding;
use crate::fields::{Fields, SEPARATORS};
use crate::log::{LOGIN_COLUMNS, MESSAGE_COLUMNS};

/// Why the first line is not the header of a known log. Holds no text of the line: it may be a row about people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A compressed file of another kind than gzip.
    Compressed(&'static str),
    /// Bytes that are neither UTF-8, UTF-16 nor GBK.
    NotText,
    /// Lines end with a carriage return alone.
    CarriageReturns,
    /// The right columns, divided by something that also stands within fields.
    Separator(&'static str),
    /// A row where the header should stand: so many fields, divided so.
    Row(usize, &'static str),
    /// So many columns of other names.
    OtherColumns(usize),
    /// No line end in sight.
    TooLong,
}

/// Spaces divide fields in SNAP's own files; a field may contain one, so they are named and not taken.
const SPACES: (char, &str) = (' ', "spaces");

const COMPRESSED: [(&[u8], &str); 4] =
    [(b"PK\x03\x04", "zip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd")];

impl Seen {
    /// Looks at the bytes of the first line, as many as were read.
    pub(crate) fn of(head: &[u8], complete: bool, encoding: Encoding) -> Self {
        if let Some((_, name)) = COMPRESSED.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Self::Compressed(name);
        }
        let text = match encoding.decode(head) {
            Some(text) => text,
            // Cut off within a character, perhaps.
            None if !complete => Cow::Borrowed(""),
            None => return Self::NotText,
        };
        if head.contains(&b'\r') {
            return Self::CarriageReturns;
        }
        if complete { Self::of_text(text.trim_start_matches('\u{feff}').trim()) } else { Self::TooLong }
    }

    fn of_text(line: &str) -> Self {
        let mut fields = Fields::default();
        for (separator, name) in SEPARATORS.into_iter().chain([SPACES]) {
            let divided: Vec<&str> = line.split(separator).map(str::trim).filter(|f| !f.is_empty()).collect();
            // Quotes and all, by the same rules as the columns themselves.
            fields.split(&divided.join(","), ',');
            let names: Vec<String> = fields.iter().map(str::to_ascii_lowercase).collect();
            let has = |columns: &[&str]| columns.iter().all(|column| names.iter().any(|name| name == column));
            if (separator, name) == SPACES && (has(&LOGIN_COLUMNS) || has(&MESSAGE_COLUMNS)) {
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

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compressed(name) => write!(f, "this is a {name} file; unpack it, or pack it with gzip"),
            Self::NotText => f.write_str("neither UTF-8, UTF-16 nor GBK; save the log as UTF-8"),
            Self::CarriageReturns => f.write_str(
                "its lines end with a carriage return alone (CR); save the log with line feeds (LF or CRLF)",
            ),
            Self::Separator(name) => write!(
                f,
                "its columns are divided by {name}; divide fields by commas, semicolons, tabs or bars"
            ),
            Self::Row(fields, name) => write!(
                f,
                "a row and no header: {fields} fields, divided by {name}; put a line before it that names the \
                 columns{}",
                if *name == SPACES.1 { ", and divide fields by commas" } else { "" }
            ),
            Self::OtherColumns(1) => f.write_str("one column of another name"),
            Self::OtherColumns(columns) => {
                write!(f, "{columns} columns, not all of the names that are needed")
            }
            Self::TooLong => f.write_str("no line end in sight; one event per line is expected"),
        }
    }
}
