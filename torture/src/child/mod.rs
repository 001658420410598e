//! A process of a world: it does what an app does, at random, and writes down what it is told, until it is killed.

mod logins;
mod ops;
mod points;
mod usage;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use planguard::limits::{DecisionPolicy, Enforcement, EnforcementByLimit};
use planguard::login::LoginPolicy;
use planguard::store::{FaultyStore, ProcessRole, SqliteStore};
use planguard::{Event, Planguard, SdkAppId, SessionMode};
use serde::{Deserialize, Serialize};

use crate::clock::{Since, WorldClock, millis};
use crate::document;
use crate::journal::{Journal, Line, Told, Want};
use points::Points;
pub(crate) use points::{Point, Stage};

/// How long a login waits for its outcome.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// How long one waits that a restarted app asks for: a busy machine takes no longer, and [`LEASE`] is not over by then.
const AT_ONCE: Duration = Duration::from_secs(10);

/// How long a login of a dead process would be in the way of others if nothing but time ended it.
const LEASE: Duration = Duration::from_secs(60);

/// What a process that could not open its guard ends with.
pub(crate) const REFUSED: i32 = 3;

/// What a process is to do, as its argument says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    /// Its number, which no other process of the world has.
    pub(crate) process: u32,
    /// Whether it is the app; else it is an extension.
    pub(crate) is_app: bool,
    pub(crate) store: PathBuf,
    pub(crate) journal: PathBuf,
    pub(crate) url: String,
    pub(crate) seed: u64,
    /// When the world began, and how far its clock was turned ahead.
    pub(crate) clock: (u64, u64),
    /// After so many operations it ends by itself.
    pub(crate) ops: u32,
    /// Where it kills itself.
    pub(crate) point: Option<Point>,
    /// Users whose login the process before died in.
    pub(crate) again: Vec<u32>,
    /// Permits that processes before have left, each with its group.
    pub(crate) left: Vec<(String, u32)>,
    /// Whether its store fails now and then and comes back.
    pub(crate) outages: bool,
}

/// What the tasks of a process share.
pub(super) struct App {
    pub(super) part: Part,
    pub(super) guard: Planguard,
    pub(super) switch: FaultyStore,
    pub(super) clock: WorldClock,
    pub(super) points: Arc<Points>,
    journal: Arc<Journal>,
    down: Arc<AtomicBool>,
    pub(super) op: Cell<u64>,
    pub(super) rng: RefCell<fastrand::Rng>,
    /// Permits of this process that nobody holds any more.
    pub(super) kept: RefCell<Vec<(String, u32)>>,
}

/// Runs until it is killed, or has done enough.
pub(crate) fn run(part: Part) -> anyhow::Result<i32> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let journal = Arc::new(Journal::append(&part.journal)?);
    let (process, told) = (part.process, Arc::clone(&journal));
    std::panic::set_hook(Box::new(move |panic| {
        let _ = told.write(&Line::Panicked { process, why: panic.to_string() });
    }));
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let opening = Since::now();
        match open(part, &journal).await {
            Ok(app) => {
                journal.write(&Line::Opened { process, millis: opening.millis() })?;
                ops::run(Rc::new(app)).await?;
                Ok(0)
            }
            Err(error) => {
                let (why, millis) = (format!("{error:#}"), opening.millis());
                journal.write(&Line::Refused { process, why, millis })?;
                Ok(REFUSED)
            }
        }
    })
}

async fn open(part: Part, journal: &Arc<Journal>) -> anyhow::Result<App> {
    let points = Arc::new(Points::new(part.point));
    let store = points::PointStore::new(SqliteStore::open(&part.store)?, Arc::clone(&points));
    let switch = FaultyStore::new(store);
    let clock = WorldClock::of(part.clock.0, part.clock.1);
    let role = if part.is_app { ProcessRole::App } else { ProcessRole::Extension };
    let enforcement = EnforcementByLimit::all(Enforcement::Enforce);
    let guard = Planguard::builder(SdkAppId::new(planguard_endpoint_faults::DEFAULT_APP)?)
        .session_mode(SessionMode::MultiUser)
        .decisions(DecisionPolicy { enforcement, ..DecisionPolicy::default() })
        // No user is logged in often enough to be taken for a loop.
        .logins(LoginPolicy {
            loop_max: 100_000,
            lease_ttl: LEASE,
            ticket_ttl: LEASE,
            ..LoginPolicy::default()
        })
        .seed(serde_json::to_vec(&document::seed())?)
        .process_role(role)
        .endpoint(&part.url)
        .clock(clock.clone())
        .store(switch.clone())
        .open()
        .await
        .context("the guard")?;
    let down = Arc::new(AtomicBool::new(false));
    let (process, told, is_down) = (part.process, Arc::clone(journal), Arc::clone(&down));
    guard.on_event(move |event| {
        let line = match event {
            Event::StoreFailed { .. } => {
                is_down.store(true, Ordering::Relaxed);
                Line::Down { process }
            }
            Event::StoreRecovered { dropped, .. } => {
                is_down.store(false, Ordering::Relaxed);
                Line::Up { process, dropped: *dropped }
            }
            Event::StoreSetAside(corruption) => Line::SetAside { process, why: corruption.why.clone() },
            _ => return,
        };
        // A journal that cannot be written shows as what is missing in it.
        let _ = told.write(&line);
    });
    let rng = RefCell::new(fastrand::Rng::with_seed(part.seed));
    let kept = RefCell::new(part.left.clone());
    let journal = Arc::clone(journal);
    Ok(App { part, guard, switch, clock, points, journal, down, op: Cell::new(0), rng, kept })
}

impl App {
    /// Writes down what is wanted, does it, and writes down what was told.
    pub(super) async fn ask<T>(
        &self,
        want: Want,
        limit: Option<Duration>,
        doing: impl Future<Output = (Told, T)>,
    ) -> anyhow::Result<T> {
        let (process, op) = (self.part.process, self.op.get());
        self.op.set(op + 1);
        self.journal.write(&Line::Wants { process, op, want })?;
        let began = Since::now();
        let (told, value) = doing.await;
        let soft = self.down.load(Ordering::Relaxed);
        let (millis, limit) = (began.millis(), limit.map(millis));
        self.journal.write(&Line::Told { process, op, told, soft, millis, limit })?;
        Ok(value)
    }

    /// Writes down what is wanted, and is done without an answer.
    pub(super) fn wants(&self, want: Want) -> anyhow::Result<()> {
        let (process, op) = (self.part.process, self.op.get());
        self.op.set(op + 1);
        self.journal.write(&Line::Wants { process, op, want })
    }

    pub(super) fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed)
    }
}
