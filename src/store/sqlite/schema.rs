//! The schema's versions, how one becomes the next, and how a damaged one is told from a newer one.

use rusqlite::{Connection, TransactionBehavior};

use super::codec::to_json;
use super::fail::Fail;
use super::{v2, v4};
use crate::model::TimeRecord;
use crate::store::{StoreError, SyncState};

/// "PGrd": marks the file as planguard's.
pub(super) const APPLICATION_ID: i32 = 0x5047_7264;

/// The size of a page of a new file: a login writes few bytes of each page that it touches.
pub(super) const PAGE: u16 = 2048;

/// The size of a page of a file that schemas 1 to 3 began.
pub(super) const OLD_PAGE: u16 = 4096;

/// The newest schema this build reads and writes.
pub(super) const NEWEST: u32 = 4;

/// What a migration does after its statements.
type Carry = fn(&Connection) -> Result<(), Fail>;

/// Each entry takes the schema from its position to the next version, and sets `about.schema`.
const MIGRATIONS: [(&str, Carry); NEWEST as usize] = [
    (include_str!("v1.sql"), |_| Ok(())),
    (include_str!("v2.sql"), v2::carry),
    (include_str!("v3.sql"), |_| Ok(())),
    (include_str!("v4.sql"), v4::carry),
];

/// The tables that the migrations make, as SQLite tells them: what a new file is made with, and what every file is
/// compared with. A test keeps it in step.
const EXPECTED: &str = include_str!("newest.sql");

fn number(connection: &Connection, pragma: &str) -> Result<i32, Fail> {
    Ok(connection.pragma_query_value(None, pragma, |row| row.get(0))?)
}

/// Whether the file is one of ours, of which version, and whole. Damage is [`Fail::Damaged`], a file of a newer
/// planguard [`StoreError::NewerSchema`]; `Ok(0)` is an empty file.
pub(super) fn version(connection: &Connection) -> Result<u32, Fail> {
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(damage_if_malformed)?;
    let (application, version) = (number(connection, "application_id")?, number(connection, "user_version")?);
    if tables == 0 && version == 0 && (application == 0 || application == APPLICATION_ID) {
        return Ok(0);
    }
    if application != APPLICATION_ID {
        return Err(Fail::damaged(format!("application id {application:#010x} is not planguard's")));
    }
    let repeated: u32 = connection
        .query_row("SELECT schema FROM about", [], |row| row.get(0))
        .map_err(damage_if_malformed)?;
    match u32::try_from(version) {
        Ok(found) if found != repeated || found == 0 => {
            Err(Fail::damaged(format!("schema version {found} in the header, {repeated} in the table")))
        }
        Ok(found) if found > NEWEST => Err(StoreError::NewerSchema { found, known: NEWEST }.into()),
        Ok(found) => Ok(found),
        Err(_) => Err(Fail::damaged(format!("schema version {version}"))),
    }
}

/// A statement over tables that must exist does not compile: the schema itself is damaged.
fn damage_if_malformed(error: rusqlite::Error) -> Fail {
    match &error {
        rusqlite::Error::SqlInputError { .. } => Fail::damaged(error.to_string()),
        rusqlite::Error::SqliteFailure(failure, _) if failure.code == rusqlite::ErrorCode::Unknown => {
            Fail::damaged(error.to_string())
        }
        rusqlite::Error::QueryReturnedNoRows => Fail::damaged("a table that always has a row is empty"),
        _ => error.into(),
    }
}

/// Takes the file to [`NEWEST`], in one transaction. Another process may do the same at the same time.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Fail> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = version(&transaction)?;
    if from == 0 {
        transaction.execute_batch(EXPECTED)?;
        transaction.execute("INSERT INTO about (schema) VALUES (?)", [NEWEST])?;
        transaction.execute(
            "INSERT INTO singles (id, sync, time) VALUES (1, ?, ?)",
            [to_json(&SyncState::default())?, to_json(&TimeRecord::default())?],
        )?;
    } else if from < NEWEST {
        for (statements, carry) in &MIGRATIONS[from as usize..] {
            transaction.execute_batch(statements)?;
            carry(&transaction)?;
        }
    }
    if from < NEWEST {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", NEWEST)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Whether the tables are exactly those that the migrations make.
pub(super) fn verify(connection: &Connection) -> Result<(), Fail> {
    if text(connection)? == EXPECTED { Ok(()) } else { Err(Fail::damaged("the schema was altered")) }
}

fn text(connection: &Connection) -> Result<String, Fail> {
    // SQLite's own tables (statistics, sequences) come and go.
    let sql = "SELECT coalesce(group_concat(sql || ';', x'0a'), '')
               FROM (SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@' ORDER BY name)";
    connection.query_row(sql, [], |row| row.get(0)).map_err(damage_if_malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_has_the_tables_that_the_migrations_make() {
        let migrated = Connection::open_in_memory().unwrap();
        for (statements, carry) in &MIGRATIONS {
            migrated.execute_batch(statements).unwrap();
            carry(&migrated).unwrap();
        }
        let made = text(&migrated).unwrap();
        if let Ok(path) = std::env::var("PLANGUARD_WRITE_SCHEMA") {
            std::fs::write(path, &made).unwrap();
        }
        assert!(
            made == EXPECTED,
            "write it to src/store/sqlite/newest.sql with PLANGUARD_WRITE_SCHEMA=<path>"
        );
        let mut fresh = Connection::open_in_memory().unwrap();
        migrate(&mut fresh).unwrap();
        assert_eq!((version(&fresh).unwrap(), text(&fresh).unwrap() == EXPECTED), (NEWEST, true));
        let singles = |connection: &Connection| {
            let rows = connection.query_row("SELECT count(*) FROM singles", [], |row| row.get::<_, i64>(0));
            rows.unwrap()
        };
        assert_eq!((singles(&fresh), singles(&migrated)), (1, 1));
    }
}
