//! SQLite: a file, one connection that writes and one that reads beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, TransactionBehavior};
use tokio::sync::Mutex;

use super::value::{self, Row, Value};
use super::{Answer, DbError, Queries, WHOLE};

pub(super) struct Sqlite {
    writer: Lane,
    reader: Lane,
    patience: Duration,
}

/// One connection. Who waits for it waits in line and on no thread: threads are few, and other work needs them.
type Lane = Arc<Mutex<Connection>>;

impl Sqlite {
    /// Opens the file. For `patience` a write waits for another process.
    pub(super) fn open(path: &Path, patience: Duration) -> Result<Self, DbError> {
        let lane = || Ok::<_, DbError>(Arc::new(Mutex::new(connect(path, patience)?)));
        Ok(Self { writer: lane()?, reader: lane()?, patience })
    }

    pub(super) async fn write<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        self.transact(&self.writer, TransactionBehavior::Immediate, work).await
    }

    pub(super) async fn read<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        self.transact(&self.reader, TransactionBehavior::Deferred, work).await
    }

    async fn transact<R: Send + 'static>(
        &self,
        lane: &Lane,
        behavior: TransactionBehavior,
        work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        let turn = tokio::time::timeout(self.patience * WHOLE, Arc::clone(lane).lock_owned()).await;
        let mut connection = turn.map_err(|_| DbError::Busy)?;
        // Held until it is done, even where nobody waits for it any more.
        blocking(move || run(&mut connection, behavior, work)).await
    }
}

fn connect(path: &Path, patience: Duration) -> Result<Connection, DbError> {
    let unreachable = |error: rusqlite::Error| match fault(&error) {
        known @ (DbError::Damaged { .. } | DbError::Busy) => known,
        _ => DbError::unreachable(&error),
    };
    let connection = Connection::open(path).map_err(unreachable)?;
    connection.busy_timeout(patience).map_err(unreachable)?;
    connection.pragma_update(None, "journal_mode", "wal").map_err(unreachable)?;
    // A receipt promises that the events are kept: every commit reaches the disk.
    connection.pragma_update(None, "synchronous", "full").map_err(unreachable)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(unreachable)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

pub(super) async fn copy(database: PathBuf, path: PathBuf, patience: Duration) -> Answer<()> {
    let path =
        path.into_os_string().into_string().map_err(|_| DbError::failed(&"the path is not Unicode"))?;
    blocking(move || {
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .map_err(|error| fault(&error))?;
        connection.busy_timeout(patience).map_err(|error| fault(&error))?;
        connection.execute("VACUUM INTO ?1", [path]).map(drop).map_err(|error| fault(&error))
    })
    .await
}

async fn blocking<R: Send + 'static>(work: impl FnOnce() -> Answer<R> + Send + 'static) -> Answer<R> {
    tokio::task::spawn_blocking(work).await.map_err(|error| DbError::failed(&error))?
}

fn run<R>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    mut work: impl FnMut(&mut dyn Queries) -> Answer<R>,
) -> Answer<R> {
    let transaction = connection.transaction_with_behavior(behavior).map_err(|error| fault(&error))?;
    // Rolled back when it is dropped.
    let answer = work(&mut InSqlite(&transaction))?;
    transaction.commit().map_err(|error| fault(&error))?;
    Ok(answer)
}

struct InSqlite<'a>(&'a Connection);

impl InSqlite<'_> {
    fn statement(&self, sql: &str, values: &[Value]) -> rusqlite::Result<CachedStatement<'_>> {
        let mut statement = self.0.prepare_cached(sql)?;
        for (number, value) in (1_usize..).zip(values) {
            // By name, since a parameter may stand anywhere and more than once.
            if let Some(index) = statement.parameter_index(&format!("${number}"))? {
                statement.raw_bind_parameter(index, value)?;
            }
        }
        Ok(statement)
    }
}

impl Queries for InSqlite<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        value::check(values)?;
        let run = || self.statement(sql, values)?.raw_execute();
        run().map(|changed| changed as u64).map_err(|error| fault(&error))
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        value::check(values)?;
        let run = || {
            let mut statement = self.statement(sql, values)?;
            let columns = statement.column_count();
            let mut found = Vec::new();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                let values = (0..columns).map(|index| Ok(read_value(row.get_ref(index)?)));
                found.push(Row::new(values.collect::<rusqlite::Result<_>>()?));
            }
            Ok(found)
        };
        run().map_err(|error: rusqlite::Error| fault(&error))
    }
}

/// The endpoint writes no numbers with a fraction.
fn read_value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Text(number.to_string()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn fault(error: &rusqlite::Error) -> DbError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DbError::Busy,
        // A disk that is full, or a file that was made read-only, is put right without a restart.
        Some(
            ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::DiskFull | ErrorCode::ReadOnly,
        ) => DbError::unreachable(error),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            DbError::Damaged { table: "the file".into(), why: error.to_string() }
        }
        _ => DbError::failed(error),
    }
}
