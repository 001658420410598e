//! A caller whose every call is a transaction of its own.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use super::{Backend, Whole, day_and_month, run, secs};
use crate::model::{
    BillingMonth, CountedLogin, Counter, CounterKey, CounterOp, HeldSince, HoldItem, Lease, LeaseAnswer,
    LeaseEnd, LoginId, Moment, Owner, Pseudonym, SdkAppId, Timestamp, User, UserFacts, Wait,
};
use crate::store::{
    Changes, Commit, DeferredLogin, Install, MonthUsers, NewEvent, Opened, Opening, Pass, PermitId,
    ProcessRole, Reserve, ReserveAnswer, Sent, Store, StoreError, StoredDocument, Transaction, WarningKey,
};

pub(super) const SETTLE: Duration = Duration::from_secs(10);

/// One caller of a store, and the guard instance that it is.
pub(super) struct Caller(pub(super) Arc<dyn Store>, Cell<Owner>);

impl Caller {
    pub(super) fn of(backend: &dyn Backend) -> Self {
        Self::over(backend.open())
    }

    pub(super) fn over(store: Arc<dyn Store>) -> Self {
        Self(store, Cell::new(Owner(u128::MAX)))
    }

    pub(super) fn write<T: crate::port::MaybeSend + 'static>(
        &self,
        f: impl FnMut(&mut dyn Transaction) -> Result<T, StoreError> + crate::port::MaybeSend + 'static,
    ) -> T {
        run::write(&*self.0, f).unwrap()
    }

    pub(super) fn read<T: crate::port::MaybeSend + 'static>(
        &self,
        f: impl FnMut(&mut dyn Transaction) -> Result<T, StoreError> + crate::port::MaybeSend + 'static,
    ) -> T {
        run::read(&*self.0, f).unwrap()
    }

    // Counters and permits.

    pub(super) fn apply(&self, ops: &[CounterOp]) {
        let ops = ops.to_vec();
        self.write(move |t| t.apply(&ops));
    }

    /// Applies one change and reads its counter.
    pub(super) fn change(&self, op: CounterOp) -> Counter {
        self.apply(&[op]);
        self.counter(&op.key(), 0)
    }

    pub(super) fn add(&self, key: CounterKey, delta: i64, at: Timestamp) -> Counter {
        self.change(CounterOp::Add { key, delta, at })
    }

    pub(super) fn report(&self, key: CounterKey, value: u64, as_of: Timestamp) -> Counter {
        self.change(CounterOp::Report { key, value, as_of })
    }

    pub(super) fn counter(&self, key: &CounterKey, elapsed: u64) -> Counter {
        let key = *key;
        self.read(move |t| t.counter(&key, secs(elapsed)))
    }

    pub(super) fn reserve(
        &self,
        permit: u128,
        items: &[HoldItem],
        now: Moment,
        length: Duration,
        pass: Pass,
    ) -> ReserveAnswer {
        let wait = Wait::new(now.elapsed, length);
        let owner = self.1.get();
        let reserve = Reserve { permit: PermitId(permit), owner, items: items.to_vec(), wait, now, pass };
        self.write(move |t| t.reserve(&reserve))
    }

    pub(super) fn commit(
        &self,
        permit: u128,
        items: &[(CounterKey, i64)],
        held: HeldSince,
        elapsed: u64,
    ) -> bool {
        let commit = Commit { permit: PermitId(permit), items: items.to_vec(), held, now: secs(elapsed) };
        self.write(move |t| t.commit(&commit))
    }

    pub(super) fn release(&self, permit: u128) {
        self.write(move |t| t.release(PermitId(permit)));
    }

    // Logins.

    pub(super) fn begin(&self, login: u128, user: Pseudonym, at: Timestamp) {
        let sent = Sent { login: LoginId(login), user, at, month: day_and_month(at).1 };
        self.write(move |t| t.begin_login(&sent));
    }

    pub(super) fn clear(&self, user: Pseudonym, login: u128) {
        self.write(move |t| t.clear_login(user, LoginId(login)));
    }

    pub(super) fn count(&self, user: Pseudonym, at: Timestamp) -> CountedLogin {
        self.count_in(Pass::First, user, at)
    }

    pub(super) fn count_in(&self, pass: Pass, user: Pseudonym, at: Timestamp) -> CountedLogin {
        let (day, month) = day_and_month(at);
        self.write(move |t| t.count_active(user, day, month, at, pass))
    }

    pub(super) fn acquire(&self, user: Pseudonym, owner: u128, wait: Wait) -> LeaseAnswer {
        self.write(move |t| t.acquire_lease(user, Owner(owner), wait, SETTLE))
    }

    pub(super) fn renew(&self, user: Pseudonym, fence: u64, wait: Wait) -> bool {
        self.write(move |t| t.renew_lease(user, fence, wait))
    }

    pub(super) fn end(&self, user: Pseudonym, fence: u64, end: LeaseEnd, now: Moment) -> bool {
        self.write(move |t| t.end_lease(user, fence, end, now))
    }

    pub(super) fn lease(&self, user: Pseudonym) -> Option<Lease> {
        self.read(move |t| t.lease(user))
    }

    pub(super) fn facts(&self, user: Pseudonym) -> UserFacts {
        self.read(move |t| t.facts(user))
    }

    pub(super) fn save_facts(&self, user: Pseudonym, facts: &UserFacts) {
        let facts = facts.clone();
        self.write(move |t| t.save_facts(user, &facts));
    }

    // Reports.

    pub(super) fn users_of(&self, month: BillingMonth) -> MonthUsers {
        self.read(move |t| t.month_users(month))
    }

    pub(super) fn defer(&self, user: Pseudonym, at: Timestamp) -> bool {
        let deferred = DeferredLogin { user, month: day_and_month(at).1, at };
        self.write(move |t| t.defer_login(deferred))
    }

    pub(super) fn mark_warned(&self, key: WarningKey) -> bool {
        self.write(move |t| t.mark_warned(key))
    }

    // Outbox and records.

    pub(super) fn put(&self, ids: &[&str], capacity: u64) -> u64 {
        let event = |id: &&str| NewEvent { id: (*id).to_owned(), body: format!("{{\"id\":\"{id}\"}}") };
        let events: Vec<_> = ids.iter().map(event).collect();
        self.write(move |t| t.enqueue(&events, capacity)).dropped
    }

    pub(super) fn save_document(&self, document: &StoredDocument) -> bool {
        let document = document.clone();
        self.write(move |t| t.save_document(&document))
    }

    pub(super) fn image(&self, since: &str) -> Whole {
        let since = super::month(since);
        let mut image = self.read(move |t| Whole::read(t, since, secs(0)));
        image.counters.sort_unstable_by_key(|(key, _)| *key);
        image.users.sort_unstable_by_key(|(user, _)| *user);
        image.warned.sort_unstable();
        image
    }

    /// The users of an image that has something to say of them.
    pub(super) fn users(&self, since: &str) -> Vec<(Pseudonym, User)> {
        let users = self.image(since).users;
        users.into_iter().filter(|(_, user)| *user != User::default()).collect()
    }

    pub(super) fn changes(&self, seq: u64, elapsed: u64) -> Changes {
        let mut changes = self.read(move |t| t.changes_since(seq, secs(elapsed)));
        changes.counters.sort_unstable_by_key(|(key, _)| *key);
        changes.users.sort_unstable_by_key(|(user, _)| *user);
        changes
    }

    pub(super) fn correct_time(&self, now: Timestamp) {
        let (day, month) = day_and_month(now);
        self.write(move |t| t.correct_time(now, day, month));
    }

    pub(super) fn recall(&self, since: &str, until: &str) {
        let (since, until) = (super::month(since), super::month(until));
        self.write(move |t| t.recall(since, until));
    }

    pub(super) fn try_open(&self, opening: &Opening) -> Result<Opened, StoreError> {
        self.1.set(opening.owner);
        let opening = opening.clone();
        run::write(&*self.0, move |t| t.open(&opening))
    }
}

/// An app that opens a store as `owner`, with ids that name `n`.
pub(super) fn opening(app: u64, owner: u128, n: u8) -> Opening {
    Opening {
        app: SdkAppId::new(app).unwrap(),
        owner: Owner(owner),
        role: Some(ProcessRole::App),
        candidate: install(n),
        device: None,
        renew: false,
        now: secs(0),
    }
}

pub(super) fn install(n: u8) -> Install {
    Install { salt: [n; 32], guest_id: format!("guest-{n}"), install_id: format!("install-{n}") }
}
