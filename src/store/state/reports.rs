//! Warnings given, and what is kept for each billing month.

use super::State;
use super::noted::{NotedMap, NotedSet};
use crate::model::{BillingMonth, Pseudonym, Timestamp};
use crate::store::{DeferredLogin, LoginTotals, MonthUsers, Reports, StoreError, WarningKey};

/// One billing month.
#[derive(Clone, Debug, Default)]
pub(super) struct Months {
    /// Users counted.
    pub(super) active: NotedSet<Pseudonym>,
    /// Users with a deferred login, and when they had the first.
    pub(super) deferred: NotedMap<Pseudonym, Timestamp>,
    /// Users seen on this device.
    pub(super) identities: NotedSet<Pseudonym>,
    pub(super) totals: LoginTotals,
}

impl Months {
    fn defer(&mut self, user: Pseudonym, at: Timestamp) -> bool {
        let first = !self.deferred.contains_key(&user);
        if first {
            self.deferred.insert_mut(user, at);
        }
        first
    }

    fn add<'n>(&mut self, totals: impl Iterator<Item = (&'n str, u64)>) {
        for (name, n) in totals {
            let total = self.totals.entry(name.to_owned()).or_default();
            *total = total.saturating_add(n);
        }
    }
}

impl State {
    /// Whether the user is in the list of active users of `month`.
    pub(super) fn is_active(&self, user: Pseudonym, month: BillingMonth) -> bool {
        self.months.get(&month).is_some_and(|kept| kept.active.contains(&user))
    }

    pub(super) fn in_month<T>(&mut self, month: BillingMonth, change: impl FnOnce(&mut Months) -> T) -> T {
        let mut kept = self.months.get(&month).cloned().unwrap_or_default();
        let answer = change(&mut kept);
        self.months.insert_mut(month, kept);
        answer
    }

    /// Months ahead have not begun: what is filed under them moves to `month`, but who is counted in them is not.
    pub(super) fn correct_months(&mut self, now: Timestamp, month: BillingMonth) {
        let ahead = self.months.iter().filter(|(ahead, _)| **ahead > month);
        let ahead: Vec<_> = ahead.map(|(month, kept)| (*month, kept.clone())).collect();
        for (from, kept) in ahead {
            self.months.remove_mut(&from);
            self.in_month(month, |month| {
                for (user, at) in kept.deferred.iter() {
                    month.defer(*user, (*at).min(now));
                }
                for user in kept.identities.iter() {
                    month.identities.insert_mut(*user);
                }
                month.add(kept.totals.iter().map(|(name, n)| (name.as_str(), *n)));
            });
        }
    }
}

impl Reports for State {
    fn mark_warned(&mut self, key: WarningKey) -> Result<bool, StoreError> {
        let new = !self.warned.contains(&key);
        self.warned.insert_mut(key);
        Ok(new)
    }

    fn rearm(&mut self, key: WarningKey) -> Result<bool, StoreError> {
        Ok(self.warned.remove_mut(&key))
    }

    fn defer_login(&mut self, deferred: DeferredLogin) -> Result<bool, StoreError> {
        Ok(self.in_month(deferred.month, |month| month.defer(deferred.user, deferred.at)))
    }

    fn month_users(&mut self, month: BillingMonth) -> Result<MonthUsers, StoreError> {
        let kept = self.months.get(&month).cloned().unwrap_or_default();
        let open = self.notes.iter().filter(|(_, note)| note.month == month).map(|(_, note)| note.user);
        let uncertain: std::collections::HashSet<_> =
            open.filter(|user| !kept.active.contains(user)).collect();
        let never = |user: &&Pseudonym| !kept.active.contains(*user) && !uncertain.contains(*user);
        Ok(MonthUsers {
            active: kept.active.size() as u64,
            uncertain: uncertain.len() as u64,
            deferred: kept.deferred.size() as u64,
            deferred_never_active: kept.deferred.keys().filter(never).count() as u64,
        })
    }

    fn add_totals(&mut self, month: BillingMonth, totals: &[(&'static str, u64)]) -> Result<(), StoreError> {
        self.in_month(month, |month| month.add(totals.iter().copied()));
        Ok(())
    }

    fn totals(&mut self, month: BillingMonth) -> Result<LoginTotals, StoreError> {
        Ok(self.months.get(&month).map(|month| month.totals.clone()).unwrap_or_default())
    }

    fn note_identity(&mut self, month: BillingMonth, user: Pseudonym) -> Result<u64, StoreError> {
        Ok(self.in_month(month, |month| {
            month.identities.insert_mut(user);
            month.identities.size() as u64
        }))
    }

    fn note_spelling(&mut self, normal: Pseudonym, user: Pseudonym) -> Result<Pseudonym, StoreError> {
        if let Some(first) = self.spellings.get(&normal) {
            return Ok(*first);
        }
        self.spellings.insert_mut(normal, user);
        Ok(user)
    }
}
