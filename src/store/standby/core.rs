//! What the standby knows, behind one lock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::Shared as SharedFuture;

use super::loose::Loose;
use super::stuck::Stuck;
use super::task::{InFlight, Phase, Task, Ticket};
use super::{MOST_KEPT, Outage, Ran, Shared};
use crate::model::Snapshot;
use crate::port::BoxFuture;
use crate::store::state::State;
use crate::store::{Handle, Pass, StoreError};

#[derive(Default)]
pub(super) struct Core {
    pub(super) down: Option<Down>,
    /// The line of the last memory that was made.
    outages: u64,
    /// How many writes the store has committed.
    commits: u64,
    last_id: u64,
    pub(super) in_flight: BTreeMap<u64, InFlight>,
    pub(super) stuck: Option<Arc<Stuck>>,
    /// What was replayed as which write of the store, until the snapshot shows it.
    unseen: Vec<(u64, Vec<Arc<Task>>)>,
    pub(super) loose: Vec<Loose>,
    pub(super) events: VecDeque<Outage>,
    pub(super) telling: bool,
}

/// Memory that stands in for the store.
pub(super) struct Down {
    state: State,
    kept: VecDeque<Arc<Task>>,
    replayed: u64,
    dropped: u64,
    replay: Option<Replay>,
}

/// A replay under way.
#[derive(Clone)]
pub(super) struct Replay {
    id: u64,
    handle: Handle,
    pub(super) done: SharedFuture<BoxFuture<'static, Result<(), StoreError>>>,
}

impl Down {
    /// Runs a write in memory and keeps it.
    fn take(&mut self, task: &Arc<Task>, pass: Pass) -> Ran {
        if let Err(error) = self.state.transact(&mut task.work.lock(), pass) {
            return Ran::Failed(error);
        }
        self.keep(task)
    }

    /// Keeps a write that ran in memory.
    fn keep(&mut self, task: &Arc<Task>) -> Ran {
        task.work.lock().committed();
        if self.kept.len() >= MOST_KEPT {
            self.dropped += 1;
            return Ran::Dropped;
        }
        self.kept.push_back(Arc::clone(task));
        Ran::Kept
    }

    /// Runs in memory what the store has, or is about to have.
    fn know(&mut self, task: &Task) -> bool {
        self.state.transact(&mut task.work.lock(), Pass::Replay).is_ok()
    }
}

impl Core {
    pub(super) fn enter(&mut self, entry: InFlight) -> u64 {
        let id = self.next_id();
        self.in_flight.insert(id, entry);
        id
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A memory over `base`, which shows the store up to its write number `seq`, that also knows what came after.
    fn seeded(&mut self, base: Arc<Snapshot>, seq: u64) -> Down {
        self.outages += 1;
        let state = State::over(base, seq, self.outages);
        let mut down = Down { state, kept: VecDeque::new(), replayed: 0, dropped: 0, replay: None };
        for task in self.unseen.iter().filter(|(number, _)| *number > seq).flat_map(|(_, tasks)| tasks) {
            down.know(task);
        }
        let mut committing: Vec<_> = (self.in_flight.values_mut())
            .filter_map(|entry| match entry.phase {
                Phase::Committing(number) if number > seq => Some((number, entry)),
                _ => None,
            })
            .collect();
        committing.sort_by_key(|(number, _)| *number);
        for (_, entry) in committing {
            entry.applied_in = down.know(&entry.task).then_some(self.outages);
        }
        down
    }
}

impl Shared {
    /// The store has ended a write.
    pub(super) fn ended(&self, ticket: &Ticket, task: &Arc<Task>, ended: Result<(), StoreError>) -> Ran {
        let Err(error) = ended else { return Ran::Durable };
        let mut core = self.core.lock();
        let applied_in = core.in_flight.remove(&ticket.id).and_then(|entry| entry.applied_in);
        if matches!(error, StoreError::OtherApp { .. }) {
            // An answer, not a failure.
            return Ran::Failed(error);
        }
        let this_outage = core.outages;
        match &mut core.down {
            // It has run in memory already; its first answer stands.
            Some(down) if applied_in == Some(this_outage) => down.keep(task),
            _ => {
                drop(core);
                let pass = if applied_in.is_some() { Pass::Replay } else { Pass::First };
                self.stand_in(task, pass, &error)
            }
        }
    }

    /// Runs a write in memory if memory stands in for the store.
    pub(super) fn take_if_down(&self, task: &Arc<Task>) -> Option<Ran> {
        self.core.lock().down.as_mut().map(|down| down.take(task, Pass::First))
    }

    /// Runs a write in memory, which from now on stands in for the store: that ended with `error`.
    pub(super) fn stand_in(&self, task: &Arc<Task>, pass: Pass, error: &StoreError) -> Ran {
        loop {
            let commits = {
                let mut core = self.core.lock();
                if let Some(down) = &mut core.down {
                    return down.take(task, pass);
                }
                core.commits
            };
            let (base, seq) = (self.seed)();
            let mut core = self.core.lock();
            if core.down.is_some() || core.commits != commits {
                // The snapshot may lack what was committed since.
                continue;
            }
            let mut down = core.seeded(base, seq);
            let ran = down.take(task, pass);
            if matches!(ran, Ran::Failed(_)) {
                // The write refuses to run, which says nothing of the store.
                drop(core);
                return ran;
            }
            core.events.push_back(Outage::Failed { error: error.clone() });
            let (withdrawn, loose) = std::mem::take(&mut core.loose)
                .into_iter()
                .partition(|loose: &Loose| loose.handle.withdraw());
            core.loose = loose;
            for loose in &withdrawn {
                down.take(&loose.task, Pass::First);
            }
            core.down = Some(down);
            drop(core);
            // Not under the lock: letting go of a write takes it.
            drop::<Vec<Loose>>(withdrawn);
            return ran;
        }
    }

    /// A write was committed by the store, and the snapshot shows it.
    pub(super) fn committed(&self, id: u64) {
        let unseen = {
            let mut core = self.core.lock();
            core.commits += 1;
            let ended = core.in_flight.remove(&id);
            let unseen = !core.unseen.is_empty();
            drop(core);
            drop(ended);
            unseen
        };
        if unseen {
            let (_, seq) = (self.seed)();
            let mut core = self.core.lock();
            let seen: Vec<_> = core.unseen.extract_if(.., |(number, _)| *number <= seq).collect();
            drop(core);
            drop(seen);
        }
    }

    /// The replay under way, or a new one; `None` when memory does not stand in for the store.
    pub(super) fn replay(self: &Arc<Self>) -> Option<Replay> {
        let mut core = self.core.lock();
        let id = core.next_id();
        let down = core.down.as_mut()?;
        if let Some(replay) = &down.replay {
            return Some(replay.clone());
        }
        let (work, handle) = self.replay_shim(id, down.kept.iter().cloned().collect());
        let (inner, shared) = (Arc::clone(&self.inner), Arc::downgrade(self));
        let done: BoxFuture<'static, _> = Box::pin(async move {
            let ended = inner.transact(work).await;
            if let Some(shared) = shared.upgrade() {
                shared.end_replay(id);
            }
            ended
        });
        Some(down.replay.insert(Replay { id, handle, done: done.shared() }).clone())
    }

    fn end_replay(&self, id: u64) {
        let mut core = self.core.lock();
        let ended = core.down.as_mut().and_then(|down| down.replay.take_if(|replay| replay.id == id));
        drop(core);
        drop(ended);
    }

    /// Nobody waits for this replay any longer: it is taken back, unless the store has begun it.
    pub(super) fn give_up(&self, replay: &Replay) {
        self.set_stuck(Stuck::new(replay.handle.clone(), Box::pin(replay.done.clone().map(drop))));
        if replay.handle.withdraw() {
            self.end_replay(replay.id);
        }
    }

    /// The store has taken `tasks`, the oldest of what is kept, as its write number `seq`.
    pub(super) fn replayed(&self, id: u64, seq: u64, tasks: &[Arc<Task>]) {
        let mut core = self.core.lock();
        core.commits += 1;
        let Some(down) = &mut core.down else { return };
        down.kept.drain(..tasks.len().min(down.kept.len()));
        down.replayed += tasks.len() as u64;
        let replay = down.replay.take_if(|replay| replay.id == id);
        let mut over = None;
        if down.kept.is_empty() {
            let (replayed, dropped) = (down.replayed, down.dropped);
            over = core.down.take();
            core.events.push_back(Outage::Recovered { replayed, dropped });
        }
        // The next outage must know of it, until the snapshot does.
        core.unseen.push((seq, tasks.to_vec()));
        drop(core);
        drop((replay, over));
    }
}
