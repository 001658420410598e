//! Counters, the times of their additions, and permits.

use std::collections::BTreeMap;
use std::convert::Infallible;

use serde::{Deserialize, Serialize};

use super::State;
use crate::model::{Counter, CounterKey, Timestamp};
use crate::store::port::{CounterOp, PermitId, ReserveAnswer, ReserveItem};
use crate::store::rules::{Held, Tally, first_full};
use crate::store::text::Key;

/// One counter, with the additions whose time a later report may ask about.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) tally: Tally,
    additions: BTreeMap<Timestamp, i64>,
}

impl Account {
    fn add(&mut self, delta: i64, at: Timestamp) {
        let at = self.tally.file_under(at);
        self.forget_times_before(Tally::forget_times_before(at));
        let addition = self.additions.entry(at).or_default();
        *addition = addition.saturating_add(delta);
        self.tally.add(delta);
    }

    pub(super) fn forget_times_before(&mut self, instant: Timestamp) {
        if self.additions.first_key_value().is_some_and(|(first, _)| *first < instant) {
            self.additions = self.additions.split_off(&instant);
        }
    }

    fn apply(&mut self, op: &CounterOp) {
        match *op {
            CounterOp::Add { delta, at, .. } => self.add(delta, at),
            CounterOp::Report { value, as_of, origin, .. } if self.tally.accepts(as_of) => {
                self.additions.retain(|at, _| *at > as_of);
                let later = self.additions.values().copied().fold(0, i64::saturating_add);
                self.tally.report(value, as_of, origin, later);
            }
            CounterOp::Report { .. } => {}
            CounterOp::OwnMax { max, .. } => self.tally.own_max = max,
        }
    }
}

/// Room held until it is used, given back or expired.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Permit {
    pub(super) expires: Timestamp,
    items: Vec<(Key, i64)>,
}

impl State {
    pub(super) fn held(&self, key: &Key) -> Held {
        self.held_by(key, |_, _| true)
    }

    fn held_by(&self, key: &Key, counts: impl Fn(PermitId, &Permit) -> bool) -> Held {
        self.permits
            .iter()
            .filter(|(id, permit)| counts(**id, permit))
            .flat_map(|(_, permit)| permit.items.iter().map(|item| (item, permit.expires)))
            .filter(|((of, _), _)| of == key)
            .fold(Held::default(), |held, ((_, amount), until)| held.and(*amount, until))
    }

    fn release_expired(&mut self, now: Timestamp) {
        self.permits.retain(|_, permit| now < permit.expires);
    }

    fn tally(&self, key: &Key) -> Tally {
        self.counters.get(key).map(|account| account.tally).unwrap_or_default()
    }

    pub(in crate::store) fn apply(&mut self, ops: &[CounterOp]) -> Vec<Counter> {
        for op in ops {
            self.counters.entry(Key(op.key())).or_default().apply(op);
        }
        let keys = ops.iter().map(|op| Key(op.key()));
        keys.map(|key| self.tally(&key).counter(self.held(&key))).collect()
    }

    pub(super) fn add(&mut self, key: CounterKey, delta: i64, at: Timestamp) {
        self.counters.entry(Key(key)).or_default().add(delta, at);
    }

    pub(in crate::store) fn reserve(
        &mut self,
        permit: PermitId,
        items: &[ReserveItem],
        now: Timestamp,
        expires: Timestamp,
    ) -> ReserveAnswer {
        self.release_expired(now);
        let full = first_full(items, |key| -> Result<_, Infallible> {
            let key = Key(*key);
            Ok(self.tally(&key).counter(self.held_by(&key, |id, _| id != permit)))
        });
        if let Ok(Some((item, counter))) = full {
            return ReserveAnswer::Full { item, counter };
        }
        for item in items {
            self.counters.entry(Key(item.key)).or_default();
        }
        let items = items.iter().map(|item| (Key(item.key), item.amount)).collect();
        self.permits.insert(permit, Permit { expires, items });
        ReserveAnswer::Held
    }

    pub(in crate::store) fn commit(&mut self, permit: PermitId, now: Timestamp) -> bool {
        match self.permits.remove(&permit) {
            Some(permit) if now < permit.expires => {
                for (key, amount) in permit.items {
                    self.add(key.0, amount, now);
                }
                true
            }
            _ => false,
        }
    }

    pub(in crate::store) fn release(&mut self, permit: PermitId) {
        self.permits.remove(&permit);
    }

    pub(in crate::store) fn counter(&self, key: &CounterKey, now: Timestamp) -> Counter {
        let key = Key(*key);
        self.tally(&key).counter(self.held_by(&key, |_, permit| now < permit.expires))
    }
}
