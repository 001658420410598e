//! The rows of billing months.

use std::collections::BTreeSet;

use super::super::State;
use super::super::reports::Months;
use super::{Name, value};
use crate::model::BillingMonth;
use crate::store::kept::to_json;
use crate::store::{LoginTotals, StoreError};

impl State {
    pub(super) fn touched_months(&self, before: &Self, names: &mut BTreeSet<Name>) {
        for month in self.months.notes.keys() {
            match self.months.get(month) {
                // The same month as before, in which the touches were noted.
                Some(kept) if kept.active.notes.is_on() => {
                    let of = |name: fn(_, _) -> Name| move |user: &_| name(*month, *user);
                    names.extend(kept.active.notes.keys().iter().map(of(Name::Active)));
                    names.extend(kept.deferred.notes.keys().iter().map(of(Name::Deferred)));
                    names.extend(kept.identities.notes.keys().iter().map(of(Name::Identity)));
                    names.insert(Name::Totals(*month));
                }
                // Forgotten, new, or new after it was forgotten.
                _ => {
                    before.names_of_month(*month, names);
                    self.names_of_month(*month, names);
                }
            }
        }
    }

    pub(super) fn names_of_month(&self, month: BillingMonth, names: &mut BTreeSet<Name>) {
        let Some(kept) = self.months.get(&month) else { return };
        names.extend(kept.active.iter().map(|user| Name::Active(month, *user)));
        names.extend(kept.deferred.keys().map(|user| Name::Deferred(month, *user)));
        names.extend(kept.identities.iter().map(|user| Name::Identity(month, *user)));
        names.insert(Name::Totals(month));
    }
}

impl Months {
    pub(super) fn row_text(&self, name: Name) -> Option<String> {
        match name {
            Name::Active(_, user) => self.active.contains(&user).then(String::new),
            Name::Deferred(_, user) => self.deferred.get(&user).map(|at| to_json(at)),
            Name::Identity(_, user) => self.identities.contains(&user).then(String::new),
            _ => (!self.totals.is_empty()).then(|| to_json(&self.totals)),
        }
    }

    pub(super) fn take_row(&mut self, name: Name, text: Option<&str>) -> Result<(), StoreError> {
        match (name, text) {
            (Name::Active(_, user), Some(_)) => self.active.insert_mut(user),
            (Name::Active(_, user), None) => drop(self.active.remove_mut(&user)),
            (Name::Deferred(_, user), Some(text)) => {
                self.deferred.insert_mut(user, value("deferred logins", text)?);
            }
            (Name::Deferred(_, user), None) => drop(self.deferred.remove_mut(&user)),
            (Name::Identity(_, user), Some(_)) => self.identities.insert_mut(user),
            (Name::Identity(_, user), None) => drop(self.identities.remove_mut(&user)),
            (_, Some(text)) => self.totals = value("totals", text)?,
            (_, None) => self.totals = LoginTotals::new(),
        }
        Ok(())
    }
}
