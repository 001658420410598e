//! What the thread of a store is asked to do: works that wait, which it runs, announces and answers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::{StoreError, Work};

/// How many works are committed together at most, so that the first one's caller need not wait for all.
pub(super) const GROUP: usize = 256;

/// What came of a work.
pub(super) type Ended = Result<(), StoreError>;

/// A work, and where its answer goes.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Ended>,
}

/// Where works come from.
#[cfg(any(feature = "postgres", feature = "redis"))]
pub(super) type Jobs = tokio::sync::mpsc::UnboundedReceiver<Job>;

/// Runs a work. One that panics has failed, and takes nothing with it.
pub(super) fn contained(run: impl FnOnce() -> Ended) -> Ended {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(StoreError::Backend { why: "a work panicked".to_owned() }))
}

/// What a work that only reads comes to where it has written.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) fn has_written() -> Ended {
    Err(StoreError::Backend { why: "a work that only reads has written".to_owned() })
}

pub(super) fn all_read(jobs: &[Job]) -> bool {
    jobs.iter().all(|job| job.work.reads_only())
}

/// Announces what was committed, in order, and answers.
pub(super) fn finish(mut jobs: Vec<Job>, ends: Vec<Ended>) {
    for (job, _) in jobs.iter_mut().zip(&ends).filter(|(_, end)| end.is_ok()) {
        if catch_unwind(AssertUnwindSafe(|| job.work.committed())).is_err() {
            tracing::error!("what follows a commit panicked; the commit stands");
        }
    }
    for (Job { work, reply }, end) in jobs.into_iter().zip(ends) {
        // Before the answer, so that whoever has it finds the work let go of.
        drop(work);
        // Whoever dropped the future does not want the answer.
        drop(reply.send(end));
    }
}

/// Answers all works with one error.
pub(super) fn fail(jobs: Vec<Job>, error: &StoreError) {
    let ends = vec![Err(error.clone()); jobs.len()];
    finish(jobs, ends);
}
