//! A state row by row, as a server keeps it that many processes share.
//!
//! Every row has a name and a text. A state that notes what is touched gives the rows that a write changed, and takes
//! rows that others changed. The rooms are in files of the same names as elsewhere.

mod counters;
mod logins;
mod name;
mod outbox;
mod records;
mod reports;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use self::name::Name;
use super::{RowKey, State};
use crate::store::StoreError;
use crate::store::fleet::page::Shift;
use crate::store::kept::{self, Read};

/// A row as it now stands; `None` where it is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct RowChange {
    pub(in crate::store) name: String,
    pub(in crate::store) text: Option<String>,
}

impl RowChange {
    /// Whether there may be waits in it, which are measured by the clock of the machine that began them.
    pub(in crate::store) fn has_waits(&self) -> bool {
        match self.name.as_bytes() {
            b"main" | [b'l' | b'p' | b'm', b'/', ..] => true,
            [b'u', b'/', ..] => self.text.as_deref().is_some_and(|text| text.contains("\"facts\"")),
            _ => false,
        }
    }
}

/// The value of a row. What does not fit is named by its kind and its fields: the text is private.
fn value<T: Read>(kind: &str, text: &str) -> Result<T, StoreError> {
    kept::from_json(text).map_err(|error| match error {
        StoreError::Backend { why } => StoreError::Backend { why: format!("a row of {kind}: {why}") },
        error => error,
    })
}

fn misfit(kind: &str) -> StoreError {
    StoreError::Backend { why: format!("a row of {kind} has no text that fits") }
}

impl State {
    /// Begins to note what is touched; nothing is noted so far.
    pub(in crate::store) fn note_rows(&mut self) {
        self.counters.notes.begin();
        self.permits.all.notes.begin();
        self.happenings.notes.begin();
        self.terms.notes.begin();
        self.users.notes.begin();
        self.notes.notes.begin();
        self.leases.notes.begin();
        self.warned.notes.begin();
        self.spellings.notes.begin();
        self.outbox.notes.begin();
        let months: BTreeSet<_> = if self.months.notes.is_on() {
            self.months.notes.keys().iter().copied().collect()
        } else {
            self.months.keys().copied().collect()
        };
        for month in months {
            if let Some(mut kept) = self.months.get(&month).cloned() {
                kept.active.notes.begin();
                kept.deferred.notes.begin();
                kept.identities.notes.begin();
                self.months.insert_mut(month, kept);
            }
        }
        self.months.notes.begin();
    }

    /// The rows that were changed since [`Self::note_rows`], when the state was `before`.
    pub(in crate::store) fn rows_changed(&self, before: &Self) -> Vec<RowChange> {
        let mut touched = BTreeSet::new();
        self.touched_records(before, &mut touched);
        touched.extend(self.counters.notes.keys().iter().copied().map(Name::Counter));
        touched.extend(self.permits.all.notes.keys().iter().copied().map(Name::Permit));
        touched.extend(self.terms.notes.keys().iter().copied().map(Name::Terms));
        touched.extend(self.happenings.notes.keys().iter().copied().map(Name::Happening));
        touched.extend(self.users.notes.keys().iter().copied().map(Name::User));
        touched.extend(self.notes.notes.keys().iter().copied().map(Name::Note));
        touched.extend(self.leases.notes.keys().iter().copied().map(Name::Lease));
        touched.extend(self.spellings.notes.keys().iter().copied().map(Name::Spelling));
        touched.extend(self.warned.notes.keys().iter().copied().map(Name::Warned));
        touched.extend(self.outbox.notes.keys().iter().copied().map(Name::Event));
        self.touched_months(before, &mut touched);
        let stands = touched.into_iter().map(|name| (name, self.row_text(name)));
        // A row that was written again as it was is no change.
        let changed = stands.filter(|(name, text)| before.row_text(*name) != *text);
        changed.map(|(name, text)| RowChange { name: name.text(), text }).collect()
    }

    /// All rows.
    pub(in crate::store) fn all_rows(&self) -> Vec<RowChange> {
        let mut names = BTreeSet::from([Name::Main, Name::Numbers, Name::Document]);
        names.extend(self.singles.catalogs.rows().map(|(_, kept)| Name::Catalog(kept.id)));
        names.extend(self.counters.keys().copied().map(Name::Counter));
        names.extend(self.permits.iter().map(|(id, _)| Name::Permit(id)));
        names.extend(self.terms.keys().copied().map(Name::Terms));
        names.extend(self.happenings.keys().copied().map(Name::Happening));
        names.extend(self.users.keys().copied().map(Name::User));
        names.extend(self.notes.keys().copied().map(Name::Note));
        names.extend(self.leases.keys().copied().map(Name::Lease));
        names.extend(self.spellings.keys().copied().map(Name::Spelling));
        names.extend(self.warned.iter().copied().map(Name::Warned));
        names.extend(self.outbox.iter().map(|entry| Name::Event(entry.seq)));
        for month in self.months.keys() {
            self.names_of_month(*month, &mut names);
        }
        let rows = names.into_iter().map(|name| RowChange { name: name.text(), text: self.row_text(name) });
        rows.filter(|row| row.text.is_some()).collect()
    }

    /// Has every row count as changed by write `seq`: whoever follows by numbers then reads them all.
    pub(in crate::store) fn renumber(&mut self, seq: u64) {
        self.seq = seq;
        let counters: Vec<_> = self.counters.iter().map(|(key, row)| (*key, row.clone())).collect();
        for (key, mut row) in counters {
            row.seq = self.stamp(RowKey::Counter(key), Some(row.seq));
            self.counters.insert_mut(key, row);
        }
        let users: Vec<_> = self.users.iter().map(|(id, row)| (*id, row.clone())).collect();
        for (id, mut row) in users {
            row.seq = self.stamp(RowKey::User(id), Some(row.seq));
            self.users.insert_mut(id, row);
        }
        let singles = &mut self.singles;
        (singles.document_seq, singles.suspension_seq) = (seq, seq);
        (singles.time_seq, singles.device_user_seq) = (seq, seq);
        singles.catalogs.renumber(seq);
    }

    /// The number of the last write.
    pub(in crate::store) const fn last_write(&self) -> u64 {
        self.seq
    }

    /// Says that all writes up to `seq` are in it.
    pub(in crate::store) const fn reach(&mut self, seq: u64) {
        self.seq = seq;
    }

    /// Names the commit that the works run from here on are a part of, and the works that turned out to be committed.
    pub(in crate::store) fn begin_group(&mut self, group: u64, committed: Arc<HashSet<u64>>) {
        self.group = group;
        self.committed = committed;
    }

    /// Whose it is before anybody has opened it, and where fences and entries of the outbox go on.
    pub(in crate::store) const fn of_app(&mut self, app: u64) {
        self.singles.app = Some(app);
    }

    /// Fences and entries of the outbox go on so much further: some may have been given that are not known here.
    pub(in crate::store) const fn skip(&mut self, ahead: u64) {
        self.last_fence += ahead;
        self.outbox.last_seq += ahead;
    }
    fn row_text(&self, name: Name) -> Option<String> {
        match name {
            Name::Main | Name::Numbers | Name::Document | Name::Catalog(_) => self.record_text(name),
            Name::Counter(key) => self.counter_text(&key),
            Name::Permit(id) => self.permit_text(id),
            Name::Terms(id) => self.terms_text(id),
            Name::Happening(key) => self.happenings.get(&key).map(kept_text),
            Name::User(user) => self.user_text(user),
            Name::Note(login) => self.note_text(login),
            Name::Lease(user) => self.leases.get(&user).map(kept_text),
            Name::Spelling(normal) => self.spellings.get(&normal).map(kept_text),
            Name::Warned(key) => self.warned.contains(&key).then(String::new),
            Name::Active(month, _)
            | Name::Deferred(month, _)
            | Name::Identity(month, _)
            | Name::Totals(month) => self.months.get(&month).and_then(|kept| kept.row_text(name)),
            Name::Event(seq) => self.outbox.entry(seq).map(kept_text),
        }
    }

    /// Takes over a row as another process has left it. A row of a kind that this version does not know stays where it
    /// is.
    /// Its waits were measured where `shift` says.
    pub(in crate::store) fn take_row(
        &mut self,
        name: &str,
        text: Option<&str>,
        shift: Shift,
    ) -> Result<(), StoreError> {
        let Some(name) = Name::of(name) else { return Ok(()) };
        match name {
            Name::Main | Name::Numbers | Name::Document | Name::Catalog(_) => {
                self.take_record(name, text, shift)
            }
            Name::Counter(key) => self.take_counter(key, text),
            Name::Permit(id) => self.take_permit(id, text, shift),
            Name::Terms(id) => self.take_terms_row(id, text, shift),
            Name::Happening(key) => put(&mut self.happenings, key, "happenings", text),
            Name::User(user) => self.take_user(user, text, shift),
            Name::Note(login) => self.take_note(login, text),
            Name::Lease(user) => self.take_lease(user, text, shift),
            Name::Spelling(normal) => put(&mut self.spellings, normal, "spellings", text),
            Name::Warned(key) => {
                match text {
                    Some(_) => self.warned.insert_mut(key),
                    None => drop(self.warned.remove_mut(&key)),
                }
                Ok(())
            }
            Name::Active(month, _)
            | Name::Deferred(month, _)
            | Name::Identity(month, _)
            | Name::Totals(month) => self.in_month(month, |kept| kept.take_row(name, text)),
            Name::Event(seq) => self.take_event(seq, text),
        }
    }
}

fn kept_text<T: kept::Write>(value: &T) -> String {
    kept::to_json(value)
}

fn put<K: Eq + std::hash::Hash + Copy, V: Read>(
    rows: &mut super::noted::NotedMap<K, V>,
    key: K,
    kind: &str,
    text: Option<&str>,
) -> Result<(), StoreError> {
    match text {
        Some(text) => rows.insert_mut(key, value(kind, text)?),
        None => drop(rows.remove_mut(&key)),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
