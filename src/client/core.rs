//! What every operation of a guard stands on: clock, store, memory, events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use futures_util::future::{Either, select};

use crate::lock::Mutex;

use super::events::{Event, Events};
use super::gate::Gate;
use super::memory::Memory;
use super::table::Reader;
use super::turn::Turn;
use super::tx::{Outgoing, Tx};
use super::usage::recent::Recent;
use crate::model::{
    AccountKey, AccountName, BillingDay, BillingMonth, BillingZone, CatalogId, Catalogs, CounterKey,
    DecisionPolicy, EditionId, Horizon, Moment, Owner, Pseudonym, SdkAppId, Session, SessionMode, Snapshot,
    TimeRecord, Timestamp, UserId,
};
use crate::port::MaybeSend;
use crate::store::{
    Durable, Pseudonymizer, Ran, Standby, StoreError, StoredCatalog, StoredDocument, Transaction, Work,
};
use crate::time::{Clock, TrustedTime};

/// How long a write waits for the store before it goes on in memory, where its caller has no shorter time.
pub(crate) const STORE_WAIT: Duration = Duration::from_secs(2);

/// The shared inside of a guard.
///
/// Reads load the snapshot and take no lock. Everything durable goes through [`Core::write`].
pub(crate) struct Core {
    pub(crate) app: SdkAppId,
    pub(crate) zone: BillingZone,
    /// The price lists that are known. Decisions read theirs from the entitlements.
    pub(crate) catalogs: ArcSwap<Catalogs>,
    /// The plan to assume while nothing is known.
    pub(crate) fallback: Option<(CatalogId, EditionId)>,
    pub(crate) session_mode: SessionMode,
    pub(crate) policy: Arc<DecisionPolicy>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) trusted: Arc<TrustedTime>,
    pub(crate) pseudonyms: Pseudonymizer,
    pub(crate) owner: Owner,
    pub(crate) events: Events,
    /// How usage events are written; `None` when the app has no billing endpoint.
    pub(crate) outgoing: Option<Outgoing>,
    /// The key under which the billing endpoint knows users, of the document held.
    accounts: ArcSwapOption<AccountKey>,
    /// Something showed the document held to be out of date; cleared by the next confirmed sync.
    pub(crate) doubted: AtomicBool,
    /// Wakes upkeep when that happens, and when the guard ends.
    pub(crate) sync_wanted: Arc<tokio::sync::Notify>,
    pub(super) store: Standby,
    /// Whether the guard is there that follows what others write. Held while it is told of that.
    pub(super) following: Arc<Mutex<bool>>,
    pub(super) memory: Arc<Memory>,
    /// Events of transactions that are durable, not reported yet.
    pub(super) unreported: Arc<Mutex<VecDeque<Event>>>,
    /// Happenings that were counted lately.
    pub(super) happenings: Mutex<Recent>,
    /// Permits that were finished by their id lately: whoever holds one has no room to give back in memory.
    pub(super) finished: Mutex<Recent>,
    /// Since when which month is the earliest that is needed.
    pub(super) turn: Mutex<Option<Turn>>,
    /// The month in which the past was forgotten last.
    pub(super) tidied: AtomicI32,
    /// Trusted time, and the offset of the clock, as they were persisted last.
    pub(super) marked: Mutex<(Timestamp, i64)>,
    /// How often time was taken back: what a process remembers of a month may be of one that has not begun since.
    pub(super) taken_back: AtomicU64,
}

/// A transaction that was handed in, where its answer will be, and what says that the store has it.
pub(crate) struct Carried<T> {
    answer: Arc<Mutex<Option<T>>>,
    durable: Durable,
}

/// What a [`Core`] is made from.
pub(crate) struct Parts {
    pub(crate) app: SdkAppId,
    pub(crate) zone: BillingZone,
    pub(crate) catalogs: Catalogs,
    pub(crate) fallback: Option<(CatalogId, EditionId)>,
    pub(crate) session_mode: SessionMode,
    pub(crate) policy: Arc<DecisionPolicy>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) trusted: Arc<TrustedTime>,
    pub(crate) pseudonyms: Pseudonymizer,
    pub(crate) owner: Owner,
    pub(crate) outgoing: Option<Outgoing>,
    pub(crate) store: Standby,
    /// Since when which month is the earliest that is needed, as the store tells it.
    pub(crate) turn: Option<Turn>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) unreported: Arc<Mutex<VecDeque<Event>>>,
}

impl Core {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            app: parts.app,
            zone: parts.zone,
            catalogs: ArcSwap::from_pointee(parts.catalogs),
            fallback: parts.fallback,
            session_mode: parts.session_mode,
            policy: parts.policy,
            clock: parts.clock,
            trusted: parts.trusted,
            pseudonyms: parts.pseudonyms,
            owner: parts.owner,
            events: Events::default(),
            outgoing: parts.outgoing,
            accounts: ArcSwapOption::empty(),
            doubted: AtomicBool::new(false),
            sync_wanted: Arc::default(),
            store: parts.store,
            following: Arc::new(Mutex::new(true)),
            memory: parts.memory,
            unreported: parts.unreported,
            happenings: Mutex::default(),
            finished: Mutex::default(),
            turn: Mutex::new(parts.turn),
            tidied: AtomicI32::new(i32::MIN),
            // The first look persists the time: a short run before the clock is set back must count.
            marked: Mutex::new((Timestamp::MIN, 0)),
            taken_back: AtomicU64::new(0),
        }
    }

    /// The time to decide by. No lock, no I/O.
    pub(crate) fn now(&self) -> Timestamp {
        self.trusted.now(self.clock.now())
    }

    /// The time to answer reads by, up to a clock's tick behind; never behind what was dated already. What is written
    /// is dated by [`Self::now`].
    pub(crate) fn now_coarse(&self) -> Timestamp {
        self.trusted.now(self.clock.coarse())
    }

    /// The wall clock with what was learnt of it, however far trusted time has been already: a clock that was set ahead and
    /// put right again shows in it at once.
    pub(crate) fn clock_reading(&self) -> Timestamp {
        self.trusted.reading(self.clock.now())
    }

    /// Trusted and elapsed time.
    pub(crate) fn moment(&self) -> Moment {
        Moment { at: self.now(), elapsed: self.clock.elapsed() }
    }

    /// The billing day and month of `at`.
    pub(crate) fn periods(&self, at: Timestamp) -> (BillingDay, BillingMonth) {
        let date = self.zone.date(at);
        (BillingDay::of(date), BillingMonth::of(date))
    }

    /// Takes over the key under which the billing endpoint knows users.
    pub(crate) fn name_accounts(&self, key: Option<Arc<AccountKey>>) {
        self.accounts.store(key);
    }

    /// What the billing endpoint calls this user; `None` where it gave no key for that.
    pub(crate) fn account(&self, user: &UserId) -> Option<AccountName> {
        self.accounts.load().as_ref().map(|key| key.account(self.app, user))
    }

    /// How often time was taken back.
    pub(crate) fn taken_back(&self) -> u64 {
        self.taken_back.load(Ordering::Acquire)
    }

    /// The state as it is now. No lock, no allocation.
    pub(crate) fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.memory.load()
    }

    /// The plan as it was worked out last. No lock, no allocation.
    pub(crate) fn gate(&self) -> &Gate {
        self.memory.gate()
    }

    /// The counters. No lock, no allocation.
    pub(crate) fn reader(&self) -> &Reader {
        self.memory.reader()
    }

    /// Replaces the session of `user` by what `step` makes of it, where it makes something else of it; says whether it
    /// does. `step` must not call back into the guard.
    pub(crate) fn change_session(
        &self,
        user: Pseudonym,
        step: impl FnOnce(Option<Session>) -> Option<Option<Session>>,
    ) -> bool {
        self.memory.change_session(user, self.session_mode, step)
    }

    /// Gives room back that permits held, for reads; the store follows.
    pub(crate) fn release(&self, items: &[(CounterKey, i64)]) {
        self.memory.release(items);
    }

    /// Forgets in memory what lies before the horizon.
    pub(crate) fn forget(&self, horizon: impl FnOnce() -> Horizon) {
        self.memory.forget(horizon);
    }

    /// Replaces what belongs to this process alone: resolved entitlements. One writer at a time; `step` must not call
    /// back into the guard. Returns what now holds.
    pub(crate) fn update(&self, step: impl FnOnce(&Snapshot) -> Snapshot) -> Arc<Snapshot> {
        self.memory.update(step)
    }

    /// Runs `run` as one transaction and resolves once it is durable and memory has followed, or, where the store
    /// fails or does not take it within `wait`, once it holds in memory and is kept for the store. It never fails for
    /// the store.
    ///
    /// Dropping the future is safe at any point: the transaction then happens whole or not at all, and memory follows
    /// it whether or not anybody waits. `run` may run again (a replay): it draws nothing and reads no clock.
    pub(crate) async fn write<T: MaybeSend + 'static>(
        &self,
        wait: Duration,
        run: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + MaybeSend + 'static,
    ) -> T {
        let (work, answer) = self.work(run);
        let ran = self.store.run(work, self.clock.sleep(wait)).await;
        self.settle();
        let answer = answer.lock().take();
        answer
            .unwrap_or_else(|| unreachable!("the standby runs every write, and memory cannot fail: {ran:?}"))
    }

    /// As [`Self::write`] for a caller that cannot wait, such as a destructor.
    pub(crate) fn submit(
        &self,
        run: impl FnMut(&mut Tx<'_>) -> Result<(), StoreError> + MaybeSend + 'static,
    ) {
        let (work, _) = self.work(run);
        // Nobody waits for it.
        drop(self.store.submit(work));
    }

    /// As [`Self::write`] for what must happen though this future is dropped. `None` when the store has not run it
    /// within `wait`; it is kept and will be run.
    pub(crate) async fn carry<T: MaybeSend + 'static>(
        &self,
        wait: Duration,
        run: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + MaybeSend + 'static,
    ) -> Option<T> {
        let carried = self.hand_in(run);
        self.carried(wait, carried).await
    }

    /// The first half of [`Self::carry`]: from here on it happens, whether or not anybody waits.
    pub(crate) fn hand_in<T: MaybeSend + 'static>(
        &self,
        run: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + MaybeSend + 'static,
    ) -> Carried<T> {
        let (work, answer) = self.work(run);
        let durable = self.store.submit(work);
        Carried { answer, durable }
    }

    /// The other half: waits for the answer.
    pub(crate) async fn carried<T>(&self, wait: Duration, carried: Carried<T>) -> Option<T> {
        let Carried { answer, durable } = carried;
        let wait = self.clock.sleep(wait);
        let rest = if self.store.inner().is_driven() {
            match select(durable, wait).await {
                Either::Left((Ok(()), _)) => {
                    self.settle();
                    return answer.lock().take();
                }
                Either::Left((Err(_), rest)) => rest,
                Either::Right(((), _)) => self.clock.sleep(Duration::ZERO),
            }
        } else {
            wait
        };
        // The store does not take it now. Transactions run in the order they were given: one after it tells how it
        // ended, and has memory take over where the store fails or hangs.
        let (work, _) = self.work(|_| Ok(()));
        self.store.run(work, rest).await;
        self.settle();
        answer.lock().take()
    }

    /// Reads from the store itself.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or does not answer within [`STORE_WAIT`]: memory does not hold what is read
    /// this way.
    pub(crate) async fn read<T: MaybeSend + 'static>(
        &self,
        mut run: impl FnMut(&mut dyn Transaction) -> Result<T, StoreError> + MaybeSend + 'static,
    ) -> Result<T, StoreError> {
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        let work = Work::read(move |transaction| {
            *slot.lock() = Some(run(transaction)?);
            Ok(())
        });
        if let Ran::Failed(error) = self.store.run(work, self.clock.sleep(STORE_WAIT)).await {
            return Err(error);
        }
        let answer = answer.lock().take();
        answer.ok_or(StoreError::Busy)
    }

    /// Reports what durable transactions have to tell, outside every lock. Also what one told whose caller has gone.
    pub(crate) fn settle(&self) {
        loop {
            let Some(event) = self.unreported.lock().pop_front() else { return };
            self.events.emit(event);
        }
    }

    /// Reports `event` to the app, and keeps what the billing endpoint wants to know of it.
    pub(crate) async fn tell(&self, event: Event) {
        if self.outgoing.is_none() || event.usage().is_none() {
            self.settle();
            return self.events.emit(event);
        }
        self.write(STORE_WAIT, move |tx| tx.emit(event.clone())).await;
    }

    /// Reports `event` to the app alone.
    pub(crate) fn report(&self, event: Event) {
        self.settle();
        self.events.emit(event);
    }

    /// Whether something was kept, by this process or another, that is to be taken over.
    pub(crate) fn has_news(&self) -> bool {
        self.memory.has_news()
    }

    /// The document that was kept last, by this process or another, if that is new.
    pub(super) fn news_of_document(&self) -> Option<StoredDocument> {
        self.memory.news_of_document()
    }

    /// The price lists that were kept, by this process or another, since the last look.
    pub(super) fn news_of_catalogs(&self) -> Vec<StoredCatalog> {
        self.memory.news_of_catalogs()
    }

    /// The record of trusted time that was kept last, if that is new.
    pub(super) fn news_of_time(&self) -> Option<TimeRecord> {
        self.memory.news_of_time()
    }

    /// Reports a store that was found corrupt and set aside, when it was opened or since.
    pub(crate) fn watch_store(&self) {
        if let Some(corruption) = self.store.inner().take_corruption() {
            self.report(Event::StoreSetAside(corruption));
        }
    }
}
