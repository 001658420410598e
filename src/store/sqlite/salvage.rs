//! Reading whose a damaged store was, so that its users keep their pseudonyms in the new one.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::carve;
use super::identity::Identity;
use super::paths::beside;
use super::schema::{OLD_PAGE, PAGE};

/// A larger file is not copied for this.
const COPIED: u64 = 64 << 20;

/// The identity in the damaged file at `path`, where it can still be read. Works on a copy: the file itself is kept
/// for a bug report.
pub(super) fn identity(path: &Path) -> Option<Identity> {
    if std::fs::metadata(path).ok()?.len() > COPIED {
        return None;
    }
    let copy = beside(path, "-salvage");
    let (log, copied_log) = (beside(path, "-wal"), beside(&copy, "-wal"));
    let found = std::fs::copy(path, &copy).ok().and_then(|_| {
        // Without its log the file may still hold what is looked for.
        let with_log = std::fs::copy(&log, &copied_log).is_ok();
        read(&copy).or_else(|| {
            [PAGE, OLD_PAGE].into_iter().find_map(|page| {
                std::fs::write(&copy, with_our_header(std::fs::read(path).ok()?, page, with_log)).ok()?;
                read(&copy)
            })
        })
    });
    // Its tables may be gone where its rows are not; the log has the newer ones.
    let carved =
        || [log.as_path(), path].into_iter().find_map(|from| carve::identity(&std::fs::read(from).ok()?));
    let found = found.or_else(carved);
    for left in [&copy, &copied_log, &beside(&copy, "-shm"), &beside(&copy, "-journal")] {
        if let Err(error) = std::fs::remove_file(left)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a copy of a damaged store was not removed");
        }
    }
    found
}

fn read(path: &Path) -> Option<Identity> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).ok()?;
    Identity::find(&connection).ok()?
}

/// The file with the header that every store of ours has whose pages are of that size.
fn with_our_header(mut file: Vec<u8>, page: u16, with_log: bool) -> Vec<u8> {
    let pages = u32::try_from(file.len() / usize::from(page)).unwrap_or(u32::MAX).to_be_bytes();
    let format = if with_log { 2 } else { 1 };
    let [high, low] = page.to_be_bytes();
    let fields: [(usize, &[u8]); 9] = [
        (0, b"SQLite format 3\0"),
        // Page size, formats, nothing reserved, and three fixed fractions.
        (16, &[high, low, format, format, 0, 64, 32, 32]),
        // The change counter, equal to the number that the page count is valid for.
        (24, &[0, 0, 0, 1]),
        (28, &pages),
        // No free pages, as far as reading goes.
        (32, &[0; 8]),
        (44, &[0, 0, 0, 4]),
        (52, &[0; 4]),
        // UTF-8, and further down no incremental vacuum.
        (56, &[0, 0, 0, 1]),
        (92, &[0, 0, 0, 1]),
    ];
    for (at, bytes) in fields {
        if let Some(field) = file.get_mut(at..at + bytes.len()) {
            field.copy_from_slice(bytes);
        }
    }
    file
}
