//! The rows of usage events that wait.

use super::super::State;
use super::value;
use crate::store::{OutboxEntry, StoreError};

impl State {
    pub(super) fn take_event(&mut self, seq: u64, text: Option<&str>) -> Result<(), StoreError> {
        let read = text.map(|text| value::<OutboxEntry>("events", text)).transpose()?;
        self.outbox.remove(seq);
        if let Some(entry) = read {
            self.outbox.insert(OutboxEntry { seq, ..entry });
        }
        Ok(())
    }
}
