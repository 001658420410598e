//! One transaction in progress, as the rooms see it, and what the works of its group share.

use std::collections::BTreeSet;
use std::time::Duration;

use rpds::HashTrieSetSync;

use super::backing::{Backing, Entry, Fail, Head, Scan};
use super::bounds::{self, AHEAD};
use super::cache::Cache;
use super::journal;
use super::page::{Origin, Page};
use super::row::{RowId, Table};
use crate::model::{Elapsed, Horizon};
use crate::store::state::State;
use crate::store::{StoreError, Transaction};

/// What the works of one group share: rows are read once and written once for all of them.
pub(super) struct Group<'b> {
    pub(super) backing: &'b mut dyn Backing,
    pub(super) cache: &'b mut Cache,
    pub(super) origin: Origin,
    /// Rows as the works have left them.
    pub(super) state: State,
    pub(super) head: Head,
    /// Rows that the works may have changed.
    touched: HashTrieSetSync<RowId>,
    /// Rows that are written, but not in the journal.
    written: BTreeSet<RowId>,
    /// Whole tables were changed.
    all: bool,
    /// There is something to be committed.
    bound: bool,
    /// The server holds what only the end of the transaction takes back.
    spoilt: bool,
    /// Names the present transaction.
    pub(super) name: u64,
    /// Works of which it was not known whether they were committed, and that were.
    pub(super) done: &'b std::collections::HashSet<u64>,
}

/// What a work that fails is taken back to.
pub(super) struct Before {
    state: State,
    head: Head,
    loaded: HashTrieSetSync<RowId>,
    permits: bool,
    touched: HashTrieSetSync<RowId>,
}

impl<'b> Group<'b> {
    pub(super) fn new(
        backing: &'b mut dyn Backing,
        cache: &'b mut Cache,
        origin: Origin,
        head: Head,
        name: u64,
        done: &'b std::collections::HashSet<u64>,
    ) -> Self {
        let state = cache.base.clone();
        let (touched, written) = (HashTrieSetSync::default(), BTreeSet::new());
        Self {
            backing,
            cache,
            origin,
            state,
            head,
            touched,
            written,
            all: false,
            bound: false,
            spoilt: false,
            name,
            done,
        }
    }

    /// The server has another history than was followed here: numbers go on after both, far enough that none is given
    /// again that others were given, and every row counts as changed.
    pub(super) fn go_on(&mut self) -> Result<(), Fail> {
        let next = self.head.seq.max(self.cache.seq).saturating_add(AHEAD);
        self.head.last_fence = self.head.last_fence.max(self.cache.fence).saturating_add(AHEAD);
        self.head.events = self.head.events.saturating_add(AHEAD);
        self.head.seq = next;
        self.backing.touch_all(next)?;
        self.forget_all();
        self.settle_in()?;
        if self.cache.is_another(&self.state) {
            return Err(bounds::replaced().into());
        }
        Ok(())
    }

    fn forget_all(&mut self) {
        (self.all, self.bound, self.spoilt) = (true, true, true);
        self.cache.forget(self.head.seq);
        self.state = self.cache.base.clone();
        self.state.set_seq(self.head.seq);
        self.state.set_last_fence(self.head.last_fence);
        self.touched = HashTrieSetSync::default();
    }

    pub(super) fn before(&self) -> Before {
        Before {
            state: self.state.clone(),
            head: self.head.clone(),
            loaded: self.cache.loaded.clone(),
            permits: self.cache.permits,
            touched: self.touched.clone(),
        }
    }

    pub(super) fn take_back(&mut self, before: Before) {
        self.state = before.state;
        self.head = before.head;
        self.cache.loaded = before.loaded;
        self.cache.permits = before.permits;
        self.touched = before.touched;
    }

    /// Reads rows that are not held.
    pub(super) fn need(&mut self, rows: &[RowId]) -> Result<(), Fail> {
        let missing: Vec<_> = rows.iter().filter(|row| !self.cache.loaded.contains(row)).copied().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let found = self.backing.load(&missing)?;
        for (row, kept) in &found {
            self.state.put_page(row, &kept.body, kept.origin.seen_from(self.origin))?;
            self.cache.take(row, kept, self.origin)?;
        }
        for row in missing {
            self.cache.loaded.insert_mut(row);
        }
        Ok(())
    }

    /// Reads rows of a table that are not held, and gives all that were found.
    pub(super) fn need_all(&mut self, table: Table, scan: &Scan) -> Result<Vec<RowId>, Fail> {
        let (mut found, origin) = (Vec::new(), self.origin);
        let (cache, state) = (&mut *self.cache, &mut self.state);
        self.backing.scan(table, scan, &mut |row, kept| {
            found.push(row);
            if !cache.loaded.contains(&row) {
                state.put_page(&row, &kept.body, kept.origin.seen_from(origin))?;
                cache.take(&row, &kept, origin)?;
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Reads all permits: which of them hold room in a counter, and which lapsed, shows only among all.
    pub(super) fn need_permits(&mut self) -> Result<(), Fail> {
        if !self.cache.permits {
            self.need_all(Table::Permits, &Scan::All)?;
            self.cache.permits = true;
        }
        Ok(())
    }

    /// Notes that rows may have changed.
    pub(super) fn touch(&mut self, rows: impl IntoIterator<Item = RowId>) {
        for row in rows {
            self.touched.insert_mut(row);
            self.cache.loaded.insert_mut(row);
        }
    }

    /// What is to be written of the rows that were touched.
    fn changed(&mut self) -> Vec<(RowId, Option<Page>)> {
        let touched = std::mem::take(&mut self.touched);
        let mut rows: Vec<_> = touched
            .iter()
            .filter_map(|row| {
                let page = self.state.page(row);
                (page != self.cache.base.page(row)).then_some((*row, page))
            })
            .collect();
        // Two processes that write the same rows do so in the same order.
        rows.sort_unstable_by_key(|(row, _)| *row);
        rows
    }

    /// Writes what the works have changed: statements over whole tables follow.
    pub(super) fn write_back(&mut self) -> Result<(), Fail> {
        let rows = self.changed();
        self.cache.base = self.state.clone();
        if !rows.is_empty() {
            (self.bound, self.spoilt) = (true, true);
            self.written.extend(rows.iter().map(|(row, _)| *row));
            self.backing.write(rows, self.origin)?;
        }
        Ok(())
    }

    /// Forgets what lies before the horizon.
    pub(super) fn forget(&mut self, horizon: &Horizon) -> Result<(), Fail> {
        self.write_back()?;
        self.backing.forget(horizon)?;
        self.forget_all();
        Ok(())
    }

    /// Forgets leases that stand in nobody's way.
    pub(super) fn sweep(&mut self, now: Elapsed, settle: Duration) -> Result<(), Fail> {
        self.write_back()?;
        self.backing.sweep(now, self.origin, settle)?;
        self.forget_all();
        Ok(())
    }

    /// Reads the singles again where everything was let go of.
    pub(super) fn settle_in(&mut self) -> Result<(), Fail> {
        for table in [Table::Singles, Table::Catalogs] {
            self.need_all(table, &Scan::All)?;
        }
        Ok(())
    }

    /// Ends the transaction: what was changed is written with its entry in the journal, under `token`. `false` where
    /// nothing was.
    pub(super) fn commit(&mut self, token: &str) -> Result<bool, Fail> {
        let rows = self.changed();
        if rows.is_empty() && !self.bound {
            self.backing.rollback();
            return Ok(false);
        }
        self.written.extend(rows.iter().map(|(row, _)| *row));
        token.clone_into(&mut self.head.token);
        self.head.last_fence = self.state.last_fence().max(self.head.last_fence);
        let rows_text = journal::text(&self.written, self.all);
        let entry = Entry { seq: self.head.seq, token: token.to_owned(), rows: rows_text };
        self.backing.commit(rows, self.origin, &self.head, &entry)?;
        Ok(true)
    }

    /// Whether the server holds what a work that fails has written.
    pub(super) const fn is_spoilt(&self) -> bool {
        self.spoilt
    }

    /// Has the cache keep what was read. Nothing was written, so works have changed nothing but the numbers.
    pub(super) fn keep_read(self) {
        self.cache.trim();
    }

    /// Has the cache be what was committed.
    pub(super) fn keep(mut self) {
        self.cache.base = self.state;
        self.cache.remember();
        self.cache.reach(&self.head);
        for row in std::mem::take(&mut self.written) {
            self.cache.note(self.head.seq, row);
            if matches!(row, RowId::Event(_)) {
                // Nothing but delivery reads it again.
                self.cache.base.drop_page(&row);
                self.cache.loaded.remove_mut(&row);
            }
        }
        self.cache.trim();
    }
}

/// One work's part of a transaction.
pub(super) struct Tx<'g, 'b> {
    pub(super) group: &'g mut Group<'b>,
    /// The number of the last write before this one.
    last: u64,
    marked: bool,
    /// The first failure of the server. The work fails with it, though its closure may have passed it over.
    pub(super) failed: Option<Fail>,
}

impl<'g, 'b> Tx<'g, 'b> {
    pub(super) fn new(group: &'g mut Group<'b>, reads_only: bool) -> Self {
        let last = group.head.seq;
        group.state.set_seq(if reads_only { last } else { last + 1 });
        Self { group, last, marked: false, failed: None }
    }

    /// Notes that this work may have changed rows.
    pub(super) fn mark(&mut self, rows: impl IntoIterator<Item = RowId>) {
        self.marked = true;
        self.group.touch(rows);
    }

    /// Whether this work changed anything so far.
    pub(super) fn wrote(&self) -> bool {
        self.marked || !self.group.state.changed_after(self.last).is_empty()
    }

    /// The number of the last write that this work sees. One that changed nothing yet has none of its own.
    pub(super) fn seen(&self) -> u64 {
        if self.wrote() { self.last + 1 } else { self.last }
    }

    /// Ends the work's part: says whether it wrote.
    pub(super) fn end(self) -> bool {
        let (wrote, last) = (self.wrote(), self.last);
        let rows = self.group.state.changed_after(last);
        self.group.touch(rows);
        if wrote {
            self.group.head.seq = last + 1;
            self.group.bound = true;
        } else {
            self.group.state.set_seq(last);
        }
        wrote
    }

    /// Remembers a failure of the server and says what the work is told.
    pub(super) fn answer<T>(&mut self, result: Result<T, Fail>) -> Result<T, StoreError> {
        result.map_err(|fail| {
            let told = fail.told();
            self.failed.get_or_insert(fail);
            told
        })
    }
}

impl Transaction for Tx<'_, '_> {
    fn seq(&self) -> u64 {
        self.last + 1
    }

    fn group(&self) -> u64 {
        self.group.name
    }

    fn has_committed(&self, work: u64) -> bool {
        self.group.done.contains(&work)
    }
}
