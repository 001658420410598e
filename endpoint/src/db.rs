//! The database: one set of statements, for SQLite and for Postgres.
//!
//! Statements are written once, in what both understand: parameters are `$1`, `$2`, …, whole numbers are `BIGINT`,
//! binary columns `BYTEA`, instants milliseconds since 1970 (UTC), and sums are cast (`CAST(SUM(n) AS BIGINT)`), since
//! Postgres sums to another type. What is to happen once is a unique row: `INSERT … ON CONFLICT DO NOTHING`.

mod error;
mod migrate;
mod postgres;
mod refusal;
mod rows;
mod sqlite;
mod tls;
mod value;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

pub use error::DbError;
pub use migrate::SCHEMA;
pub use value::{FromValue, Row, Value};

use parking_lot::Mutex;
use postgres::Postgres;
use sqlite::Sqlite;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Where the database is.
#[derive(Clone)]
pub enum Place {
    /// A SQLite file, made where there is none.
    File(PathBuf),
    /// A Postgres database by URL, `postgres://user:password@host/name`.
    Postgres(String),
}

impl std::fmt::Debug for Place {
    /// Without the URL, in which there is a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}

impl Place {
    /// Reads `postgres://…` or `postgresql://…` as a Postgres database, and everything else as the path of a file.
    ///
    /// # Errors
    /// [`DbError::UnknownScheme`] for any other URL.
    pub fn parse(text: &str) -> Result<Self, DbError> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            Some(("sqlite", path)) => Ok(Self::File(PathBuf::from(path))),
            Some((scheme, _)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b)) => {
                Err(DbError::UnknownScheme)
            }
            _ => Ok(Self::File(PathBuf::from(text))),
        }
    }
}

/// One transaction in progress.
pub trait Queries {
    /// Runs a statement; how many rows it changed.
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DbError>;

    /// Runs a statement that gives rows: a `SELECT`, or a change with `RETURNING`.
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError>;
}

impl dyn Queries + '_ {
    /// The first row that a statement gives, where it gives one.
    pub fn first(&mut self, sql: &str, values: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }
}

/// How long a look at the schema is believed by what writes.
const SCHEMA_BELIEVED: Duration = Duration::from_secs(5);

/// How long anything waits: for a connection, and for the answer to one statement.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a whole transaction may take, with its tries and what is before it: so many times what one statement may.
const WHOLE: u32 = 3;

/// What one transaction gives, or why it did not happen.
type Answer<R> = Result<R, DbError>;

/// The endpoint's database. Clones share it.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    /// The schema of the database, as it was last seen, and when that was.
    schema: Arc<AtomicI64>,
    seen: Arc<Mutex<Instant>>,
    /// Room for batches.
    batches: Arc<Semaphore>,
    patience: Duration,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.backend {
            Backend::Sqlite(_) => "Db(SQLite)",
            Backend::Postgres(_) => "Db(Postgres)",
        })
    }
}

impl Db {
    /// Opens the database, and brings its schema up to date.
    ///
    /// # Errors
    /// [`DbError`] where it cannot be reached, or is of a newer schema; it is left as it was.
    pub async fn open(place: &Place) -> Result<Self, DbError> {
        Self::open_within(place, PATIENCE).await
    }

    /// The same, where anything waits for as long as `patience`.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_within(place: &Place, patience: Duration) -> Result<Self, DbError> {
        let backend = match place {
            Place::File(path) => Backend::Sqlite(Arc::new(Sqlite::open(path, patience)?)),
            Place::Postgres(url) => Backend::Postgres(Arc::new(Postgres::connect(url, patience)?)),
        };
        let at_once = match &backend {
            // One after the other, and no more than the next one waits in front of a webhook.
            Backend::Sqlite(_) => 1,
            Backend::Postgres(_) => postgres::CONNECTIONS / 2,
        };
        let (schema, batches) = (Arc::new(AtomicI64::new(SCHEMA)), Arc::new(Semaphore::new(at_once)));
        let db = Self { backend, schema, seen: Arc::new(Mutex::new(Instant::now())), batches, patience };
        let postgres = db.is_postgres();
        db.transact(move |queries| migrate::run(queries, postgres)).await?;
        Ok(db)
    }

    /// Looks at the schema of the database. While it is newer than this endpoint's, nothing is written.
    ///
    /// # Errors
    /// [`DbError::NewerSchema`], or why it could not be read.
    pub async fn check_schema(&self) -> Result<i64, DbError> {
        let found = self.read(migrate::version).await?;
        self.saw(found).map(|()| found)
    }

    fn saw(&self, found: i64) -> Result<(), DbError> {
        self.schema.store(found, Ordering::Relaxed);
        *self.seen.lock() = Instant::now();
        self.writable()
    }

    fn writable(&self) -> Result<(), DbError> {
        match self.schema.load(Ordering::Relaxed) {
            found if found > SCHEMA => Err(DbError::NewerSchema { found, known: SCHEMA }),
            _ => Ok(()),
        }
    }

    /// Runs `work` as one transaction that may write: all of it stays, or nothing. One of every few seconds looks first
    /// whether a newer endpoint has taken over the database.
    ///
    /// `work` may be called again, where Postgres found it in conflict with another one; it does the same each time.
    ///
    /// # Errors
    /// What `work` says, or why the transaction did not happen.
    pub async fn write<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        self.writable()?;
        if self.seen.lock().elapsed() < SCHEMA_BELIEVED {
            return self.transact(work).await;
        }
        let (db, mut work) = (self.clone(), work);
        self.transact(move |queries| {
            db.saw(migrate::version(queries)?)?;
            work(queries)
        })
        .await
    }

    async fn transact<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(work).await,
            Backend::Postgres(postgres) => postgres.run(work).await,
        }
    }

    /// As [`Self::write`], for what comes in batches and lasts: only so many run at once that all else has connections.
    ///
    /// # Errors
    /// As [`Self::write`]; [`DbError::Busy`] where others were before it for too long.
    pub async fn write_batch<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        let room = tokio::time::timeout(2 * self.patience, self.batches.acquire()).await;
        let _room = room.map_err(|_| DbError::Busy)?.map_err(|closed| DbError::unreachable(&closed))?;
        self.write(work).await
    }

    /// Runs `work` as one transaction that only reads, on one state of the database.
    ///
    /// # Errors
    /// What `work` says, or why it could not read.
    pub async fn read<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Queries) -> Answer<R> + Send + 'static,
    ) -> Answer<R> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(work).await,
            Backend::Postgres(postgres) => postgres.run(work).await,
        }
    }

    /// The database's own clock; `None` over a file, which has this machine's.
    ///
    /// # Errors
    /// [`DbError`] where it cannot be asked.
    pub async fn clock(&self) -> Result<Option<Timestamp>, DbError> {
        if !self.is_postgres() {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        let row = self.read(move |queries| queries.first(sql, &[])).await?;
        let millis = row.map(|row| row.get(0)).transpose()?;
        Ok(millis.and_then(|millis| Timestamp::from_millisecond(millis).ok()))
    }

    /// Whether it is Postgres.
    pub fn is_postgres(&self) -> bool {
        matches!(self.backend, Backend::Postgres(_))
    }
}

/// Copies a SQLite database to `path`, as it is at one moment, while others write. It is read and nothing else: an endpoint
/// that brought the schema up to date here would shut out the one that runs.
///
/// # Errors
/// [`DbError`] where it cannot be read, or the copy not be written.
pub async fn copy(database: PathBuf, path: PathBuf) -> Result<(), DbError> {
    sqlite::copy(database, path, PATIENCE).await
}

#[cfg(test)]
mod tests;
