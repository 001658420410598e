//! Users, as the works of a group read and change them.

use rusqlite::{OptionalExtension as _, params};

use super::change_log::RowKey;
use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use super::user_row::{ROW, UserRow, read_row};
use crate::model::Pseudonym;

/// The row of a user; an empty one where there is none.
pub(super) fn load(t: &mut Tx<'_>, id: Pseudonym) -> Result<UserRow, Fail> {
    if let Some(row) = t.group.cache.user(&id) {
        return Ok(row.clone());
    }
    let mut statement = t.prepare(ROW)?;
    let found = statement.query_row(params![Col(id)], |row| Ok(read_row(row))).optional()?;
    let row = found.transpose()?.unwrap_or_default();
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

/// Every row, in no particular order, as the file has it.
pub(super) fn all(t: &mut Tx<'_>, filter: &str) -> Result<Vec<(Pseudonym, UserRow)>, Fail> {
    t.write_back()?;
    let sql = format!("SELECT month, day, notes, facts, unlisted, changed, lease, user FROM users {filter}");
    let mut statement = t.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get::<_, Col<Pseudonym>>(7)?.0, read_row(row)?));
    }
    Ok(found)
}
