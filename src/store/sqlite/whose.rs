//! Whose file it is, read from its bytes, so that a file which is not planguard's is not even opened as a database.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::paths::beside;
use super::schema::APPLICATION_ID;
use crate::store::StoreError;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// Where the header holds the application id.
const ID_AT: usize = 68;

/// How much of a file is searched for traces of our schema: it was written first, so it lies in front.
const SEARCHED: u64 = 1 << 20;

/// How the list of tables begins an entry of ours. Three of these in one file are no chance.
const TRACES: [&[u8]; 6] = [
    b"tableaboutabout",
    b"tabledocumentdocument",
    b"tableactiveactive",
    b"tabledeferreddeferred",
    b"tableidentitiesidentities",
    b"tableoutboxoutbox",
];

/// Fails when there is something at `path` that is not planguard's. A damaged store is planguard's while its
/// application id or its list of tables can be made out.
pub(super) fn check(path: &Path) -> Result<Start, StoreError> {
    // What is not there, or cannot be looked at, is for SQLite to create or to report.
    let Ok(found) = std::fs::metadata(path) else { return Ok(Start(None)) };
    if !found.is_file() {
        return Err(StoreError::NotOurs { why: "the path names something else than a file".to_owned() });
    }
    let read = Start::read(path);
    let Some(start) = &read.0 else { return Ok(read) };
    let log = beside(path, "-wal");
    if has_our_id(start) || (start.is_empty() && !has_content(&log)) {
        return Ok(read);
    }
    if is_empty_database(start) && !has_content(&log) {
        return Ok(read);
    }
    if has_traces(path) || has_traces(&log) {
        return Ok(read);
    }
    let why = if start.starts_with(MAGIC) {
        "the file is a database of another program"
    } else {
        "the file is not a database"
    };
    Err(StoreError::NotOurs { why: why.to_owned() })
}

/// How the file begins; `None` for one that cannot be read.
pub(super) struct Start(Option<Vec<u8>>);

impl Start {
    pub(super) fn read(path: &Path) -> Self {
        Self(read(path, 112).ok())
    }

    /// Whether the header is whole as far as opening depends on it. SQLite takes a damaged format byte for a file it
    /// may only read, which would look like a wrong path.
    pub(super) fn has_whole_header(&self) -> bool {
        // A file that cannot be read is SQLite's to report.
        let Some(start) = &self.0 else { return true };
        let format = start.get(18..20).is_some_and(|format| format.iter().all(|n| matches!(n, 1 | 2)));
        start.is_empty() || (start.starts_with(MAGIC) && format)
    }

    /// Whether the file was turned into one with a write-ahead log.
    pub(super) fn has_log_format(&self) -> bool {
        self.0.as_ref().is_some_and(|start| start.get(18..20) == Some(&[2, 2]))
    }
}

fn read(path: &Path, bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)?.take(bytes).read_to_end(&mut start)?;
    Ok(start)
}

fn has_our_id(start: &[u8]) -> bool {
    start.get(ID_AT..ID_AT + 4) == Some(&APPLICATION_ID.to_be_bytes())
}

pub(super) fn has_content(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// A database without an owner and without a table: the first page is a leaf (13) of no cells.
fn is_empty_database(start: &[u8]) -> bool {
    start.starts_with(MAGIC)
        && start.get(ID_AT..ID_AT + 4) == Some(&[0; 4])
        && start.get(100) == Some(&13)
        && start.get(103..105) == Some(&[0, 0])
}

fn has_traces(path: &Path) -> bool {
    let Ok(start) = read(path, SEARCHED) else { return false };
    let found = |trace: &&&[u8]| start.windows(trace.len()).any(|window| window == **trace);
    TRACES.iter().filter(found).count() >= 3
}
