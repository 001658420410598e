//! The default store: one SQLite file in WAL mode, shared by all processes of an app.
//!
//! A thread of the store's own runs the works. It commits together what waits; a group that writes takes the write
//! lock first (`BEGIN IMMEDIATE`), so two processes never decide on the same stale value. With
//! `synchronous = NORMAL` a work that was answered survives the death of the process at any point; a power cut may
//! take back the last ones, never half of one.

mod account_row;
mod accounts;
mod bytes;
mod cache;
mod carve;
mod catalogs;
mod change_log;
mod codec;
mod codes;
#[cfg(feature = "testing")]
mod columns;
mod correction;
mod counters;
mod fail;
mod hot;
mod identity;
mod image;
mod key_bytes;
mod leases;
mod logins;
mod old;
mod open;
mod opening;
mod outbox;
mod owners;
mod paths;
mod permit_rows;
mod permits;
mod place;
mod prune;
mod records;
mod reports;
mod salvage;
mod schema;
mod singles;
mod tx;
mod user_row;
mod users;
mod v2;
mod v4;
mod whose;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::job::Job;
use super::{Corruption, Store, StoreError, Work};
use crate::lock::Mutex;
use crate::port::BoxFuture;
#[cfg(feature = "testing")]
pub use columns::read_columns;
use place::Place;
use worker::{Task, Worker};

/// A store in one SQLite file. Open it once per process; several processes may.
///
/// Dropping it waits until the works that were given to it are done and the file is closed.
pub struct SqliteStore {
    path: PathBuf,
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<()>>,
    corruption: Arc<Mutex<Option<Corruption>>>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the store at `path`, or starts it. Its directory must exist.
    ///
    /// A damaged store is moved aside (`.corrupt-1`, `.corrupt-2`, …) with its companions, reported by
    /// [`Store::take_corruption`], and replaced; this holds too when damage shows only later. The new one goes on with
    /// the salt and the ids of the old one where those can be read.
    ///
    /// # Errors
    /// [`StoreError::NotOurs`] when what is at `path` is no store of planguard's, and [`StoreError::NewerSchema`] when
    /// a newer planguard wrote it: it is left as it is. [`StoreError::Unwritable`] when there can be no file at
    /// `path`, [`StoreError::DiskFull`] and [`StoreError::Busy`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let (connection, corruption) = open::open(&path, None)?;
        let corruption = Arc::new(Mutex::new(corruption));
        let worker = Worker {
            path: path.clone(),
            place: Place::of(&path),
            connection,
            corruption: Arc::clone(&corruption),
            identity: None,
            kept: None,
            reached: (0, 0),
            transactions: 0,
            impatient: false,
        };
        let (tasks, waiting) = channel();
        let thread = std::thread::Builder::new()
            .name("planguard-store".to_owned())
            .spawn(move || worker.run(&waiting))
            .map_err(|error| StoreError::Backend { why: format!("no thread for the store: {error}") })?;
        Ok(Self { path, tasks: Some(tasks), thread: Some(thread), corruption })
    }
}

#[cfg(test)]
impl SqliteStore {
    /// Lets a test at the connection, between two groups of works.
    fn on_connection<T: Send + 'static>(
        &self,
        look: impl FnOnce(&rusqlite::Connection) -> T + Send + 'static,
    ) -> T {
        let (send, seen) = channel();
        let look = move |connection: &_| send.send(look(connection)).unwrap();
        self.tasks.as_ref().unwrap().send(Task::Inspect(Box::new(look))).unwrap();
        seen.recv().unwrap()
    }
}

impl Store for SqliteStore {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        let (reply, answer) = oneshot::channel();
        if let Some(tasks) = &self.tasks {
            // A thread that has ended drops the job, and with it the reply.
            drop(tasks.send(Task::Run(Job { work, reply })));
        }
        Box::pin(async move {
            let ended = |_| Err(StoreError::Backend { why: "the store's thread has ended".to_owned() });
            answer.await.unwrap_or_else(ended)
        })
    }

    fn take_corruption(&self) -> Option<Corruption> {
        self.corruption.lock().take()
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.tasks = None;
        let Some(thread) = self.thread.take() else { return };
        // A work may hold the last handle: then the thread ends by itself.
        if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
            tracing::error!("the store's thread panicked");
        }
    }
}

#[cfg(test)]
mod tests;
