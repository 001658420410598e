//! The rows of users and of logins on their way.

use super::super::logins::UserRow;
use super::super::persisted::{NoteText, Row, UserText};
use super::super::{RowKey, State};
use super::value;
use crate::model::{Lease, LoginId, Pseudonym};
use crate::store::StoreError;
use crate::store::fleet::page::Shift;
use crate::store::kept::to_json;

impl State {
    pub(super) fn user_text(&self, id: Pseudonym) -> Option<String> {
        self.users.get(&id).map(|row| to_json(&Row { seq: row.seq, row: UserText::from(row) }))
    }

    pub(super) fn take_user(
        &mut self,
        id: Pseudonym,
        text: Option<&str>,
        shift: Shift,
    ) -> Result<(), StoreError> {
        let read = text.map(|text| value::<Row<UserText>>("users", text)).transpose()?;
        let held = self.users.get(&id).cloned();
        if let Some(held) = &held {
            self.changed.remove_mut(&(held.seq, RowKey::User(id)));
        }
        let Some(Row { seq, row }) = read else {
            self.users.remove_mut(&id);
            return Ok(());
        };
        let row = UserText { facts: row.facts.map(|facts| shift.facts(facts)), ..row };
        let row = UserRow::new(seq, row.into()).with_notes_of(held.unwrap_or_default());
        self.restore_user(id, row);
        self.see_notes(id);
        Ok(())
    }

    pub(super) fn take_lease(
        &mut self,
        user: Pseudonym,
        text: Option<&str>,
        shift: Shift,
    ) -> Result<(), StoreError> {
        match text {
            Some(text) => {
                let mut lease: Lease = value("leases", text)?;
                lease.wait = shift.wait(lease.wait);
                if let Some(ended) = &mut lease.ended {
                    ended.elapsed = shift.reading(ended.elapsed);
                }
                self.leases.insert_mut(user, lease);
            }
            None => drop(self.leases.remove_mut(&user)),
        }
        Ok(())
    }

    pub(super) fn note_text(&self, login: LoginId) -> Option<String> {
        self.notes.get(&login).map(|note| to_json(&NoteText::from(note)))
    }

    pub(super) fn take_note(&mut self, login: LoginId, text: Option<&str>) -> Result<(), StoreError> {
        let read = text.map(|text| value::<NoteText>("notes", text)).transpose()?;
        if let Some(held) = self.notes.get(&login).copied() {
            self.notes.remove_mut(&login);
            self.close_note(held.user, login);
        }
        if let Some(note) = read {
            self.restore_note(login, note.into());
        }
        Ok(())
    }
}
