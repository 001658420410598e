//! The ledger, notes of logins on their way, leases, and facts about users.

use std::time::Duration;

use super::backing::{Fail, Scan};
use super::row::{RowId, Single, Table};
use super::tx::Tx;
use crate::model::{
    BillingDay, BillingMonth, CountedLogin, CounterKey, Elapsed, Lease, LeaseAnswer, LeaseEnd, LimitId,
    LoginId, Moment, Owner, Pseudonym, Subject, Timestamp, UserFacts, Wait,
};
use crate::store::{Logins, Pass, Sent, StoreError};

impl Tx<'_, '_> {
    fn need_user(&mut self, user: Pseudonym) -> Result<(), StoreError> {
        let ready = self.group.need(&[RowId::User(user)]);
        self.answer(ready)
    }

    fn need_lease(&mut self, user: Pseudonym) -> Result<(), StoreError> {
        let ready = self.group.need(&[RowId::Lease(user)]);
        self.answer(ready)
    }

    /// Reads what the instance `owner` left running, and gives it.
    pub(super) fn need_all_of(&mut self, owner: Owner) -> Result<Vec<RowId>, Fail> {
        // Among the leases that are changed, but not written yet, there may be some.
        self.group.write_back()?;
        let mut rows = self.group.need_all(Table::Leases, &Scan::Part(format!("{:032x}", owner.0)))?;
        self.group.need_permits()?;
        let held = self.group.state.permits_where(|_, _, of| of == Some(owner));
        self.group.need(&held)?;
        rows.extend(held);
        Ok(rows)
    }
}

impl Logins for Tx<'_, '_> {
    fn begin_login(&mut self, sent: &Sent) -> Result<(), StoreError> {
        self.need_user(sent.user)?;
        self.mark([RowId::User(sent.user)]);
        self.group.state.begin_login(sent)
    }

    fn clear_login(&mut self, user: Pseudonym, login: LoginId) -> Result<(), StoreError> {
        self.need_user(user)?;
        if self.group.state.notes().any(|(held, of, _)| held == login && of == user) {
            self.mark([RowId::User(user)]);
        }
        self.group.state.clear_login(user, login)
    }

    fn count_active(
        &mut self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
        pass: Pass,
    ) -> Result<CountedLogin, StoreError> {
        let row = |limit| RowId::Counter(CounterKey::within(limit, Subject::App, day, month));
        let active = RowId::Active(month, user);
        let rows = [RowId::User(user), active, row(LimitId::FreeMau), row(LimitId::FreeDau)];
        let ready = self.group.need(&rows);
        self.answer(ready)?;
        let counted = self.group.state.count_active(user, day, month, at, pass)?;
        if counted.new_in_month {
            self.mark([active]);
        }
        Ok(counted)
    }

    fn acquire_lease(
        &mut self,
        user: Pseudonym,
        owner: Owner,
        wait: Wait,
        settle_for: Duration,
    ) -> Result<LeaseAnswer, StoreError> {
        self.need_lease(user)?;
        let answer = self.group.state.acquire_lease(user, owner, wait, settle_for)?;
        if matches!(answer, LeaseAnswer::Granted { .. }) {
            self.mark([RowId::Lease(user)]);
        }
        Ok(answer)
    }

    fn renew_lease(&mut self, user: Pseudonym, fence: u64, wait: Wait) -> Result<bool, StoreError> {
        self.need_lease(user)?;
        let renewed = self.group.state.renew_lease(user, fence, wait)?;
        if renewed {
            self.mark([RowId::Lease(user)]);
        }
        Ok(renewed)
    }

    fn end_lease(
        &mut self,
        user: Pseudonym,
        fence: u64,
        end: LeaseEnd,
        now: Moment,
    ) -> Result<bool, StoreError> {
        self.need_lease(user)?;
        let ended = self.group.state.end_lease(user, fence, end, now)?;
        if ended {
            self.mark([RowId::Lease(user)]);
        }
        Ok(ended)
    }

    fn lease(&mut self, user: Pseudonym) -> Result<Option<Lease>, StoreError> {
        self.need_lease(user)?;
        self.group.state.lease(user)
    }

    fn sweep_leases(&mut self, now: Elapsed, settle_for: Duration) -> Result<(), StoreError> {
        let swept = self.group.sweep(now, settle_for).and_then(|()| self.group.settle_in());
        self.mark([]);
        self.answer(swept)
    }

    fn facts(&mut self, user: Pseudonym) -> Result<UserFacts, StoreError> {
        self.need_user(user)?;
        self.group.state.facts(user)
    }

    fn save_facts(&mut self, user: Pseudonym, facts: &UserFacts) -> Result<(), StoreError> {
        self.need_user(user)?;
        self.group.state.save_facts(user, facts)
    }

    fn set_device_user(&mut self, user: Option<Pseudonym>) -> Result<(), StoreError> {
        self.mark([RowId::Single(Single::DeviceUser)]);
        self.group.state.set_device_user(user)
    }
}
