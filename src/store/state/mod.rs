//! A whole store as plain data. The memory store is this behind a lock; the standby goes on over one.
//!
//! Every part is a persistent map: a copy of the state costs nothing, and a change copies only the way to what
//! changed. So a transaction works on a copy, which replaces the state when the work succeeded and is dropped when it
//! failed in its middle.

mod catalogs;
mod counters;
mod logins;
mod noted;
mod outbox;
#[cfg(all(feature = "postgres", not(target_arch = "wasm32")))]
mod paged;
#[cfg(all(feature = "postgres", not(target_arch = "wasm32")))]
mod paged_in;
#[cfg(all(feature = "postgres", not(target_arch = "wasm32")))]
mod paged_look;
mod permits;
mod persisted;
mod persisted_v1;
mod records;
mod reports;
#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
mod rows;

use std::sync::Arc;

use rpds::RedBlackTreeSetSync;

#[cfg(all(feature = "postgres", not(target_arch = "wasm32")))]
pub(super) use paged::UNDER_WAY;

use super::work::{Pass, Work};
use super::{PermitId, StoreError, Transaction, WhenLost};
use crate::model::{BillingMonth, CounterKey, Lease, LoginId, PermitTerms, Pseudonym, Snapshot, Timestamp};

use counters::CounterRow;
use logins::{Note, UserRow};
use noted::{NotedMap, NotedSet};
use outbox::Waiting;
use permits::Permits;
use records::Singles;
use reports::Months;

/// The lines of a standby number their fences and outbox entries from here on, each line from a range of its own, so
/// that none of theirs is ever taken for one of the store's.
const LINE_RANGE: u32 = 48;

/// A row whose changes [`Records::changes_since`](super::Records::changes_since) reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RowKey {
    User(Pseudonym),
    Counter(CounterKey),
}

impl RowKey {
    const FIRST: Self = Self::User(Pseudonym([0; 16]));
}

/// Everything a store holds.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The number of the last write, or of the one that runs.
    seq: u64,
    line: u64,
    /// Names the commit that the works run now are a part of; 0 where each is committed alone.
    group: u64,
    /// The works that a store failed without knowing whether they were committed, and that were.
    #[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
    committed: Arc<std::collections::HashSet<u64>>,
    /// What a row is taken from that is not here yet.
    base: Option<Arc<Snapshot>>,
    /// The last write of the store that it shows.
    base_seq: u64,
    /// What may be granted while it stands in for a store.
    when_lost: WhenLost,
    singles: Singles,
    counters: NotedMap<CounterKey, CounterRow>,
    permits: Permits,
    happenings: NotedMap<[u8; 16], Timestamp>,
    terms: NotedMap<PermitId, (Timestamp, Arc<PermitTerms>)>,
    users: NotedMap<Pseudonym, UserRow>,
    notes: NotedMap<LoginId, Note>,
    leases: NotedMap<Pseudonym, Lease>,
    last_fence: u64,
    months: NotedMap<BillingMonth, Months>,
    warned: NotedSet<super::WarningKey>,
    spellings: NotedMap<Pseudonym, Pseudonym>,
    outbox: Waiting,
    /// Every row that changed, by the number of its last change: one entry for each row.
    changed: RedBlackTreeSetSync<(u64, RowKey)>,
}

impl State {
    /// A state that stands in for a store during its `line`th outage. Counters, users, the device's user and a reported suspension are taken
    /// from `base` at first touch; what a snapshot does not hold (leases, permits by name, reports, the outbox) is
    /// empty. Its sequence numbers go on after `seq`, on a line of their own: [`Records::changes_since`] reports the
    /// changes made here and none from before.
    ///
    /// [`Records::changes_since`]: super::Records::changes_since
    pub(super) fn over(base: Arc<Snapshot>, seq: u64, line: u64, when_lost: WhenLost) -> Self {
        let range = line << LINE_RANGE;
        Self {
            seq,
            line,
            singles: Singles {
                device_user: base.device_user,
                suspension: base.suspension,
                known_revision: base.entitlements.document.as_ref().map(|document| document.revision),
                ..Singles::default()
            },
            base: Some(base),
            base_seq: seq,
            when_lost,
            last_fence: range,
            outbox: Waiting::after(range),
            ..Self::default()
        }
    }

    /// Runs `work` as one transaction, all or nothing. Does not call [`Work::committed`].
    pub(super) fn transact(&mut self, work: &mut Work, pass: Pass) -> Result<(), StoreError> {
        let mut next = self.clone();
        if work.reads_only() {
            return work.run(&mut next, pass);
        }
        next.seq += 1;
        work.run(&mut next, pass)?;
        *self = next;
        Ok(())
    }

    /// Files the present change of a row under this write's number.
    fn stamp(&mut self, row: RowKey, before: Option<u64>) -> u64 {
        if let Some(before) = before {
            self.changed.remove_mut(&(before, row));
        }
        self.changed.insert_mut((self.seq, row));
        self.seq
    }

    /// Takes over everything of the base that is not here yet, so that it can be changed as a whole.
    fn absorb(&mut self) {
        let Some(base) = self.base.clone() else { return };
        for (key, _) in base.usage.iter() {
            if !self.counters.contains_key(&key) {
                self.counters.insert_mut(key, self.counter_row(&key));
            }
        }
        for (id, _) in base.ledger.iter() {
            if !self.users.contains_key(&id) {
                self.users.insert_mut(id, self.user_row(&id));
            }
        }
        self.base = None;
    }
}

impl Transaction for State {
    fn seq(&self) -> u64 {
        self.seq
    }

    fn line(&self) -> u64 {
        self.line
    }

    fn group(&self) -> u64 {
        self.group
    }

    #[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
    fn has_committed(&self, work: u64) -> bool {
        self.committed.contains(&work)
    }
}

#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
pub(super) use rows::RowChange;

#[cfg(test)]
mod tests;

#[cfg(test)]
mod format_tests;
