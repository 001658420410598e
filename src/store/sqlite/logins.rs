//! The room of logins: the ledger of active users with its notes, and durable facts. Leases have a file of their own.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::params;

use super::accounts::apply;
use super::codec::Col;
use super::fail::Fail;
use super::leases;
use super::tx::Tx;
use super::user_row::{Note, UserRow};
use super::users::{load, save};
use crate::model::{
    BillingDay, BillingMonth, CountedLogin, Elapsed, Lease, LeaseAnswer, LeaseEnd, LoginId, Moment, Owner,
    Pseudonym, Timestamp, UserFacts, Wait,
};
use crate::store::{Logins, Pass, Sent, StoreError};

/// Changes a user's row.
fn change<T>(t: &mut Tx<'_>, user: Pseudonym, change: impl FnOnce(&mut UserRow) -> T) -> Result<T, Fail> {
    let before = load(t, user)?;
    let mut row = before.clone();
    let answer = change(&mut row);
    save(t, user, &before, row);
    Ok(answer)
}

/// The months in which anybody was counted who was counted in a later one since, the last one first.
pub(super) fn months_listed(t: &Tx<'_>) -> Result<Vec<BillingMonth>, Fail> {
    let mut statement = t.prepare("SELECT DISTINCT month FROM active ORDER BY month DESC")?;
    let months = statement.query_map([], |row| row.get(0).map(BillingMonth::from_number))?;
    Ok(months.collect::<Result<_, _>>()?)
}

/// Whether the user is in the list of active users of `month`: that of the last month is in the user's row, those of
/// the months before in a table.
pub(super) fn is_listed(
    t: &Tx<'_>,
    user: Pseudonym,
    row: &UserRow,
    month: BillingMonth,
) -> Result<bool, Fail> {
    if row.month == Some(month) && !row.unlisted {
        return Ok(true);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM active WHERE month = ? AND user = ?)";
    Ok(t.prepare(sql)?.query_row(params![month.number(), Col(user)], |row| row.get(0))?)
}

fn begin(t: &mut Tx<'_>, sent: &Sent) -> Result<(), Fail> {
    let note = Note { login: sent.login, at: sent.at, month: sent.month };
    change(t, sent.user, |row| {
        row.notes.retain(|known| known.login != sent.login);
        row.notes.push(note);
    })
}

fn clear(t: &mut Tx<'_>, user: Pseudonym, login: LoginId) -> Result<(), Fail> {
    change(t, user, |row| row.notes.retain(|known| known.login != login))
}

fn count(
    t: &mut Tx<'_>,
    user: Pseudonym,
    day: BillingDay,
    month: BillingMonth,
    at: Timestamp,
    pass: Pass,
) -> Result<CountedLogin, Fail> {
    let before = load(t, user)?;
    let mut row = before.clone();
    let mut active = row.active();
    let mut counted = active.count(day, month);
    (row.month, row.day) = (active.month, active.day);
    if pass == Pass::Replay && !counted.new_in_month && !is_listed(t, user, &before, month)? {
        counted.new_in_month = true;
        if before.month == Some(month) {
            row.unlisted = false;
        } else {
            t.prepare("INSERT OR IGNORE INTO active (month, user) VALUES (?, ?)")?
                .execute(params![month.number(), Col(user)])?;
        }
    } else if counted.new_in_month {
        if let Some(earlier) = before.month.filter(|_| !before.unlisted) {
            t.prepare("INSERT OR IGNORE INTO active (month, user) VALUES (?, ?)")?
                .execute(params![earlier.number(), Col(user)])?;
        }
        row.unlisted = false;
    }
    save(t, user, &before, row);
    let raised: arrayvec::ArrayVec<_, 2> = counted.counters(day, month, at).collect();
    apply(t, &raised)?;
    Ok(counted)
}

fn facts(t: &mut Tx<'_>, user: Pseudonym) -> Result<UserFacts, Fail> {
    Ok(load(t, user)?.facts.as_deref().cloned().unwrap_or_default())
}

fn save_facts(t: &mut Tx<'_>, user: Pseudonym, new: &UserFacts) -> Result<(), Fail> {
    change(t, user, |row| row.facts = (!new.is_empty()).then(|| Arc::new(new.clone())))
}

fn set_device_user(t: &mut Tx<'_>, user: Option<Pseudonym>) {
    if t.group.hot.device_user != user {
        let seq = t.seq;
        let hot = t.hot();
        (hot.device_user, hot.device_user_changed) = (user, seq);
    }
}

impl Logins for Tx<'_> {
    fn begin_login(&mut self, sent: &Sent) -> Result<(), StoreError> {
        let result = begin(self, sent);
        self.answer(result)
    }

    fn clear_login(&mut self, user: Pseudonym, login: LoginId) -> Result<(), StoreError> {
        let result = clear(self, user, login);
        self.answer(result)
    }

    fn count_active(
        &mut self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
        pass: Pass,
    ) -> Result<CountedLogin, StoreError> {
        let result = count(self, user, day, month, at, pass);
        self.answer(result)
    }

    fn acquire_lease(
        &mut self,
        user: Pseudonym,
        owner: Owner,
        wait: Wait,
        settle_for: Duration,
    ) -> Result<LeaseAnswer, StoreError> {
        let result = leases::acquire(self, user, owner, wait, settle_for);
        self.answer(result)
    }

    fn renew_lease(&mut self, user: Pseudonym, fence: u64, wait: Wait) -> Result<bool, StoreError> {
        let result = leases::renew(self, user, fence, wait);
        self.answer(result)
    }

    fn end_lease(
        &mut self,
        user: Pseudonym,
        fence: u64,
        end: LeaseEnd,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let result = leases::end(self, user, fence, end, now);
        self.answer(result)
    }

    fn lease(&mut self, user: Pseudonym) -> Result<Option<Lease>, StoreError> {
        let result = leases::lease(self, user);
        self.answer(result)
    }

    fn sweep_leases(&mut self, now: Elapsed, settle_for: Duration) -> Result<(), StoreError> {
        let result = leases::sweep(self, now, settle_for);
        self.answer(result)
    }

    fn facts(&mut self, user: Pseudonym) -> Result<UserFacts, StoreError> {
        let result = facts(self, user);
        self.answer(result)
    }

    fn save_facts(&mut self, user: Pseudonym, new: &UserFacts) -> Result<(), StoreError> {
        let result = save_facts(self, user, new);
        self.answer(result)
    }

    fn set_device_user(&mut self, user: Option<Pseudonym>) -> Result<(), StoreError> {
        set_device_user(self, user);
        Ok(())
    }
}
