//! Taking rows over as they were read, and letting go of them.

use std::sync::Arc;

use super::State;
use super::counters::CounterRow;
use super::logins::{Note, UserRow};
use super::paged::{Stamped, UserPage};
use super::permits::Permit;
use super::persisted::{PermitText, Row};
use crate::model::{
    Account, ActiveUser, BillingMonth, Hold, Lease, Owner, PermitTerms, Pseudonym, ReportedSuspension,
    TimeRecord, Timestamp, User,
};
use crate::store::fleet::page::Shift;
use crate::store::fleet::row::{RowId, Single};
use crate::store::kept;
use crate::store::{Install, LoginTotals, OutboxEntry, ProcessRole, StoreError, StoredCatalog, SyncState};

impl State {
    /// Takes a row over as it was read, its waits on our clock.
    pub(in crate::store) fn put_page(
        &mut self,
        id: &RowId,
        body: &str,
        shift: Shift,
    ) -> Result<(), StoreError> {
        match *id {
            RowId::Counter(key) => {
                let Row { seq, row }: Row<Account> = kept::from_json(body)?;
                self.restore_counter(key, CounterRow::new(seq, row));
            }
            RowId::User(user) => self.put_user_page(user, kept::from_json(body)?, shift),
            RowId::Lease(user) => {
                let mut lease: Lease = kept::from_json(body)?;
                lease.wait = shift.wait(lease.wait);
                if let Some(ended) = &mut lease.ended {
                    ended.elapsed = shift.reading(ended.elapsed);
                }
                self.leases.insert_mut(user, lease);
            }
            RowId::Permit(permit) => {
                let row: PermitText = kept::from_json(body)?;
                let hold = Hold { items: row.items, wait: shift.wait(row.wait), since: row.since };
                self.permits.insert(permit, Permit { hold, owner: row.owner });
            }
            RowId::Terms(permit) => {
                let (at, terms): (Timestamp, Arc<PermitTerms>) = kept::from_json(body)?;
                let terms = PermitTerms { wait: shift.wait(terms.wait), ..PermitTerms::clone(&terms) };
                self.terms.insert_mut(permit, (at, Arc::new(terms)));
            }
            RowId::Happening(key) => {
                self.happenings.insert_mut(key, kept::from_json(body)?);
            }
            RowId::Active(month, user) => self.in_month(month, |month| month.active.insert_mut(user)),
            RowId::Deferred(month, user) => {
                let at = kept::from_json(body)?;
                self.in_month(month, |month| month.deferred.insert_mut(user, at));
            }
            RowId::Identity(month, user) => self.in_month(month, |month| month.identities.insert_mut(user)),
            RowId::Totals(month) => {
                let totals: LoginTotals = kept::from_json(body)?;
                self.in_month(month, |month| month.totals = totals);
            }
            RowId::Warned(key) => self.warned.insert_mut(key),
            RowId::Spelling(normal) => {
                let user = crate::store::text::parse_hex(body);
                let user = user.ok_or_else(|| StoreError::Backend { why: "a user's name".to_owned() })?;
                self.spellings.insert_mut(normal, user);
            }
            RowId::Event(_) => self.outbox.insert(kept::from_json::<OutboxEntry>(body)?),
            RowId::Single(single) => self.put_single(single, body, shift)?,
            RowId::Catalog(_) => {
                let Row { seq, row }: Row<StoredCatalog> = kept::from_json(body)?;
                self.singles.catalogs.put(seq, row);
            }
        }
        Ok(())
    }

    pub(super) fn put_user_page(&mut self, user: Pseudonym, page: UserPage, shift: Shift) {
        let facts = page.facts.map(|facts| shift.facts(facts));
        let active = ActiveUser { month: page.month, day: page.day, uncertain: None };
        let mut row = UserRow::new(page.seq, User { active, facts });
        for (login, note) in page.notes.0 {
            row.note(login, note.at);
            self.notes.insert_mut(login, Note { user: note.user, at: note.at, month: note.month });
        }
        self.restore_user(user, row);
    }

    fn put_single(&mut self, single: Single, body: &str, shift: Shift) -> Result<(), StoreError> {
        let singles = &mut self.singles;
        match single {
            Single::App => singles.app = Some(kept::from_json::<u64>(body)?),
            Single::Install => singles.install = Some(kept::from_json::<Install>(body)?),
            Single::Device => singles.device = Some(kept::from_json::<String>(body)?),
            Single::Roles => singles.roles = kept::from_json::<Vec<(ProcessRole, Owner)>>(body)?,
            Single::Document => {
                let Stamped { seq, value } = kept::from_json(body)?;
                (singles.document, singles.document_seq) = (value, seq);
            }
            Single::Suspension => {
                let Stamped { seq, value }: Stamped<Option<ReportedSuspension>> = kept::from_json(body)?;
                let value = value.map(|held| ReportedSuspension { wait: shift.wait(held.wait), ..held });
                (singles.suspension, singles.suspension_seq) = (value, seq);
            }
            Single::Sync => singles.sync = kept::from_json::<SyncState>(body)?,
            Single::Time => {
                let Stamped { seq, value } = kept::from_json(body)?;
                (singles.time, singles.time_seq) = (value, seq);
            }
            Single::DeviceUser => {
                let Stamped { seq, value } = kept::from_json(body)?;
                (singles.device_user, singles.device_user_seq) = (value, seq);
            }
            Single::Pruned => singles.pruned = Some(kept::from_json::<BillingMonth>(body)?),
        }
        Ok(())
    }

    /// Lets go of a row without a word: it is read again when it is needed.
    pub(in crate::store) fn drop_page(&mut self, id: &RowId) {
        match *id {
            RowId::Counter(key) => {
                if let Some(row) = self.counters.get(&key) {
                    self.changed.remove_mut(&(row.seq, super::RowKey::Counter(key)));
                    self.counters.remove_mut(&key);
                }
            }
            RowId::User(user) => {
                if let Some(row) = self.users.get(&user).cloned() {
                    for login in &row.open {
                        self.notes.remove_mut(login);
                    }
                    self.changed.remove_mut(&(row.seq, super::RowKey::User(user)));
                    self.users.remove_mut(&user);
                }
            }
            RowId::Lease(user) => {
                self.leases.remove_mut(&user);
            }
            RowId::Permit(permit) => {
                self.permits.remove(permit);
            }
            RowId::Terms(permit) => {
                self.terms.remove_mut(&permit);
            }
            RowId::Happening(key) => {
                self.happenings.remove_mut(&key);
            }
            RowId::Active(month, user) => {
                self.in_month(month, |month| month.active.remove_mut(&user));
            }
            RowId::Deferred(month, user) => {
                self.in_month(month, |month| month.deferred.remove_mut(&user));
            }
            RowId::Identity(month, user) => {
                self.in_month(month, |month| month.identities.remove_mut(&user));
            }
            RowId::Totals(month) => self.in_month(month, |month| month.totals.clear()),
            RowId::Warned(key) => {
                self.warned.remove_mut(&key);
            }
            RowId::Spelling(normal) => {
                self.spellings.remove_mut(&normal);
            }
            RowId::Event(seq) => self.outbox.remove(seq),
            // There are few, and they are read together.
            RowId::Single(single) => self.drop_single(single),
            RowId::Catalog(id) => self.singles.catalogs.forget(id),
        }
    }

    fn drop_single(&mut self, single: Single) {
        let singles = &mut self.singles;
        match single {
            Single::App => singles.app = None,
            Single::Install => singles.install = None,
            Single::Device => singles.device = None,
            Single::Roles => singles.roles.clear(),
            Single::Document => (singles.document, singles.document_seq) = (None, 0),
            Single::Suspension => (singles.suspension, singles.suspension_seq) = (None, 0),
            Single::Sync => singles.sync = SyncState::default(),
            Single::Time => (singles.time, singles.time_seq) = (TimeRecord::default(), 0),
            Single::DeviceUser => (singles.device_user, singles.device_user_seq) = (None, 0),
            Single::Pruned => singles.pruned = None,
        }
    }
}
