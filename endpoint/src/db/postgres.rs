//! Postgres: a pool of connections.

use std::error::Error;
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType, Timeouts,
};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Config;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::refusal::refusal;
use super::tls::{self, Encryption};
use super::value::{self, Row, Value};
use super::{Answer, DbError, Queries, WHOLE};

/// Connections at once. Postgres itself allows 100 by default, to all who share it.
pub(super) const CONNECTIONS: usize = 16;

/// How often a transaction is tried that others were in the way of.
const TRIES: u32 = 5;

pub(super) struct Postgres {
    pool: Pool,
    patience: Duration,
}

impl Postgres {
    /// A pool over `url`. For `patience` anything waits: for a connection, and for the answer to one statement. The server
    /// is told to give up by then; one that says nothing is not waited for much longer.
    pub(super) fn connect(url: &str, patience: Duration) -> Result<Self, DbError> {
        let Encryption { url, connector } = Encryption::read(url)?;
        let config = config(&url, patience)?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, connector, recycling);
        let waits = Timeouts { wait: Some(patience), create: Some(patience), recycle: Some(patience) };
        let pool = Pool::builder(manager).max_size(CONNECTIONS).timeouts(waits).runtime(Runtime::Tokio1);
        Ok(Self { pool: pool.build().map_err(|error| DbError::failed(&error))?, patience })
    }

    /// Runs `work` as one transaction, on a thread on which it may wait.
    pub(super) async fn run<R: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        let wait = Wait {
            handle: Handle::current(),
            // The server's own word, that it gave up, comes first.
            statement: self.patience + self.patience / 5,
            until: Instant::now() + self.patience * WHOLE,
        };
        for _ in 0..TRIES {
            let connection = timeout_at(wait.until, self.pool.get()).await;
            let connection = connection.map_err(|_| DbError::Busy)?.map_err(|error| no_connection(&error))?;
            let waits = wait.clone();
            let once = move || (once(connection, &waits, &mut work), work);
            let (tried, same) =
                tokio::task::spawn_blocking(once).await.map_err(|error| DbError::failed(&error))?;
            work = same;
            match tried {
                Ok(answer) => return Ok(answer),
                Err(Failure::Conflict) => {}
                // Nothing happened, and the others have ended with it.
                Err(Failure::Ended) => drop(self.pool.retain(|_, _| false)),
                Err(Failure::Silent) => {
                    // The others go to the same server, over the same network.
                    drop(self.pool.retain(|_, _| false));
                    return Err(DbError::unreachable(&"it gave no answer in time"));
                }
                Err(Failure::Standby(error)) => {
                    // It was the primary once; the next connections may find the one that is now.
                    drop(self.pool.retain(|_, _| false));
                    return Err(error);
                }
                Err(Failure::Other(error)) => return Err(error),
            }
        }
        Err(DbError::Busy)
    }
}

/// How connections are made. A server that is gone without a word is noticed by the system, too.
fn config(url: &str, patience: Duration) -> Result<Config, DbError> {
    // What the driver says of an URL may hold a part of it.
    let unreadable = "not `postgres://user:password@host:port/name`; special characters are percent-encoded";
    let mut config: Config = url.parse().map_err(|_| DbError::unreachable(&unreadable))?;
    config.connect_timeout(patience).application_name("planguard-endpoint");
    // The system counts these in whole seconds.
    let secs = |time: Duration| time.max(Duration::from_secs(1));
    config.tcp_user_timeout(patience).keepalives_idle(secs(patience));
    config.keepalives_interval(secs(patience / 3)).keepalives_retries(3);
    let millis = patience.as_millis();
    let ours = format!("-c statement_timeout={millis} -c lock_timeout={millis}");
    let options = config.get_options().map_or(ours.clone(), |theirs| format!("{ours} {theirs}"));
    config.options(options);
    Ok(config)
}

/// How long a transaction waits.
#[derive(Clone)]
struct Wait {
    handle: Handle,
    /// For one answer.
    statement: Duration,
    /// For all of them.
    until: Instant,
}

impl Wait {
    /// What `answer` gives; `None` where it does not come.
    fn on<T>(&self, answer: impl Future<Output = T>) -> Option<T> {
        let until = self.until.min(Instant::now() + self.statement);
        self.handle.block_on(async { timeout_at(until, answer).await.ok() })
    }
}

enum Failure {
    /// Another transaction was in the way: the same one can succeed now.
    Conflict,
    /// The connection gave no answer, and is gone.
    Silent,
    /// The server had ended the connection before anything was asked of it, as servers do that restart, or end what is
    /// idle.
    Ended,
    /// The server only reads: it is a standby now.
    Standby(DbError),
    Other(DbError),
}

fn once<R>(
    mut connection: Object,
    wait: &Wait,
    work: &mut impl FnMut(&mut dyn Queries) -> Answer<R>,
) -> Result<R, Failure> {
    let answer = transact(&mut connection, wait, work);
    if matches!(answer, Err(Failure::Silent | Failure::Ended | Failure::Standby(_))) {
        // Out of the pool, and closed.
        drop(Object::take(connection));
    }
    answer
}

fn transact<R>(
    connection: &mut Object,
    wait: &Wait,
    work: &mut impl FnMut(&mut dyn Queries) -> Answer<R>,
) -> Result<R, Failure> {
    let started = wait.on(connection.build_transaction().start()).ok_or(Failure::Silent)?;
    let transaction = started.map_err(|error| match fault(&error) {
        DbError::Unreachable { .. } => Failure::Ended,
        other => Failure::Other(other),
    })?;
    let mut queries =
        InPostgres { wait, transaction: &transaction, conflict: false, silent: false, standby: false };
    let answer = work(&mut queries);
    let (conflict, silent, standby) = (queries.conflict, queries.silent, queries.standby);
    match answer {
        _ if silent => Err(Failure::Silent),
        _ if conflict => Err(Failure::Conflict),
        Err(error) if standby => Err(Failure::Standby(error)),
        // Rolled back when it is dropped.
        Err(error) => Err(Failure::Other(error)),
        Ok(answer) => match wait.on(transaction.commit()).ok_or(Failure::Silent)? {
            Ok(()) => Ok(answer),
            Err(error) if is_conflict(&error) => Err(Failure::Conflict),
            Err(error) => Err(Failure::Other(fault(&error))),
        },
    }
}

struct InPostgres<'a> {
    wait: &'a Wait,
    transaction: &'a deadpool_postgres::Transaction<'a>,
    conflict: bool,
    silent: bool,
    standby: bool,
}

impl InPostgres<'_> {
    /// The answer to one statement; nothing more is asked on a connection that gave none.
    fn answer<T>(
        &mut self,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, DbError> {
        let answer = if self.silent { None } else { self.wait.on(asked) };
        match answer {
            None => {
                self.silent = true;
                Err(DbError::unreachable(&"it gave no answer in time"))
            }
            Some(answer) => answer.map_err(|error| {
                self.conflict |= is_conflict(&error);
                self.standby |= error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION);
                fault(&error)
            }),
        }
    }
}

impl Queries for InPostgres<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        value::check(values)?;
        let transaction = self.transaction;
        self.answer(async {
            let statement = transaction.prepare_cached(sql).await?;
            transaction.execute(&statement, &borrowed(values)).await
        })
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        value::check(values)?;
        let transaction = self.transaction;
        self.answer(async {
            let statement = transaction.prepare_cached(sql).await?;
            let rows = transaction.query(&statement, &borrowed(values)).await?;
            let read = |row: tokio_postgres::Row| {
                (0..row.len()).map(|index| row.try_get(index)).collect::<Result<_, _>>().map(Row::new)
            };
            rows.into_iter().map(read).collect()
        })
    }
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

type Refused = Box<dyn Error + Sync + Send>;

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
        PoolError::Timeout(TimeoutType::Wait) => DbError::Busy,
        // The driver's words, without the pool's.
        PoolError::Backend(error) => refusal(error)
            .or_else(|| tls::not_trusted(error))
            .unwrap_or_else(|| DbError::unreachable(&said(error))),
        other => DbError::unreachable(&said(other)),
    }
}

fn fault(error: &tokio_postgres::Error) -> DbError {
    match error.code() {
        Some(&SqlState::QUERY_CANCELED | &SqlState::LOCK_NOT_AVAILABLE) => DbError::Busy,
        Some(state) if !passes(state) => refusal(error).unwrap_or_else(|| {
            DbError::failed(&error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string))
        }),
        _ => DbError::unreachable(&said(error)),
    }
}

/// Whether it passes by itself: a server that goes or comes, only reads for now, or is out of disk, memory or connections.
fn passes(state: &SqlState) -> bool {
    *state == SqlState::READ_ONLY_SQL_TRANSACTION
        || ["08", "53", "57", "58"].iter().any(|class| state.code().starts_with(class))
}

/// What an error says, and what it comes from.
fn said(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        let more = cause.to_string();
        if !words.ends_with(&more) {
            words = format!("{words}: {more}");
        }
        inner = cause.source();
    }
    words
}
