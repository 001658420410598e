//! Things of which a store has one, and reading it all.

use super::backing::{Fail, Scan};
use super::row::{RowId, Single, Table};
use super::tx::Tx;
use crate::model::{
    BillingDay, BillingMonth, Counter, Elapsed, Horizon, ReportedSuspension, TimeRecord, Timestamp,
};
use crate::store::state::{State, UNDER_WAY};
use crate::store::{
    Changes, Image, Opened, Opening, Records, Rows, StoreError, StoredCatalog, StoredDocument, SyncState,
};

impl Tx<'_, '_> {
    fn open_for(&mut self, opening: &Opening) -> Result<Opened, Fail> {
        let last = opening.role.and_then(|role| self.group.state.last_of(role));
        let mut rows = match last.filter(|last| *last != opening.owner) {
            Some(last) => self.need_all_of(last)?,
            None => Vec::new(),
        };
        let opened = self.group.state.open(opening)?;
        let singles = [Single::App, Single::Install, Single::Device, Single::Roles];
        rows.extend(singles.map(RowId::Single));
        self.mark(rows);
        Ok(opened)
    }

    fn image_of(&mut self, since: BillingMonth, now: Elapsed, rows: &mut dyn Rows) -> Result<Image, Fail> {
        self.group.write_back()?;
        self.group.need_permits()?;
        let horizon = Horizon::new(since);
        let wanted = Scan::Since { month: horizon.month.number(), day: horizon.day.number() };
        let mut image = self.group.state.image_of_singles();
        image.seq = self.seen();
        image.outbox_dropped = self.group.head.dropped;
        let (state, origin) = (&self.group.state, self.group.origin);
        let mut counter = |row, kept: super::page::Kept| {
            if let RowId::Counter(key) = row {
                let counter = state.read_counter(&key, &kept.body, now)?;
                if !key.is_past(&horizon) && counter != Counter::default() {
                    rows.counter(key, counter);
                }
            }
            Ok(())
        };
        self.group.backing.scan(Table::Counters, &wanted, &mut counter)?;
        let mut user = |row, kept: super::page::Kept| {
            if let RowId::User(id) = row {
                let user = State::read_user(id, &kept.body, kept.origin.seen_from(origin))?;
                let active = user.active;
                if active.is_needed(&horizon) || active.uncertain.is_some() || user.facts.is_some() {
                    rows.user(id, user);
                }
            }
            Ok(())
        };
        self.group.backing.scan(Table::Users, &wanted, &mut user)?;
        self.group.backing.scan(Table::Warned, &wanted, &mut |row, _| {
            if let RowId::Warned(key) = row
                && !key.counter.is_past(&horizon)
            {
                image.warned.push(key);
            }
            Ok(())
        })?;
        image.warned.sort_unstable();
        Ok(image)
    }

    fn changes(&mut self, seq: u64, now: Elapsed) -> Result<Changes, Fail> {
        match self.group.cache.changed_after(seq) {
            Some(rows) => self.group.need(&rows)?,
            None => {
                for table in [Table::Counters, Table::Users] {
                    self.group.need_all(table, &Scan::Changed(seq))?;
                }
            }
        }
        self.group.need_permits()?;
        let mut changes = self.group.state.changes_since(seq, now)?;
        changes.seq = self.seen().max(seq);
        changes.counters.sort_unstable_by_key(|(key, _)| *key);
        changes.users.sort_unstable_by_key(|(id, _)| *id);
        Ok(changes)
    }

    /// Reads what a correction of time may change, has the rules change it, and looks at all of it.
    fn correct(&mut self, now: Timestamp, day: BillingDay, month: BillingMonth) -> Result<(), Fail> {
        self.group.write_back()?;
        let (at, number) = (now.as_millis(), month.number());
        let ahead = Scan::Ahead { month: number, day: day.number(), at };
        let mut users = Vec::new();
        for table in [Table::Users, Table::Terms, Table::Happenings, Table::Warned, Table::Deferred] {
            let rows = self.group.need_all(table, &ahead)?;
            if table == Table::Users {
                users = rows;
            }
        }
        for table in [Table::Identities, Table::Totals, Table::Active] {
            self.group.need_all(table, &ahead)?;
        }
        for table in [Table::Counters, Table::Users] {
            let scan = if table == Table::Users { Scan::Part(UNDER_WAY.to_owned()) } else { Scan::All };
            self.group.need_all(table, &scan)?;
        }
        self.group.need_permits()?;
        // In which months that have begun they are counted, and what is kept for this one.
        let months = self.group.backing.months(Table::Active)?;
        let listed = users.iter().filter_map(|row| match row {
            RowId::User(user) => Some(*user),
            _ => None,
        });
        let mut more: Vec<_> = listed
            .flat_map(|user| {
                let begun = months.iter().filter(|of| **of <= number);
                begun.map(move |of| RowId::Active(BillingMonth::from_number(*of), user))
            })
            .collect();
        let held = self.group.state.held_rows();
        more.push(RowId::Totals(month));
        for row in &held {
            match *row {
                RowId::Deferred(of, user) if of > month => more.push(RowId::Deferred(month, user)),
                RowId::Identity(of, user) if of > month => more.push(RowId::Identity(month, user)),
                RowId::Permit(permit) => {
                    more.push(RowId::User(permit.user()));
                    more.push(RowId::Active(month, permit.user()));
                }
                _ => {}
            }
        }
        self.group.need(&more)?;
        let before = self.group.state.held_rows();
        self.group.state.correct_time(now, day, month)?;
        let after = self.group.state.held_rows();
        self.mark(before.into_iter().chain(after));
        self.recount(month)
    }

    fn recall_rows(&mut self, since: BillingMonth, until: BillingMonth) -> Result<(), Fail> {
        self.group.write_back()?;
        let horizon = Horizon::new(since);
        let wanted = Scan::Since { month: horizon.month.number(), day: horizon.day.number() };
        for table in [Table::Counters, Table::Users] {
            self.group.need_all(table, &wanted)?;
        }
        Ok(self.group.state.recall(since, until)?)
    }

    fn forget_past(&mut self, before: BillingMonth) -> Result<(), Fail> {
        if self.group.state.pruned() >= Some(before) {
            return Ok(());
        }
        self.group.write_back()?;
        let horizon = Horizon::new(before);
        self.group.need_all(Table::Users, &Scan::Part(UNDER_WAY.to_owned()))?;
        let past: Vec<_> = self.group.state.notes().filter(|(_, _, of)| *of < before).collect();
        let logins: Vec<_> = past.iter().map(|(login, ..)| *login).collect();
        self.group.state.drop_notes(&logins);
        self.group.state.set_pruned(before);
        let users = past.iter().map(|(_, user, _)| RowId::User(*user));
        self.mark(users.chain([RowId::Single(Single::Pruned)]));
        self.group.forget(&horizon)?;
        self.group.settle_in()
    }
}

impl Records for Tx<'_, '_> {
    fn open(&mut self, opening: &Opening) -> Result<Opened, StoreError> {
        let opened = match self.open_for(opening) {
            // An answer of the rules.
            Err(Fail::Told(refused @ StoreError::OtherApp { .. })) => return Err(refused),
            opened => opened,
        };
        self.answer(opened)
    }

    fn image(&mut self, since: BillingMonth, now: Elapsed, rows: &mut dyn Rows) -> Result<Image, StoreError> {
        let image = self.image_of(since, now, rows);
        self.answer(image)
    }

    fn changes_since(&mut self, seq: u64, now: Elapsed) -> Result<Changes, StoreError> {
        let changes = self.changes(seq, now);
        self.answer(changes)
    }

    fn document(&mut self) -> Result<Option<StoredDocument>, StoreError> {
        self.group.state.document()
    }

    fn save_document(&mut self, document: &StoredDocument) -> Result<bool, StoreError> {
        let kept = self.group.state.save_document(document)?;
        if kept {
            self.mark([Single::Document, Single::Suspension].map(RowId::Single));
        }
        Ok(kept)
    }

    fn replace_document(&mut self, document: &StoredDocument) -> Result<(), StoreError> {
        self.group.state.replace_document(document)?;
        self.mark([Single::Document].map(RowId::Single));
        Ok(())
    }

    fn save_catalog(&mut self, catalog: &StoredCatalog) -> Result<(), StoreError> {
        let held = |state: &State| state.catalogs().map(RowId::Catalog).collect::<Vec<_>>();
        let before = held(&self.group.state);
        self.group.state.save_catalog(catalog)?;
        let after = held(&self.group.state);
        self.mark(before.into_iter().chain(after));
        Ok(())
    }

    fn save_suspension(&mut self, suspension: Option<&ReportedSuspension>) -> Result<(), StoreError> {
        self.mark([RowId::Single(Single::Suspension)]);
        self.group.state.save_suspension(suspension)
    }

    fn save_sync(&mut self, state: &SyncState) -> Result<(), StoreError> {
        self.mark([RowId::Single(Single::Sync)]);
        self.group.state.save_sync(state)
    }

    fn save_time(&mut self, time: &TimeRecord) -> Result<(), StoreError> {
        self.mark([RowId::Single(Single::Time)]);
        self.group.state.save_time(time)
    }

    fn time(&mut self) -> Result<TimeRecord, StoreError> {
        self.group.state.time()
    }

    fn correct_time(
        &mut self,
        now: Timestamp,
        day: BillingDay,
        month: BillingMonth,
    ) -> Result<(), StoreError> {
        let corrected = self.correct(now, day, month);
        self.answer(corrected)
    }

    fn recall(&mut self, since: BillingMonth, until: BillingMonth) -> Result<(), StoreError> {
        let recalled = self.recall_rows(since, until);
        self.answer(recalled)
    }

    fn prune(&mut self, before: BillingMonth) -> Result<(), StoreError> {
        let forgotten = self.forget_past(before);
        self.answer(forgotten)
    }
}
