//! What a server must be able to do to hold a store that a fleet shares.

use std::time::Duration;

use super::page::{Kept, Page};
use super::row::{RowId, Table};
use crate::model::{Elapsed, Horizon};
use crate::store::StoreError;
use crate::store::job::{Job, Jobs};

/// What nearly every write changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Head {
    /// The number of the last write.
    pub(in crate::store) seq: u64,
    /// Drawn for each commit: two servers that parted say different ones under one number.
    pub(in crate::store) token: String,
    pub(in crate::store) last_fence: u64,
    /// How many events wait, at most.
    pub(in crate::store) waiting: u64,
    /// How many events were ever dropped.
    pub(in crate::store) dropped: u64,
    /// The number of the last event.
    pub(in crate::store) events: u64,
}

/// The rows that one commit changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Entry {
    /// The number of the last write in it.
    pub(in crate::store) seq: u64,
    pub(in crate::store) token: String,
    /// A name a line ([`RowId::name`]); [`ALL`](super::journal::ALL) where rows were forgotten in whole tables.
    pub(in crate::store) rows: String,
}

/// What a transaction begins with.
#[derive(Debug)]
pub(in crate::store) struct Begun {
    pub(in crate::store) head: Head,
    /// The commits from the number asked about on, that one included, as far as they are kept.
    pub(in crate::store) journal: Vec<Entry>,
    /// The number of the oldest commit that is kept; 0 where none is.
    pub(in crate::store) oldest: u64,
    /// The server's clock, in milliseconds, once nobody else writes.
    pub(in crate::store) server_ms: i64,
}

/// Why a transaction did not happen.
#[derive(Debug)]
pub(in crate::store) enum Fail {
    /// The server answered so.
    Told(StoreError),
    /// The server gave no answer; what was under way is not known.
    Lost(String),
    /// One work of several failed: each is to be run alone.
    Alone,
    /// Another process was faster: the works are to be run again.
    Conflict,
}

impl From<StoreError> for Fail {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl Fail {
    pub(in crate::store) fn told(&self) -> StoreError {
        match self {
            Self::Told(error) => error.clone(),
            Self::Lost(why) => StoreError::Unreachable { why: why.clone() },
            Self::Alone | Self::Conflict => StoreError::Busy,
        }
    }
}

/// Which rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) enum Scan {
    All,
    /// With that word.
    Part(String),
    /// Of no period, of a month or day from these on, or with a word.
    Since {
        month: i32,
        day: i32,
    },
    /// Of that month.
    Month(i32),
    /// Of a month or day after these, or dated later.
    Ahead {
        month: i32,
        day: i32,
        at: i64,
    },
    /// Changed after that write.
    Changed(u64),
    /// The first so many, by name.
    First(usize),
}

/// Takes rows as they are read.
pub(in crate::store) type Each<'e> = &'e mut dyn FnMut(RowId, Kept) -> Result<(), StoreError>;

/// A connection to a server that holds a store. One transaction at a time.
pub(in crate::store) trait Backing: Send {
    /// Begins a transaction, connecting where that is needed. With `write`, nobody else writes until it ends, or its commit
    /// fails with [`Fail::Conflict`]. `patient` waits longer for others.
    fn begin(&mut self, write: bool, patient: bool, since: u64) -> Result<Begun, Fail>;

    /// Reads rows; those that are not there are left out.
    fn load(&mut self, rows: &[RowId]) -> Result<Vec<(RowId, Kept)>, Fail>;

    /// Reads rows of a table.
    fn scan(&mut self, table: Table, scan: &Scan, each: Each<'_>) -> Result<(), Fail>;

    /// How many rows a table has of a month, or in all.
    fn count(&mut self, table: Table, month: Option<i32>) -> Result<u64, Fail>;

    /// The months that a table has rows of.
    fn months(&mut self, table: Table) -> Result<Vec<i32>, Fail>;

    /// Writes rows, and removes those without a page.
    fn write(&mut self, rows: Vec<(RowId, Option<Page>)>, origin: super::page::Origin) -> Result<(), Fail>;

    /// Forgets what lies before the horizon: counters of windows, users and lists of months, warnings, leases that
    /// ended, happenings and terms.
    fn forget(&mut self, horizon: &Horizon) -> Result<(), Fail>;

    /// Forgets leases that do not run at `now`, and that did not end within `settle` before: those of `here` by its own
    /// clock, others by the server's.
    fn sweep(&mut self, now: Elapsed, here: super::page::Origin, settle: Duration) -> Result<(), Fail>;

    /// Marks every counter and user as changed by that write.
    fn touch_all(&mut self, seq: u64) -> Result<(), Fail>;

    /// Writes the last rows, the head and the journal's entry, and ends the transaction.
    fn commit(
        &mut self,
        rows: Vec<(RowId, Option<Page>)>,
        origin: super::page::Origin,
        head: &Head,
        entry: &Entry,
    ) -> Result<(), Fail>;

    /// Ends the transaction without a trace.
    fn rollback(&mut self);

    /// Waits for a moment before a server that was lost is looked for again.
    fn pause(&mut self);

    /// Waits for the next task; `None` once nobody can give one. What others write meanwhile is told by `news`.
    fn wait(&mut self, tasks: &mut Jobs, news: &mut dyn FnMut()) -> Option<Job>;
}
