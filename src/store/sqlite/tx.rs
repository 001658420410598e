//! One transaction in progress, as the rooms see it.

use rusqlite::{CachedStatement, Connection};

use super::fail::Fail;
use super::identity::Identity;
use crate::model::Owner;
use crate::store::{StoreError, Transaction};

/// One work's part of a transaction on the file.
pub(super) struct Tx<'c> {
    connection: &'c Connection,
    /// The number of this write, or of the last one for a work that only reads.
    pub(super) seq: u64,
    /// The number of the last write before this one.
    last: u64,
    /// How many rows this connection had changed when the work began.
    changed_before: u64,
    /// The guard instance that opened the store through this handle last.
    pub(super) owner: Option<Owner>,
    /// Whose the store is, where this work opened it.
    pub(super) opened: Option<Identity>,
    /// The first failure of the file. The work fails with it, though its closure may have passed it over.
    pub(super) failed: Option<Fail>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(connection: &'c Connection, last: u64, reads_only: bool, owner: Option<Owner>) -> Self {
        Self {
            connection,
            seq: if reads_only { last } else { last + 1 },
            last,
            changed_before: connection.total_changes(),
            owner,
            opened: None,
            failed: None,
        }
    }

    /// Whether this work changed anything so far.
    pub(super) fn wrote(&self) -> bool {
        self.connection.total_changes() != self.changed_before
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
}
