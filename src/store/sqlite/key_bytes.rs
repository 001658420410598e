//! The key of a counter as bytes, among other small values in one column.

use super::bytes::{Reader, Writer, malformed};
use super::codes::{limit_code, limit_of};
use super::fail::Fail;
use crate::model::{CounterKey, Pseudonym, Subject};

/// Writes a key. Its first number is never 0.
pub(super) fn write(writer: &mut Writer, key: &CounterKey) {
    let (kind, name) = match key.subject {
        Subject::App => (1_u8, None),
        Subject::User(id) => (2, Some(id)),
        Subject::Group(id) => (3, Some(id)),
    };
    writer.number(kind);
    if let Some(id) = name {
        writer.name(&id.0);
    }
    writer.number(limit_code(key.limit));
    writer.number(key.bucket);
}

/// The key whose first number was `kind`; `None` where its limit is one that only a newer build knows.
pub(super) fn read(reader: &mut Reader<'_>, kind: u8) -> Result<Option<CounterKey>, Fail> {
    let subject = match kind {
        1 => Subject::App,
        2 => Subject::User(Pseudonym(reader.name()?)),
        3 => Subject::Group(Pseudonym(reader.name()?)),
        _ => return Err(malformed()),
    };
    let (limit, bucket) = (reader.number()?, reader.number()?);
    Ok(limit_of(limit).map(|limit| CounterKey { limit, subject, bucket }))
}
