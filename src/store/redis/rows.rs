//! Rows on their way to the server and back: each a name and a text, behind their lengths.

use crate::store::StoreError;
use crate::store::fleet::page::{Origin, Shift};
use crate::store::state::RowChange;

/// The length that says that a row is no more.
const GONE: u32 = u32::MAX;

/// The text as it is written: before one with waits stands by which clock they were measured.
pub(super) fn text_of(row: &RowChange, here: Origin) -> Option<String> {
    let text = row.text.as_deref()?;
    Some(if row.has_waits() {
        format!("@{:016x} {} {text}", here.boot.cast_unsigned(), here.ahead)
    } else {
        text.to_owned()
    })
}

/// A text as it was written, and what makes its waits ours.
pub(super) fn read_text(text: &str, here: Origin) -> Result<(&str, Shift), StoreError> {
    let Some(rest) = text.strip_prefix('@') else { return Ok((text, Shift::Ours)) };
    let read = || {
        let (boot, rest) = rest.split_once(' ')?;
        let (ahead, text) = rest.split_once(' ')?;
        let boot = u64::from_str_radix(boot, 16).ok()?.cast_signed();
        Some((text, Origin { boot, ahead: ahead.parse().ok()? }.seen_from(here)))
    };
    read().ok_or_else(torn)
}

pub(super) fn encode(rows: &[RowChange], here: Origin) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    for row in rows {
        bytes.extend(length(&row.name)?.to_be_bytes());
        bytes.extend(row.name.as_bytes());
        match &text_of(row, here) {
            Some(text) => {
                bytes.extend(length(text)?.to_be_bytes());
                bytes.extend(text.as_bytes());
            }
            None => bytes.extend(GONE.to_be_bytes()),
        }
    }
    Ok(bytes)
}

fn length(text: &str) -> Result<u32, StoreError> {
    let length = u32::try_from(text.len()).ok().filter(|length| *length < GONE);
    length.ok_or_else(|| StoreError::Backend { why: "a row is too long for the server".to_owned() })
}

/// Gives each row, by name and text, to `take`.
pub(super) fn decode(
    mut bytes: &[u8],
    mut take: impl FnMut(&str, Option<&str>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    while !bytes.is_empty() {
        let name = text(&mut bytes)?.ok_or_else(torn)?;
        let value = text(&mut bytes)?;
        take(name, value)?;
    }
    Ok(())
}

fn text<'b>(bytes: &mut &'b [u8]) -> Result<Option<&'b str>, StoreError> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(torn)?;
    let length = u32::from_be_bytes(*length);
    *bytes = rest;
    if length == GONE {
        return Ok(None);
    }
    let length = usize::try_from(length).map_err(|_| torn())?;
    let (text, rest) = rest.split_at_checked(length).ok_or_else(torn)?;
    *bytes = rest;
    std::str::from_utf8(text).map(Some).map_err(|_| torn())
}

fn torn() -> StoreError {
    StoreError::Backend { why: "a commit in the server's log is torn".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Origin = Origin { boot: -5, ahead: -7 };

    #[test]
    fn rows_with_waits_say_by_which_clock() {
        let lease = RowChange { name: "l/1".to_owned(), text: Some("{}".to_owned()) };
        let text = text_of(&lease, HERE).unwrap();
        assert_eq!(read_text(&text, HERE).unwrap(), ("{}", Shift::Ours));
        let other = Origin { boot: 1, ahead: -10 };
        assert_eq!(read_text(&text, other).unwrap(), ("{}", Shift::Foreign(3)));
        let user = RowChange { name: "u/1".to_owned(), text: Some("{}".to_owned()) };
        assert_eq!(text_of(&user, HERE).as_deref(), Some("{}"));
        assert!(read_text("@12", HERE).is_err());
    }

    #[test]
    fn rows_survive_the_way_and_torn_ones_are_found() {
        let row = |name: &str, text: Option<&str>| RowChange {
            name: name.to_owned(),
            text: text.map(str::to_owned),
        };
        let rows = [row("a", Some("")), row("b", None), row("c", Some("7"))];
        let bytes = encode(&rows, HERE).unwrap();
        let read = |bytes: &[u8]| {
            let mut found = Vec::new();
            decode(bytes, |name, text| {
                found.push(row(name, text));
                Ok(())
            })?;
            Ok::<_, StoreError>(found)
        };
        assert_eq!(read(&bytes).unwrap(), rows);
        for cut in 1..bytes.len() {
            let found = read(&bytes[..cut]);
            assert!(found.is_err() || found.is_ok_and(|found| rows.starts_with(&found)), "{cut}");
        }
        assert!(read(&[0, 0, 0, 1, 0xff]).is_err());
    }
}
