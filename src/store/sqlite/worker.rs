//! The thread that owns the file: it takes what waits and commits it together.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::codec::Col;
use super::fail::Fail;
use super::hot::{self, Hot};
use super::identity::Identity;
use super::open::{self, BUSY, PATIENCE};
use super::place::Place;
use super::tx::{Group, Tx};
use crate::lock::Mutex;
use crate::store::job::{Ended, GROUP, Job, all_read, contained, fail, finish, has_written};
use crate::store::{Corruption, Pass, StoreError, Work};

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
    /// The file that is open; `None` after it could not be opened again.
    pub(super) place: Option<Place>,
    pub(super) corruption: Arc<Mutex<Option<Corruption>>>,
    /// Whose the store is, once it was opened through this handle.
    pub(super) identity: Option<Identity>,
    /// The rows that the last group left, which hold while nobody else has written.
    pub(super) kept: Option<Group>,
    /// The last write and the last fence that were seen.
    pub(super) reached: (u64, u64),
    /// How many transactions there were.
    pub(super) transactions: u64,
    /// The last group found the file locked for long: the next ones do not wait until one succeeds.
    pub(super) impatient: bool,
}

/// What the works of one group came to, and what they opened.
struct Ran {
    results: Vec<Ended>,
    /// The one work that there was failed.
    failed: bool,
    identity: Option<Identity>,
    /// What the next group need not read; `None` where it must.
    kept: Option<Group>,
}

/// How often the next task is looked for after one that came alone, some tens of microseconds in all, before the thread
/// sleeps: the caller who has its answer often has another.
const LOOKS: u32 = 1_000;

/// The next task; `None` once every handle is gone.
fn next(tasks: &Receiver<Task>, soon: bool) -> Option<Task> {
    for _ in 0..if soon { LOOKS } else { 0 } {
        match tasks.try_recv() {
            Ok(task) => return Some(task),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => std::hint::spin_loop(),
        }
    }
    tasks.recv().ok()
}

impl Worker {
    /// Runs works until every handle is gone and nothing waits.
    pub(super) fn run(mut self, tasks: &Receiver<Task>) {
        let mut alone = false;
        while let Some(first) = next(tasks, alone) {
            let mut group = Vec::new();
            for task in std::iter::once(first).chain(tasks.try_iter()).take(GROUP) {
                match task {
                    Task::Run(job) => group.push(job),
                    #[cfg(test)]
                    Task::Inspect(look) => look(&self.connection),
                }
            }
            alone = group.len() == 1;
            if !group.is_empty() {
                self.process(group);
            }
        }
    }

    fn process(&mut self, mut jobs: Vec<Job>) {
        match self.attempt_until_whole(&mut jobs) {
            Ok(ran) => {
                self.identity = ran.identity;
                if let Some(Group { hot, .. }) = &ran.kept {
                    let (seq, fence) = self.reached;
                    self.reached = (seq.max(hot.seq), fence.max(hot.last_fence));
                }
                self.kept = ran.kept;
                finish(jobs, ran.results);
            }
            // One that fails takes no other with it.
            Err(Fail::Alone) => jobs.into_iter().for_each(|job| self.process(vec![job])),
            // Those that only read need no lock.
            Err(Fail::Told(StoreError::Busy)) if !all_read(&jobs) => {
                let (reading, writing): (Vec<_>, _) = jobs.into_iter().partition(|job| job.work.reads_only());
                fail(writing, &StoreError::Busy);
                if !reading.is_empty() {
                    self.process(reading);
                }
            }
            Err(error) => fail(jobs, &error.told()),
        }
    }

    fn attempt_until_whole(&mut self, jobs: &mut [Job]) -> Result<Ran, Fail> {
        self.keep_place()?;
        let mut result = self.attempt(jobs);
        // Opening again is enough where another process has replaced the file already, or where the checks on
        // opening find the damage. Where they do not, the works have proved it.
        for replace in [false, true] {
            let Err(Fail::Damaged(why)) = &result else { break };
            let why = why.clone();
            self.reopen(replace.then_some(&why))?;
            result = self.attempt(jobs);
        }
        if !all_read(jobs) {
            self.learn_patience(matches!(result, Err(Fail::Told(StoreError::Busy))))?;
        }
        result
    }

    /// Groups that write after one that waited in vain do not wait as well: their callers would wait for all of them.
    fn learn_patience(&mut self, busy: bool) -> Result<(), StoreError> {
        if busy != self.impatient {
            let wait = if busy { Duration::ZERO } else { BUSY };
            self.connection.busy_timeout(wait).map_err(Fail::from)?;
            self.impatient = busy;
        }
        Ok(())
    }

    /// Runs all works in one transaction. Where one of several fails the transaction is taken back, and each is to run
    /// in one of its own.
    fn attempt(&mut self, jobs: &mut [Job]) -> Result<Ran, Fail> {
        let known = self.kept.take();
        let writes = !all_read(jobs);
        self.begin(writes, writes && jobs.iter().any(|job| job.work.is_patient()))?;
        let mut ran = self.run_all(jobs, known, writes);
        match &mut ran {
            Ok(done) if !done.failed => {
                if let Err(fail) = self.statement("COMMIT") {
                    ran = Err(fail);
                }
            }
            // It may have failed in its middle.
            Ok(failed) => failed.kept = None,
            Err(_) => {}
        }
        if !self.connection.is_autocommit() {
            self.statement("ROLLBACK")?;
        }
        ran
    }

    fn begin(&self, writes: bool, patient: bool) -> Result<(), Fail> {
        if patient {
            self.connection.busy_timeout(PATIENCE)?;
        }
        let begun = self.statement(if writes { "BEGIN IMMEDIATE" } else { "BEGIN" });
        if patient {
            self.connection.busy_timeout(if self.impatient { Duration::ZERO } else { BUSY })?;
        }
        begun
    }

    fn statement(&self, sql: &str) -> Result<(), Fail> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    fn run_all(&mut self, jobs: &mut [Job], known: Option<Group>, writes: bool) -> Result<Ran, Fail> {
        let seq = self.connection.prepare_cached(hot::SEQ)?.query_row([], |row| row.get::<_, i64>(0))?;
        let committed = seq.cast_unsigned();
        self.transactions += 1;
        let mut group = match known.filter(|group| group.hot.seq == committed) {
            Some(group) => group,
            None => Group::new(Hot::read(&self.connection)?),
        };
        let mut ran = Ran {
            results: Vec::with_capacity(jobs.len()),
            failed: false,
            identity: self.identity.clone(),
            kept: None,
        };
        let several = jobs.len() > 1;
        for job in jobs {
            // Not before the file is ours: until then whoever gave it may take it back.
            if !job.work.begin() {
                // Nobody waits for this answer.
                ran.results.push(Err(StoreError::Busy));
                continue;
            }
            let result = self.part(&mut job.work, committed, &mut group, &mut ran)?;
            if result.is_err() && several {
                return Err(Fail::Alone);
            }
            ran.failed |= result.is_err();
            ran.results.push(result);
        }
        if writes && group.hot.seq != committed && !ran.failed {
            group.write(&self.connection).map_err(|fail| match fail {
                Fail::Told(_) if several => Fail::Alone,
                fail => fail,
            })?;
        }
        group.trim();
        ran.kept = Some(group);
        Ok(ran)
    }

    /// Runs one work. The outer failure takes the whole group with it.
    fn part(&self, work: &mut Work, committed: u64, group: &mut Group, ran: &mut Ran) -> Result<Ended, Fail> {
        let reads_only = work.reads_only();
        let mut tx = Tx::new(&self.connection, &self.path, group, (self.transactions, committed), reads_only);
        let result = contained(|| work.run(&mut tx, Pass::First));
        let result = match tx.failed.take() {
            Some(damage @ Fail::Damaged(_)) => return Err(damage),
            Some(fail) => Err(fail.into()),
            None if reads_only && tx.wrote() => has_written(),
            None => result,
        };
        if result.is_ok() {
            let (wrote, seq) = (tx.wrote(), tx.seq);
            ran.identity = tx.opened.take().or(ran.identity.take());
            if wrote {
                group.hot.seq = seq;
            }
        }
        Ok(result)
    }

    /// Makes sure that the file at the path is the one that is open: what is written to a deleted file is gone with
    /// the process.
    fn keep_place(&mut self) -> Result<(), Fail> {
        let found = Place::of(&self.path);
        match (self.place, found) {
            (Some(open), Some(found)) if open == found => return Ok(()),
            (Some(_), None) => self.write_again()?,
            _ => {}
        }
        Ok(self.reopen(None)?)
    }

    /// Writes what is open to the path that lost its file.
    fn write_again(&self) -> Result<(), StoreError> {
        let _lock = open::lock(&self.path);
        if Place::of(&self.path).is_some() {
            // Another process was faster.
            return Ok(());
        }
        tracing::warn!("the store's file was deleted while it was open; it is written again");
        let unwritable = |why: String| StoreError::Unwritable { why };
        let path = self.path.to_str().ok_or_else(|| unwritable("its path is no text".to_owned()))?;
        let written = self.connection.execute("VACUUM INTO ?", [path]).map_err(Fail::from);
        written.map(drop).map_err(|fail| match fail.into() {
            // That the folder is gone as well comes without a code of its own.
            StoreError::Backend { why } => unwritable(why),
            error => error,
        })
    }

    fn reopen(&mut self, damage: Option<&String>) -> Result<(), StoreError> {
        // Closes the old connection first; some systems do not move an open file.
        self.place = None;
        self.connection = Connection::open_in_memory().map_err(Fail::from)?;
        let opened = match damage {
            None => open::open(&self.path, self.identity.as_ref()),
            Some(why) => open::replace(&self.path, Some(why), self.identity.as_ref()),
        };
        let (mut connection, corruption) = opened?;
        // Told whatever comes next.
        let mut kept = self.corruption.lock();
        *kept = kept.take().or(corruption);
        drop(kept);
        match go_on(&mut connection, self.reached) {
            // Which opening it did not find.
            Err(Fail::Damaged(why)) if damage.is_none() => {
                drop(connection);
                return self.reopen(Some(&why));
            }
            went => went?,
        }
        self.connection = connection;
        self.place = Place::of(&self.path);
        self.impatient = false;
        self.kept = None;
        Ok(())
    }
}

/// Has the numbers of a file go on where those of the file were whose place it took, be it an earlier copy or a new one:
/// whoever follows by numbers would pass over what it says, and over what is written from here on. All its rows count
/// as changed.
fn go_on(connection: &mut Connection, (seq, fence): (u64, u64)) -> Result<(), Fail> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Col(found) = transaction.query_row(hot::SEQ, [], |row| row.get::<_, Col<u64>>(0))?;
    if seq > 0 && found != seq {
        let next = found.max(seq).saturating_add(1);
        for table in ["counters", "users", "under_way"] {
            transaction.execute(&format!("UPDATE {table} SET changed = ?"), [Col(next)])?;
        }
        transaction.execute("DELETE FROM changes", [])?;
        transaction.execute(
            "UPDATE singles SET seq = ?1, recent = x'', logged = 0, logged_upto = ?1, forgotten = ?1,
                                last_fence = max(last_fence, ?2)",
            [Col(next), Col(fence)],
        )?;
    }
    transaction.commit()?;
    Ok(())
}
