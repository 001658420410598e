//! What the standby knows, behind one lock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::down::Down;
use super::loose::Loose;
use super::outcome::Outage;
use super::stuck::Stuck;
use super::task::{InFlight, Phase, Task};
use crate::model::Snapshot;
use crate::store::WhenLost;
use crate::store::state::State;

#[derive(Default)]
pub(super) struct Core {
    pub(super) down: Option<Down>,
    /// The line of the last memory that was made.
    pub(super) outages: u64,
    pub(super) last_id: u64,
    pub(super) in_flight: BTreeMap<u64, InFlight>,
    pub(super) stuck: Option<Arc<Stuck>>,
    /// What was replayed as which write of the store, until the snapshot shows it.
    pub(super) unseen: Vec<(u64, Vec<Arc<Task>>)>,
    pub(super) loose: Vec<Loose>,
    pub(super) events: VecDeque<Outage>,
    pub(super) telling: bool,
}

impl Core {
    pub(super) fn enter(&mut self, entry: InFlight) -> u64 {
        let id = self.next_id();
        self.in_flight.insert(id, entry);
        id
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A memory over `base`, which shows the store up to its write number `seq`, that also knows what came after.
    pub(super) fn seeded(&mut self, base: Arc<Snapshot>, seq: u64, when_lost: WhenLost) -> Down {
        self.outages += 1;
        let mut down = Down::over(State::over(base, seq, self.outages, when_lost));
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
