//! What every operation of a guard stands on: clock, store, snapshot, events.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::endpoint::Outbox;
use super::events::{Event, Events};
use super::limits;
use crate::model::{BillingDay, BillingMonth, BillingZone, SdkAppId, SessionMode, Snapshot, Timestamp};
use crate::store::{CounterOp, Marks, Owner, Pseudonymizer, Store, StoreError};
use crate::time::{Clock, TrustedTime};

/// How many months before the running one the store keeps, for reports.
const MONTHS_KEPT: i32 = 3;

/// Trusted time is persisted when it has moved this far, and with every sync.
const MARK_EVERY: Duration = Duration::from_secs(60);

/// How many counter changes are kept for a store that takes none. A store that fails for longer than this lasts is
/// not coming back in this process.
const UNWRITTEN_KEPT: usize = 10_000;

/// The earliest month that memory must know of. A clock that ran ahead may be taken back by the endpoint, though
/// never below its latest `Date`, so what lies after that is not past yet; the month before gives that some room.
pub(crate) fn horizon(zone: &BillingZone, server_floor: Timestamp, now: Timestamp) -> BillingMonth {
    let certain = if server_floor == Timestamp::MIN { now } else { server_floor.min(now) };
    zone.month(certain).before(1)
}

/// The shared inside of a guard.
///
/// Reads load the snapshot and take no lock. Writers go through [`Core::update`], one at a time.
pub(crate) struct Core {
    pub(crate) app: SdkAppId,
    pub(crate) zone: BillingZone,
    pub(crate) session_mode: SessionMode,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) trusted: Arc<TrustedTime>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) pseudonyms: Pseudonymizer,
    pub(crate) owner: Owner,
    pub(crate) events: Events,
    /// Where usage events wait for the billing endpoint; `None` when the app has none.
    pub(crate) outbox: Option<Outbox>,
    state: ArcSwap<Snapshot>,
    writer: Mutex<()>,
    foreign_version: AtomicU64,
    marked: Mutex<Timestamp>,
    /// The month in which the past was forgotten last.
    tidied: AtomicI32,
    /// Counter changes that the store did not take when they happened, oldest first.
    unwritten: Mutex<Vec<CounterOp>>,
}

/// What a [`Core`] is made from.
pub(crate) struct Parts {
    pub(crate) app: SdkAppId,
    pub(crate) zone: BillingZone,
    pub(crate) session_mode: SessionMode,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) trusted: Arc<TrustedTime>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) pseudonyms: Pseudonymizer,
    pub(crate) owner: Owner,
    pub(crate) outbox: Option<Outbox>,
    pub(crate) snapshot: Snapshot,
}

impl Core {
    pub(crate) fn new(parts: Parts) -> Self {
        let foreign_version = parts.store.foreign_version().unwrap_or(0);
        Self {
            app: parts.app,
            zone: parts.zone,
            session_mode: parts.session_mode,
            clock: parts.clock,
            trusted: parts.trusted,
            store: parts.store,
            pseudonyms: parts.pseudonyms,
            owner: parts.owner,
            events: Events::default(),
            outbox: parts.outbox,
            state: ArcSwap::from_pointee(parts.snapshot),
            writer: Mutex::new(()),
            foreign_version: AtomicU64::new(foreign_version),
            // The first look persists the mark: a short run before the clock is set back must count.
            marked: Mutex::new(Timestamp::MIN),
            tidied: AtomicI32::new(i32::MIN),
            unwritten: Mutex::default(),
        }
    }

    /// The time to decide by. No lock, no I/O.
    pub(crate) fn now(&self) -> Timestamp {
        self.trusted.now(self.clock.now())
    }

    /// The billing day and month of `at`.
    pub(crate) fn periods(&self, at: Timestamp) -> (BillingDay, BillingMonth) {
        let date = self.zone.date(at);
        (BillingDay::of(date), BillingMonth::of(date))
    }

    /// The state as it is now. No lock, no allocation.
    pub(crate) fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.state.load()
    }

    /// Replaces the state by what `step` makes of it; one writer at a time. `step` must not call back into the
    /// guard. Returns what now holds.
    pub(crate) fn update(&self, step: impl FnOnce(&Snapshot) -> Snapshot) -> Arc<Snapshot> {
        let _writing = self.writer.lock();
        self.replace(step)
    }

    /// Runs `persist` and then replaces the state, with no other writer in between, so that memory follows the
    /// store in the store's own order.
    pub(crate) fn persist<T>(
        &self,
        persist: impl FnOnce(&dyn Store) -> Result<T, StoreError>,
        step: impl FnOnce(&Snapshot, &T) -> Snapshot,
    ) -> Result<T, StoreError> {
        let _writing = self.writer.lock();
        let stored = persist(&*self.store)?;
        self.replace(|snapshot| step(snapshot, &stored));
        Ok(stored)
    }

    fn replace(&self, step: impl FnOnce(&Snapshot) -> Snapshot) -> Arc<Snapshot> {
        let before = self.state.load();
        let mut after = step(&before);
        after.generation = before.generation.saturating_add(1);
        let after = Arc::new(after);
        self.state.store(Arc::clone(&after));
        after
    }

    /// Takes over what another process wrote, if any did. Writers call it first; readers never do.
    pub(crate) fn catch_up(&self) {
        let version = match self.store.foreign_version() {
            Ok(version) => version,
            Err(error) => return self.store_failed("look for changes of other processes", &error),
        };
        // Before memory follows the store, the store must know what memory does.
        if self.foreign_version.load(Ordering::Acquire) == version || !self.settle() {
            return;
        }
        let month = self.horizon(self.now());
        let loaded = self.persist(
            |store| store.load(month),
            |snapshot, image| Snapshot {
                usage: image.counters.iter().copied().collect(),
                ledger: snapshot.ledger.caught_up(&image.ledger.iter().copied().collect(), month),
                ..snapshot.clone()
            },
        );
        match loaded {
            Ok(_) => self.foreign_version.store(version, Ordering::Release),
            Err(error) => self.store_failed("read the changes of other processes", &error),
        }
    }

    /// Keeps counter changes that the store did not take, for [`Self::settle`].
    pub(crate) fn keep_unwritten(&self, ops: &[CounterOp]) {
        let mut unwritten = self.unwritten.lock();
        let room = UNWRITTEN_KEPT.saturating_sub(unwritten.len());
        unwritten.extend(ops.iter().take(room));
    }

    /// Writes what the store did not take before. Says whether nothing is left, so that memory may follow the store.
    pub(crate) fn settle(&self) -> bool {
        let ops = std::mem::take(&mut *self.unwritten.lock());
        if ops.is_empty() {
            return true;
        }
        let stored = self.persist(
            |store| store.apply(&ops),
            |snapshot, counters| limits::with_applied(snapshot, &ops, counters),
        );
        if let Err(error) = &stored {
            self.unwritten.lock().splice(0..0, ops);
            self.store_failed("count usage", error);
        }
        stored.is_ok()
    }

    /// Tells about a clock that was set back and a store that was set aside, and persists trusted time now and then.
    pub(crate) fn watch(&self) {
        self.watch_store();
        if let Some(jump) = self.trusted.take_jump(self.clock.now()) {
            self.emit(Event::ClockJumped(jump));
        }
        self.tidy();
        let high_water = self.trusted.high_water();
        {
            let mut marked = self.marked.lock();
            if high_water.since(*marked) < MARK_EVERY {
                return;
            }
            *marked = high_water;
        }
        let marks = Marks { high_water, server_floor: self.trusted.server_floor() };
        if let Err(error) = self.store.raise_marks(marks, false) {
            self.store_failed("keep the clock's high-water mark", &error);
        }
    }

    /// Forgets, once a month, what no decision and no report needs any more, so that neither the store nor the
    /// memory of a long-lived server grows for ever.
    ///
    /// Where an endpoint may yet correct the clock, nothing is forgotten until it has told the time once.
    pub(crate) fn tidy(&self) {
        if self.outbox.is_some() && self.trusted.server_floor() == Timestamp::MIN {
            return;
        }
        let month = self.horizon(self.now());
        if self.tidied.swap(month.number(), Ordering::AcqRel) == month.number() {
            return;
        }
        if let Err(error) = self.store.prune(month.before(MONTHS_KEPT)) {
            self.store_failed("forget months past", &error);
        }
        self.update(|snapshot| Snapshot {
            usage: snapshot.usage.since(month),
            ledger: snapshot.ledger.since(month),
            ..snapshot.clone()
        });
    }

    fn horizon(&self, now: Timestamp) -> BillingMonth {
        horizon(&self.zone, self.trusted.server_floor(), now)
    }

    /// Tells the app, and the billing endpoint where it wants to know: durable when this returns.
    pub(crate) fn emit(&self, event: Event) {
        if let (Some(outbox), Some(usage)) = (&self.outbox, event.usage()) {
            match outbox.record(&[usage]) {
                Ok(enqueued) if enqueued.dropped > 0 => {
                    self.events.emit(Event::OutboxDropped { count: enqueued.dropped });
                }
                Ok(_) => {}
                Err(error) => self.store_failed("keep a usage event", &error),
            }
        }
        self.events.emit(event);
    }

    /// Tells about a store that was found corrupt and set aside, when it was opened or since.
    pub(crate) fn watch_store(&self) {
        if let Some(corruption) = self.store.take_corruption() {
            self.emit(Event::StoreSetAside(corruption));
        }
    }

    /// Reports a store failure: the guard goes on with what it holds in memory.
    pub(crate) fn store_failed(&self, operation: &'static str, error: &StoreError) {
        tracing::warn!(operation, %error, "the store failed; going on in memory");
        self.emit(Event::StoreFailed { operation, why: error.to_string() });
    }
}
