//! One transaction in progress, as the rooms see it, and what the works of its group share.

use std::path::Path;

use rusqlite::{CachedStatement, Connection};

use super::account_row;
use super::cache::Cache;
use super::change_log::RowKey;
use super::fail::Fail;
use super::hot::Hot;
use super::identity::Identity;
use super::owners::Owners;
use super::permit_rows::Permits;
use crate::store::{StoreError, Transaction};

/// What the works of one group share: rows are read and written once for all of them.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) hot: Hot,
    pub(super) cache: Cache,
    /// All permits, once one was asked for.
    pub(super) permits: Option<Permits>,
    /// All guard instances that leases name, once one was.
    pub(super) owners: Option<Owners>,
    /// How often something was changed that is not written yet.
    changes: u64,
}

impl Group {
    pub(super) fn new(hot: Hot) -> Self {
        Self { hot, ..Self::default() }
    }

    /// Writes all that the works have changed.
    pub(super) fn write(&mut self, connection: &Connection) -> Result<(), Fail> {
        for key in self.hot.log.settle(connection)? {
            let row = account_row::find(connection, &key)?;
            self.cache.stamp_account(key, self.hot.log.forgotten(), row);
        }
        self.write_rows(connection)?;
        self.hot.write(connection)
    }

    fn write_rows(&mut self, connection: &Connection) -> Result<(), Fail> {
        let owners = known(&mut self.owners, connection)?;
        self.cache.write(connection, owners)?;
        self.permits.as_mut().map_or(Ok(()), |permits| permits.write(connection))
    }

    /// Lets go of rows when they are many: the next group reads what it needs.
    pub(super) fn trim(&mut self) {
        self.cache.trim();
    }
}

fn known<'g>(owners: &'g mut Option<Owners>, connection: &Connection) -> Result<&'g mut Owners, Fail> {
    let read = match owners.take() {
        Some(read) => read,
        None => Owners::read(connection)?,
    };
    Ok(owners.insert(read))
}

/// One work's part of a transaction on the file.
pub(super) struct Tx<'c> {
    connection: &'c Connection,
    pub(super) path: &'c Path,
    pub(super) group: &'c mut Group,
    /// The number of this write, or of the last one for a work that only reads.
    pub(super) seq: u64,
    /// The number of the last write before this one.
    last: u64,
    /// Names the present transaction of the file.
    pub(super) group_name: u64,
    /// The number of the last write that is committed.
    pub(super) committed: u64,
    /// How many rows this connection, and its group, had changed when the work began.
    changed_before: (u64, u64),
    /// Whose the store is, where this work opened it.
    pub(super) opened: Option<Identity>,
    /// The first failure of the file. The work fails with it, though its closure may have passed it over.
    pub(super) failed: Option<Fail>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        path: &'c Path,
        group: &'c mut Group,
        (group_name, committed): (u64, u64),
        reads_only: bool,
    ) -> Self {
        let last = group.hot.seq;
        Self {
            connection,
            path,
            seq: if reads_only { last } else { last + 1 },
            last,
            group_name,
            committed,
            changed_before: (connection.total_changes(), group.changes),
            group,
            opened: None,
            failed: None,
        }
    }

    /// Whether this work changed anything so far.
    pub(super) fn wrote(&self) -> bool {
        (self.connection.total_changes(), self.group.changes) != self.changed_before
    }

    /// The number of the last write that this work sees. A write that changed nothing yet has none: what another
    /// one changes under the same number must not be missed.
    pub(super) fn seen(&self) -> u64 {
        if self.wrote() { self.seq } else { self.last }
    }

    pub(super) fn prepare(&self, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
        self.connection.prepare_cached(sql)
    }

    pub(super) const fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// What is written with the group, to be changed.
    pub(super) const fn hot(&mut self) -> &mut Hot {
        self.group.changes += 1;
        &mut self.group.hot
    }

    /// Files a row as changed by this write.
    pub(super) fn file(&mut self, row: RowKey) {
        let seq = self.seq;
        self.hot().log.file(seq, row);
    }

    /// Notes that a row was changed which memory does not hold.
    pub(super) const fn changed(&mut self) {
        self.group.changes += 1;
    }

    /// Notes that one of the single values that are told together changed.
    pub(super) fn changed_value(&mut self) {
        let seq = self.seq;
        self.hot().values_changed = seq;
    }

    /// All guard instances that leases name.
    pub(super) fn owners(&mut self) -> Result<&mut Owners, Fail> {
        known(&mut self.group.owners, self.connection)
    }

    /// Writes the rows that are not written yet: statements over whole tables follow, and change them.
    pub(super) fn write_back(&mut self) -> Result<(), Fail> {
        let before = self.connection.total_changes();
        self.group.write_rows(self.connection)?;
        self.group.cache.clear();
        // Of these the group's count tells which work changed them.
        self.changed_before.0 += self.connection.total_changes() - before;
        Ok(())
    }

    /// Remembers a failure of the file and says what the work is told.
    pub(super) fn answer<T>(&mut self, result: Result<T, Fail>) -> Result<T, StoreError> {
        result.map_err(|fail| {
            let told = fail.told();
            self.failed.get_or_insert(fail);
            told
        })
    }
}

impl Transaction for Tx<'_> {
    fn seq(&self) -> u64 {
        self.seq
    }

    fn group(&self) -> u64 {
        self.group_name
    }
}
