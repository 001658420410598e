//! Postgres: a pool of connections.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, Timeouts};
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Config, NoTls};

use super::value::{Row, Value};
use super::{Answer, DbError, Queries};

/// Connections at once. Postgres itself allows 100 by default, to all who share it.
const CONNECTIONS: usize = 16;

/// How long anything waits: for a connection, and for the answer to one statement.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a transaction is tried that others were in the way of.
const TRIES: u32 = 5;

pub(super) struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub(super) fn connect(url: &str) -> Result<Self, DbError> {
        let mut config: Config = url.parse().map_err(|error| DbError::unreachable(&error))?;
        config.connect_timeout(PATIENCE);
        config.application_name("planguard-endpoint");
        let patience = PATIENCE.as_millis();
        config.options(format!("-c statement_timeout={patience} -c lock_timeout={patience}"));
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, NoTls, recycling);
        let waits = Timeouts { wait: Some(PATIENCE), create: Some(PATIENCE), recycle: Some(PATIENCE) };
        let pool = Pool::builder(manager).max_size(CONNECTIONS).timeouts(waits).runtime(Runtime::Tokio1);
        Ok(Self { pool: pool.build().map_err(|error| DbError::failed(&error))? })
    }

    /// Runs `work` as one transaction, on a thread on which it may wait.
    pub(super) async fn run<R: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        let pool = self.pool.clone();
        let handle = Handle::current();
        let run = move || {
            let mut tried = 0;
            loop {
                tried += 1;
                match once(&pool, &handle, &mut work) {
                    Err(Failure::Conflict) if tried < TRIES => {}
                    Err(Failure::Conflict) => return Err(DbError::Busy),
                    Err(Failure::Other(error)) => return Err(error),
                    Ok(answer) => return Ok(answer),
                }
            }
        };
        tokio::task::spawn_blocking(run).await.map_err(|error| DbError::failed(&error))?
    }
}

enum Failure {
    /// Another transaction was in the way: the same one can succeed now.
    Conflict,
    Other(DbError),
}

fn once<R>(
    pool: &Pool,
    handle: &Handle,
    work: &mut impl FnMut(&mut dyn Queries) -> Answer<R>,
) -> Result<R, Failure> {
    let mut connection =
        handle.block_on(pool.get()).map_err(|error| Failure::Other(no_connection(&error)))?;
    let builder = connection.build_transaction();
    let transaction = handle.block_on(builder.start()).map_err(|error| Failure::Other(fault(&error)))?;
    let mut queries = InPostgres { handle, transaction: &transaction, conflict: false };
    let answer = work(&mut queries);
    let conflict = queries.conflict;
    match answer {
        _ if conflict => Err(Failure::Conflict),
        // Rolled back when it is dropped.
        Err(error) => Err(Failure::Other(error)),
        Ok(answer) => match handle.block_on(transaction.commit()) {
            Ok(()) => Ok(answer),
            Err(error) if is_conflict(&error) => Err(Failure::Conflict),
            Err(error) => Err(Failure::Other(fault(&error))),
        },
    }
}

struct InPostgres<'a> {
    handle: &'a Handle,
    transaction: &'a deadpool_postgres::Transaction<'a>,
    conflict: bool,
}

impl InPostgres<'_> {
    fn noted(&mut self, error: &tokio_postgres::Error) -> DbError {
        self.conflict |= is_conflict(error);
        fault(error)
    }
}

impl Queries for InPostgres<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        let run = async {
            let statement = self.transaction.prepare_cached(sql).await?;
            self.transaction.execute(&statement, &borrowed(values)).await
        };
        self.handle.block_on(run).map_err(|error| self.noted(&error))
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        let run = async {
            let statement = self.transaction.prepare_cached(sql).await?;
            let rows = self.transaction.query(&statement, &borrowed(values)).await?;
            let read = |row: tokio_postgres::Row| {
                (0..row.len()).map(|index| row.try_get(index)).collect::<Result<_, _>>().map(Row::new)
            };
            rows.into_iter().map(read).collect::<Result<Vec<_>, tokio_postgres::Error>>()
        };
        self.handle.block_on(run).map_err(|error| self.noted(&error))
    }
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

type Refused = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Refused> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Refused> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Self::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|number| Self::Int(number.into())),
            Type::BYTEA => Vec::from_sql(ty, raw).map(Self::Bytes),
            _ => String::from_sql(ty, raw).map(Self::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Refused> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BYTEA, Type::TEXT, Type::VARCHAR, Type::NAME].contains(ty)
    }
}

fn is_conflict(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
}

fn no_connection(error: &PoolError) -> DbError {
    match error {
        PoolError::Timeout(_) => DbError::Busy,
        other => DbError::unreachable(other),
    }
}

fn fault(error: &tokio_postgres::Error) -> DbError {
    match error.code() {
        None => DbError::unreachable(error),
        Some(&SqlState::QUERY_CANCELED | &SqlState::LOCK_NOT_AVAILABLE) => DbError::Busy,
        Some(&SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW) => {
            DbError::unreachable(error)
        }
        Some(_) => {
            DbError::failed(&error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string))
        }
    }
}
