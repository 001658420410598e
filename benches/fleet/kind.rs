//! What is measured: the stores, and loops of one statement beside them.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use planguard::SdkAppId;
use planguard::store::{PostgresOptions, PostgresStore, RedisOptions, RedisStore, SqliteStore, Store};
use planguard_bench::app::APP;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A bare `UPDATE ... WHERE`, each process with as many connections as a store has: one.
    Bare,
    /// The same, where each task has a connection of its own.
    BareEach,
    Postgres,
    Redis,
    Sqlite,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Bare, Self::BareEach, Self::Postgres, Self::Redis, Self::Sqlite];

    /// What a process is told.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::BareEach => "bare-each",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Sqlite => "sqlite",
        }
    }

    /// What a table says.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Bare => "bare `UPDATE … WHERE`, a connection for each process",
            Self::BareEach => "the same, a connection for each task",
            Self::Postgres => "`PostgresStore`",
            Self::Redis => "`RedisStore`",
            Self::Sqlite => "`SqliteStore`",
        }
    }

    /// The store at `place`.
    pub(crate) async fn open(self, place: &str) -> Arc<dyn Store> {
        // A machine that is busy is no store that hangs.
        const LONG: Duration = Duration::from_secs(60);
        match self {
            Self::Bare | Self::BareEach => panic!("{} is no store", self.word()),
            Self::Postgres => {
                let options = PostgresOptions::new().deadline(LONG);
                Arc::new(PostgresStore::connect(place, options).await.unwrap())
            }
            Self::Redis => {
                let options = RedisOptions::new(place, SdkAppId::new(APP).unwrap()).deadline(LONG);
                Arc::new(RedisStore::connect(options).await.unwrap())
            }
            Self::Sqlite => Arc::new(SqliteStore::open(place).unwrap()),
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| format!("no kind is named {word}"))
    }
}
