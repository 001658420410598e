//! Bringing the schema up to date, in the transaction that opens the database.

use super::{DbError, Queries};

/// Every step, in order. Steps are only ever added: a database that somebody runs has taken some of them.
const STEPS: [&str; 3] = [
    include_str!("../../migrations/0001_contract.sql"),
    include_str!("../../migrations/0002_provider.sql"),
    include_str!("../../migrations/0003_notices.sql"),
];

/// The schema that this endpoint writes.
#[expect(clippy::cast_possible_wrap, reason = "a handful of steps")]
pub const SCHEMA: i64 = STEPS.len() as i64;

pub(super) fn run(queries: &mut dyn Queries) -> Result<(), DbError> {
    queries.execute("CREATE TABLE IF NOT EXISTS planguard_schema (version BIGINT NOT NULL)", &[])?;
    let found: i64 = match queries.first("SELECT MAX(version) FROM planguard_schema", &[])? {
        Some(row) => row.get::<Option<i64>>(0)?.unwrap_or(0),
        None => 0,
    };
    if found > SCHEMA {
        return Err(DbError::NewerSchema { found, known: SCHEMA });
    }
    for (step, version) in STEPS.iter().zip(1..).filter(|(_, version)| *version > found) {
        for statement in statements(step) {
            queries.execute(statement, &[])?;
        }
        queries.execute("INSERT INTO planguard_schema (version) VALUES ($1)", &[version.into()])?;
    }
    Ok(())
}

/// The statements of a step. None of them has a semicolon inside; comments stand on lines of their own.
fn statements(step: &str) -> impl Iterator<Item = &str> {
    let empty = |text: &&str| text.lines().any(|line| !line.trim().is_empty() && !line.starts_with("--"));
    step.split(';').map(str::trim).filter(empty)
}
