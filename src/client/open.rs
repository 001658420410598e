//! Opening a guard: reads the store, makes no request.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::lock::Mutex;
use futures_util::future::{Either, select};

use super::builder::Builder;
use super::config::{Config, OpenError};
use super::core::{Core, Parts};
use super::endpoint::{AtOpen, Endpoint};
use super::events::Event;
use super::guard::{Inner, Planguard};
use super::login::LoginGuard;
use super::memory::Memory;
use super::plan::{adopt, current};
use super::table::Table;
use super::tx::Outgoing;
use super::usage::warn;
use super::{random, turn, upkeep};
use crate::model::{
    Counter, CounterKey, Elapsed, Entitlements, Ledger, Moment, Owner, Pseudonym, SdkAppId, Snapshot, Usage,
    User, UserFacts,
};
use crate::net::keyed_hex;
use crate::store::{
    Image, Install, MemoryStore, Opened, Opening, Outage, Pseudonymizer, Rows, Standby, Store, StoreError,
    Work,
};
use crate::time::{Clock, TrustedTime};

/// How long opening waits for the store. Without it no id has a pseudonym, so there is nothing to go on with.
const OPEN_WAIT: Duration = Duration::from_secs(10);

impl Planguard {
    /// Begins to configure a guard for one app.
    pub fn builder(app: SdkAppId) -> Builder {
        Builder(Config::new(app))
    }

    pub(super) async fn open(config: Config) -> Result<Self, OpenError> {
        config.check()?;
        let catalogs = config.catalogs()?;
        let verifier = config.verifier()?;
        let store = config.store.clone().unwrap_or_else(|| Arc::new(MemoryStore::new()));
        let clock = match config.clock.clone() {
            Some(clock) => clock,
            None => default_clock()?,
        };
        let owner = Owner(random::id());
        let (opened, image, table) = read(&*store, &*clock, &config, owner).await?;
        let install = opened.install;
        let trusted = Arc::new(TrustedTime::new(image.time));
        let now = Moment { at: trusted.now(clock.now()), elapsed: clock.elapsed() };
        let mut held = AtOpen::read(image.document, image.catalogs, config.app, verifier);
        let (catalogs, unusable_lists) = held.read_lists(catalogs);
        // What the endpoint served says more than what ships with the app.
        let seed = config.seed.as_deref().map(|seed| held.read_seed(seed, config.app, now.at));
        let seed = seed.transpose().map_err(OpenError::Seed)?;
        let mut entitlements = adopt::at_open(
            held.view().or(seed).as_ref(),
            held.unusable.as_ref(),
            config.fallback,
            &catalogs,
            config.phase,
            now.at,
            &config.zone,
        );
        entitlements.findings.extend(unusable_lists);
        let mut snapshot = Snapshot {
            generation: 0,
            entitlements: Arc::new(Entitlements::unknown()),
            usage: Usage::default(),
            ledger: Ledger::default(),
            current_user: None,
            device_user: image.device_user,
            suspension: image.suspension,
        };
        entitlements.asks_endpoint = config.endpoint.is_some();
        entitlements.reported_suspended = current::reported(&snapshot, &entitlements, now);
        snapshot.entitlements = Arc::new(entitlements);
        let memory = Arc::new(Memory::new(snapshot, table, image.seq));
        let unreported = Arc::new(Mutex::new(VecDeque::new()));
        let core = Arc::new(Core::new(Parts {
            app: config.app,
            zone: config.zone.clone(),
            catalogs,
            fallback: config.fallback,
            session_mode: config.session_mode,
            policy: Arc::new(config.decisions.clone()),
            store: standby(store, &memory, &unreported),
            clock,
            trusted,
            pseudonyms: Pseudonymizer::new(&install),
            owner,
            outgoing: config.endpoint.is_some().then(|| Outgoing {
                source: format!("/apps/{}/installs/{}", config.app, install.install_id).into(),
                capacity: config.outbox_capacity,
            }),
            turn: turn::Turn::stored(&config.zone, &image.time, config.endpoint.is_some()),
            memory,
            unreported,
        }));
        core.follow_others();
        let endpoint = Endpoint::open(&core, &config, &install, image.sync, held).await?;
        core.name_accounts(endpoint.held().and_then(|held| held.accounts));
        adopt::announce_at_open(&core, &core.snapshot());
        upkeep::watch(&core).await;
        adopt::overdue(&core).await;
        warn::overdue(&core, image.warned).await;
        let login = LoginGuard::new(Arc::clone(&core), config.logins);
        let inner =
            Inner { core, permit_ttl: config.permit_ttl, guest_id: install.guest_id, login, endpoint };
        Ok(Self { inner: Arc::new(inner) })
    }
}

/// Opens the store for this guard, and reads all of it that memory holds, in one transaction.
async fn read(
    store: &dyn Store,
    clock: &dyn Clock,
    config: &Config,
    owner: Owner,
) -> Result<(Opened, Image, Table), OpenError> {
    let opening = Opening {
        app: config.app,
        owner,
        role: config.process_role,
        candidate: Install::draw()?,
        // Under a key of its own, since the salt is not read yet: the marker itself is never kept.
        device: config.device_marker.as_ref().map(|marker| {
            keyed_hex(
                b"planguard: marker of the device.",
                config.app.to_string().as_bytes(),
                marker.as_bytes(),
            )
        }),
        renew: config.renew_install,
        now: clock.elapsed(),
    };
    let (zone, wall) = (config.zone.clone(), clock.now());
    let answer = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&answer);
    let work = Work::write(move |transaction, _| {
        let opened = transaction.open(&opening)?;
        let time = transaction.time()?;
        let since = turn::horizon(&zone, time.now(wall));
        let mut table = Table::default();
        let mut rows = ThisBoot { table: &mut table, now: opening.now, ended: Vec::new() };
        let mut image = transaction.image(since, opening.now, &mut rows)?;
        for (user, facts) in rows.ended {
            transaction.save_facts(user, &facts)?;
        }
        // One of before a reboot is over, and would hold again once this boot has lasted as long as that one had.
        if image.suspension.is_some_and(|reported| reported.wait.is_over(opening.now)) {
            transaction.save_suspension(None)?;
            image.suspension = None;
        }
        *slot.lock() = Some((opened, image, table));
        Ok(())
    })
    .patient();
    let handle = work.handle();
    match select(store.transact(work), clock.sleep(OPEN_WAIT)).await {
        Either::Left((result, _)) => result?,
        Either::Right(((), running)) => {
            if handle.withdraw() {
                return Err(StoreError::Busy.into());
            }
            running.await?;
        }
    }
    let answer = answer.lock().take();
    Ok(answer.ok_or(StoreError::Busy)?)
}

/// Reads rows into the table, without what waits of another boot left behind.
struct ThisBoot<'t> {
    table: &'t mut Table,
    now: Elapsed,
    /// What the store is to hold instead.
    ended: Vec<(Pseudonym, UserFacts)>,
}

impl Rows for ThisBoot<'_> {
    fn expect(&mut self, counters: usize, users: usize) {
        self.table.expect(counters, users);
    }

    fn counter(&mut self, key: CounterKey, counter: Counter) {
        self.table.counter(key, counter);
    }

    fn user(&mut self, id: Pseudonym, mut user: User) {
        let left = user.facts.as_deref().and_then(|facts| {
            let memory = facts.memory.without_other_boots(self.now)?;
            Some(UserFacts { memory, ..facts.clone() })
        });
        if let Some(facts) = left {
            user.facts = (!facts.is_empty()).then(|| Arc::new(facts.clone()));
            self.ended.push((id, facts));
        }
        self.table.user(id, user);
    }
}

/// `store` with memory as what it goes on in while it fails.
fn standby(store: Arc<dyn Store>, memory: &Arc<Memory>, unreported: &Arc<Mutex<VecDeque<Event>>>) -> Standby {
    let (memory, unreported) = (Arc::clone(memory), Arc::clone(unreported));
    Standby::new(
        store,
        move || memory.seed(),
        move |outage| {
            let event = match outage {
                Outage::Failed { error } => {
                    tracing::warn!(%error, "the store failed; going on in memory");
                    Event::StoreFailed { why: error.to_string() }
                }
                Outage::Recovered { replayed, dropped } => Event::StoreRecovered { replayed, dropped },
            };
            unreported.lock().push_back(event);
        },
    )
}

#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::unnecessary_wraps, reason = "on wasm32 there is no default")]
fn default_clock() -> Result<Arc<dyn Clock>, OpenError> {
    Ok(Arc::new(crate::time::SystemClock))
}

#[cfg(target_arch = "wasm32")]
fn default_clock() -> Result<Arc<dyn Clock>, OpenError> {
    Err(OpenError::Setting {
        field: "clock",
        problem: "none was given".to_owned(),
        remedy: "on the Web, pass a clock made of Date.now and setTimeout",
    })
}
