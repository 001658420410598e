//! The thread that owns the file: it takes what waits and commits it together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::lock::Mutex;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::fail::Fail;
use super::identity::Identity;
use super::open;
use super::tx::Tx;
use crate::model::Owner;
use crate::store::{Corruption, Pass, StoreError, Work};

/// How long works wait for another process's transaction. Those take milliseconds.
pub(super) const BUSY: Duration = Duration::from_secs(2);

/// How many works are committed together at most, so that the first one's caller need not wait for all.
const GROUP: usize = 256;

/// A work, and where its answer goes.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Result<(), StoreError>>,
}

/// What the thread is asked to do.
pub(super) enum Task {
    /// To run a work.
    Run(Job),
    /// To let a test at the connection, between two groups.
    #[cfg(test)]
    Inspect(Box<dyn FnOnce(&Connection) + Send>),
}

/// What the thread owns.
pub(super) struct Worker {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    pub(super) corruption: Arc<Mutex<Option<Corruption>>>,
    /// Whose the store is, once it was opened through this handle.
    pub(super) identity: Option<Identity>,
    /// The guard instance that opened it last.
    pub(super) owner: Option<Owner>,
    /// The last group found the file locked for long: the next ones do not wait until one succeeds.
    pub(super) impatient: bool,
}

/// What the works of one group came to, and what they opened.
struct Group {
    results: Vec<Result<(), StoreError>>,
    identity: Option<Identity>,
    owner: Option<Owner>,
}

impl Worker {
    /// Runs works until every handle is gone and nothing waits.
    pub(super) fn run(mut self, tasks: &Receiver<Task>) {
        while let Ok(first) = tasks.recv() {
            let mut group = Vec::new();
            for task in std::iter::once(first).chain(tasks.try_iter()).take(GROUP) {
                match task {
                    Task::Run(job) => group.push(job),
                    #[cfg(test)]
                    Task::Inspect(look) => look(&self.connection),
                }
            }
            if !group.is_empty() {
                self.process(group);
            }
        }
    }

    fn process(&mut self, mut jobs: Vec<Job>) {
        let results = match self.attempt_until_whole(&mut jobs) {
            Ok(group) => {
                self.identity = group.identity;
                self.owner = group.owner;
                group.results
            }
            Err(error) => vec![Err(error); jobs.len()],
        };
        for (job, _) in jobs.iter_mut().zip(&results).filter(|(_, result)| result.is_ok()) {
            if catch_unwind(AssertUnwindSafe(|| job.work.committed())).is_err() {
                tracing::error!("what follows a commit panicked; the commit stands");
            }
        }
        for (Job { work, reply }, result) in jobs.into_iter().zip(results) {
            // Before the answer, so that whoever has it finds the work let go of.
            drop(work);
            // Whoever dropped the future does not want the answer.
            drop(reply.send(result));
        }
    }

    fn attempt_until_whole(&mut self, jobs: &mut [Job]) -> Result<Group, StoreError> {
        let mut result = self.attempt(jobs);
        // Opening again is enough where another process has replaced the file already, or where the checks on
        // opening find the damage. Where they do not, the works have proved it.
        for replace in [false, true] {
            let Err(Fail::Damaged(why)) = &result else { break };
            let why = why.clone();
            self.reopen(replace.then_some(&why))?;
            result = self.attempt(jobs);
        }
        self.learn_patience(matches!(result, Err(Fail::Told(StoreError::Busy))))?;
        result.map_err(StoreError::from)
    }

    /// Groups after one that waited in vain do not wait as well: their callers would wait for all of them.
    fn learn_patience(&mut self, busy: bool) -> Result<(), StoreError> {
        if busy != self.impatient {
            let wait = if busy { Duration::ZERO } else { BUSY };
            self.connection.busy_timeout(wait).map_err(Fail::from)?;
            self.impatient = busy;
        }
        Ok(())
    }

    /// Runs all works in one transaction, each in a part that can be taken back alone.
    fn attempt(&self, jobs: &mut [Job]) -> Result<Group, Fail> {
        let reads_only = jobs.iter().all(|job| job.work.reads_only());
        let behavior =
            if reads_only { TransactionBehavior::Deferred } else { TransactionBehavior::Immediate };
        let transaction = Transaction::new_unchecked(&self.connection, behavior)?;
        let last = transaction.query_row("SELECT seq FROM singles", [], |row| row.get::<_, i64>(0))?;
        let mut last = last.cast_unsigned();
        let mut group = Group { results: Vec::new(), identity: self.identity.clone(), owner: self.owner };
        for job in jobs {
            let result = self.part(&mut job.work, &mut last, &mut group)?;
            group.results.push(result);
        }
        transaction.commit()?;
        Ok(group)
    }

    /// Runs one work. The outer failure takes the whole group with it.
    fn part(
        &self,
        work: &mut Work,
        last: &mut u64,
        group: &mut Group,
    ) -> Result<Result<(), StoreError>, Fail> {
        if !work.begin() {
            // Withdrawn: nobody waits for this answer.
            return Ok(Err(StoreError::Busy));
        }
        let statement = |sql| self.connection.prepare_cached(sql)?.execute([]);
        statement("SAVEPOINT work")?;
        let mut tx = Tx::new(&self.connection, *last, work.reads_only(), group.owner);
        let result = catch_unwind(AssertUnwindSafe(|| work.run(&mut tx, Pass::First)))
            .unwrap_or_else(|_| Err(StoreError::Backend { why: "a work panicked".to_owned() }));
        let result = match tx.failed.take() {
            Some(damage @ Fail::Damaged(_)) => return Err(damage),
            Some(fail) => Err(fail.into()),
            None if work.reads_only() && tx.wrote() => {
                Err(StoreError::Backend { why: "a work that only reads has written".to_owned() })
            }
            None => result,
        };
        if let Err(error) = result {
            if self.connection.is_autocommit() {
                // SQLite has taken the whole transaction back, as it may when the disk is full.
                return Err(error.into());
            }
            statement("ROLLBACK TO work")?;
            statement("RELEASE work")?;
            return Ok(Err(error));
        }
        if tx.wrote() {
            *last = tx.seq;
            self.connection.prepare_cached("UPDATE singles SET seq = ?")?.execute([tx.seq.cast_signed()])?;
        }
        group.owner = tx.owner;
        group.identity = tx.opened.take().or(group.identity.take());
        statement("RELEASE work")?;
        Ok(Ok(()))
    }

    fn reopen(&mut self, damage: Option<&String>) -> Result<(), StoreError> {
        // Closes the old connection first; some systems do not move an open file.
        self.connection = Connection::open_in_memory().map_err(Fail::from)?;
        let opened = match damage {
            None => open::open(&self.path, self.identity.as_ref()),
            Some(why) => open::replace(&self.path, Some(why), self.identity.as_ref()),
        };
        let (connection, corruption) = opened?;
        self.connection = connection;
        self.impatient = false;
        let mut kept = self.corruption.lock();
        *kept = kept.take().or(corruption);
        Ok(())
    }
}
