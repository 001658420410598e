//! A store in Postgres, for the processes of a fleet.
//!
//! A thread of the store's own has one connection: it runs works in groups, one transaction each, and listens for what
//! others write. A group that writes locks the row of the store (`head`) first, so the numbers of writes rise in the order
//! of the commits and nobody sees one before those below it.

mod backing;
mod columns;
mod connect;
mod errors;
mod options;
mod schema;
mod server;
mod sql;
mod waits;

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::fleet::boot::Boot;
use super::fleet::worker::{Listener, Worker};
use super::job::Job;
use super::{ForeignWrite, Store, StoreError, WhenLost, Work};
use crate::port::BoxFuture;
pub use options::PostgresOptions;
use server::Server;

/// A store in a schema of a Postgres database, shared by any number of processes on any number of machines.
///
/// Dropping it waits until the works that were given to it are done.
pub struct PostgresStore {
    tasks: Option<UnboundedSender<Job>>,
    thread: Option<JoinHandle<()>>,
    listener: Listener,
    when_lost: WhenLost,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the store at `url` (`postgres://user:password@host:port/database?sslmode=require`), or starts it there.
    ///
    /// With `sslmode=require` (or `verify-full`) the connection is encrypted and the server's certificate verified;
    /// `prefer`, which is the default, does both where the server offers encryption, and `disable` does without.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] when the server gives no answer, [`StoreError::NotOurs`] when the schema holds something
    /// else, [`StoreError::NewerSchema`] when a newer planguard wrote it, and [`StoreError::Refused`] when the URL is none
    /// or the role has not the rights.
    pub async fn connect(url: &str, options: PostgresOptions) -> Result<Self, StoreError> {
        let boot = options.boot.clone().unwrap_or_else(Boot::system);
        let (deadline, when_lost) = (options.deadline, options.when_lost);
        let server = Server::new(url, options)?;
        let (tasks, waiting) = unbounded_channel();
        let listener = Listener::default();
        let (tell, told) = oneshot::channel();
        let told_of = Arc::clone(&listener);
        let run = move || {
            let mut server = server;
            let ready = server.prepare();
            let go_on = ready.is_ok();
            // Whoever gave up waiting wants no store.
            if tell.send(ready).is_ok() && go_on {
                Worker::new(server, boot, told_of, deadline).run(waiting);
            }
        };
        let thread = std::thread::Builder::new()
            .name("planguard-store".to_owned())
            .spawn(run)
            .map_err(|error| StoreError::Backend { why: format!("no thread for the store: {error}") })?;
        told.await.unwrap_or_else(|_| Err(ended()))?;
        Ok(Self { tasks: Some(tasks), thread: Some(thread), listener, when_lost })
    }
}

fn ended() -> StoreError {
    StoreError::Backend { why: "the store's thread has ended".to_owned() }
}

impl Store for PostgresStore {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        let (reply, answer) = oneshot::channel();
        if let Some(tasks) = &self.tasks {
            // A thread that has ended drops the job, and with it the reply.
            drop(tasks.send(Job { work, reply }));
        }
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(ended())) })
    }

    fn when_lost(&self) -> WhenLost {
        self.when_lost
    }

    fn on_foreign_write(&self, told: ForeignWrite) {
        *self.listener.lock() = Some(told);
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.tasks = None;
        let Some(thread) = self.thread.take() else { return };
        // A work may hold the last handle: then the thread ends by itself.
        if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
            tracing::error!("the store's thread panicked");
        }
    }
}
