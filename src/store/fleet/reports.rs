//! Warnings given, deferred logins, totals, identities seen.

use std::collections::BTreeSet;

use super::backing::{Fail, Scan};
use super::row::{RowId, Table};
use super::tx::Tx;
use crate::model::{BillingMonth, Pseudonym};
use crate::store::{DeferredLogin, LoginTotals, MonthUsers, Reports, StoreError, WarningKey};

/// Among the totals of a month: how many identities were seen in it. No name of the login guard's is like it.
const SEEN: &str = "#identities";

impl Tx<'_, '_> {
    fn users_of(&mut self, month: BillingMonth) -> Result<MonthUsers, Fail> {
        self.group.write_back()?;
        let number = month.number();
        let active = self.group.backing.count(Table::Active, Some(number))?;
        self.group.need_all(Table::Users, &Scan::Part(crate::store::state::UNDER_WAY.to_owned()))?;
        let open: BTreeSet<_> =
            self.group.state.notes().filter(|(_, _, of)| *of == month).map(|(_, user, _)| user).collect();
        let mut deferred = BTreeSet::new();
        self.group.backing.scan(Table::Deferred, &Scan::Month(number), &mut |row, _| {
            if let RowId::Deferred(_, user) = row {
                deferred.insert(user);
            }
            Ok(())
        })?;
        let rows: Vec<_> = open.union(&deferred).map(|user| RowId::Active(month, *user)).collect();
        self.group.need(&rows)?;
        let counted = |user: &Pseudonym| self.group.state.page(&RowId::Active(month, *user)).is_some();
        let uncertain: BTreeSet<_> = open.into_iter().filter(|user| !counted(user)).collect();
        let never = deferred.iter().filter(|user| !counted(user) && !uncertain.contains(user)).count();
        Ok(MonthUsers {
            active,
            uncertain: uncertain.len() as u64,
            deferred: deferred.len() as u64,
            deferred_never_active: never as u64,
        })
    }

    fn see(&mut self, month: BillingMonth, user: Pseudonym) -> Result<u64, Fail> {
        let (row, totals) = (RowId::Identity(month, user), RowId::Totals(month));
        self.group.need(&[row, totals])?;
        let seen = self.group.state.total(month, SEEN);
        if self.group.state.page(&row).is_some() {
            return Ok(seen);
        }
        self.group.state.note_identity(month, user)?;
        self.group.state.set_total(month, SEEN, seen + 1);
        self.mark([row, totals]);
        Ok(seen + 1)
    }

    /// Counts again how many identities were seen in a month: those of months ahead were moved to it.
    pub(super) fn recount(&mut self, month: BillingMonth) -> Result<(), Fail> {
        self.group.write_back()?;
        let seen = self.group.backing.count(Table::Identities, Some(month.number()))?;
        if self.group.state.total(month, SEEN) != seen {
            self.group.state.set_total(month, SEEN, seen);
            self.mark([RowId::Totals(month)]);
        }
        Ok(())
    }
}

impl Reports for Tx<'_, '_> {
    fn mark_warned(&mut self, key: WarningKey) -> Result<bool, StoreError> {
        let ready = self.group.need(&[RowId::Warned(key)]);
        self.answer(ready)?;
        let new = self.group.state.mark_warned(key)?;
        if new {
            self.mark([RowId::Warned(key)]);
        }
        Ok(new)
    }

    fn rearm(&mut self, key: WarningKey) -> Result<bool, StoreError> {
        let ready = self.group.need(&[RowId::Warned(key)]);
        self.answer(ready)?;
        let armed = self.group.state.rearm(key)?;
        if armed {
            self.mark([RowId::Warned(key)]);
        }
        Ok(armed)
    }

    fn defer_login(&mut self, deferred: DeferredLogin) -> Result<bool, StoreError> {
        let row = RowId::Deferred(deferred.month, deferred.user);
        let ready = self.group.need(&[row]);
        self.answer(ready)?;
        let first = self.group.state.defer_login(deferred)?;
        if first {
            self.mark([row]);
        }
        Ok(first)
    }

    fn month_users(&mut self, month: BillingMonth) -> Result<MonthUsers, StoreError> {
        let users = self.users_of(month);
        self.answer(users)
    }

    fn add_totals(&mut self, month: BillingMonth, totals: &[(&'static str, u64)]) -> Result<(), StoreError> {
        let ready = self.group.need(&[RowId::Totals(month)]);
        self.answer(ready)?;
        self.mark([RowId::Totals(month)]);
        self.group.state.add_totals(month, totals)
    }

    fn totals(&mut self, month: BillingMonth) -> Result<LoginTotals, StoreError> {
        let ready = self.group.need(&[RowId::Totals(month)]);
        self.answer(ready)?;
        let mut totals = self.group.state.totals(month)?;
        totals.remove(SEEN);
        Ok(totals)
    }

    fn note_identity(&mut self, month: BillingMonth, user: Pseudonym) -> Result<u64, StoreError> {
        let seen = self.see(month, user);
        self.answer(seen)
    }

    fn note_spelling(&mut self, normal: Pseudonym, user: Pseudonym) -> Result<Pseudonym, StoreError> {
        let row = RowId::Spelling(normal);
        let ready = self.group.need(&[row]);
        self.answer(ready)?;
        let known = self.group.state.page(&row).is_some();
        let first = self.group.state.note_spelling(normal, user)?;
        if !known {
            self.mark([row]);
        }
        Ok(first)
    }
}
