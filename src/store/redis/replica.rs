//! All rows in this process, as of one commit of the server's.

use super::answer::Entry;
use super::rows;
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
    /// The last commit of this process that came back to it, as it had not heard that it was done.
    pub(super) seen: Option<String>,
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
        let mut state = self.state.clone();
        for entry in entries {
            rows::decode(&entry.rows, |name, text| {
                let read = text.map(|text| rows::read_text(text, here)).transpose()?;
                let shift = read.map_or(Shift::Ours, |(_, shift)| shift);
                state.take_row(name, read.map(|(text, _)| text), shift)
            })?;
            state.reach(entry.seq);
            self.last.clone_from(&entry.id);
            if entry.id.split_once('-').is_some_and(|(of, _)| of == process) {
                self.seen = Some(entry.id.clone());
            } else {
                self.foreign = true;
            }
        }
        state.note_rows();
        self.state = state;
        Ok(())
    }
}
