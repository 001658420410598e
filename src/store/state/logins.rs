//! The ledger, leases, deferred logins and identities.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::State;
use crate::model::{ActiveUser, BillingDay, BillingMonth, Pseudonym, Timestamp};
use crate::store::port::{CountedLogin, DeferredLogin, Lease, LeaseAnswer, LeaseEnd, Owner};
use crate::store::rules::{Horizon, blocks, count, raised_by};
use crate::store::text::Who;

/// A user's line in the ledger.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) month: Option<i32>,
    pub(super) day: Option<i32>,
    pub(super) uncertain: Option<Timestamp>,
}

impl Entry {
    pub(super) fn active_user(self) -> ActiveUser {
        ActiveUser {
            month: self.month.map(BillingMonth::from_number),
            day: self.day.map(BillingDay::from_number),
            uncertain: self.uncertain,
        }
    }

    pub(super) fn needed(&self, horizon: &Horizon) -> bool {
        self.month >= Some(horizon.month.number()) || self.uncertain >= Some(horizon.instant)
    }
}

impl From<ActiveUser> for Entry {
    fn from(user: ActiveUser) -> Self {
        Self {
            month: user.month.map(BillingMonth::number),
            day: user.day.map(BillingDay::number),
            uncertain: user.uncertain,
        }
    }
}

impl State {
    pub(in crate::store) fn begin_login(&mut self, user: Pseudonym, at: Timestamp) {
        self.ledger.entry(Who(user)).or_default().uncertain = Some(at);
    }

    pub(in crate::store) fn count_login(
        &mut self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
    ) -> CountedLogin {
        let entry = self.ledger.entry(Who(user)).or_default();
        let (known, counted) = count(entry.active_user(), day, month);
        *entry = known.into();
        if counted.new_in_month {
            self.active.entry(month.number()).or_default().insert(Who(user));
        }
        for key in raised_by(counted, day, month) {
            self.add(key, 1, at);
        }
        counted
    }

    pub(in crate::store) fn fail_login(&mut self, user: Pseudonym) {
        if let Some(entry) = self.ledger.get_mut(&Who(user)) {
            entry.uncertain = None;
            if entry.month.is_none() && entry.day.is_none() {
                self.ledger.remove(&Who(user));
            }
        }
    }

    pub(in crate::store) fn acquire_lease(
        &mut self,
        user: Pseudonym,
        owner: Owner,
        now: Timestamp,
        ttl: Duration,
        settle_for: Duration,
    ) -> LeaseAnswer {
        if let Some(lease) = self.leases.get(&Who(user)).filter(|lease| blocks(lease, now, settle_for)) {
            return LeaseAnswer::Held(*lease);
        }
        self.last_fence += 1;
        let fence = self.last_fence;
        self.leases.insert(Who(user), Lease { owner, fence, until: now.plus(ttl), ended: None });
        LeaseAnswer::Granted { fence }
    }

    fn running(&mut self, user: Pseudonym, fence: u64) -> Option<&mut Lease> {
        self.leases.get_mut(&Who(user)).filter(|lease| lease.fence == fence && lease.ended.is_none())
    }

    pub(in crate::store) fn renew_lease(&mut self, user: Pseudonym, fence: u64, until: Timestamp) -> bool {
        self.running(user, fence).map(|lease| lease.until = lease.until.max(until)).is_some()
    }

    pub(in crate::store) fn end_lease(&mut self, user: Pseudonym, fence: u64, end: LeaseEnd) -> bool {
        self.running(user, fence).map(|lease| lease.ended = Some(end)).is_some()
    }

    pub(in crate::store) fn lease(&self, user: Pseudonym) -> Option<Lease> {
        self.leases.get(&Who(user)).copied()
    }

    pub(in crate::store) fn defer_login(&mut self, deferred: DeferredLogin) -> bool {
        let month = self.deferred.entry(deferred.month.number()).or_default();
        let first = !month.contains_key(&Who(deferred.user));
        month.entry(Who(deferred.user)).or_insert(deferred.at);
        first
    }

    pub(in crate::store) fn deferred(&self, month: BillingMonth) -> (u64, u64) {
        let Some(users) = self.deferred.get(&month.number()) else { return (0, 0) };
        let active = self.active.get(&month.number());
        let never = users.keys().filter(|who| active.is_none_or(|active| !active.contains(who))).count();
        (users.len() as u64, never as u64)
    }

    pub(in crate::store) fn active_users(&self, month: BillingMonth) -> (u64, u64) {
        let counted = self.active.get(&month.number()).map_or(0, std::collections::BTreeSet::len);
        let uncertain = self.ledger.values().filter(|entry| entry.uncertain.is_some()).count();
        (counted as u64, uncertain as u64)
    }

    pub(in crate::store) fn note_identity(&mut self, month: BillingMonth, user: Pseudonym) -> u64 {
        let seen = self.identities.entry(month.number()).or_default();
        seen.insert(Who(user));
        seen.len() as u64
    }
}
