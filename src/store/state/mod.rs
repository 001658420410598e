//! A whole store as plain, serialisable data with pure operations. The memory store is this behind a lock.

mod counters;
mod logins;
mod outbox;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::port::{
    Image, Install, Lease, LoginTotals, Marks, PermitId, StoredDocument, SyncState, WarningKey,
};
use super::rules::Horizon;
use super::text::{Key, Who};
use crate::model::{BillingMonth, Timestamp};

use counters::{Account, Permit};
use logins::Entry;
use outbox::Outbox;

/// Everything a store holds. Months and days are kept as their numbers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    install: Option<Install>,
    document: Option<StoredDocument>,
    sync: SyncState,
    marks: Marks,
    counters: BTreeMap<Key, Account>,
    permits: BTreeMap<PermitId, Permit>,
    ledger: BTreeMap<Who, Entry>,
    active: BTreeMap<i32, BTreeSet<Who>>,
    deferred: BTreeMap<i32, BTreeMap<Who, Timestamp>>,
    identities: BTreeMap<i32, BTreeSet<Who>>,
    totals: BTreeMap<i32, LoginTotals>,
    leases: BTreeMap<Who, Lease>,
    last_fence: u64,
    warned: BTreeSet<(Key, u8)>,
    outbox: Outbox,
}

impl State {
    pub(super) fn install(&mut self, candidate: &Install) -> Install {
        self.install.get_or_insert_with(|| candidate.clone()).clone()
    }

    pub(super) fn load(&self, since: BillingMonth) -> Image {
        let horizon = Horizon::new(since);
        Image {
            counters: self
                .counters
                .iter()
                .filter(|(key, _)| !horizon.past(&key.0))
                .map(|(key, account)| (key.0, account.tally.counter(self.held(key))))
                .collect(),
            ledger: self
                .ledger
                .iter()
                .filter(|(_, entry)| entry.uncertain.is_some() || entry.month >= Some(since.number()))
                .map(|(who, entry)| (who.0, entry.active_user()))
                .collect(),
            warned: self
                .warned
                .iter()
                .filter(|(key, _)| !horizon.past(&key.0))
                .map(|&(key, threshold)| WarningKey { counter: key.0, threshold })
                .collect(),
            document: self.document.clone(),
            sync: self.sync.clone(),
            marks: self.marks,
            outbox_dropped: self.outbox.dropped,
        }
    }

    pub(super) fn save_document(&mut self, document: &StoredDocument) -> bool {
        if self.document.as_ref().is_some_and(|held| held.revision > document.revision) {
            return false;
        }
        self.document = Some(document.clone());
        true
    }

    pub(super) fn save_sync(&mut self, sync: &SyncState) {
        self.sync = sync.clone();
    }

    pub(super) fn raise_marks(&mut self, marks: Marks, take_back: bool) -> Marks {
        self.marks = self.marks.raised(marks, take_back);
        if take_back {
            let latest = Some(self.marks.high_water);
            for account in self.counters.values_mut() {
                account.tally.as_of = account.tally.as_of.min(latest);
            }
        }
        self.marks
    }

    pub(super) fn mark_warned(&mut self, key: WarningKey) -> bool {
        self.warned.insert((Key(key.counter), key.threshold))
    }

    pub(super) fn rearm(&mut self, key: WarningKey) -> bool {
        self.warned.remove(&(Key(key.counter), key.threshold))
    }

    pub(super) fn add_totals(&mut self, month: BillingMonth, totals: &[(&str, u64)]) {
        let kept = self.totals.entry(month.number()).or_default();
        for &(name, n) in totals {
            let total = kept.entry(name.to_owned()).or_default();
            *total = total.saturating_add(n);
        }
    }

    pub(super) fn totals(&self, month: BillingMonth) -> LoginTotals {
        self.totals.get(&month.number()).cloned().unwrap_or_default()
    }

    pub(super) fn prune(&mut self, before: BillingMonth) {
        let horizon = Horizon::new(before);
        let month = before.number();
        self.counters.retain(|key, _| !horizon.past(&key.0));
        for account in self.counters.values_mut() {
            account.forget_times_before(horizon.additions);
        }
        self.permits.retain(|_, permit| permit.expires >= horizon.instant);
        self.warned.retain(|(key, _)| !horizon.past(&key.0));
        self.ledger.retain(|_, entry| entry.needed(&horizon));
        self.leases.retain(|_, lease| lease.until >= horizon.instant);
        self.active.retain(|&m, _| m >= month);
        self.deferred.retain(|&m, _| m >= month);
        self.identities.retain(|&m, _| m >= month);
        self.totals.retain(|&m, _| m >= month);
    }
}
