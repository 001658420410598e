//! What happens to a standby: a write ends, memory takes over, the store has caught up.

use std::sync::Arc;

use crate::lock::Mutex;
use futures_util::FutureExt as _;

use super::core::Core;
use super::down::Replay;
use super::loose::Loose;
use super::outcome::{Outage, Ran};
use super::stuck::Stuck;
use super::task::{InFlight, Task};
use crate::model::Snapshot;
use crate::store::{Pass, Store, StoreError};

#[cfg(not(target_arch = "wasm32"))]
pub(super) type Seed = Box<dyn Fn() -> (Arc<Snapshot>, u64) + Send + Sync>;
#[cfg(target_arch = "wasm32")]
pub(super) type Seed = Box<dyn Fn() -> (Arc<Snapshot>, u64)>;

#[cfg(not(target_arch = "wasm32"))]
pub(super) type Listener = Box<dyn Fn(Outage) + Send + Sync>;
#[cfg(target_arch = "wasm32")]
pub(super) type Listener = Box<dyn Fn(Outage)>;

/// What the clones of a standby share.
pub(super) struct Shared {
    pub(super) inner: Arc<dyn Store>,
    pub(super) seed: Seed,
    pub(super) listener: Listener,
    pub(super) core: Mutex<Core>,
}

impl Shared {
    /// One of the two lets go of a write.
    pub(super) fn let_go(&self, id: u64, part: impl FnOnce(&mut InFlight)) {
        let mut core = self.core.lock();
        let Some(entry) = core.in_flight.get_mut(&id) else { return };
        part(entry);
        let forgotten = !entry.store_has_it && !entry.caller_has_it;
        let gone = forgotten.then(|| core.in_flight.remove(&id));
        drop(core);
        drop(gone);
    }

    /// The store lets go of a write. Where it did not commit it and memory runs it already, memory keeps it from here on:
    /// its caller may come to hear of it only when memory does not stand in any more, and what was granted to it would
    /// be granted again meanwhile.
    pub(super) fn store_lets_go(&self, id: u64) {
        let mut core = self.core.lock();
        let Core { in_flight, down, outages, .. } = &mut *core;
        if let (Some(entry), Some(down)) = (in_flight.get_mut(&id), down)
            && entry.applied_in == Some(*outages)
            && entry.kept.is_none()
        {
            entry.kept = Some(down.keep(&entry.task));
        }
        drop(core);
        self.let_go(id, |entry| entry.store_has_it = false);
    }

    pub(super) fn set_stuck(&self, stuck: Stuck) {
        let before = self.core.lock().stuck.replace(Arc::new(stuck));
        drop(before);
    }

    /// Whether the store still holds a work that it did not get to in time.
    pub(super) fn is_stuck(&self) -> bool {
        let Some(stuck) = self.core.lock().stuck.clone() else { return false };
        let over = stuck.is_over();
        if over {
            let mut core = self.core.lock();
            if core.stuck.as_ref().is_some_and(|now| Arc::ptr_eq(now, &stuck)) {
                core.stuck = None;
            }
        }
        !over
    }

    /// The store has ended a write.
    pub(super) fn ended(&self, id: u64, task: &Arc<Task>, ended: Result<(), StoreError>) -> Ran {
        let Err(error) = ended else { return Ran::Durable };
        let mut core = self.core.lock();
        let entry = core.in_flight.remove(&id);
        if let Some(kept) = entry.as_ref().and_then(|entry| entry.kept.clone()) {
            drop(core);
            return kept;
        }
        let applied_in = entry.and_then(|entry| entry.applied_in);
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
        let mut core = self.core.lock();
        if let Some(down) = &mut core.down {
            return down.take(task, pass);
        }
        // Under the lock: no write can end between the snapshot and what it is completed with.
        let (base, seq) = (self.seed)();
        let mut down = core.seeded(base, seq, self.inner.when_lost());
        let ran = down.take(task, pass);
        if matches!(ran, Ran::Failed(_)) {
            // The write refuses to run, which says nothing of the store.
            drop(core);
            return ran;
        }
        core.events.push_back(Outage::Failed { error: error.clone() });
        let loose = std::mem::take(&mut core.loose);
        let (withdrawn, begun): (Vec<_>, _) =
            loose.into_iter().partition(|loose: &Loose| loose.handle.withdraw());
        core.loose = begun;
        for loose in &withdrawn {
            down.take(&loose.task, Pass::First);
        }
        core.down = Some(down);
        drop(core);
        // Not under the lock: letting go of a write takes it.
        for loose in withdrawn {
            self.let_go(loose.id, |entry| entry.caller_has_it = false);
        }
        ran
    }

    /// A write was committed by the store, and the snapshot shows it.
    pub(super) fn committed(&self, id: u64) {
        let mut core = self.core.lock();
        let ended = core.in_flight.remove(&id);
        let mut seen = Vec::new();
        // A seed that memory stands on already must not be drawn again.
        if core.down.is_none() && !core.unseen.is_empty() {
            let (_, seq) = (self.seed)();
            seen.extend(core.unseen.extract_if(.., |(number, _)| *number <= seq));
        }
        drop(core);
        drop((ended, seen));
    }

    pub(super) fn end_replay(&self, id: u64, taken: bool) {
        let mut core = self.core.lock();
        let ended = core.down.as_mut().and_then(|down| {
            down.proven &= taken;
            down.replay.take_if(|replay| replay.id == id)
        });
        drop(core);
        drop(ended);
    }

    /// Nobody waits for this replay any longer: it is taken back, unless the store has begun it.
    pub(super) fn give_up(&self, replay: &Replay) {
        self.set_stuck(Stuck::new(replay.handle.clone(), Box::pin(replay.done.clone().map(drop))));
        if replay.handle.withdraw() {
            self.end_replay(replay.id, false);
        }
    }

    /// The store has taken `tasks`, the oldest of what is kept, as its write number `seq`.
    pub(super) fn replayed(&self, id: u64, seq: u64, tasks: &[Arc<Task>]) {
        let mut core = self.core.lock();
        let Some(down) = &mut core.down else { return };
        down.kept.drain(..tasks.len().min(down.kept.len()));
        down.replayed += tasks.len() as u64;
        down.proven = true;
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

    /// Calls the listener, one event after the other.
    pub(super) fn announce(&self) {
        struct Telling<'s>(&'s Shared);
        impl Drop for Telling<'_> {
            fn drop(&mut self) {
                self.0.core.lock().telling = false;
            }
        }
        loop {
            let event = {
                let mut core = self.core.lock();
                if core.telling {
                    // Whoever is at it goes on until nothing is left.
                    return;
                }
                let Some(event) = core.events.pop_front() else { return };
                core.telling = true;
                event
            };
            let _telling = Telling(self);
            (self.listener)(event);
        }
    }
}
