//! The thread that runs the works: it takes what waits and commits it together.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::backing::{Backing, Begun, Fail};
use super::boot::Boot;
use super::cache::{Cache, Followed};
use super::page::Origin;
use super::tx::{Group, Tx};
use crate::lock::Mutex;
use crate::store::job::{GROUP, Job, Jobs, all_read, contained, fail, finish, has_written};
use crate::store::{ForeignWrite, Pass, StoreError, Work};

/// How often works are run again because another process was faster.
const CONFLICTS: u32 = 64;

/// Of how many works it is remembered that they were committed after all.
const MOST_DONE: usize = 100_000;

/// Who is told that another process has written.
pub(in crate::store) type Listener = Arc<Mutex<Option<ForeignWrite>>>;

/// A commit of which it is not known whether it happened.
struct Doubt {
    token: String,
    works: Vec<u64>,
}

/// What the thread owns.
pub(in crate::store) struct Worker<B> {
    backing: B,
    boot: Boot,
    cache: Cache,
    listener: Listener,
    /// How long works are tried again after the connection was lost.
    deadline: Duration,
    doubts: Vec<Doubt>,
    /// Works that were committed though they were answered otherwise.
    done: HashSet<u64>,
    transactions: u64,
}

/// How one transaction ended.
enum Ended {
    Results(Vec<Result<(), StoreError>>),
    /// The commit was sent under this token, and no answer came. These are the results if it happened.
    Doubt {
        token: String,
        why: String,
        results: Vec<Result<(), StoreError>>,
    },
}

fn draw() -> String {
    format!("{:032x}", fastrand::u128(..))
}

impl<B: Backing> Worker<B> {
    pub(in crate::store) fn new(backing: B, boot: Boot, listener: Listener, deadline: Duration) -> Self {
        let (cache, doubts, done) = (Cache::default(), Vec::new(), HashSet::new());
        Self { backing, boot, cache, listener, deadline, doubts, done, transactions: 0 }
    }

    /// Runs works until every handle is gone and nothing waits.
    pub(in crate::store) fn run(mut self, mut tasks: Jobs) {
        let listener = Arc::clone(&self.listener);
        let mut news = || {
            if let Some(told) = &*listener.lock() {
                told();
            }
        };
        while let Some(first) = self.backing.wait(&mut tasks, &mut news) {
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(task) = tasks.try_recv()
            {
                group.push(task);
            }
            self.process(group);
        }
    }

    fn process(&mut self, mut jobs: Vec<Job>) {
        match self.attempt_until_known(&mut jobs) {
            Ok(results) => finish(jobs, results),
            // One that fails takes no other with it.
            Err(Fail::Alone) => jobs.into_iter().for_each(|job| self.process(vec![job])),
            // Those that only read need no lock.
            Err(Fail::Told(StoreError::Busy)) if !all_read(&jobs) && jobs.len() > 1 => {
                let (reading, writing): (Vec<_>, _) = jobs.into_iter().partition(|job| job.work.reads_only());
                fail(writing, &StoreError::Busy);
                if !reading.is_empty() {
                    self.process(reading);
                }
            }
            Err(error) => fail(jobs, &error.told()),
        }
    }

    /// Runs the works until it is known how they ended, or the time is over.
    fn attempt_until_known(&mut self, jobs: &mut [Job]) -> Result<Vec<Result<(), StoreError>>, Fail> {
        let started = self.boot.elapsed();
        let (mut conflicts, mut lost) = (0, 0);
        loop {
            let ended = self.attempt(jobs);
            if ended.is_err() {
                // Rows that were read meanwhile may be those of works that did not happen.
                self.backing.rollback();
                self.cache.start_over();
            }
            match ended {
                Ok(Ended::Results(results)) => return Ok(results),
                Ok(Ended::Doubt { token, why, results }) => {
                    // One that failed or was withdrawn is in no commit.
                    let carried = jobs.iter().zip(&results).filter(|(_, result)| result.is_ok());
                    let works = carried.filter_map(|(job, _)| job.work.name()).collect();
                    self.doubts.push(Doubt { token: token.clone(), works });
                    loop {
                        match self.resolve(&token) {
                            Ok(true) => return Ok(results),
                            // It did not happen: they may run again.
                            Ok(false) => break,
                            Err(Fail::Lost(_)) if self.boot.elapsed().since(started) < self.deadline => {
                                self.backing.pause();
                            }
                            Err(_) => return Err(Fail::Lost(why)),
                        }
                    }
                }
                Err(Fail::Conflict) if conflicts < CONFLICTS => conflicts += 1,
                // The server was started again meanwhile, for instance.
                Err(Fail::Lost(_)) if lost == 0 && self.boot.elapsed().since(started) < self.deadline => {
                    lost += 1;
                }
                Err(fail) => return Err(fail),
            }
        }
    }

    /// Finds out whether a commit happened. Nobody can commit meanwhile, and what was under way has ended.
    fn resolve(&mut self, token: &str) -> Result<bool, Fail> {
        self.begin(true, false)?;
        self.backing.rollback();
        let still = self.doubts.iter().any(|doubt| doubt.token == token);
        debug_assert!(!still, "beginning to write settles every doubt");
        Ok(self.cache.has_seen(token))
    }

    /// Begins a transaction, settles what was in doubt, and takes over what others wrote.
    fn begin(&mut self, write: bool, patient: bool) -> Result<(Begun, Origin, Followed), Fail> {
        let asked = self.boot.elapsed();
        // Only under the lock it is sure that what was sent has ended.
        let write = write || !self.doubts.is_empty();
        let begun = self.backing.begin(write, patient, self.cache.seq)?;
        if write {
            for doubt in std::mem::take(&mut self.doubts) {
                if begun.journal.iter().any(|entry| entry.token == doubt.token) {
                    self.cache.saw(&doubt.token);
                    if self.done.len() > MOST_DONE {
                        self.done.clear();
                    }
                    self.done.extend(doubt.works);
                }
            }
        }
        let origin = self.boot.origin(asked, begun.server_ms);
        let followed = self.cache.follow(&begun, origin, &mut self.backing)?;
        Ok((begun, origin, followed))
    }

    /// Runs all works in one transaction.
    fn attempt(&mut self, jobs: &mut [Job]) -> Result<Ended, Fail> {
        let writes = !all_read(jobs);
        let patient = jobs.iter().any(|job| job.work.is_patient());
        let (mut begun, mut origin, mut followed) = self.begin(writes, patient)?;
        if followed == Followed::Other && !writes {
            self.backing.rollback();
            (begun, origin, followed) = self.begin(true, patient)?;
        }
        self.transactions += 1;
        let Self { backing, cache, done, transactions, .. } = self;
        let mut group = Group::new(backing, cache, origin, begun.head, *transactions, done);
        if followed == Followed::Other {
            tracing::warn!("the store is an earlier copy of itself; its numbers go on after both");
            group.go_on()?;
        }
        let several = jobs.len() > 1;
        let mut results = Vec::with_capacity(jobs.len());
        for job in jobs.iter_mut() {
            // Not before the store is ours: until then whoever gave it may take it back.
            if !job.work.begin() {
                // Nobody waits for this answer.
                results.push(Err(StoreError::Busy));
                continue;
            }
            let result = match part(&mut group, &mut job.work) {
                // A row that cannot be read fails whoever needs it.
                Err(Fail::Told(StoreError::Backend { .. })) if several => return Err(Fail::Alone),
                ended => ended?,
            };
            if result.is_err() && group.is_spoilt() {
                if several {
                    return Err(Fail::Alone);
                }
                group.backing.rollback();
                self.cache.start_over();
                return Ok(Ended::Results(vec![result]));
            }
            results.push(result);
        }
        let token = draw();
        match group.commit(&token) {
            Ok(true) => group.keep(),
            Ok(false) => group.keep_read(),
            Err(Fail::Lost(why)) => {
                drop(group);
                self.cache.start_over();
                return Ok(Ended::Doubt { token, why, results });
            }
            Err(fail) => {
                let alone = several && matches!(fail, Fail::Told(_));
                return Err(if alone { Fail::Alone } else { fail });
            }
        }
        Ok(Ended::Results(results))
    }
}

/// Runs one work. The outer failure takes the whole group with it.
fn part(group: &mut Group<'_>, work: &mut Work) -> Result<Result<(), StoreError>, Fail> {
    let (reads_only, before) = (work.reads_only(), group.before());
    let mut tx = Tx::new(group, reads_only);
    let result = contained(|| work.run(&mut tx, Pass::First));
    if let Some(fail) = tx.failed.take() {
        return Err(fail);
    }
    let result = match result {
        Ok(()) if reads_only && tx.wrote() => has_written(),
        result => result,
    };
    if result.is_ok() {
        tx.end();
    } else {
        drop(tx);
        group.take_back(before);
    }
    Ok(result)
}
