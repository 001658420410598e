//! The tables: making them, bringing older ones up to date, and refusing what is not planguard's.

use tokio_postgres::Client;

use super::columns::column;
use super::errors::fail;
use super::sql;
use crate::store::StoreError;
use crate::store::fleet::backing::Fail;
use crate::store::fleet::row::Table;

/// The schema's version that this build writes.
pub(super) const NEWEST: i32 = 1;

/// What the schema says of itself.
const OURS: &str = "planguard store";

/// Makes the tables where there are none, and checks that they are ours.
pub(super) async fn ready(client: &Client, schema: &str) -> Result<(), Fail> {
    match look(client, schema).await? {
        Found::Version(version) => Ok(check(version)?),
        Found::Nothing { exists } => make(client, schema, exists).await,
    }
}

enum Found {
    Version(i32),
    Nothing { exists: bool },
}

/// Whether this build can read a schema of that version. It is asked in every transaction: a newer planguard may
/// bring the schema up to date while this process runs.
pub(super) fn check(version: i32) -> Result<(), StoreError> {
    if version <= NEWEST {
        return Ok(());
    }
    let number = |version: i32| u32::try_from(version).unwrap_or_default();
    Err(StoreError::NewerSchema { found: number(version), known: number(NEWEST) })
}

async fn look(client: &Client, schema: &str) -> Result<Found, Fail> {
    let text = "SELECT obj_description(n.oid, 'pg_namespace'), \
                (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid) FROM pg_namespace n WHERE n.nspname = $1";
    let rows = client.query(text, &[&schema]).await.map_err(|error| fail(&error))?;
    let Some(row) = rows.first() else { return Ok(Found::Nothing { exists: false }) };
    let (comment, things): (Option<String>, i64) = (column(row, 0)?, column(row, 1)?);
    if comment.as_deref() != Some(OURS) {
        if things == 0 {
            return Ok(Found::Nothing { exists: true });
        }
        let why = format!("the schema {schema} holds tables that are not planguard's");
        return Err(StoreError::NotOurs { why }.into());
    }
    if things == 0 {
        return Ok(Found::Nothing { exists: true });
    }
    let version = format!("SELECT version FROM {schema}.head");
    let row = client.query_one(&version, &[]).await.map_err(|error| fail(&error))?;
    Ok(Found::Version(column(&row, 0)?))
}

/// Under a lock of the whole database: of processes that start at once, one makes the tables.
async fn make(client: &Client, schema: &str, exists: bool) -> Result<(), Fail> {
    let begin = "BEGIN; SELECT pg_advisory_xact_lock(hashtext('planguard'), hashtext('schema'))";
    client.batch_execute(begin).await.map_err(|error| fail(&error))?;
    let made = match look(client, schema).await {
        Ok(Found::Version(version)) => check(version).map_err(Fail::from),
        Ok(Found::Nothing { .. }) => {
            let text = first(schema, exists);
            client.batch_execute(&text).await.map_err(|error| fail(&error))
        }
        Err(fail) => Err(fail),
    };
    let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
    client.batch_execute(end).await.map_err(|error| fail(&error))?;
    made
}

/// Version 1.
fn first(schema: &str, exists: bool) -> String {
    let mut text = String::new();
    let mut say = |line: &str| {
        text.push_str(line);
        text.push_str(";\n");
    };
    if !exists {
        say(&format!("CREATE SCHEMA {schema}"));
    }
    say(&format!(
        "CREATE TABLE {schema}.head (one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one), version INT NOT NULL, \
         seq BIGINT NOT NULL, token TEXT NOT NULL, last_fence BIGINT NOT NULL, waiting BIGINT NOT NULL, \
         dropped BIGINT NOT NULL, events BIGINT NOT NULL) WITH (fillfactor = 10)"
    ));
    say(&format!("INSERT INTO {schema}.head VALUES (TRUE, {NEWEST}, 0, '', 0, 0, 0, 0)"));
    say(&format!(
        "CREATE TABLE {schema}.journal (seq BIGINT PRIMARY KEY, token TEXT NOT NULL, rows TEXT NOT NULL, \
         at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())"
    ));
    for table in Table::ALL {
        // Room in each page: a row that is changed stays in it.
        say(&format!("CREATE TABLE {schema}.{} ({}) WITH (fillfactor = 70)", table.name(), sql::COLUMNS));
    }
    for (table, columns) in [
        ("counters", "changed"),
        ("users", "changed"),
        ("active", "month"),
        ("identities", "month"),
        ("deferred", "month"),
    ] {
        say(&format!("CREATE INDEX {table}_{columns} ON {schema}.{table} ({columns})"));
    }
    for (table, columns) in [("users", "part"), ("leases", "part")] {
        say(&format!("CREATE INDEX {table}_{columns} ON {schema}.{table} ({columns}) WHERE part <> ''"));
    }
    say(&format!("CREATE UNIQUE INDEX outbox_id ON {schema}.outbox (part)"));
    say(&format!("COMMENT ON SCHEMA {schema} IS '{OURS}'"));
    text
}
