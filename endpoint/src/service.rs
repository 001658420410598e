//! What all routes share: the database, the clock, the configuration, the secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use crate::clock::Clock;
use crate::config::{App, Config};
use crate::contract::Prepared;
use crate::db::{Db, DbError, Place};
use crate::documents::{LOOKED_AT_AGAIN, Stamp};
use crate::limits::RateLimits;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::sign_ins::SignIns;
use crate::{accounts, ledger};

/// What the plan of an app allows, for transactions that compare with it. `None` is not known, or without bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Active users that a month includes.
    pub included: Option<u64>,
    /// Net new groups that a day allows.
    pub group_quota: Option<u64>,
}

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
    /// What this process counts for `/metrics`.
    pub metrics: Metrics,
    /// Tries to sign in to the page.
    pub(crate) sign_ins: SignIns,
    /// What the plan of an app allows, as it was last read.
    bounds: Mutex<BTreeMap<u64, Bounds>>,
    /// How often callers may ask.
    pub rates: RateLimits,
    /// When this process last computed what it fills into the document of an app.
    looked: Mutex<BTreeMap<u64, Timestamp>>,
    /// The document of each app as it went out last.
    prepared: Mutex<BTreeMap<u64, (Stamp, Arc<Prepared>)>>,
}

impl Service {
    /// Opens the database that the configuration names.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn open(config: Config, secret: Secret, clock: Clock) -> Result<Arc<Self>, DbError> {
        let db = Db::open(&Place::parse(&config.database)?).await?;
        let (apps, root, now) = (config.apps.clone(), accounts::root(&secret), clock.now());
        db.write(move |queries| {
            let apps = apps.iter().map(ledger::App::of);
            apps.filter(|app| app.accounts)
                .try_for_each(|app| accounts::make(queries, &root, &app, now.as_millisecond()))
        })
        .await?;
        let (metrics, sign_ins) = (Metrics::default(), SignIns::default());
        let (bounds, looked, prepared) = (Mutex::default(), Mutex::default(), Mutex::default());
        let rates = RateLimits::new(&config.limits);
        Ok(Arc::new(Self { db, clock, config, secret, metrics, sign_ins, bounds, rates, looked, prepared }))
    }

    /// The configuration of an app.
    ///
    /// # Errors
    /// 404 where it is not served.
    pub fn app(&self, sdk_app_id: u64) -> Result<&App, Problem> {
        let unknown = || {
            Problem::not_found(format!("app {sdk_app_id} is not known here"))
                .in_chinese(format!("此处没有应用 {sdk_app_id}。"))
        };
        self.config.app(sdk_app_id).ok_or_else(unknown)
    }

    /// What the plan of an app allowed when it was last read.
    pub(crate) fn bounds(&self, app: u64) -> Bounds {
        self.bounds.lock().get(&app).copied().unwrap_or_default()
    }

    /// Remembers what the plan of an app allows.
    pub(crate) fn remember(&self, app: u64, bounds: Bounds) {
        self.bounds.lock().insert(app, bounds);
    }

    /// The document of an app as it went out last, with what it hangs on.
    pub(crate) fn prepared(&self, app: u64) -> Option<(Stamp, Arc<Prepared>)> {
        self.prepared.lock().get(&app).cloned()
    }

    /// Keeps a document in the place of the one before. Of each app that is served there is one.
    pub(crate) fn prepare(&self, app: u64, stamp: Stamp, document: Arc<Prepared>) {
        self.prepared.lock().insert(app, (stamp, document));
    }

    /// Whether it is this caller's turn to compute what is filled into the document of an app.
    pub(crate) fn looks(&self, app: u64, now: Timestamp) -> bool {
        let mut looked = self.looked.lock();
        let due = is_due(looked.get(&app), now);
        if due {
            looked.insert(app, now);
        }
        due
    }

    /// The same, of the next caller.
    pub(crate) fn is_to_look(&self, app: u64, now: Timestamp) -> bool {
        is_due(self.looked.lock().get(&app), now)
    }
}

fn is_due(looked: Option<&Timestamp>, now: Timestamp) -> bool {
    looked.is_none_or(|at| now.duration_since(*at).abs() >= LOOKED_AT_AGAIN)
}
