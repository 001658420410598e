//! Permits that are neither used nor given back, found by name, by counter and by end.

use std::ops::Bound;
use std::sync::Arc;

use rpds::{HashTrieMapSync, HashTrieSetSync, RedBlackTreeSetSync};

use super::noted::NotedMap;
use crate::model::{CounterKey, Elapsed, Hold, Owner};
use crate::store::PermitId;

/// Room held, and by whom.
#[derive(Clone, Debug)]
pub(super) struct Permit {
    pub(super) hold: Hold,
    pub(super) owner: Option<Owner>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Permits {
    pub(super) all: NotedMap<PermitId, Arc<Permit>>,
    by_counter: HashTrieMapSync<CounterKey, HashTrieSetSync<PermitId>>,
    by_end: RedBlackTreeSetSync<(Elapsed, PermitId)>,
    by_beginning: RedBlackTreeSetSync<(Elapsed, PermitId)>,
}

impl Permits {
    pub(super) fn insert(&mut self, id: PermitId, permit: Permit) {
        self.remove(id);
        for (key, _) in &permit.hold.items {
            let mut on = self.by_counter.get(key).cloned().unwrap_or_default();
            on.insert_mut(id);
            self.by_counter.insert_mut(*key, on);
        }
        self.by_end.insert_mut((permit.hold.wait.end(), id));
        self.by_beginning.insert_mut((permit.hold.wait.begun, id));
        self.all.insert_mut(id, Arc::new(permit));
    }

    pub(super) fn remove(&mut self, id: PermitId) -> Option<Arc<Permit>> {
        let permit = self.all.get(&id).cloned()?;
        self.all.remove_mut(&id);
        for (key, _) in &permit.hold.items {
            let Some(on) = self.by_counter.get(key) else { continue };
            let on = on.remove(&id);
            if on.is_empty() {
                self.by_counter.remove_mut(key);
            } else {
                self.by_counter.insert_mut(*key, on);
            }
        }
        self.by_end.remove_mut(&(permit.hold.wait.end(), id));
        self.by_beginning.remove_mut(&(permit.hold.wait.begun, id));
        Some(permit)
    }

    #[cfg(all(feature = "postgres", not(target_arch = "wasm32")))]
    pub(super) fn get(&self, id: PermitId) -> Option<&Permit> {
        self.all.get(&id).map(|permit| &**permit)
    }

    /// The permits that hold room in `key`.
    pub(super) fn on<'p>(&'p self, key: &CounterKey) -> impl Iterator<Item = (PermitId, &'p Permit)> {
        let ids = self.by_counter.get(key).into_iter().flat_map(HashTrieSetSync::iter);
        ids.filter_map(|id| Some((*id, &**self.all.get(id)?)))
    }

    /// The permits whose wait is over at `now`: those that have ended, and those of another boot, which began later.
    pub(super) fn lapsed(&self, now: Elapsed) -> Vec<PermitId> {
        let ended = self.by_end.range(..=(now, PermitId(u128::MAX)));
        let ahead = (Bound::Excluded((now, PermitId(u128::MAX))), Bound::Unbounded);
        let candidates = ended.chain(self.by_beginning.range(ahead));
        let mut lapsed: Vec<_> = candidates
            .filter(|(_, id)| self.all.get(id).is_some_and(|permit| permit.hold.wait.is_over(now)))
            .map(|(_, id)| *id)
            .collect();
        lapsed.sort_unstable();
        lapsed.dedup();
        lapsed
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PermitId, &Permit)> {
        self.all.iter().map(|(id, permit)| (*id, &**permit))
    }
}
