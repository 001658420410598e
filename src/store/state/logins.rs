//! The ledger, notes of logins on their way, leases, and durable facts about users.

use std::sync::Arc;
use std::time::Duration;

use super::{RowKey, State};
use crate::model::{
    BillingDay, BillingMonth, CountedLogin, Elapsed, Horizon, Lease, LeaseAnswer, LeaseEnd, LeaseEnded,
    LoginId, Moment, Owner, Pseudonym, Timestamp, User, UserFacts, Wait,
};
use crate::store::{Counters as _, Logins, Pass, Sent, StoreError};

/// One user. A row that holds nothing any more stays until the next pruning, so that its change is reported.
#[derive(Clone, Debug, Default)]
pub(super) struct UserRow {
    /// The write that changed it last.
    pub(super) seq: u64,
    pub(super) user: User,
    /// The open notes of this user.
    pub(super) open: Vec<LoginId>,
    /// The latest login of unknown end that a snapshot shows without its note.
    unnamed: Option<Timestamp>,
}

/// A login that was sent and whose end is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) user: Pseudonym,
    pub(super) at: Timestamp,
    pub(super) month: BillingMonth,
}

impl UserRow {
    pub(super) fn new(seq: u64, user: User) -> Self {
        Self { seq, user, ..Self::default() }
    }

    fn seeded(user: &User) -> Self {
        Self { seq: 0, user: user.clone(), open: Vec::new(), unnamed: user.active.uncertain }
    }

    /// The same row with the notes that are open in another version of it.
    #[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
    pub(super) fn with_notes_of(self, other: Self) -> Self {
        Self { open: other.open, ..self }
    }

    /// Takes back a note that was written before.
    pub(super) fn note(&mut self, login: LoginId, at: Timestamp) {
        self.open.push(login);
        self.user.active.uncertain = self.user.active.uncertain.max(Some(at));
    }
}

impl State {
    pub(super) fn user_row(&self, id: &Pseudonym) -> UserRow {
        if let Some(row) = self.users.get(id) {
            return row.clone();
        }
        let base = self.base.as_ref().and_then(|base| base.ledger.user(id));
        base.as_ref().map(UserRow::seeded).unwrap_or_default()
    }

    /// Replaces a row; one that did not change keeps its number.
    pub(super) fn put_user(&mut self, id: Pseudonym, mut row: UserRow) {
        let noted = row.open.iter().filter_map(|login| self.notes.get(login)).map(|note| note.at);
        row.user.active.uncertain = noted.chain(row.unnamed).max();
        if self.user_row(&id).user != row.user {
            row.seq = self.stamp(RowKey::User(id), self.users.get(&id).map(|row| row.seq));
        }
        self.users.insert_mut(id, row);
    }

    /// What is not known of a user's logins, by the notes.
    #[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
    pub(super) fn see_notes(&mut self, id: Pseudonym) {
        let Some(mut row) = self.users.get(&id).cloned() else { return };
        row.user.active.uncertain =
            row.open.iter().filter_map(|login| self.notes.get(login)).map(|note| note.at).max();
        self.users.insert_mut(id, row);
    }

    /// Another process has cleared a note; the user's row, with its number, comes by itself.
    #[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
    pub(super) fn close_note(&mut self, id: Pseudonym, login: LoginId) {
        let Some(mut row) = self.users.get(&id).cloned() else { return };
        row.open.retain(|open| *open != login);
        self.users.insert_mut(id, row);
        self.see_notes(id);
    }

    pub(super) fn add_note(&mut self, login: LoginId, note: Note) {
        self.drop_note(login);
        self.notes.insert_mut(login, note);
        let mut row = self.user_row(&note.user);
        row.open.push(login);
        self.put_user(note.user, row);
    }

    pub(super) fn drop_note(&mut self, login: LoginId) {
        let Some(note) = self.notes.get(&login).copied() else { return };
        self.notes.remove_mut(&login);
        let mut row = self.user_row(&note.user);
        row.open.retain(|open| *open != login);
        self.put_user(note.user, row);
    }

    /// Time was corrected: see [`correct_time`](crate::store::Records::correct_time).
    pub(super) fn correct_users(&mut self, now: Timestamp, day: BillingDay, month: BillingMonth) {
        let late: Vec<_> =
            self.notes.iter().filter(|(_, note)| note.at > now || note.month > month).collect();
        let late: Vec<_> = late.into_iter().map(|(login, note)| (*login, *note)).collect();
        for (login, note) in late {
            self.add_note(login, Note { at: note.at.min(now), month: note.month.min(month), ..note });
        }
        let rows: Vec<_> = self.users.iter().map(|(id, row)| (*id, row.clone())).collect();
        for (id, mut row) in rows {
            row.unnamed = row.unnamed.map(|at| at.min(now));
            let listed = self.months.keys().filter(|of| **of <= month && self.is_active(id, **of));
            let ahead = row.user.active.correct(now, day, month, listed.max().copied());
            self.put_user(id, row);
            if ahead {
                // Drawn from the user and the write: the same again whenever this work runs again.
                let login = LoginId(u128::from_be_bytes(id.0) ^ u128::from(self.seq).rotate_left(64));
                self.add_note(login, Note { user: id, at: now, month });
            }
        }
    }

    /// Files users that are needed at `since`, but not at `until`, as changed by this write.
    pub(super) fn recall_users(&mut self, since: &Horizon, until: &Horizon) {
        let wanted = |row: &UserRow| row.user.active.is_needed(since) && !row.user.active.is_needed(until);
        let rows = self.users.iter().filter(|(_, row)| wanted(row));
        let rows: Vec<_> = rows.map(|(id, row)| (*id, row.clone())).collect();
        for (id, mut row) in rows {
            row.seq = self.stamp(RowKey::User(id), Some(row.seq));
            self.users.insert_mut(id, row);
        }
    }

    /// Forgets users and notes that nothing at `horizon` or later needs.
    pub(super) fn prune_users(&mut self, horizon: &Horizon) {
        let past: Vec<_> = self.notes.iter().filter(|(_, note)| note.month < horizon.month).collect();
        let past: Vec<_> = past.into_iter().map(|(login, _)| *login).collect();
        for login in past {
            self.drop_note(login);
        }
        let lasting = |row: &UserRow| row.user.facts.as_deref().is_some_and(UserFacts::are_lasting);
        let needed = |row: &UserRow| row.user.active.is_needed(horizon) || lasting(row);
        let gone = self.users.iter().filter(|(_, row)| row.open.is_empty() && !needed(row));
        let gone: Vec<_> = gone.map(|(id, row)| (*id, row.seq)).collect();
        for (id, seq) in gone {
            self.users.remove_mut(&id);
            self.changed.remove_mut(&(seq, RowKey::User(id)));
        }
    }

    /// Forgets leases that ended before `horizon`.
    pub(super) fn prune_leases(&mut self, horizon: &Horizon) {
        let past = |lease: &Lease| lease.ended.is_some_and(|ended| ended.at < horizon.instant);
        let past: Vec<_> =
            self.leases.iter().filter(|(_, lease)| past(lease)).map(|(user, _)| *user).collect();
        for user in past {
            self.leases.remove_mut(&user);
        }
    }

    fn running(&self, user: Pseudonym, fence: u64) -> Option<Lease> {
        self.leases.get(&user).filter(|lease| lease.fence == fence && lease.ended.is_none()).copied()
    }
}

impl Logins for State {
    fn begin_login(&mut self, sent: &Sent) -> Result<(), StoreError> {
        self.add_note(sent.login, Note { user: sent.user, at: sent.at, month: sent.month });
        Ok(())
    }

    fn clear_login(&mut self, user: Pseudonym, login: LoginId) -> Result<(), StoreError> {
        if self.notes.get(&login).is_some_and(|note| note.user == user) {
            self.drop_note(login);
        }
        Ok(())
    }

    fn count_active(
        &mut self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
        pass: Pass,
    ) -> Result<CountedLogin, StoreError> {
        let mut row = self.user_row(&user);
        let mut counted = row.user.active.count(day, month);
        counted.new_in_month |= pass == Pass::Replay && !self.is_active(user, month);
        self.put_user(user, row);
        if counted.new_in_month {
            self.in_month(month, |month| month.active.insert_mut(user));
        }
        let ops: Vec<_> = counted.counters(day, month, at).collect();
        self.apply(&ops)?;
        Ok(counted)
    }

    fn acquire_lease(
        &mut self,
        user: Pseudonym,
        owner: Owner,
        wait: Wait,
        settle_for: Duration,
    ) -> Result<LeaseAnswer, StoreError> {
        if let Some(lease) = self.leases.get(&user).filter(|lease| lease.blocks(wait.begun, settle_for)) {
            return Ok(LeaseAnswer::Held(*lease));
        }
        self.last_fence += 1;
        let fence = self.last_fence;
        self.leases.insert_mut(user, Lease { owner, fence, wait, ended: None });
        Ok(LeaseAnswer::Granted { fence })
    }

    fn renew_lease(&mut self, user: Pseudonym, fence: u64, wait: Wait) -> Result<bool, StoreError> {
        let Some(lease) = self.running(user, fence) else { return Ok(false) };
        let now = wait.begun;
        // Never shortened.
        if lease.wait.left(now) < wait.left(now) {
            self.leases.insert_mut(user, Lease { wait, ..lease });
        }
        Ok(true)
    }

    fn end_lease(
        &mut self,
        user: Pseudonym,
        fence: u64,
        end: LeaseEnd,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let Some(lease) = self.running(user, fence) else { return Ok(false) };
        let ended = Some(LeaseEnded { end, at: now.at, elapsed: now.elapsed });
        self.leases.insert_mut(user, Lease { ended, ..lease });
        Ok(true)
    }

    fn lease(&mut self, user: Pseudonym) -> Result<Option<Lease>, StoreError> {
        Ok(self.leases.get(&user).copied())
    }

    fn sweep_leases(&mut self, now: Elapsed, settle_for: Duration) -> Result<(), StoreError> {
        let over = self.leases.iter().filter(|(_, lease)| !lease.blocks(now, settle_for));
        let over: Vec<_> = over.map(|(user, _)| *user).collect();
        for user in over {
            self.leases.remove_mut(&user);
        }
        Ok(())
    }

    fn facts(&mut self, user: Pseudonym) -> Result<UserFacts, StoreError> {
        Ok(self.user_row(&user).user.facts.as_deref().cloned().unwrap_or_default())
    }

    fn save_facts(&mut self, user: Pseudonym, facts: &UserFacts) -> Result<(), StoreError> {
        let mut row = self.user_row(&user);
        row.user.facts = (!facts.is_empty()).then(|| Arc::new(facts.clone()));
        self.put_user(user, row);
        Ok(())
    }

    fn set_device_user(&mut self, user: Option<Pseudonym>) -> Result<(), StoreError> {
        if self.singles.device_user != user {
            self.singles.device_user = user;
            self.singles.device_user_seq = self.seq;
        }
        Ok(())
    }
}
