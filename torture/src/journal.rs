//! The journal: what each process of a world wanted and what it was told, in one file that planguard knows nothing of.
//!
//! A line is one `write` to a file opened for appending, so the lines of several processes stand in the order in which
//! they were written, and a killed process takes none of its lines with it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// What a process is about to ask of planguard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Want {
    /// To log a user in, by a closure or in two steps.
    Login { user: u32, ticket: bool },
    /// As that, first thing after the process before died in this very login.
    LoginAgain { user: u32 },
    /// Room for one more member of a group.
    Reserve { group: u32 },
    /// To count what a permit holds, by the permit itself or by its id.
    Commit { permit: String, group: u32, by_id: bool },
    /// To give the room back: by dropping the permit, which tells nothing.
    Drop { permit: String, group: u32 },
    /// To count a friend of a user.
    Record { user: u32 },
    /// To count a search, once per key.
    Once { key: u32 },
    /// To fetch the document.
    Sync,
    /// To deliver usage events.
    Flush,
}

/// What it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Told {
    /// The login was carried out and succeeded.
    Executed,
    /// Somebody else's login succeeded, or the user was logged in already.
    LoggedIn,
    /// The login was not carried out, or certainly failed.
    NotLoggedIn { why: String },
    /// The login may have succeeded.
    Unknown { why: String },
    /// Room is held under this id.
    Held { permit: String },
    /// There is no room.
    Denied,
    /// The permit was counted; `late` where it had lapsed before.
    Counted { late: bool },
    /// No such permit is kept.
    NotKept,
    /// Whether the key was counted now.
    Once { counted: bool },
    /// What was wanted is done.
    Done,
    /// A flush ended, and the outbox dropped so many events since the install.
    Flushed { dropped: u64 },
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Line {
    /// A process has opened its guard, in so many milliseconds.
    Opened { process: u32, millis: u64 },
    /// A process could not open its guard.
    Refused { process: u32, why: String, millis: u64 },
    /// Written before the operation begins.
    Wants { process: u32, op: u64, want: Want },
    /// Written when it is over. `soft`: the store had failed by then, so that what was told is kept in memory only until
    /// the store is back. `limit` is how many milliseconds the caller was ready to wait.
    Told { process: u32, op: u64, told: Told, soft: bool, millis: u64, limit: Option<u64> },
    /// The process was told that the store failed.
    Down { process: u32 },
    /// The process was told that the store is back, and how many writes were lost.
    Up { process: u32, dropped: u64 },
    /// The process was told that the store was set aside.
    SetAside { process: u32, why: String },
    /// Code of planguard's, or of the process itself, panicked.
    Panicked { process: u32, why: String },
    /// The process is gone, killed or not. Written by who started it.
    Gone { process: u32 },
}

/// A journal that is written.
#[derive(Debug)]
pub(crate) struct Journal(File);

impl Journal {
    pub(crate) fn append(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path);
        Ok(Self(file.with_context(|| path.display().to_string())?))
    }

    pub(crate) fn write(&self, line: &Line) -> anyhow::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        // One call, so that lines of several processes do not mix.
        Ok((&self.0).write_all(text.as_bytes())?)
    }
}

/// A journal that is read while it grows.
#[derive(Debug)]
pub(crate) struct Reader {
    path: PathBuf,
    read: u64,
}

impl Reader {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), read: 0 }
    }

    /// One that reads what is written from now on.
    pub(crate) fn from_here(path: &Path) -> Self {
        Self { read: std::fs::metadata(path).map_or(0, |file| file.len()), ..Self::new(path) }
    }

    /// The whole lines that were written since.
    pub(crate) fn next(&mut self) -> anyhow::Result<Vec<Line>> {
        let Ok(mut file) = File::open(&self.path) else { return Ok(Vec::new()) };
        file.seek(SeekFrom::Start(self.read))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.read += whole as u64;
        let lines = text[..whole].lines();
        lines.map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
    }
}
