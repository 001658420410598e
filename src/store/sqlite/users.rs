//! Users, as the works of a group read and change them.

use rusqlite::params;

use super::change_log::RowKey;
use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use super::user_row::{ROW, UNDER_WAY, UserRow, read_name, read_row, settled};
use crate::model::Pseudonym;

/// The row of a user; an empty one where there is none.
pub(super) fn load(t: &mut Tx<'_>, id: Pseudonym) -> Result<UserRow, Fail> {
    if let Some(row) = t.group.cache.user(&id) {
        return Ok(row.clone());
    }
    let mut statement = t.prepare(ROW)?;
    let owners = t.owners()?;
    let row = statement.query_row(params![Col(id)], |row| Ok(read_row(row, owners)))??;
    t.group.cache.know_user(id, row.clone());
    Ok(row)
}

/// Keeps a row, as changed by this write where memory would see a difference.
pub(super) fn save(t: &mut Tx<'_>, id: Pseudonym, before: &UserRow, mut row: UserRow) {
    if row == *before {
        return;
    }
    t.changed();
    if row.user() != before.user() {
        row.changed = t.seq;
        t.file(RowKey::User(id));
    }
    t.group.cache.put_user(id, row);
}

/// Gives users with a login under way or of unknown end, and those others of whom a condition holds, one by one and in no
/// particular order.
pub(super) fn each(
    t: &mut Tx<'_>,
    condition: &str,
    give: impl FnMut(Pseudonym, UserRow),
) -> Result<(), Fail> {
    find(t, &format!("{UNDER_WAY} UNION ALL {}", settled(condition)), give)
}

/// As [`each`], in a list.
pub(super) fn all(t: &mut Tx<'_>, condition: &str) -> Result<Vec<(Pseudonym, UserRow)>, Fail> {
    let mut found = Vec::new();
    each(t, condition, |id, row| found.push((id, row)))?;
    Ok(found)
}

/// Users with a login under way or of unknown end.
pub(super) fn under_way(t: &mut Tx<'_>) -> Result<Vec<(Pseudonym, UserRow)>, Fail> {
    let mut found = Vec::new();
    find(t, UNDER_WAY, |id, row| found.push((id, row)))?;
    Ok(found)
}

fn find(t: &mut Tx<'_>, sql: &str, mut give: impl FnMut(Pseudonym, UserRow)) -> Result<(), Fail> {
    t.write_back()?;
    let mut statement = t.prepare(sql)?;
    let owners = t.owners()?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(id) = read_name(row)? {
            give(id, read_row(row, owners)?);
        }
    }
    Ok(())
}
