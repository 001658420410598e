//! Rows that a group of works has read or changed. Each is read once and written once for the group, however many works
//! touch it; the next group has them still, unless another process has written in between.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::account_row::{self, AccountRow};
use super::fail::Fail;
use super::owners::Owners;
use super::user_row::{self, UserRow};
use crate::model::{Account, CounterKey, Pseudonym};

/// So many rows of a kind are remembered for the next group.
const MOST: usize = 256;

/// A row as it now stands, and whether the file has it so.
#[derive(Debug)]
struct Held<R> {
    row: R,
    written: bool,
}

#[derive(Debug, Default)]
pub(super) struct Cache {
    users: BTreeMap<Pseudonym, Held<UserRow>>,
    accounts: BTreeMap<CounterKey, Held<AccountRow>>,
}

impl Cache {
    pub(super) fn user(&self, id: &Pseudonym) -> Option<&UserRow> {
        self.users.get(id).map(|held| &held.row)
    }

    /// Remembers a row as the file has it.
    pub(super) fn know_user(&mut self, id: Pseudonym, row: UserRow) {
        self.users.insert(id, Held { row, written: true });
    }

    pub(super) fn put_user(&mut self, id: Pseudonym, row: UserRow) {
        self.users.insert(id, Held { row, written: false });
    }

    pub(super) fn account(&self, key: &CounterKey) -> Option<&Account> {
        self.accounts.get(key).map(|held| &held.row.account)
    }

    /// Which write changed an account last.
    pub(super) fn account_changed(&self, key: &CounterKey) -> Option<u64> {
        self.accounts.get(key).map(|held| held.row.changed)
    }

    /// Remembers a row as the file has it.
    pub(super) fn know_account(&mut self, key: CounterKey, row: AccountRow) {
        self.accounts.insert(key, Held { row, written: true });
    }

    pub(super) fn change_account(&mut self, key: CounterKey, seq: u64, change: impl FnOnce(&mut Account)) {
        let held =
            self.accounts.entry(key).or_insert_with(|| Held { row: AccountRow::default(), written: false });
        change(&mut held.row.account);
        held.row.changed = seq;
        held.written = false;
    }

    /// Has a row, which is `filed` in the file, say that it changed in write `seq`, or later.
    pub(super) fn stamp_account(&mut self, key: CounterKey, seq: u64, filed: AccountRow) {
        let held = self.accounts.entry(key).or_insert(Held { row: filed, written: true });
        if held.row.changed < seq {
            held.row.changed = seq;
            held.written = false;
        }
    }

    /// Writes what the file does not have yet, in the order in which the file keeps it.
    pub(super) fn write(&mut self, connection: &Connection, owners: &mut Owners) -> Result<(), Fail> {
        for (id, held) in self.users.iter_mut().filter(|(_, held)| !held.written) {
            user_row::write(connection, owners, *id, &mut held.row)?;
            held.written = true;
        }
        for (key, held) in self.accounts.iter_mut().filter(|(_, held)| !held.written) {
            account_row::write(connection, key, &held.row)?;
            held.written = true;
        }
        Ok(())
    }

    /// Forgets rows, all of which are written, when they are many.
    pub(super) fn trim(&mut self) {
        if self.users.len() > MOST {
            self.users.clear();
        }
        if self.accounts.len() > MOST {
            self.accounts.clear();
        }
    }

    /// Forgets rows: statements over whole tables follow.
    pub(super) fn clear(&mut self) {
        self.users.clear();
        self.accounts.clear();
    }
}
