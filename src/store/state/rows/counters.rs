//! The rows of counters, permits and what permits count.

use std::sync::Arc;

use super::super::counters::CounterRow;
use super::super::persisted::{PermitText, Row};
use super::super::{RowKey, State};
use super::value;
use crate::model::{Account, CounterKey, PermitTerms, Timestamp};
use crate::store::fleet::page::Shift;
use crate::store::kept::to_json;
use crate::store::{PermitId, StoreError};

impl State {
    pub(super) fn counter_text(&self, key: &CounterKey) -> Option<String> {
        let row = self.counters.get(key)?;
        Some(to_json(&Row { seq: row.seq, row: row.account.clone() }))
    }

    pub(super) fn take_counter(&mut self, key: CounterKey, text: Option<&str>) -> Result<(), StoreError> {
        let read = text.map(|text| value::<Row<Account>>("counters", text)).transpose()?;
        if let Some(held) = self.counters.get(&key) {
            self.changed.remove_mut(&(held.seq, RowKey::Counter(key)));
        }
        match read {
            Some(Row { seq, row }) => self.restore_counter(key, CounterRow::new(seq, row)),
            None => drop(self.counters.remove_mut(&key)),
        }
        Ok(())
    }

    pub(super) fn permit_text(&self, id: PermitId) -> Option<String> {
        self.permits.all.get(&id).map(|permit| to_json(&PermitText::from(&**permit)))
    }

    pub(super) fn take_permit(
        &mut self,
        id: PermitId,
        text: Option<&str>,
        shift: Shift,
    ) -> Result<(), StoreError> {
        match text {
            Some(text) => {
                let row: PermitText = value("permits", text)?;
                self.permits.insert(id, PermitText { wait: shift.wait(row.wait), ..row }.into());
            }
            None => drop(self.permits.remove(id)),
        }
        Ok(())
    }

    pub(super) fn terms_text(&self, id: PermitId) -> Option<String> {
        self.terms.get(&id).map(|(at, terms)| to_json(&(*at, Arc::clone(terms))))
    }

    pub(super) fn take_terms_row(
        &mut self,
        id: PermitId,
        text: Option<&str>,
        shift: Shift,
    ) -> Result<(), StoreError> {
        match text {
            Some(text) => {
                let (at, terms): (Timestamp, Arc<PermitTerms>) = value("terms", text)?;
                let terms = PermitTerms { wait: shift.wait(terms.wait), ..PermitTerms::clone(&terms) };
                self.terms.insert_mut(id, (at, Arc::new(terms)));
            }
            None => drop(self.terms.remove_mut(&id)),
        }
        Ok(())
    }
}
