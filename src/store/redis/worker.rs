//! The thread that runs works: over the rows in this process, and commits what they changed together.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::fail::Fail;
use super::link::pause;
use super::rows;
use super::session::{Committed, Session};
use super::until;
use crate::lock::Mutex;
use crate::store::job::{Ended, GROUP, Job, Jobs, all_read, contained, fail, finish};
use crate::store::{Corruption, ForeignWrite, Pass, StoreError};

/// After how many commits of others in the same stretch the next turn is asked for.
const LOST: u32 = 2;

/// How often others are looked for where nothing was told of them.
const IDLE: Duration = Duration::from_secs(1);

/// For how long commits that are told are gathered before they are taken over.
const GATHER: Duration = Duration::from_millis(20);

/// Who is told that another process has written.
pub(super) type Listener = Arc<Mutex<Option<ForeignWrite>>>;

/// What the thread owns.
pub(super) struct Worker {
    pub(super) session: Session,
    pub(super) corruption: Arc<Mutex<Option<Corruption>>>,
    pub(super) listener: Listener,
    /// How many groups there were.
    pub(super) groups: u64,
}

/// What the works came to, run one after the other.
struct Ran {
    ends: Vec<Ended>,
    state: crate::store::state::State,
}

impl Worker {
    /// Runs works until every handle is gone and nothing waits.
    pub(super) async fn run(mut self, mut jobs: Jobs) {
        loop {
            let idle = Box::pin(self.session.idle());
            let first = match select(Box::pin(jobs.recv()), idle).await {
                Either::Left((None, _)) => return,
                Either::Left((Some(first), _)) => Some(first),
                Either::Right(((), waiting)) => waiting.now_or_never().flatten(),
            };
            let Some(first) = first else {
                self.follow().await;
                continue;
            };
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(next) = jobs.try_recv()
            {
                group.push(next);
            }
            self.process(group).await;
        }
    }

    /// Follows the others while nothing else is to be done.
    async fn follow(&mut self) {
        let until = until::now() + self.session.deadline();
        if let Err(fail) = self.session.look(until).await {
            if matches!(fail, Fail::Lost(_)) {
                self.session.let_go();
            }
            tracing::debug!(error = %fail.told(), "the server could not be followed");
        }
        self.tell();
    }

    fn tell(&mut self) {
        if let Some(corruption) = self.session.corruption.take() {
            self.corruption.lock().get_or_insert(corruption);
        }
        let foreign = self.session.replica.as_mut().is_some_and(|held| std::mem::take(&mut held.foreign));
        if foreign && let Some(told) = &*self.listener.lock() {
            told();
        }
    }

    async fn process(&mut self, mut jobs: Vec<Job>) {
        let until = until::now() + self.session.deadline();
        let carried = self.carry_out(&mut jobs, until).await;
        self.tell();
        match carried {
            Ok(ends) => finish(jobs, ends),
            Err(error) => {
                if matches!(error, Fail::Lost(_)) {
                    self.session.let_go();
                }
                fail(jobs, &error.told());
            }
        }
    }

    async fn carry_out(&mut self, jobs: &mut [Job], until: Instant) -> Result<Vec<Ended>, Fail> {
        let (mut overtaken, mut seen, mut pending) = (0, false, None);
        let mut withdrawn: Option<Vec<bool>> = None;
        loop {
            let step = self.step(jobs, &mut withdrawn, &mut pending, (overtaken >= LOST, seen), until).await;
            match step {
                Ok(Step::Done(ends)) => return Ok(ends),
                Ok(Step::Again { by_others }) => {
                    overtaken += u32::from(by_others);
                    seen = true;
                }
                Ok(Step::Wait) => pause(Duration::from_millis(1)).await,
                Err(fail @ Fail::Lost(_)) => {
                    // It is looked for once more as long as there is time: what was asked last may have happened.
                    self.session.let_go();
                    seen = false;
                    if until::now() + Duration::from_millis(20) >= until {
                        return Err(fail);
                    }
                    pause(Duration::from_millis(10)).await;
                }
                Err(told) => return Err(told),
            }
            if until::now() >= until {
                return Err(Fail::lost("the server was not reached in time"));
            }
        }
    }

    async fn step(
        &mut self,
        jobs: &mut [Job],
        withdrawn: &mut Option<Vec<bool>>,
        pending: &mut Option<Pending>,
        (turn, seen): (bool, bool),
        until: Instant,
    ) -> Result<Step, Fail> {
        let reads = all_read(jobs);
        let mut seen = seen;
        if pending.is_some() || reads || !self.session.is_fresh() {
            self.session.look(until).await?;
            seen = true;
        }
        if let Some(pending) = pending.take()
            && self.session.has(pending.number)
        {
            // The commit of which nothing was heard was done.
            return Ok(Step::Done(pending.ends));
        }
        // Not before the server has answered: until then whoever gave it may take it back.
        let withdrawn = withdrawn.get_or_insert_with(|| jobs.iter().map(|job| !job.work.begin()).collect());
        let Some(held) = &self.session.replica else { return Err(Fail::lost("nothing is known yet")) };
        let before = held.state.clone();
        self.groups += 1;
        let Ran { ends, state } =
            run_all(jobs, withdrawn, before.clone(), (self.groups, Arc::clone(&self.session.done)));
        if state.last_write() == before.last_write() {
            if seen {
                return Ok(Step::Done(ends));
            }
            // What they answer is by the newest rows.
            return Ok(Step::Again { by_others: false });
        }
        let (mut changed, outdated) = (state.rows_changed(&before), self.session.outdated());
        changed.extend(outdated.iter().cloned());
        let encoded = rows::encode(&changed, self.session.here)?;
        // A part of the time is left to find out what became of it where no answer comes.
        let now = until::now();
        let commit_until = now + until.saturating_duration_since(now).mul_f32(0.7);
        let seq = state.last_write();
        // One that failed or was withdrawn is in no commit.
        let carried = jobs.iter().zip(&ends).filter(|(_, end)| end.is_ok());
        let works = carried.filter_map(|(job, _)| job.work.name()).collect();
        match self.session.commit(&encoded, works, (seq, turn), commit_until).await {
            Ok((Committed::Done, name)) => {
                self.session.reached(state, name, &outdated);
                Ok(Step::Done(ends))
            }
            Ok((Committed::Overtaken, _)) => Ok(Step::Again { by_others: true }),
            Ok((Committed::NotNow, _)) => Ok(Step::Wait),
            Ok((Committed::Late, _)) => Err(Fail::lost("the server got to it too late, and did not do it")),
            Err(fail) => {
                if matches!(fail, Fail::Lost(_)) {
                    *pending = Some(Pending { number: self.session.last_tried(), ends });
                }
                Err(fail)
            }
        }
    }
}

/// A commit of which nothing was heard.
struct Pending {
    number: u64,
    ends: Vec<Ended>,
}

enum Step {
    Done(Vec<Ended>),
    /// The works run again, over newer rows.
    Again {
        by_others: bool,
    },
    /// The same again, soon.
    Wait,
}

/// Runs the works one after the other. One that fails is the end of that one only.
fn run_all(
    jobs: &mut [Job],
    withdrawn: &[bool],
    mut state: crate::store::state::State,
    (group, done): (u64, Arc<HashSet<u64>>),
) -> Ran {
    state.begin_group(group, done);
    let mut ends = Vec::with_capacity(jobs.len());
    for (job, withdrawn) in jobs.iter_mut().zip(withdrawn) {
        if *withdrawn {
            // Nobody waits for this answer.
            ends.push(Err(StoreError::Busy));
            continue;
        }
        ends.push(contained(|| state.transact(&mut job.work, Pass::First)));
    }
    state.begin_group(0, Arc::default());
    Ran { ends, state }
}

impl Session {
    /// Done once others have committed, or it is time to look whether they have.
    async fn idle(&mut self) {
        let Some(link) = &mut self.link else {
            pause(IDLE).await;
            return;
        };
        // A connection that ended tells nothing any more.
        if tokio::time::timeout(IDLE, link.told.recv()).await.is_ok_and(|told| told.is_some()) {
            pause(GATHER).await;
            while link.told.try_recv().is_ok() {}
        } else if link.told.is_closed() {
            pause(IDLE).await;
        }
    }
}
