//! Counters and users in memory: a cache line each, changed in place by one writer, read by anybody without a lock.
//!
//! | File | Holds |
//! | --- | --- |
//! | `index` | which line a key is in |
//! | `rows` | lines by key, and what is beside them |
//! | `counters`, `users` | what the words of a line mean |
//! | `view` | the table as it was at one moment, for when the store fails |

mod counters;
mod index;
mod rows;
mod users;
mod view;

use std::sync::{Arc, Weak};

use crate::decide::quota::PlainCounter;
use crate::model::{
    Counter, CounterKey, CounterSource, Horizon, Ledger, Pseudonym, Session, Usage, User, UserSource,
};
use crate::store::Rows;
use counters::CounterRows;
use rows::Free;
use users::{Row, UserRows};
pub(crate) use view::View;

/// The pseudonym as two words, in its own order.
#[allow(clippy::cast_possible_truncation, reason = "each is its half")]
const fn halves(Pseudonym(bytes): &Pseudonym) -> (u64, u64) {
    let whole = u128::from_be_bytes(*bytes);
    ((whole >> 64) as u64, whole as u64)
}

const fn whole(high: u64, low: u64) -> Pseudonym {
    Pseudonym(((high as u128) << 64 | low as u128).to_be_bytes())
}

/// A reader's hand on the table.
#[derive(Clone, Debug)]
pub(crate) struct Reader(Arc<CounterRows>);

impl Reader {
    /// The counter at `key`, where it is a plain one. No lock, no allocation.
    #[inline]
    pub(crate) fn plain(&self, key: &CounterKey) -> Option<PlainCounter> {
        self.0.plain(key)
    }
}

/// The writer's hand on the table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    counters: Arc<CounterRows>,
    users: Arc<UserRows>,
    free_counters: Free,
    free_users: Free,
    views: Vec<Weak<View>>,
}

impl Table {
    /// For reads that come by the million.
    pub(crate) fn reader(&self) -> Reader {
        Reader(Arc::clone(&self.counters))
    }

    /// What decisions read.
    pub(crate) fn sources(&self) -> (Usage, Ledger) {
        (
            Usage::of(Arc::clone(&self.counters) as Arc<dyn CounterSource>),
            Ledger::of(Arc::clone(&self.users) as Arc<dyn UserSource>),
        )
    }

    pub(crate) fn put_counter(&mut self, key: CounterKey, counter: &Counter) {
        self.keep(|table, view| view.keep_counter(key, table.counters.get(&key)));
        self.counters.put(&mut self.free_counters, &key, counter);
    }

    fn remove_counter(&mut self, key: &CounterKey) {
        self.keep(|table, view| view.keep_counter(*key, table.counters.get(key)));
        self.counters.remove(&mut self.free_counters, key);
    }

    /// Replaces what the store holds of a user. The session in this process stays.
    pub(crate) fn put_user(&mut self, id: Pseudonym, user: User) {
        self.keep(|table, view| view.keep_user(id, table.users.user(&id)));
        let session = self.users.session(&id).session;
        self.users.put(&mut self.free_users, &id, Row::new(user, session));
    }

    /// Replaces the session of a user in this process.
    pub(crate) fn put_session(&mut self, id: Pseudonym, session: Option<Session>) {
        let row = self.users.row(&id).unwrap_or_default();
        self.users.put(&mut self.free_users, &id, row.with_session(session));
    }

    pub(crate) fn session(&self, id: &Pseudonym) -> Option<Session> {
        self.users.session(id).session
    }

    pub(crate) fn counter_at(&self, key: &CounterKey) -> Counter {
        self.counters.get(key).unwrap_or_default()
    }

    /// Forgets the days and months that lie before `horizon`, and users that nothing there or later needs.
    pub(crate) fn forget(&mut self, horizon: &Horizon) {
        let (mut counters, mut users) = (Vec::new(), Vec::new());
        CounterSource::each(&*self.counters, &mut |key, _| {
            if key.is_past(horizon) {
                counters.push(key);
            }
        });
        UserSource::each(&*self.users, &mut |id, user| {
            if !user.is_needed(horizon) {
                users.push(id);
            }
        });
        for key in counters {
            self.remove_counter(&key);
        }
        for id in users {
            self.put_user(id, User::default());
        }
    }

    /// The table as it is now, whatever is changed later.
    pub(crate) fn freeze(&mut self) -> Arc<View> {
        let view = Arc::new(View::new(Arc::clone(&self.counters), Arc::clone(&self.users)));
        self.views.retain(|view| view.strong_count() > 0);
        self.views.push(Arc::downgrade(&view));
        view
    }

    /// Goes back to what `view` shows. The view shows the same meanwhile and afterwards.
    pub(crate) fn restore(&mut self, view: &View) {
        let before = view.changed();
        for (key, held) in before.counters {
            match held {
                Some(counter) => self.put_counter(key, &counter),
                None => self.remove_counter(&key),
            }
        }
        for (id, held) in before.users {
            self.put_user(id, held.unwrap_or_default());
        }
        view.is_restored();
    }

    /// Has every view keep what is about to change.
    fn keep(&mut self, keep: impl Fn(&Self, &View)) {
        if self.views.is_empty() {
            return;
        }
        self.views.retain(|view| view.strong_count() > 0);
        for view in self.views.iter().filter_map(Weak::upgrade) {
            keep(self, &view);
        }
    }
}

/// A table is read from the store row by row.
impl Rows for Table {
    fn expect(&mut self, counters: usize, users: usize) {
        self.counters.expect(counters);
        self.users.expect(users);
    }

    fn counter(&mut self, key: CounterKey, counter: Counter) {
        self.put_counter(key, &counter);
    }

    fn user(&mut self, id: Pseudonym, user: User) {
        self.put_user(id, user);
    }
}

#[cfg(test)]
mod tests;
