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

/// Held by whoever migrates a Postgres database: two processes may begin on it at once.
const LOCK: i64 = 0x706C_616E_6775_6172;

pub(super) fn run(queries: &mut dyn Queries, postgres: bool) -> Result<(), DbError> {
    if postgres {
        queries.execute("SELECT pg_advisory_xact_lock($1)", &[LOCK.into()])?;
    }
    queries.execute("CREATE TABLE IF NOT EXISTS planguard_schema (version BIGINT NOT NULL)", &[])?;
    let found = version(queries)?;
    if found > SCHEMA {
        return Err(DbError::NewerSchema { found, known: SCHEMA });
    }
    for (step, version) in STEPS.iter().zip(1..).filter(|(_, version)| *version > found) {
        for statement in statements(step) {
            queries.execute(&statement, &[])?;
        }
        queries.execute("INSERT INTO planguard_schema (version) VALUES ($1)", &[version.into()])?;
    }
    Ok(())
}

/// The schema of the database, 0 before the first step.
pub(super) fn version(queries: &mut dyn Queries) -> Result<i64, DbError> {
    let row = queries.first("SELECT MAX(version) FROM planguard_schema", &[])?;
    Ok(row.map_or(Ok(None), |row| row.get::<Option<i64>>(0))?.unwrap_or(0))
}

/// The statements of a step, without comments, which stand on lines of their own and may hold anything. No statement has a
/// semicolon inside.
fn statements(step: &str) -> impl Iterator<Item = String> {
    let lines: Vec<_> = step.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let statements = lines.join("\n");
    let all: Vec<_> =
        statements.split(';').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    all.into_iter()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_semicolon_in_a_comment_ends_no_statement() {
        let step = "-- One; two.\nCREATE TABLE a (\n    -- Three; four.\n    b BIGINT\n);\n\n-- Five;\n";
        let found: Vec<_> = super::statements(step).collect();
        assert_eq!(found, ["CREATE TABLE a (\n    b BIGINT\n)"]);
    }
}
