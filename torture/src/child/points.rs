//! Named points at which a process kills itself, and the store that knows some of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use planguard::port::BoxFuture;
use planguard::store::{Corruption, SqliteStore, Store, StoreError, Work};
use serde::{Deserialize, Serialize};

/// Where in an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// A transaction is about to be given to the store.
    BeforeStore,
    /// The store has a transaction, and is somewhere in it.
    InStore,
    /// The store has answered, and nobody has heard of it.
    AfterStore,
    /// The chat SDK logs a user in.
    InLogin,
    /// A ticket was given, and has no answer yet.
    WithTicket,
    /// A permit holds room.
    WithPermit,
}

impl Stage {
    pub(crate) const ALL: [Self; 6] = [
        Self::BeforeStore,
        Self::InStore,
        Self::AfterStore,
        Self::InLogin,
        Self::WithTicket,
        Self::WithPermit,
    ];
}

/// A point: the stage, the how-manieth time, and how long after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) stage: Stage,
    pub(crate) times: u32,
    /// Rounds of a loop, of some nanoseconds each.
    pub(crate) spins: u32,
}

/// Kills the process once its point is reached.
#[derive(Debug)]
pub(crate) struct Points {
    point: Option<Point>,
    passed: AtomicU32,
}

impl Points {
    pub(crate) fn new(point: Option<Point>) -> Self {
        Self { point, passed: AtomicU32::new(0) }
    }

    pub(crate) fn reach(&self, stage: Stage) {
        let Some(point) = self.point.filter(|point| point.stage == stage) else { return };
        if self.passed.fetch_add(1, Ordering::Relaxed) < point.times {
            return;
        }
        for _ in 0..point.spins {
            std::hint::spin_loop();
        }
        die();
    }
}

/// Ends this process as the system does: nothing is cleaned up.
fn die() {
    // Of oneself it cannot fail.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
}

/// The store, with points before, in and after each transaction.
pub(super) struct PointStore {
    store: SqliteStore,
    points: Arc<Points>,
}

impl PointStore {
    pub(super) fn new(store: SqliteStore, points: Arc<Points>) -> Self {
        Self { store, points }
    }
}

impl Store for PointStore {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        self.points.reach(Stage::BeforeStore);
        let answer = self.store.transact(work);
        self.points.reach(Stage::InStore);
        let points = Arc::clone(&self.points);
        Box::pin(async move {
            let answer = answer.await;
            points.reach(Stage::AfterStore);
            answer
        })
    }

    fn is_driven(&self) -> bool {
        self.store.is_driven()
    }

    fn take_corruption(&self) -> Option<Corruption> {
        self.store.take_corruption()
    }
}
