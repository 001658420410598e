//! All rows in this process, as of one commit of the server's.

use super::answer::Entry;
use super::by::By;
use super::{rows, until};
use crate::store::StoreError;
use crate::store::fleet::page::{Origin, Shift};
use crate::store::state::State;

/// All rows, and of which commit they are.
#[derive(Clone, Debug)]
pub(super) struct Replica {
    pub(super) state: State,
    pub(super) epoch: String,
    /// Names the commit.
    pub(super) last: String,
    /// The last commit of each process.
    pub(super) by: By,
    /// Another process has written, which is not told yet.
    pub(super) foreign: bool,
}

impl Replica {
    pub(super) fn seq(&self) -> u64 {
        self.state.last_write()
    }

    /// Takes over what others committed, row by row. What fails leaves it as it was.
    pub(super) fn follow(
        &mut self,
        entries: &[Entry],
        process: &str,
        here: Origin,
    ) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let now = until::now();
        let (mut state, mut by, mut last, mut foreign) =
            (self.state.clone(), self.by.clone(), self.last.clone(), self.foreign);
        for entry in entries {
            rows::decode(&entry.rows, |name, text| {
                if by.take(name, text, now) {
                    return Ok(());
                }
                let read = text.map(|text| rows::read_text(text, here)).transpose()?;
                let shift = read.map_or(Shift::Ours, |(_, shift)| shift);
                state.take_row(name, read.map(|(text, _)| text), shift)
            })?;
            state.reach(entry.seq);
            last.clone_from(&entry.id);
            by.note(&entry.id, now);
            foreign |= entry.id.rsplit_once('-').is_none_or(|(of, _)| of != process);
        }
        state.note_rows();
        (self.state, self.by, self.last, self.foreign) = (state, by, last, foreign);
        Ok(())
    }
}
