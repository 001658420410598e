//! What all routes share: the database, the clock, the configuration, the secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use crate::clock::Clock;
use crate::config::{App, Config};
use crate::db::{Db, DbError, Place};
use crate::documents::LOOKED_AT_AGAIN;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::{accounts, ledger};

/// One endpoint.
#[derive(Debug)]
pub struct Service {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Config,
    /// What seals keys at rest.
    pub secret: Secret,
    /// When this process last computed what it fills into the document of an app.
    looked: Mutex<BTreeMap<u64, Timestamp>>,
}

impl Service {
    /// Opens the database that the configuration names.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn open(config: Config, secret: Secret, clock: Clock) -> Result<Arc<Self>, DbError> {
        let db = Db::open(&Place::parse(&config.database)).await?;
        let (apps, root, now) = (config.apps.clone(), accounts::root(&secret), clock.now());
        db.write(move |queries| {
            let apps = apps.iter().map(ledger::App::of);
            apps.filter(|app| app.accounts)
                .try_for_each(|app| accounts::make(queries, &root, &app, now.as_millisecond()))
        })
        .await?;
        Ok(Arc::new(Self { db, clock, config, secret, looked: Mutex::default() }))
    }

    /// The configuration of an app.
    ///
    /// # Errors
    /// 404 where it is not served.
    pub fn app(&self, sdk_app_id: u64) -> Result<&App, Problem> {
        let unknown = || Problem::not_found(format!("app {sdk_app_id} is not known here"));
        self.config.app(sdk_app_id).ok_or_else(unknown)
    }

    /// Whether it is this caller's turn to compute what is filled into the document of an app.
    pub(crate) fn looks(&self, app: u64, now: Timestamp) -> bool {
        let mut looked = self.looked.lock();
        let due = looked.get(&app).is_none_or(|at| now.duration_since(*at).abs() >= LOOKED_AT_AGAIN);
        if due {
            looked.insert(app, now);
        }
        due
    }
}
