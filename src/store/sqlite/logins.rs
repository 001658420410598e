//! The room of logins: the ledger of active users with its notes, and durable facts. Leases have a file of their own.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params};

use super::accounts::apply;
use super::codec::{Col, from_json_if_any, to_json};
use super::fail::Fail;
use super::leases;
use super::tx::Tx;
use crate::model::{
    ActiveUser, BillingDay, BillingMonth, CountedLogin, Elapsed, Lease, LeaseAnswer, LeaseEnd, LoginId,
    Moment, Owner, Pseudonym, Timestamp, User, UserFacts, Wait,
};
use crate::store::{Logins, Sent, StoreError};

/// The users that changed after a write, by the index.
pub(super) const CHANGED: &str = "SELECT user, month, day, uncertain, facts FROM users WHERE changed > ?";

/// The users of an image: counted from a month on, with a login of unknown end, or with facts.
const KEPT: &str = "SELECT user, month, day, uncertain, facts FROM users
                    WHERE month >= ? OR uncertain IS NOT NULL OR facts IS NOT NULL";

fn read_active(row: &Row<'_>, at: usize) -> rusqlite::Result<ActiveUser> {
    Ok(ActiveUser {
        month: row.get::<_, Option<i32>>(at)?.map(BillingMonth::from_number),
        day: row.get::<_, Option<i32>>(at + 1)?.map(BillingDay::from_number),
        uncertain: row.get::<_, Option<Col<Timestamp>>>(at + 2)?.map(|col| col.0),
    })
}

fn read_user(row: &Row<'_>) -> rusqlite::Result<(Pseudonym, User)> {
    let facts = from_json_if_any::<UserFacts>(row, 4)?.map(Arc::new);
    Ok((row.get::<_, Col<Pseudonym>>(0)?.0, User { active: read_active(row, 1)?, facts }))
}

fn users_of(t: &Tx<'_>, sql: &str, values: impl rusqlite::Params) -> Result<Vec<(Pseudonym, User)>, Fail> {
    let mut statement = t.prepare(sql)?;
    let rows = statement.query_map(values, read_user)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Users that changed after write `seq`.
pub(super) fn changed(t: &Tx<'_>, seq: u64) -> Result<Vec<(Pseudonym, User)>, Fail> {
    users_of(t, CHANGED, params![Col(seq)])
}

/// The users that an image from `since` on holds.
pub(super) fn kept(
    t: &Tx<'_>,
    since: BillingMonth,
    mut give: impl FnMut(Pseudonym, User),
) -> Result<(), Fail> {
    let mut statement = t.prepare(KEPT)?;
    let mut rows = statement.query(params![since.number()])?;
    while let Some(row) = rows.next()? {
        let (id, user) = read_user(row)?;
        give(id, user);
    }
    Ok(())
}

pub(super) fn all(t: &Tx<'_>) -> Result<Vec<(Pseudonym, User)>, Fail> {
    users_of(t, "SELECT user, month, day, uncertain, facts FROM users", [])
}

fn active(t: &Tx<'_>, user: Pseudonym) -> Result<ActiveUser, Fail> {
    let sql = "SELECT month, day, uncertain FROM users WHERE user = ?";
    Ok(t.prepare(sql)?
        .query_row(params![Col(user)], |row| read_active(row, 0))
        .optional()?
        .unwrap_or_default())
}

/// Keeps where a user is counted. Facts stay as they are.
pub(super) fn keep(t: &Tx<'_>, user: Pseudonym, active: &ActiveUser) -> Result<(), Fail> {
    t.prepare(
        "INSERT INTO users (user, month, day, uncertain, changed) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (user) DO UPDATE SET month = excluded.month, day = excluded.day,
             uncertain = excluded.uncertain, changed = excluded.changed",
    )?
    .execute(params![
        Col(user),
        active.month.map(BillingMonth::number),
        active.day.map(BillingDay::number),
        active.uncertain.map(Col),
        Col(t.seq)
    ])?;
    Ok(())
}

/// The months in which anybody was counted, the last one first.
pub(super) fn months_counted(t: &Tx<'_>) -> Result<Vec<BillingMonth>, Fail> {
    let mut statement = t.prepare("SELECT DISTINCT month FROM active ORDER BY month DESC")?;
    let months = statement.query_map([], |row| row.get(0).map(BillingMonth::from_number))?;
    Ok(months.collect::<Result<_, _>>()?)
}

/// Writes a note.
pub(super) fn note(t: &Tx<'_>, sent: &Sent) -> Result<(), Fail> {
    t.prepare("REPLACE INTO notes (login, user, at, month) VALUES (?, ?, ?, ?)")?.execute(params![
        Col(sent.login.0),
        Col(sent.user),
        Col(sent.at),
        sent.month.number()
    ])?;
    Ok(())
}

/// Takes a user's `uncertain` from the notes, after those have changed.
pub(super) fn renote(t: &Tx<'_>, user: Pseudonym) -> Result<(), Fail> {
    let latest = t
        .prepare("SELECT max(at) FROM notes WHERE user = ?")?
        .query_row(params![Col(user)], |row| row.get::<_, Option<Col<Timestamp>>>(0))?;
    let uncertain = latest.map(|col| col.0);
    let entry = active(t, user)?;
    if entry.uncertain == uncertain { Ok(()) } else { keep(t, user, &ActiveUser { uncertain, ..entry }) }
}

fn user_of(t: &Tx<'_>, login: LoginId) -> Result<Option<Pseudonym>, Fail> {
    Ok(t.prepare("SELECT user FROM notes WHERE login = ?")?
        .query_row(params![Col(login.0)], |row| row.get::<_, Col<Pseudonym>>(0))
        .optional()?
        .map(|col| col.0))
}

fn begin(t: &Tx<'_>, sent: &Sent) -> Result<(), Fail> {
    let before = user_of(t, sent.login)?;
    note(t, sent)?;
    if let Some(other) = before.filter(|user| *user != sent.user) {
        renote(t, other)?;
    }
    renote(t, sent.user)
}

fn clear(t: &Tx<'_>, login: LoginId) -> Result<(), Fail> {
    let Some(user) = user_of(t, login)? else { return Ok(()) };
    t.prepare("DELETE FROM notes WHERE login = ?")?.execute(params![Col(login.0)])?;
    renote(t, user)
}

fn count(
    t: &Tx<'_>,
    user: Pseudonym,
    day: BillingDay,
    month: BillingMonth,
    at: Timestamp,
) -> Result<CountedLogin, Fail> {
    let before = active(t, user)?;
    let mut entry = before;
    let counted = entry.count(day, month);
    if entry != before {
        keep(t, user, &entry)?;
    }
    if counted.new_in_month {
        t.prepare("INSERT OR IGNORE INTO active (month, user) VALUES (?, ?)")?
            .execute(params![month.number(), Col(user)])?;
    }
    let raised: Vec<_> = counted.counters(day, month, at).collect();
    apply(t, &raised)?;
    Ok(counted)
}

fn facts(t: &Tx<'_>, user: Pseudonym) -> Result<UserFacts, Fail> {
    let facts = t
        .prepare("SELECT facts FROM users WHERE user = ?")?
        .query_row(params![Col(user)], |row| from_json_if_any(row, 0))
        .optional()?;
    Ok(facts.flatten().unwrap_or_default())
}

fn save_facts(t: &Tx<'_>, user: Pseudonym, new: &UserFacts) -> Result<(), Fail> {
    if facts(t, user)? == *new {
        return Ok(());
    }
    let text = (!new.is_empty()).then(|| to_json(new)).transpose()?;
    t.prepare(
        "INSERT INTO users (user, facts, changed) VALUES (?, ?, ?)
         ON CONFLICT (user) DO UPDATE SET facts = excluded.facts, changed = excluded.changed",
    )?
    .execute(params![Col(user), text, Col(t.seq)])?;
    Ok(())
}

fn set_device_user(t: &Tx<'_>, user: Option<Pseudonym>) -> Result<(), Fail> {
    t.prepare("UPDATE singles SET device_user = ?1, device_user_changed = ?2 WHERE device_user IS NOT ?1")?
        .execute(params![user.map(Col), Col(t.seq)])?;
    Ok(())
}

impl Logins for Tx<'_> {
    fn begin_login(&mut self, sent: &Sent) -> Result<(), StoreError> {
        let result = begin(self, sent);
        self.answer(result)
    }

    fn clear_login(&mut self, login: LoginId) -> Result<(), StoreError> {
        let result = clear(self, login);
        self.answer(result)
    }

    fn count_active(
        &mut self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
    ) -> Result<CountedLogin, StoreError> {
        let result = count(self, user, day, month, at);
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
        let result = set_device_user(self, user);
        self.answer(result)
    }
}
