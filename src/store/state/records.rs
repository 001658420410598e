//! Things of which a store has one, and reading it all.

use std::sync::Arc;

use super::catalogs::Served;
use super::{RowKey, State};
use crate::model::{
    Account, BillingDay, BillingMonth, Counter, Elapsed, Horizon, Lease, LeaseEnd, LeaseEnded, Owner,
    Pseudonym, ReportedSuspension, TimeRecord, Timestamp,
};
use crate::store::{
    Changes, Image, Install, Opened, Opening, ProcessRole, Records, Rows, StoreError, StoredCatalog,
    StoredDocument, SyncState,
};

/// Each with the number of the write that changed it last, where its changes are reported.
#[derive(Clone, Debug, Default)]
pub(super) struct Singles {
    pub(super) app: Option<u64>,
    pub(super) install: Option<Install>,
    pub(super) device: Option<String>,
    pub(super) roles: Vec<(ProcessRole, Owner)>,
    pub(super) document: Option<Arc<StoredDocument>>,
    pub(super) document_seq: u64,
    pub(super) catalogs: Served,
    /// The revision that a snapshot shows without the document.
    pub(super) known_revision: Option<u64>,
    pub(super) suspension: Option<ReportedSuspension>,
    pub(super) suspension_seq: u64,
    pub(super) sync: SyncState,
    pub(super) time: TimeRecord,
    pub(super) time_seq: u64,
    pub(super) device_user: Option<Pseudonym>,
    pub(super) device_user_seq: u64,
    /// Up to which month the past was forgotten last.
    pub(super) pruned: Option<BillingMonth>,
}

impl State {
    /// Ends what the instance `owner` left running.
    fn end_all_of(&mut self, owner: Owner, now: Elapsed) {
        // Opening knows no trusted time; the latest one seen is what the end can be dated.
        let at = self.singles.time.high_water;
        let left = self.leases.iter().filter(|(_, lease)| lease.owner == owner && lease.ended.is_none());
        let left: Vec<_> = left.map(|(user, lease)| (*user, *lease)).collect();
        for (user, lease) in left {
            let ended = Some(LeaseEnded { end: LeaseEnd::Abandoned, at, elapsed: now });
            self.leases.insert_mut(user, Lease { ended, ..lease });
        }
        let held = self.permits.iter().filter(|(_, permit)| permit.owner == Some(owner));
        let held: Vec<_> = held.map(|(id, _)| id).collect();
        for id in held {
            self.drop_permit(id);
        }
    }

    fn take_role(&mut self, role: ProcessRole, owner: Owner, now: Elapsed) {
        let last = self.singles.roles.iter().find(|(of, _)| *of == role).map(|(_, last)| *last);
        if let Some(last) = last.filter(|last| *last != owner) {
            self.end_all_of(last, now);
        }
        self.singles.roles.retain(|(of, _)| *of != role);
        self.singles.roles.push((role, owner));
    }

    fn put_suspension(&mut self, suspension: Option<ReportedSuspension>) {
        if self.singles.suspension != suspension {
            self.singles.suspension = suspension;
            self.singles.suspension_seq = self.seq;
        }
    }
}

impl Records for State {
    fn open(&mut self, opening: &Opening) -> Result<Opened, StoreError> {
        let wanted = opening.app.get();
        if let Some(found) = self.singles.app.filter(|found| *found != wanted) {
            return Err(StoreError::OtherApp { found, wanted });
        }
        self.singles.app = Some(wanted);
        let known = self.singles.device.clone();
        let moved = known.is_some() && opening.device.is_some() && known != opening.device;
        self.singles.device = opening.device.clone().or(known);
        let drawn = &opening.candidate;
        let install = match self.singles.install.take() {
            Some(held) if moved || opening.renew => Install { salt: held.salt, ..drawn.clone() },
            // Stores of the first version had none.
            Some(held) if held.install_id.is_empty() => {
                Install { install_id: drawn.install_id.clone(), ..held }
            }
            Some(held) => held,
            None => drawn.clone(),
        };
        self.singles.install = Some(install.clone());
        if let Some(role) = opening.role {
            self.take_role(role, opening.owner, opening.now);
        }
        Ok(Opened { install, moved })
    }

    fn image(&mut self, since: BillingMonth, now: Elapsed, rows: &mut dyn Rows) -> Result<Image, StoreError> {
        let mut whole = self.clone();
        whole.absorb();
        let horizon = Horizon::new(since);
        rows.expect(whole.counters.size(), whole.users.size());
        for key in whole.counters.keys().filter(|key| !key.is_past(&horizon)) {
            let counter = whole.counter_at(key, now, None);
            if counter != Counter::default() {
                rows.counter(*key, counter);
            }
        }
        let wanted = whole.users.iter().filter(|(_, row)| {
            let active = row.user.active;
            active.is_needed(&horizon) || active.uncertain.is_some() || row.user.facts.is_some()
        });
        wanted.for_each(|(id, row)| rows.user(*id, row.user.clone()));
        let warned = whole.warned.iter().filter(|key| !key.counter.is_past(&horizon));
        Ok(Image {
            seq: whole.seq,
            device_user: whole.singles.device_user,
            warned: warned.copied().collect(),
            document: whole.singles.document.as_deref().cloned(),
            catalogs: whole.singles.catalogs.rows().map(|(_, kept)| kept.clone()).collect(),
            suspension: whole.singles.suspension,
            sync: whole.singles.sync.clone(),
            time: whole.singles.time,
            outbox_dropped: whole.outbox.dropped,
        })
    }

    fn changes_since(&mut self, seq: u64, now: Elapsed) -> Result<Changes, StoreError> {
        let mut changes = Changes { seq: self.seq, ..Changes::default() };
        for (_, row) in self.changed.range((seq.saturating_add(1), RowKey::FIRST)..) {
            match row {
                RowKey::Counter(key) => changes.counters.push((*key, self.counter_at(key, now, None))),
                RowKey::User(id) => changes.users.push((*id, self.user_row(id).user)),
            }
        }
        let singles = &self.singles;
        changes.device_user = (singles.device_user_seq > seq).then_some(singles.device_user);
        changes.document = singles.document.as_deref().filter(|_| singles.document_seq > seq).cloned();
        changes.catalogs = singles.catalogs.since(seq);
        changes.suspension = (singles.suspension_seq > seq).then_some(singles.suspension);
        changes.time = (singles.time_seq > seq).then_some(singles.time);
        Ok(changes)
    }

    fn document(&mut self) -> Result<Option<StoredDocument>, StoreError> {
        Ok(self.singles.document.as_deref().cloned())
    }

    fn save_document(&mut self, document: &StoredDocument) -> Result<bool, StoreError> {
        let held = self.singles.document.as_ref().map(|held| held.revision).or(self.singles.known_revision);
        if held > Some(document.revision) {
            return Ok(false);
        }
        self.singles.document = Some(Arc::new(document.clone()));
        self.singles.document_seq = self.seq;
        let believed = self.singles.suspension.filter(|held| held.revision >= document.revision);
        self.put_suspension(believed);
        Ok(true)
    }

    fn replace_document(&mut self, document: &StoredDocument) -> Result<(), StoreError> {
        self.singles.document = Some(Arc::new(document.clone()));
        self.singles.document_seq = self.seq;
        Ok(())
    }

    fn save_catalog(&mut self, catalog: &StoredCatalog) -> Result<(), StoreError> {
        self.singles.catalogs.save(catalog, self.seq);
        Ok(())
    }

    fn save_suspension(&mut self, suspension: Option<&ReportedSuspension>) -> Result<(), StoreError> {
        self.put_suspension(suspension.copied());
        Ok(())
    }

    fn save_sync(&mut self, state: &SyncState) -> Result<(), StoreError> {
        self.singles.sync = state.clone();
        Ok(())
    }

    fn save_time(&mut self, time: &TimeRecord) -> Result<(), StoreError> {
        self.singles.time = *time;
        self.singles.time_seq = self.seq;
        Ok(())
    }

    fn time(&mut self) -> Result<TimeRecord, StoreError> {
        Ok(self.singles.time)
    }

    fn correct_time(
        &mut self,
        now: Timestamp,
        day: BillingDay,
        month: BillingMonth,
    ) -> Result<(), StoreError> {
        self.absorb();
        // What is forgotten of months that have not begun may be there again.
        self.singles.pruned = self.singles.pruned.min(Some(month)).filter(|_| self.singles.pruned.is_some());
        let rows: Vec<_> = self.counters.iter().map(|(key, row)| (*key, row.account.clone())).collect();
        for (key, account) in rows {
            let mut corrected = account.clone();
            if key.is_ahead(day, month) {
                corrected = Account::default();
            }
            corrected.clamp(now);
            if corrected != account {
                self.put_account(key, corrected);
            }
        }
        let ahead = self.warned.iter().filter(|key| key.counter.is_ahead(day, month));
        let ahead: Vec<_> = ahead.copied().collect();
        for key in ahead {
            self.warned.remove_mut(&key);
        }
        self.correct_users(now, day, month);
        self.correct_permits(day, month);
        self.correct_months(now, month);
        let late = self.happenings.iter().filter(|(_, at)| **at > now);
        let late: Vec<_> = late.map(|(key, _)| *key).collect();
        for key in late {
            self.happenings.insert_mut(key, now);
        }
        let late: Vec<_> = self
            .terms
            .iter()
            .filter(|(_, (at, _))| *at > now)
            .map(|(id, (_, terms))| (*id, crate::model::PermitTerms::clone(terms)))
            .collect();
        for (id, mut terms) in late {
            terms.clamp(now);
            self.terms.insert_mut(id, (now, Arc::new(terms)));
        }
        if let Some(reported) = self.singles.suspension.filter(|reported| reported.at > now) {
            self.singles.suspension = Some(ReportedSuspension { at: now, ..reported });
            self.singles.suspension_seq = self.seq;
        }
        self.singles.catalogs.correct(now, self.seq);
        if let Some(document) = self.singles.document.as_deref().filter(|held| held.fetched_at > now) {
            self.singles.document = Some(Arc::new(StoredDocument { fetched_at: now, ..document.clone() }));
            self.singles.document_seq = self.seq;
        }
        Ok(())
    }

    fn recall(&mut self, since: BillingMonth, until: BillingMonth) -> Result<(), StoreError> {
        self.absorb();
        let (since, until) = (Horizon::new(since), Horizon::new(until));
        let rows = self.counters.iter().filter(|(key, _)| !key.is_past(&since) && key.is_past(&until));
        let rows: Vec<_> = rows.map(|(key, row)| (*key, row.account.clone())).collect();
        for (key, account) in rows {
            self.put_account(key, account);
        }
        self.recall_users(&since, &until);
        Ok(())
    }

    fn prune(&mut self, before: BillingMonth) -> Result<(), StoreError> {
        if self.singles.pruned >= Some(before) {
            return Ok(());
        }
        self.singles.pruned = Some(before);
        self.absorb();
        let horizon = Horizon::new(before);
        self.prune_leases(&horizon);
        // Not what has become empty: other processes may not have followed that change yet.
        let gone = self.counters.iter().filter(|(key, _)| key.is_past(&horizon));
        let gone: Vec<_> = gone.map(|(key, row)| (*key, row.seq)).collect();
        for (key, seq) in gone {
            self.counters.remove_mut(&key);
            self.changed.remove_mut(&(seq, RowKey::Counter(key)));
        }
        self.prune_users(&horizon);
        let past: Vec<_> = self.warned.iter().filter(|key| key.counter.is_past(&horizon)).copied().collect();
        for key in past {
            self.warned.remove_mut(&key);
        }
        let past: Vec<_> = self.months.keys().filter(|month| **month < before).copied().collect();
        for month in past {
            self.months.remove_mut(&month);
        }
        let past = self.happenings.iter().filter(|(_, at)| **at < horizon.instant);
        let past: Vec<_> = past.map(|(key, _)| *key).collect();
        for key in past {
            self.happenings.remove_mut(&key);
        }
        let past: Vec<_> =
            self.terms.iter().filter(|(_, (at, _))| *at < horizon.instant).map(|(id, _)| *id).collect();
        for id in past {
            self.terms.remove_mut(&id);
        }
        Ok(())
    }
}
