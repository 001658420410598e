//! Opening the file, and setting it aside when it is a damaged store of ours.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::fail::Fail;
use super::identity::Identity;
use super::paths::beside;
use super::whose::{self, Start};
use super::{salvage, schema};
use crate::store::{Corruption, StoreError};

/// How long works wait for another process's transaction. Those take milliseconds.
pub(super) const BUSY: Duration = Duration::from_secs(2);

/// How long a work waits without which its caller cannot go on.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Up to this size every page is checked when the last process did not end in good order, in some tens of milliseconds
/// on a phone. Else damage is found when it is met, and answered in the same way.
const CHECKED_WHOLE: u64 = 4 << 20;

/// So many pages gather in the log before they go to the file: four megabytes in a file of ours.
const LOGGED_PAGES: u32 = 2000;

/// Statements kept compiled; there are about eighty.
const STATEMENTS: usize = 128;

/// Opens `path`. A damaged store is set aside, together with what SQLite keeps beside it, and a new one started, with
/// `known` as its identity or with what the damaged one still says of it.
pub(super) fn open(
    path: &Path,
    known: Option<&Identity>,
) -> Result<(Connection, Option<Corruption>), StoreError> {
    check_path(path)?;
    let start = whose::check(path)?;
    let opened = if start.has_log_format() {
        try_open(path, &start)
    } else {
        // One process at a time turns a new file into one with a write-ahead log: SQLite answers that it is busy at
        // once when two try, whatever the time-out.
        let _first = lock(path);
        try_open(path, &Start::read(path))
    };
    match opened {
        Ok(connection) => Ok((connection, None)),
        Err(Fail::Damaged(_)) => replace(path, None, known),
        Err(fail) => Err(fail.into()),
    }
}

/// That there can be a file of that name.
fn check_path(path: &Path) -> Result<(), StoreError> {
    let bytes = path.as_os_str().as_encoded_bytes();
    let wrong = if bytes.is_empty() || bytes.starts_with(b":") {
        // SQLite would take these for a database that vanishes when it is closed.
        "the path names no file"
    } else if bytes.contains(&0) {
        "the path holds a NUL character"
    } else {
        return Ok(());
    };
    Err(StoreError::Unwritable { why: wrong.to_owned() })
}

/// The lock between processes that make or replace the file. Where locks are not to be had, they go on without.
pub(super) fn lock(path: &Path) -> Option<File> {
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
    known: Option<&Identity>,
) -> Result<(Connection, Option<Corruption>), StoreError> {
    let _lock = lock(path);
    let opened = match proved {
        Some(why) => Err(Fail::damaged(why)),
        None => try_open(path, &Start::read(path)),
    };
    match opened {
        Ok(connection) => Ok((connection, None)),
        Err(Fail::Damaged(why)) => {
            let identity = known.cloned().or_else(|| salvage::identity(path));
            let set_aside = set_aside(path)
                .map_err(|error| StoreError::Unwritable { why: format!("{why}; not moved: {error}") })?;
            tracing::warn!(%why, "the store is damaged; it was set aside and a new one started");
            let connection = try_open(path, &Start::read(path)).map_err(StoreError::from)?;
            if let Some(identity) = identity {
                identity.save(&connection)?;
            }
            Ok((connection, Some(Corruption { set_aside: set_aside.display().to_string(), why })))
        }
        Err(fail) => Err(fail.into()),
    }
}

/// A connection that waits as long as opening may take: whoever opens has nothing to go on with meanwhile.
pub(super) fn connect(path: &Path) -> Result<Connection, Fail> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

fn try_open(path: &Path, start: &Start) -> Result<Connection, Fail> {
    if !start.has_whole_header() {
        return Err(Fail::damaged("the header is damaged"));
    }
    // What ends in good order takes its log along.
    let ended_well = !whose::has_content(&beside(path, "-wal"));
    let mut connection = connect(path)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Before anything is written: the file of a newer planguard stays as it is.
    let version = look(&connection, !ended_well && is_small(path))?;
    if version == 0 {
        connection.pragma_update(None, "page_size", schema::PAGE)?;
        // Before the log, so that the file itself says whose it is from its first page on.
        connection.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    }
    if version == 0 || !start.has_log_format() {
        let mode: String =
            connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(
                StoreError::Unwritable { why: format!("no write-ahead log here, only {mode}") }.into()
            );
        }
    }
    // Safe against the death of the process at any point. A power cut may take back the last transactions but
    // never leaves half of one, and it spares the disk's wait on every login.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "wal_autocheckpoint", LOGGED_PAGES)?;
    if version < schema::NEWEST {
        schema::migrate(&mut connection)?;
        schema::verify(&connection)?;
    }
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// Finds the file's version, whole as far as can be told, in one transaction that only reads.
fn look(connection: &Connection, whole: bool) -> Result<u32, Fail> {
    let transaction = connection.unchecked_transaction()?;
    let version = schema::version(&transaction)?;
    if version == schema::NEWEST {
        schema::verify(&transaction)?;
    }
    if version > 0 && whole {
        check_pages(&transaction)?;
    }
    transaction.commit()?;
    Ok(version)
}

fn is_small(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() <= CHECKED_WHOLE)
}

fn check_pages(connection: &Connection) -> Result<(), Fail> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(Fail::damaged(found)) }
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
