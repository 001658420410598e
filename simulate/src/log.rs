//! Login logs and message logs: from the lines of a file to who did what, and when.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};

use planguard::UserId;
use planguard::plan::IdError;
use planguard::time::Timestamp;
use serde::Serialize;

use crate::encoding::Encoding;
use crate::fields::{Fields, SEPARATORS};
use crate::header::Seen;
use crate::intent::{self, LoginIntent};
use crate::lines::{Line, Lines, MAX_LINE_BYTES};

/// The columns of a login log, by the names in its header line.
pub(crate) const LOGIN_COLUMNS: [&str; 4] = ["at", "user_id", "device_id", "intent"];
/// The columns of a message log, by the names in its header line.
pub(crate) const MESSAGE_COLUMNS: [&str; 3] = ["source", "target", "unix_seconds"];

/// Why a log cannot be read at all, or not to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// There is not even a header.
    #[error("log: empty; its first line must name its columns: {}", Columns)]
    Empty,
    /// The header is of neither kind.
    #[error("log line 1: not the header of a known log: {0}. It must name the columns {columns}", columns = Columns)]
    UnknownHeader(Seen),
    /// The stream broke.
    #[error("log: cannot be read beyond line {line}: {why}; get the file again, it is damaged or cut off")]
    Unreadable {
        /// The last line that was read.
        line: u64,
        /// What the system or the decompressor said.
        why: io::Error,
    },
}

struct Columns;

impl std::fmt::Display for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` or `{}`", LOGIN_COLUMNS.join(","), MESSAGE_COLUMNS.join(","))
    }
}

/// What a log records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Each row is one login that an app asked for.
    Logins,
    /// Each row is one message: its sender had opened chat, its receiver got a push.
    Messages,
}

impl Kind {
    /// The column that says when.
    pub(crate) const fn time_column(self) -> &'static str {
        match self {
            Self::Logins => LOGIN_COLUMNS[0],
            Self::Messages => MESSAGE_COLUMNS[2],
        }
    }
}

/// What a file turned out to be, whatever its name says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Format {
    /// Whether it is packed with gzip.
    pub(crate) gzip: bool,
    /// How its bytes become text.
    pub(crate) encoding: Encoding,
    /// What divides its fields.
    pub(crate) separator: char,
    #[serde(skip)]
    separator_name: &'static str,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let gzip = if self.gzip { "gzip, " } else { "" };
        write!(f, "{gzip}{}, fields divided by {}", self.encoding, self.separator_name)
    }
}

/// What is wrong with a row, and where. Holds nothing of the row itself: ids of people stay out of logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The column, or `row` when the row as a whole is unusable.
    pub(crate) field: &'static str,
    /// What is wrong and what would be right.
    pub(crate) problem: String,
}

impl Fault {
    fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

/// One app asks for one login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// For whom.
    pub(crate) user: UserId,
    /// On which device, as a fingerprint; the same for all rows of a log that names no devices.
    pub(crate) device: u64,
    /// Why.
    pub(crate) intent: LoginIntent,
}

/// What one row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// When.
    pub(crate) at: Timestamp,
    /// The logins asked for, in order.
    pub(crate) asks: (Ask, Option<Ask>),
}

/// A row with its line number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line, counted from 1; the header is line 1.
    pub(crate) line: u64,
    /// What it says, or why it says nothing.
    pub(crate) entry: Result<Entry, Fault>,
}

/// A log, read row by row; no row is kept.
pub(crate) struct Log {
    lines: Lines,
    fields: Fields,
    separator: (char, &'static str),
    kind: Kind,
    /// Where each column of [`LOGIN_COLUMNS`] or [`MESSAGE_COLUMNS`] stands in a row.
    positions: Vec<usize>,
    width: usize,
}

impl Log {
    /// Reads the header, which says what kind of log this is. Columns may stand in any order, beside others.
    pub(crate) fn open(source: impl Read + 'static) -> Result<Self, LogError> {
        let unreadable = |line| move |why| LogError::Unreadable { line, why };
        let mut lines = Lines::new(source).map_err(unreadable(0))?;
        let mut fields = Fields::default();
        let mut header = String::new();
        let complete = match lines.next().map_err(unreadable(0))? {
            None => return Err(LogError::Empty),
            Some(Line::TooLong) => false,
            Some(Line::NotText(_)) => true,
            Some(Line::Text(text)) => {
                text.clone_into(&mut header);
                true
            }
        };
        for separator in SEPARATORS {
            fields.split(&header, separator.0);
            let names: Vec<String> = fields.iter().map(str::to_ascii_lowercase).collect();
            let find = |columns: &[&str]| -> Option<Vec<usize>> {
                columns.iter().map(|column| names.iter().position(|name| name == column)).collect()
            };
            let found = find(&LOGIN_COLUMNS)
                .map(|positions| (Kind::Logins, positions))
                .or_else(|| find(&MESSAGE_COLUMNS).map(|positions| (Kind::Messages, positions)));
            if let Some((kind, positions)) = found {
                return Ok(Self { lines, fields, separator, kind, positions, width: names.len() });
            }
        }
        Err(LogError::UnknownHeader(Seen::of(lines.bytes(), complete, lines.encoding())))
    }

    /// What the log records.
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// How many zeroes followed the compressed data; known at the end.
    pub(crate) fn padding(&self) -> u64 {
        self.lines.padding()
    }

    /// What the file turned out to be; the encoding is known at the end.
    pub(crate) fn format(&self) -> Format {
        let (separator, separator_name) = self.separator;
        Format { gzip: self.lines.compressed(), encoding: self.lines.encoding(), separator, separator_name }
    }

    /// The next row; `None` at the end. Blank lines hold nothing and are passed over.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, LogError> {
        loop {
            let before = self.lines.number();
            let line = self.lines.next().map_err(|why| LogError::Unreadable { line: before, why })?;
            let parsed = match line {
                None => return Ok(None),
                Some(Line::Text(text)) if text.trim().is_empty() => continue,
                Some(Line::Text(text)) => {
                    self.fields.split(text, self.separator.0);
                    Ok(())
                }
                Some(Line::TooLong) => Err(Fault::new(
                    "row",
                    format!("longer than {MAX_LINE_BYTES} bytes; one event per line is expected"),
                )),
                Some(Line::NotText(Encoding::Gb18030)) => {
                    Err(Fault::new("row", "not GBK as lines before it; save the log as UTF-8"))
                }
                Some(Line::NotText(_)) => Err(Fault::new("row", "not UTF-8; save the log as UTF-8")),
            };
            let entry = parsed.and_then(|()| self.entry());
            return Ok(Some(Row { line: self.lines.number(), entry }));
        }
    }

    fn entry(&self) -> Result<Entry, Fault> {
        if self.fields.len() != self.width {
            let (found, expected) = (self.fields.len(), self.width);
            let fields = if found == 1 { "1 field".to_owned() } else { format!("{found} fields") };
            return Err(Fault::new("row", format!("{fields}, the header names {expected}")));
        }
        let field = |column: usize| self.fields.get(self.positions[column]).unwrap_or_default();
        match self.kind {
            Kind::Logins => {
                let at = instant("at", field(0))?;
                let user = user("user_id", field(1))?;
                let device = device(field(2))?;
                let intent = intent::parse(field(3)).map_err(|problem| Fault::new("intent", problem))?;
                Ok(Entry { at, asks: (Ask { user, device, intent }, None) })
            }
            Kind::Messages => {
                let sender = user("source", field(0))?;
                let receiver = user("target", field(1))?;
                let at = unix_seconds("unix_seconds", field(2))?;
                let opened = Ask { user: sender, device: 0, intent: LoginIntent::OpenChat };
                let woken = Ask { user: receiver, device: 0, intent: LoginIntent::PushWake };
                Ok(Entry { at, asks: (opened, Some(woken)) })
            }
        }
    }
}

fn instant(field: &'static str, text: &str) -> Result<Timestamp, Fault> {
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && text.parse::<i64>().is_ok() {
        return unix_seconds(field, text);
    }
    let parsed: jiff::Timestamp = text.parse().map_err(|_| {
        Fault::new(field, "neither an RFC 3339 instant such as 2024-08-01T00:00:00Z nor unix seconds")
    })?;
    in_range(field, parsed.as_millisecond())
}

fn unix_seconds(field: &'static str, text: &str) -> Result<Timestamp, Fault> {
    let seconds: i64 = text.parse().map_err(|_| {
        Fault::new(field, "not a whole number of seconds since 1970-01-01T00:00:00Z such as 1722470400")
    })?;
    in_range(field, seconds.saturating_mul(1000))
}

/// A [`Timestamp`] clamps what it cannot hold; in a log that would turn damage into data.
fn in_range(field: &'static str, millis: i64) -> Result<Timestamp, Fault> {
    if (Timestamp::MIN.as_millis()..=Timestamp::MAX.as_millis()).contains(&millis) {
        return Ok(Timestamp::from_millis(millis));
    }
    Err(Fault::new(field, "outside the years 1970 to 9999; unix times are expected in seconds"))
}

fn user(field: &'static str, text: &str) -> Result<UserId, Fault> {
    UserId::new(text).map_err(|error| {
        let problem = match error {
            IdError::TooLong { bytes, max, .. } => format!("{bytes} bytes, at most {max} are accepted"),
            IdError::Control { at, .. } => format!("control character at byte {at}"),
            IdError::Empty { .. } => "empty".to_owned(),
            other => other.to_string(),
        };
        Fault::new(field, problem)
    })
}

/// A device is only ever compared with another, so its fingerprint will do.
fn device(text: &str) -> Result<u64, Fault> {
    if text.is_empty() {
        return Err(Fault::new("device_id", "empty"));
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    Ok(hasher.finish())
}
