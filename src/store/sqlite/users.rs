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

/// Users with a login under way or of unknown end, and those others of whom a condition holds, in no particular order.
pub(super) fn all(t: &mut Tx<'_>, condition: &str) -> Result<Vec<(Pseudonym, UserRow)>, Fail> {
    find(t, &format!("{UNDER_WAY} UNION ALL {}", settled(condition)))
}

/// Users with a login under way or of unknown end.
pub(super) fn under_way(t: &mut Tx<'_>) -> Result<Vec<(Pseudonym, UserRow)>, Fail> {
    find(t, UNDER_WAY)
}

fn find(t: &mut Tx<'_>, sql: &str) -> Result<Vec<(Pseudonym, UserRow)>, Fail> {
    t.write_back()?;
    let mut statement = t.prepare(sql)?;
    let owners = t.owners()?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(id) = read_name(row)? {
            found.push((id, read_row(row, owners)?));
        }
    }
    Ok(found)
}
