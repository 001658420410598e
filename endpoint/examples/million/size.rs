//! Rows and bytes of the month's users.

use std::sync::Arc;

use planguard_endpoint::db::Db;
use planguard_servers::Postgres;

use super::Failed;

/// What the bytes are those of.
pub(super) enum Size {
    /// The whole file.
    OfFile,
    /// The one table with its index.
    OfTable {
        /// Whose database it is, for what no transaction can do.
        server: Arc<Postgres>,
        /// Its name.
        database: String,
    },
}

impl Size {
    /// That of a database of a server, by the database's URL.
    pub(super) fn on(server: Arc<Postgres>, url: &str) -> Self {
        let database = url.rsplit('/').next().unwrap_or_default().to_owned();
        Self::OfTable { server, database }
    }

    pub(super) async fn bytes(&self, db: &Db) -> Result<u64, Failed> {
        let sql = match self {
            Self::OfFile => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            Self::OfTable { .. } => "SELECT pg_total_relation_size('month_users')",
        };
        Ok(one(db, sql).await?.unsigned_abs())
    }

    /// What Postgres does by itself after a while, or `VACUUM FULL`; whether it is Postgres.
    pub(super) async fn vacuum(&self, sql: &'static str) -> Result<bool, Failed> {
        let Self::OfTable { server, database } = self else { return Ok(false) };
        let (server, database) = (Arc::clone(server), database.clone());
        tokio::task::spawn_blocking(move || server.sql(&database, sql)).await?;
        Ok(true)
    }
}

pub(super) async fn rows(db: &Db) -> Result<i64, Failed> {
    one(db, "SELECT COUNT(*) FROM month_users").await
}

async fn one(db: &Db, sql: &'static str) -> Result<i64, Failed> {
    Ok(db.read(move |queries| queries.first(sql, &[])?.map_or(Ok(0), |row| row.get(0))).await?)
}
