//! Rows on their way to the server and back: each a name and a text, behind their lengths.

use crate::store::StoreError;
use crate::store::state::RowChange;

/// The length that says that a row is no more.
const GONE: u32 = u32::MAX;

pub(super) fn encode(rows: &[RowChange]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    for RowChange { name, text } in rows {
        bytes.extend(length(name)?.to_be_bytes());
        bytes.extend(name.as_bytes());
        match text {
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

    #[test]
    fn rows_survive_the_way_and_torn_ones_are_found() {
        let row = |name: &str, text: Option<&str>| RowChange {
            name: name.to_owned(),
            text: text.map(str::to_owned),
        };
        let rows = [row("a", Some("")), row("b", None), row("c", Some("7"))];
        let bytes = encode(&rows).unwrap();
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
