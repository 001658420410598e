//! A store for the processes of a fleet: one Valkey or Redis server.
//!
//! Every process has all rows in memory, of one commit of the server's (`replica.rs`), and runs works over them, with
//! the same code as the store in memory. What the works of a group changed goes to the server as rows in one script,
//! which commits it if nobody has committed since, and else answers what was committed: that is taken over row by row
//! and the works run again. A process that was overtaken twice asks for the next turn.
//!
//! The server's log keeps the last commits; who is further behind reads all rows. Every commit has a name and says
//! after which one it came, so that a server that was emptied, restored or replaced by one that lags behind is found.

mod answer;
mod by;
mod fail;
mod health;
mod keys;
mod link;
mod load;
mod options;
mod recover;
mod replica;
mod rows;
mod session;
mod until;
mod worker;

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::job::Job;
use super::{Corruption, ForeignWrite, Store, StoreError, WhenLost, Work};
use crate::lock::Mutex;
use crate::port::BoxFuture;
pub use health::RedisDurability;
pub use options::RedisOptions;
use session::Session;
use worker::{Listener, Worker};

/// A store on a Valkey or Redis server, which the processes of a fleet share. Open it once per process.
///
/// Dropping it waits until the works that were given to it are done.
pub struct RedisStore {
    jobs: Option<UnboundedSender<Job>>,
    thread: Option<JoinHandle<()>>,
    corruption: Arc<Mutex<Option<Corruption>>>,
    listener: Listener,
    durability: RedisDurability,
    when_lost: WhenLost,
}

impl std::fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStore").field("durability", &self.durability).finish_non_exhaustive()
    }
}

impl RedisStore {
    /// Connects to the server and reads the app's rows, or begins a store there.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] when the server gives no answer in time, [`StoreError::Refused`] when the URL is none or
    /// the server refuses the user or what the user needs, [`StoreError::Backend`] when it is of no use (a node of a
    /// cluster without the app's slot, a policy that evicts rows), and [`StoreError::NewerSchema`] when a newer planguard
    /// wrote what is there.
    pub async fn connect(options: RedisOptions) -> Result<Self, StoreError> {
        let when_lost = options.when_lost;
        let session = Session::new(options)?;
        let corruption = Arc::<Mutex<Option<Corruption>>>::default();
        let (jobs, waiting) = unbounded_channel();
        let (tell, opened) = oneshot::channel();
        let told = Arc::clone(&corruption);
        let listener = Listener::default();
        let listening = Arc::clone(&listener);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| StoreError::Backend { why: format!("no runtime for the store: {error}") })?;
        let work = move || {
            runtime.block_on(async move {
                let mut session = session;
                let until = until::now() + session.deadline();
                let first = session.look(until).await;
                let failed = first.is_err();
                // Whoever opened it may have gone: then the handles are gone, too.
                drop(tell.send(first.map(|()| session.durability).map_err(fail::Fail::told)));
                if !failed {
                    Box::pin(
                        Worker { session, corruption: told, listener: listening, groups: 0 }.run(waiting),
                    )
                    .await;
                }
            });
        };
        let thread = std::thread::Builder::new()
            .name("planguard-store".to_owned())
            .spawn(work)
            .map_err(|error| StoreError::Backend { why: format!("no thread for the store: {error}") })?;
        let durability = opened.await.unwrap_or_else(|_| Err(ended()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), corruption, listener, durability, when_lost })
    }

    /// What the server keeps of what it acknowledges, as it said when the store was opened.
    pub const fn durability(&self) -> RedisDurability {
        self.durability
    }
}

fn ended() -> StoreError {
    StoreError::Backend { why: "the store's thread has ended".to_owned() }
}

impl Store for RedisStore {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        let (reply, answer) = oneshot::channel();
        if let Some(jobs) = &self.jobs {
            // A thread that has ended drops the job, and with it the reply.
            drop(jobs.send(Job { work, reply }));
        }
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(ended())) })
    }

    fn when_lost(&self) -> WhenLost {
        self.when_lost
    }

    fn on_foreign_write(&self, told: ForeignWrite) {
        *self.listener.lock() = Some(told);
    }

    fn take_corruption(&self) -> Option<Corruption> {
        self.corruption.lock().take()
    }
}

impl Drop for RedisStore {
    fn drop(&mut self) {
        self.jobs = None;
        let Some(thread) = self.thread.take() else { return };
        // A work may hold the last handle: then the thread ends by itself.
        if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
            tracing::error!("the store's thread panicked");
        }
    }
}
