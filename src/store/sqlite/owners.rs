//! Guard instances by small numbers: a lease names its owner, and most users of a server have one of the same few.

use rusqlite::{Connection, params};

use super::codec::Col;
use super::fail::Fail;
use crate::model::Owner;

/// All instances that leases name.
#[derive(Debug)]
pub(super) struct Owners(Vec<(i64, Owner)>);

impl Owners {
    pub(super) fn read(connection: &Connection) -> Result<Self, Fail> {
        let mut statement = connection.prepare_cached("SELECT id, owner FROM owners")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, Owner(row.get::<_, Col<u128>>(1)?.0))))?;
        Ok(Self(rows.collect::<Result<_, _>>()?))
    }

    /// The instance of a number.
    pub(super) fn of(&self, id: i64) -> Result<Owner, Fail> {
        let known = self.0.iter().rev().find(|(known, _)| *known == id);
        known.map(|(_, owner)| *owner).ok_or_else(|| Fail::damaged("a lease names nobody"))
    }

    /// The number of an instance, which is given one at first sight.
    pub(super) fn id(&mut self, connection: &Connection, owner: Owner) -> Result<i64, Fail> {
        if let Some((id, _)) = self.0.iter().rev().find(|(_, known)| *known == owner) {
            return Ok(*id);
        }
        let sql = "INSERT INTO owners (owner) VALUES (?) RETURNING id";
        let id = connection.prepare_cached(sql)?.query_row(params![Col(owner.0)], |row| row.get(0))?;
        self.0.push((id, owner));
        Ok(id)
    }

    /// Forgets instances that no lease names any more.
    pub(super) fn retain(
        &mut self,
        connection: &Connection,
        named: impl Fn(&Owner) -> bool,
    ) -> Result<(), Fail> {
        for (id, _) in self.0.iter().filter(|(_, owner)| !named(owner)) {
            connection.prepare_cached("DELETE FROM owners WHERE id = ?")?.execute([*id])?;
        }
        self.0.retain(|(_, owner)| named(owner));
        Ok(())
    }
}
