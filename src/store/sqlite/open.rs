//! Opening the file, and setting it aside when it is damaged.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::fail::Fail;
use super::schema;
use crate::store::port::{Corruption, StoreError};

/// How long an operation waits for another process's transaction. Those take milliseconds.
const BUSY: Duration = Duration::from_secs(5);

/// Up to this size every page is checked on opening, in some tens of milliseconds on a phone. In a larger file
/// damage is found when it is met, and answered in the same way.
const CHECKED_WHOLE: u64 = 4 << 20;

/// Statements kept compiled; there are about fifty.
const STATEMENTS: usize = 64;

/// Opens `path`. A damaged file is set aside, together with what SQLite keeps beside it, and a new one started.
pub(super) fn open(path: &Path) -> Result<(Connection, Option<Corruption>), StoreError> {
    if path.as_os_str().is_empty() || path.as_os_str().as_encoded_bytes().starts_with(b":") {
        // SQLite would take these for a database that vanishes when it is closed.
        return Err(StoreError::Unwritable { why: "the path names no file".to_owned() });
    }
    let opened = {
        let _first = first_to_open(path);
        try_open(path)
    };
    match opened {
        Ok(connection) => Ok((connection, None)),
        Err(Fail::Told(error)) => Err(error),
        Err(Fail::Damaged(_)) => replace(path, None),
    }
}

/// One process at a time turns a new file into one with a write-ahead log: SQLite answers that it is busy at once
/// when two try, whatever the time-out.
fn first_to_open(path: &Path) -> Option<File> {
    use std::io::Read as _;
    let mut header = Vec::with_capacity(20);
    let read = File::open(path).and_then(|file| file.take(20).read_to_end(&mut header));
    if read.is_ok() && header.get(18..20) == Some(&[2, 2]) {
        return None;
    }
    let lock = File::create(beside(path, "-recovery")).ok()?;
    lock.lock().ok()?;
    Some(lock)
}

/// Replaces the file if it is damaged, or has `proved` to be so in a way that opening it does not show.
///
/// Under a lock between processes: another one may be replacing the same file, and its new one must stay.
pub(super) fn replace(
    path: &Path,
    proved: Option<&String>,
) -> Result<(Connection, Option<Corruption>), StoreError> {
    // Where locks are not to be had, recovery goes on without.
    let lock = File::create(beside(path, "-recovery")).ok();
    let _held = lock.as_ref().and_then(|file| file.lock().ok());
    let opened = match proved {
        Some(why) => Err(Fail::damaged(why)),
        None => try_open(path),
    };
    match opened {
        Ok(connection) => Ok((connection, None)),
        Err(Fail::Told(error)) => Err(error),
        Err(Fail::Damaged(why)) => {
            let set_aside = set_aside(path)
                .map_err(|error| StoreError::Unwritable { why: format!("{why}; not moved: {error}") })?;
            tracing::warn!(%why, "the store is damaged; it was set aside and a new one started");
            let connection = try_open(path).map_err(StoreError::from)?;
            Ok((connection, Some(Corruption { set_aside: set_aside.display().to_string(), why })))
        }
    }
}

fn try_open(path: &Path) -> Result<Connection, Fail> {
    check_header(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Before anything is written: the file of a newer planguard stays as it is.
    let version = schema::version(&connection)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::Unwritable { why: format!("no write-ahead log here, only {mode}") }.into());
    }
    // Safe against the death of the process at any point. A power cut may take back the last transactions but
    // never leaves half of one, and it spares the disk's wait on every login.
    connection.pragma_update(None, "synchronous", "normal")?;
    if version < schema::NEWEST {
        schema::migrate(&mut connection)?;
    }
    schema::verify(&connection)?;
    if std::fs::metadata(path).is_ok_and(|file| file.len() <= CHECKED_WHOLE) {
        check_pages(&connection)?;
    }
    Ok(connection)
}

/// SQLite takes a damaged format byte for a file it may only read, which would look like a wrong path.
fn check_header(path: &Path) -> Result<(), Fail> {
    use std::io::Read as _;
    let mut header = Vec::with_capacity(20);
    // A file that cannot be read is SQLite's to report.
    let read = File::open(path).and_then(|file| file.take(20).read_to_end(&mut header));
    if read.is_err() || header.is_empty() {
        return Ok(());
    }
    let whole = header.starts_with(b"SQLite format 3\0") && header.len() == 20;
    if whole && header[18..20].iter().all(|format| matches!(format, 1 | 2)) {
        Ok(())
    } else {
        Err(Fail::damaged("the file is not a database"))
    }
}

fn check_pages(connection: &Connection) -> Result<(), Fail> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(Fail::damaged(found)) }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let target = (1..=9999_u32)
        .map(|n| beside(path, &format!(".corrupt-{n}")))
        .find(|target| !target.exists())
        .unwrap_or_else(|| beside(path, ".corrupt"));
    std::fs::rename(path, &target)?;
    for suffix in ["-wal", "-shm"] {
        let companion = beside(path, suffix);
        if companion.exists() {
            // A log left behind would be replayed into the new file.
            std::fs::rename(&companion, beside(&target, suffix))
                .or_else(|_| std::fs::remove_file(&companion))?;
        }
    }
    Ok(target)
}
