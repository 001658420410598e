//! Counters and the room that permits hold in them.

use super::permits::Permit;
use super::{RowKey, State};
use crate::model::{
    Account, Additions, BillingDay, BillingMonth, Counted, Counter, CounterKey, CounterOp, Elapsed,
    HeldSince, Hold, LimitId, Max, PermitTerms, Timestamp, first_full,
};
use crate::store::{Commit, Counters, Pass, PermitId, Reserve, ReserveAnswer, StoreError, WhenLost};

/// One counter.
#[derive(Clone, Debug, Default)]
pub(super) struct CounterRow {
    /// The write that changed it last.
    pub(super) seq: u64,
    pub(super) account: Account,
    /// What permits held, and until when, that a snapshot shows as a sum only.
    held_before: Option<(u64, Elapsed)>,
}

impl CounterRow {
    pub(super) fn new(seq: u64, account: Account) -> Self {
        Self { seq, account, held_before: None }
    }

    /// A counter as a snapshot shows it. When its additions happened is not known: no report about earlier contains
    /// them, so that room is never given twice; a list of the chat SDK does.
    fn seeded(counter: &Counter) -> Self {
        let additions: Additions =
            (counter.added != 0).then_some((Timestamp::MAX, counter.added)).into_iter().collect();
        let held_before = (counter.reserved > 0).then_some((counter.reserved, counter.reserved_until));
        let counter = Counter { reserved: 0, reserved_until: Elapsed(0), ..*counter };
        Self { seq: 0, account: Account { counter, additions, reported_seq: 0 }, held_before }
    }

    fn counter(&self, now: Elapsed) -> Counter {
        let mut counter = self.account.counter;
        if let Some((reserved, until)) = self.held_before.filter(|(_, until)| now < *until) {
            counter.reserved = reserved;
            counter.reserved_until = until;
        }
        counter
    }
}

impl State {
    pub(super) fn counter_row(&self, key: &CounterKey) -> CounterRow {
        if let Some(row) = self.counters.get(key) {
            return row.clone();
        }
        let base = self.base.as_ref().map(|base| base.usage.get(key));
        base.map(|counter| CounterRow::seeded(&counter)).unwrap_or_default()
    }

    pub(super) fn put_account(&mut self, key: CounterKey, account: Account) {
        let mut row = self.counter_row(&key);
        let before = self.counters.get(&key).map(|row| row.seq);
        row.seq = self.stamp(RowKey::Counter(key), before);
        row.account = account;
        self.counters.insert_mut(key, row);
    }

    /// Notes that what permits hold of these counters changed.
    fn touch<'k>(&mut self, keys: impl Iterator<Item = &'k CounterKey>) {
        for key in keys {
            let account = self.counter_row(key).account;
            self.put_account(*key, account);
        }
    }

    /// The counter with the room that every permit but `except` holds.
    pub(super) fn counter_at(&self, key: &CounterKey, now: Elapsed, except: Option<PermitId>) -> Counter {
        let counter = match self.counters.get(key) {
            Some(row) => row.counter(now),
            None => self.counter_row(key).counter(now),
        };
        let holds = self.permits.on(key).filter(|(id, _)| Some(*id) != except);
        holds.fold(counter, |counter, (_, permit)| permit.hold.add_to(counter, key, now))
    }

    /// Removes a permit; its counters have changed by it.
    pub(super) fn drop_permit(&mut self, id: PermitId) -> Option<std::sync::Arc<Permit>> {
        let permit = self.permits.remove(id)?;
        self.touch(permit.hold.items.iter().map(|(key, _)| key));
        Some(permit)
    }

    /// Moves what is held in windows that have not begun to those that have. Users are corrected before.
    pub(super) fn correct_permits(&mut self, day: BillingDay, month: BillingMonth) {
        let ahead = self.permits.iter().filter(|(_, permit)| permit.hold.is_ahead(day, month));
        let ahead: Vec<_> = ahead.map(|(id, permit)| (id, permit.clone())).collect();
        for (id, Permit { hold, owner }) in ahead {
            self.drop_permit(id);
            let today = self.user_row(&id.user()).user.active.day == Some(day);
            let counted = Counted { this_month: self.is_active(id.user(), month), today };
            let hold = hold.begun_by(day, month, counted);
            if !hold.items.is_empty() {
                self.touch(hold.items.iter().map(|(key, _)| key));
                self.permits.insert(id, Permit { hold, owner });
            }
        }
    }

    /// The first item that this process may not grant alone. What it granted since the store was lost is what it counted
    /// and what its permits hold; what others held then is taken for used.
    fn beyond_share(&self, reserve: &Reserve) -> Option<usize> {
        let base = self.base.as_ref().filter(|_| self.when_lost != WhenLost::Allow)?;
        let mut asked = std::collections::BTreeMap::<CounterKey, u64>::new();
        reserve.items.iter().position(|item| {
            let Max::Of(max) = item.max else { return false };
            if item.amount <= 0 || is_of_logins(item.key.limit) {
                return false;
            }
            let before = base.usage.get(&item.key);
            let free = max.saturating_sub(before.used().saturating_add(before.reserved));
            let counted = self.counter_row(&item.key).account.counter.used().saturating_sub(before.used());
            let held = self.permits.on(&item.key).filter(|(id, _)| *id != reserve.permit);
            let held = held.flat_map(|(_, permit)| &permit.hold.items).filter(|(key, _)| *key == item.key);
            let held: u64 = held.filter_map(|(_, amount)| u64::try_from(*amount).ok()).sum();
            let wanted = asked.entry(item.key).or_default();
            *wanted = wanted.saturating_add(item.amount.unsigned_abs());
            counted.saturating_add(held).saturating_add(*wanted) > self.when_lost.of(free)
        })
    }

    fn release_lapsed(&mut self, now: Elapsed) {
        for id in self.permits.lapsed(now) {
            self.drop_permit(id);
        }
    }
}

/// Whether logins take room of this limit.
const fn is_of_logins(limit: LimitId) -> bool {
    matches!(limit, LimitId::FreeMau | LimitId::FreeDau | LimitId::MaxUsers)
}

impl Counters for State {
    fn apply(&mut self, ops: &[CounterOp]) -> Result<(), StoreError> {
        for op in ops {
            let mut account = self.counter_row(&op.key()).account;
            account.apply(op, self.seq);
            self.put_account(op.key(), account);
        }
        Ok(())
    }

    fn counter(&mut self, key: &CounterKey, now: Elapsed) -> Result<Counter, StoreError> {
        Ok(self.counter_at(key, now, None))
    }

    fn reserve(&mut self, reserve: &Reserve) -> Result<ReserveAnswer, StoreError> {
        let now = reserve.now.elapsed;
        self.release_lapsed(now);
        if reserve.pass == Pass::First {
            let counter =
                |key: &CounterKey| Ok::<_, StoreError>(self.counter_at(key, now, Some(reserve.permit)));
            if let Some((item, counter)) = first_full(&reserve.items, counter)? {
                return Ok(ReserveAnswer::Full { item, counter });
            }
            if let Some(item) = self.beyond_share(reserve) {
                return Ok(ReserveAnswer::Lost { item });
            }
        }
        let again = self.drop_permit(reserve.permit).is_some();
        let since = match reserve.pass {
            Pass::First => HeldSince::new(reserve.now, self.seq),
            Pass::Replay => {
                let mut accounts = reserve.items.iter().map(|item| self.counter_row(&item.key).account);
                let reported = accounts.any(|account| account.reported_seq == self.seq);
                HeldSince::replayed(reserve.now, self.seq, reported)
            }
        };
        let items: Vec<_> = reserve.items.iter().map(|item| (item.key, item.amount)).collect();
        self.touch(items.iter().map(|(key, _)| key));
        let hold = Hold { items, wait: reserve.wait, since };
        self.permits.insert(reserve.permit, Permit { hold, owner: Some(reserve.owner) });
        Ok(ReserveAnswer::Held { since, again })
    }

    fn commit(&mut self, commit: &Commit) -> Result<bool, StoreError> {
        let permit = self.drop_permit(commit.permit);
        for &(key, amount) in &commit.items {
            let mut account = self.counter_row(&key).account;
            let mut held = commit.held;
            if self.base.is_some() && held.seq <= self.base_seq && account.reported_seq == 0 {
                // Memory that stands in for the store does not know as which write a list was kept before: of what was
                // held before, the time tells.
                held.seq = 0;
            }
            account.commit(key.limit, amount, held);
            self.put_account(key, account);
        }
        Ok(permit.is_some_and(|permit| !permit.hold.wait.is_over(commit.now)))
    }

    fn release(&mut self, permit: PermitId) -> Result<(), StoreError> {
        self.drop_permit(permit);
        Ok(())
    }

    fn keep_terms(&mut self, permit: PermitId, terms: &PermitTerms, at: Timestamp) -> Result<(), StoreError> {
        self.terms.insert_mut(permit, (at, std::sync::Arc::new(terms.clone())));
        Ok(())
    }

    fn take_terms(&mut self, permit: PermitId) -> Result<Option<PermitTerms>, StoreError> {
        let terms = self.terms.get(&permit).map(|(_, terms)| PermitTerms::clone(terms));
        self.terms.remove_mut(&permit);
        Ok(terms)
    }

    fn note_happening(&mut self, key: [u8; 16], at: Timestamp) -> Result<bool, StoreError> {
        let new = !self.happenings.contains_key(&key);
        if new {
            self.happenings.insert_mut(key, at);
        }
        Ok(new)
    }
}
