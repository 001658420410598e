//! The rows that this process holds of a store, as they were after the last commit that it saw.

use std::collections::{BTreeSet, HashSet, VecDeque};

use rpds::HashTrieSetSync;

use super::backing::{Backing, Begun, Fail, Head, Scan};
use super::journal::{self, Changed};
use super::page::{Kept, Origin};
use super::row::{RowId, Table};
use crate::store::StoreError;
use crate::store::state::State;

/// So many rows are held at most: then all are let go of, and those that are needed are read again.
const MOST: usize = 100_000;

/// So many of the latest changes are remembered by name. Who follows from before them is told by the numbers in the rows.
const RECENT: usize = 20_000;

#[derive(Default)]
pub(super) struct Cache {
    /// Rows as the server has them.
    pub(super) base: State,
    pub(super) loaded: HashTrieSetSync<RowId>,
    /// All permits are held.
    pub(super) permits: bool,
    /// All single values are held.
    singles: bool,
    /// Users and counters that changed lately, by the number of the write.
    recent: VecDeque<(u64, RowId)>,
    /// The changes after this write are all in `recent`.
    recent_from: u64,
    /// The last commit that was seen: its number, what was drawn for it, and the last fence of it.
    pub(super) seq: u64,
    pub(super) token: String,
    pub(super) fence: u64,
    /// Something was seen.
    started: bool,
    /// Commits of our own that were in doubt and have happened.
    seen: HashSet<String>,
    /// The key of pseudonyms: a store that has another one is another store.
    salt: Option<[u8; 32]>,
}

/// What following found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Followed {
    /// What the server has comes after what was seen.
    Same,
    /// It is another history: an earlier copy, or a server that was behind when it took over.
    Other,
}

impl Cache {
    /// Takes over what others committed, and reads what is held at all times.
    pub(super) fn follow(
        &mut self,
        begun: &Begun,
        origin: Origin,
        backing: &mut dyn Backing,
    ) -> Result<Followed, Fail> {
        let Begun { head, journal, oldest, .. } = begun;
        let mut again = BTreeSet::new();
        if self.started {
            let known = journal.iter().find(|entry| entry.seq == self.seq);
            let agrees = known.is_none_or(|entry| entry.token == self.token);
            let same = if head.seq == self.seq { head.token == self.token } else { head.seq > self.seq };
            // Every commit that was seen is in the journal, unless it is older than all of them.
            let passed_over = known.is_none() && (1..self.seq).contains(oldest);
            if !(agrees && same) || passed_over && head.seq > self.seq {
                return Ok(Followed::Other);
            }
            if head.seq > self.seq && known.is_none() && self.seq > 0 {
                // Longer ago than the journal goes back.
                self.forget(head.seq);
            } else {
                let reached = self.seq;
                for entry in journal.iter().filter(|entry| entry.seq > reached) {
                    match journal::read(&entry.rows) {
                        Changed::All => {
                            self.forget(entry.seq);
                            again.clear();
                        }
                        Changed::Rows(rows) => {
                            for row in rows {
                                self.let_go(row);
                                self.note(entry.seq, row);
                                again.insert(row);
                            }
                        }
                    }
                }
            }
        } else {
            (self.started, self.recent_from) = (true, head.seq);
        }
        self.reach(head);
        if self.singles {
            let held = |row: &RowId| match row {
                RowId::Counter(_) | RowId::User(_) | RowId::Single(_) | RowId::Catalog(_) => true,
                RowId::Permit(_) => self.permits,
                _ => false,
            };
            again.retain(held);
            let rows: Vec<_> = again.into_iter().collect();
            for (row, kept) in backing.load(&rows)? {
                self.take(&row, &kept, origin)?;
            }
            for row in rows {
                self.loaded.insert_mut(row);
            }
        } else {
            for table in [Table::Singles, Table::Catalogs] {
                let (base, loaded) = (&mut self.base, &mut self.loaded);
                backing.scan(table, &Scan::All, &mut |row, kept| {
                    loaded.insert_mut(row);
                    base.put_page(&row, &kept.body, kept.origin.seen_from(origin))
                })?;
            }
            self.singles = true;
        }
        self.remember();
        Ok(Followed::Same)
    }

    /// Notes by which key users are named.
    pub(super) fn remember(&mut self) {
        self.salt = self.base.salt().or(self.salt);
    }

    /// Whether users are named otherwise there than here.
    pub(super) fn is_another(&self, state: &State) -> bool {
        self.salt.is_some_and(|ours| state.salt() != Some(ours))
    }

    /// Notes the last commit.
    pub(super) fn reach(&mut self, head: &Head) {
        (self.seq, self.token, self.fence) = (head.seq, head.token.clone(), head.last_fence);
        self.base.set_seq(head.seq);
        self.base.set_last_fence(head.last_fence);
    }

    pub(super) fn take(&mut self, row: &RowId, kept: &Kept, origin: Origin) -> Result<(), StoreError> {
        self.base.put_page(row, &kept.body, kept.origin.seen_from(origin))?;
        self.loaded.insert_mut(*row);
        Ok(())
    }

    fn let_go(&mut self, row: RowId) {
        if self.loaded.remove_mut(&row) || matches!(row, RowId::Permit(_)) {
            self.base.drop_page(&row);
        }
    }

    /// Notes that a row changed in that write.
    pub(super) fn note(&mut self, seq: u64, row: RowId) {
        if matches!(row, RowId::Counter(_) | RowId::User(_)) {
            self.recent.push_back((seq, row));
        }
        while self.recent.len() > RECENT
            && let Some((seq, _)) = self.recent.pop_front()
        {
            self.recent_from = self.recent_from.max(seq);
        }
    }

    /// Users and counters that changed after that write; `None` where that is not known any more.
    pub(super) fn changed_after(&self, seq: u64) -> Option<Vec<RowId>> {
        (seq >= self.recent_from).then(|| {
            let later = self.recent.iter().rev().take_while(|(changed, _)| *changed > seq);
            let rows: BTreeSet<_> = later.map(|(_, row)| *row).collect();
            rows.into_iter().collect()
        })
    }

    /// Lets go of every row. What changed up to write `seq` is told by the numbers in the rows.
    pub(super) fn forget(&mut self, seq: u64) {
        self.recent.clear();
        self.recent_from = seq;
        self.empty();
    }

    fn empty(&mut self) {
        self.base = State::default();
        self.base.set_seq(self.seq);
        self.base.set_last_fence(self.fence);
        self.loaded = HashTrieSetSync::default();
        (self.permits, self.singles) = (false, false);
    }

    /// Lets go of every row: what became of the last transaction's is not known.
    pub(super) fn start_over(&mut self) {
        self.empty();
    }

    /// A commit that was in doubt has happened.
    pub(super) fn saw(&mut self, token: &str) {
        self.seen.insert(token.to_owned());
    }

    /// Whether it has; asked once.
    pub(super) fn has_seen(&mut self, token: &str) -> bool {
        self.seen.remove(token)
    }

    /// Lets go of rows when they are many.
    pub(super) fn trim(&mut self) {
        if self.loaded.size() > MOST {
            self.empty();
        }
    }
}
