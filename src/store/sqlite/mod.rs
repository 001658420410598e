//! The default store: one SQLite file in WAL mode, shared by all processes of an app.
//!
//! Every operation is one transaction; those that write take the write lock first (`BEGIN IMMEDIATE`), so two
//! processes never decide on the same stale value. With `synchronous = NORMAL` an operation that returned
//! survives the death of the process at any point; a power cut may take back the last ones, never half of one.

mod codec;
mod counters;
mod fail;
mod leases;
mod ledger;
mod months;
mod open;
mod outbox;
mod permits;
mod records;
mod schema;
mod store;

use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use fail::Fail;

use super::port::{Corruption, Install, StoreError};

/// A store in one SQLite file. Open it once per process; several processes may.
pub struct SqliteStore {
    path: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    connection: Connection,
    corruption: Option<Corruption>,
    /// Goes along when a damaged file is replaced, so that known users keep their pseudonyms.
    install: Option<Install>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the store at `path`, or starts it. Its directory must exist.
    ///
    /// A damaged or foreign file is moved aside (`.corrupt-1`, `.corrupt-2`, …) with its companions, told by
    /// [`Store::take_corruption`](super::Store::take_corruption), and replaced; this holds too when damage shows
    /// only later.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`] when there can be no file at `path`, [`StoreError::NewerSchema`] when a newer
    /// planguard wrote it (it is left as it is), [`StoreError::DiskFull`] and [`StoreError::Busy`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let (connection, corruption) = open::open(&path)?;
        Ok(Self { path, inner: Mutex::new(Inner { connection, corruption, install: None }) })
    }

    fn read<T>(&self, f: impl Fn(&Transaction<'_>) -> Result<T, Fail>) -> Result<T, StoreError> {
        self.run(TransactionBehavior::Deferred, f)
    }

    fn write<T>(&self, f: impl Fn(&Transaction<'_>) -> Result<T, Fail>) -> Result<T, StoreError> {
        self.run(TransactionBehavior::Immediate, f)
    }

    fn run<T>(
        &self,
        behavior: TransactionBehavior,
        f: impl Fn(&Transaction<'_>) -> Result<T, Fail>,
    ) -> Result<T, StoreError> {
        let mut inner = self.inner.lock();
        let mut result = inner.attempt(behavior, &f);
        // Opening again is enough where another process has replaced the file already, or where the checks on
        // opening find the damage. Where they do not, the operation has proved it.
        for replace in [false, true] {
            let Err(Fail::Damaged(why)) = &result else { break };
            inner.reopen(&self.path, replace.then_some(why))?;
            result = inner.attempt(behavior, &f);
        }
        result.map_err(StoreError::from)
    }
}

impl Inner {
    fn attempt<T>(
        &mut self,
        behavior: TransactionBehavior,
        f: impl Fn(&Transaction<'_>) -> Result<T, Fail>,
    ) -> Result<T, Fail> {
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let value = f(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    fn reopen(&mut self, path: &Path, damage: Option<&String>) -> Result<(), StoreError> {
        // Closes the old connection first; some systems do not move an open file.
        self.connection = Connection::open_in_memory().map_err(Fail::from)?;
        let (connection, corruption) = match damage {
            None => open::open(path)?,
            Some(why) => open::replace(path, Some(why))?,
        };
        self.connection = connection;
        self.corruption = self.corruption.take().or(corruption);
        if let Some(install) = self.install.clone() {
            self.attempt(TransactionBehavior::Immediate, |t| records::install(t, &install))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
