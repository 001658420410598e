//! What stores that hold a part of the state ask it besides.

use super::persisted::Row;
use super::{RowKey, State};
use crate::model::{
    Account, BillingMonth, CatalogId, Counter, CounterKey, Elapsed, Hold, LoginId, Owner, Pseudonym, User,
};
use crate::store::fleet::page::Shift;
use crate::store::fleet::row::{RowId, Single};
use crate::store::kept;
use crate::store::{Image, OutboxEntry, PermitId, ProcessRole, StoreError};

impl State {
    /// The number of the write that runs, or of the last one.
    pub(in crate::store) fn set_seq(&mut self, seq: u64) {
        self.seq = seq;
    }

    /// The last fence that was given.
    pub(in crate::store) fn last_fence(&self) -> u64 {
        self.last_fence
    }

    /// Fences go on after this one.
    pub(in crate::store) fn set_last_fence(&mut self, fence: u64) {
        self.last_fence = fence;
    }

    /// The key of pseudonyms, where the install is known.
    pub(in crate::store) fn salt(&self) -> Option<[u8; 32]> {
        self.singles.install.as_ref().map(|install| install.salt)
    }

    /// Users and counters that this state knows to have changed after write `seq`.
    pub(in crate::store) fn changed_after(&self, seq: u64) -> Vec<RowId> {
        let changed = self.changed.range((seq.saturating_add(1), RowKey::FIRST)..);
        let rows = changed.map(|(_, row)| match *row {
            RowKey::Counter(key) => RowId::Counter(key),
            RowKey::User(user) => RowId::User(user),
        });
        rows.collect()
    }

    /// The permits that hold room, and the counters that they hold it in.
    pub(in crate::store) fn permits_where(
        &self,
        wanted: impl Fn(PermitId, &Hold, Option<Owner>) -> bool,
    ) -> Vec<RowId> {
        let held = self.permits.iter().filter(|(id, permit)| wanted(*id, &permit.hold, permit.owner));
        let rows = held.flat_map(|(id, permit)| {
            let counters = permit.hold.items.iter().map(|(key, _)| RowId::Counter(*key));
            std::iter::once(RowId::Permit(id)).chain(counters)
        });
        rows.collect()
    }

    /// The notes of logins under way: whose, and of which month.
    pub(in crate::store) fn notes(&self) -> impl Iterator<Item = (LoginId, Pseudonym, BillingMonth)> {
        self.notes.iter().map(|(login, note)| (*login, note.user, note.month))
    }

    /// The rows of a table that this state holds and that are dated later, or belong to what has not begun.
    pub(in crate::store) fn held_rows(&self) -> Vec<RowId> {
        let months = self.months.iter().flat_map(|(month, kept)| {
            let month = *month;
            let active = kept.active.iter().map(move |user| RowId::Active(month, *user));
            let deferred = kept.deferred.keys().map(move |user| RowId::Deferred(month, *user));
            let seen = kept.identities.iter().map(move |user| RowId::Identity(month, *user));
            active.chain(deferred).chain(seen).chain([RowId::Totals(month)])
        });
        let counters = self.counters.keys().map(|key| RowId::Counter(*key));
        let users = self.users.keys().map(|user| RowId::User(*user));
        let permits = self.permits.iter().map(|(id, _)| RowId::Permit(id));
        let terms = self.terms.keys().map(|permit| RowId::Terms(*permit));
        let happenings = self.happenings.keys().map(|key| RowId::Happening(*key));
        let warned = self.warned.iter().map(|key| RowId::Warned(*key));
        let singles = Single::ALL.into_iter().map(RowId::Single);
        let catalogs = self.singles.catalogs.rows().map(|(_, held)| RowId::Catalog(held.id));
        let all = counters.chain(users).chain(permits).chain(terms).chain(happenings).chain(warned);
        all.chain(singles).chain(catalogs).chain(months).collect()
    }

    /// What an image says besides rows.
    pub(in crate::store) fn image_of_singles(&self) -> Image {
        Image {
            seq: self.seq,
            device_user: self.singles.device_user,
            warned: Vec::new(),
            document: self.singles.document.as_deref().cloned(),
            catalogs: self.singles.catalogs.rows().map(|(_, kept)| kept.clone()).collect(),
            suspension: self.singles.suspension,
            sync: self.singles.sync.clone(),
            time: self.singles.time,
            outbox_dropped: 0,
        }
    }

    /// A counter that was read, with the room that permits hold in it.
    pub(in crate::store) fn read_counter(
        &self,
        key: &CounterKey,
        body: &str,
        now: Elapsed,
    ) -> Result<Counter, StoreError> {
        let Row { row, .. }: Row<Account> = kept::from_json(body)?;
        let holds = self.permits.on(key);
        Ok(holds.fold(row.counter, |counter, (_, permit)| permit.hold.add_to(counter, key, now)))
    }

    /// A user that was read.
    pub(in crate::store) fn read_user(user: Pseudonym, body: &str, shift: Shift) -> Result<User, StoreError> {
        let mut alone = Self::default();
        alone.put_user_page(user, kept::from_json(body)?, shift);
        Ok(alone.user_row(&user).user)
    }

    /// The last instance of a role.
    pub(in crate::store) fn last_of(&self, role: ProcessRole) -> Option<Owner> {
        self.singles.roles.iter().find(|(of, _)| *of == role).map(|(_, last)| *last)
    }

    /// The price lists that are held.
    pub(in crate::store) fn catalogs(&self) -> impl Iterator<Item = CatalogId> {
        self.singles.catalogs.rows().map(|(_, held)| held.id)
    }

    /// The event of that number, to be written.
    pub(in crate::store) fn put_event(&mut self, entry: OutboxEntry) {
        self.outbox.insert(entry);
    }

    /// An event that was read.
    pub(in crate::store) fn read_event(body: &str) -> Result<OutboxEntry, StoreError> {
        kept::from_json(body)
    }

    /// A month's running total of that name.
    pub(in crate::store) fn total(&self, month: BillingMonth, name: &str) -> u64 {
        self.months.get(&month).and_then(|kept| kept.totals.get(name)).copied().unwrap_or_default()
    }

    /// Replaces a month's running total of that name.
    pub(in crate::store) fn set_total(&mut self, month: BillingMonth, name: &str, n: u64) {
        self.in_month(month, |kept| kept.totals.insert(name.to_owned(), n));
    }

    /// Up to which month the past was forgotten last.
    pub(in crate::store) fn pruned(&self) -> Option<BillingMonth> {
        self.singles.pruned
    }

    /// The past is forgotten up to this month.
    pub(in crate::store) fn set_pruned(&mut self, month: BillingMonth) {
        self.singles.pruned = Some(month);
    }

    /// Ends notes of logins.
    pub(in crate::store) fn drop_notes(&mut self, logins: &[LoginId]) {
        for login in logins {
            self.drop_note(*login);
        }
    }
}
