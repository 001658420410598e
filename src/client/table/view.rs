//! A table as it was at one moment: what was changed since is kept as it was before.
//!
//! The standby goes on over one while the store fails, and memory goes back to one when the store is there again. Only
//! they read it; it costs as much as was changed since.

use std::collections::HashMap;
use std::sync::Arc;

use super::counters::CounterRows;
use super::users::UserRows;
use crate::lock::Mutex;
use crate::model::{
    ActiveUser, Counter, CounterKey, CounterSource, Pseudonym, SessionLook, User, UserSource,
};

/// What was changed since, as it was before; `None` where there was nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    pub(super) counters: HashMap<CounterKey, Option<Counter>>,
    pub(super) users: HashMap<Pseudonym, Option<User>>,
}

/// A table as it was.
#[derive(Debug)]
pub(crate) struct View {
    counters: Arc<CounterRows>,
    users: Arc<UserRows>,
    before: Mutex<Before>,
}

impl View {
    pub(super) fn new(counters: Arc<CounterRows>, users: Arc<UserRows>) -> Self {
        Self { counters, users, before: Mutex::default() }
    }

    /// The counter at `key` is about to change from `held`.
    pub(super) fn keep_counter(&self, key: CounterKey, held: Option<Counter>) {
        self.before.lock().counters.entry(key).or_insert(held);
    }

    /// `user` is about to change from `held`.
    pub(super) fn keep_user(&self, user: Pseudonym, held: Option<User>) {
        self.before.lock().users.entry(user).or_insert(held);
    }

    /// What was changed since, as it was.
    pub(super) fn changed(&self) -> Before {
        self.before.lock().clone()
    }

    /// The table is as it was again.
    pub(super) fn is_restored(&self) {
        *self.before.lock() = Before::default();
    }
}

// What is kept is kept before the row is changed, and the row is read before what is kept: whoever reads a row that has
// changed finds it kept.
impl CounterSource for View {
    fn counter(&self, key: &CounterKey) -> Option<Counter> {
        let now = self.counters.get(key);
        self.before.lock().counters.get(key).copied().unwrap_or(now)
    }

    fn each(&self, visit: &mut dyn FnMut(CounterKey, Counter)) {
        let mut now = Vec::new();
        CounterSource::each(&*self.counters, &mut |key, counter| now.push((key, counter)));
        let before = self.before.lock();
        now.retain(|(key, _)| !before.counters.contains_key(key));
        now.extend(before.counters.iter().filter_map(|(key, held)| Some((*key, (*held)?))));
        drop(before);
        for (key, counter) in now {
            visit(key, counter);
        }
    }
}

impl UserSource for View {
    fn active(&self, user: &Pseudonym) -> ActiveUser {
        self.user(user).map(|user| user.active).unwrap_or_default()
    }

    fn user(&self, user: &Pseudonym) -> Option<User> {
        let now = self.users.user(user);
        self.before.lock().users.get(user).cloned().unwrap_or(now)
    }

    fn session(&self, user: &Pseudonym) -> SessionLook {
        self.users.session(user)
    }

    fn each(&self, visit: &mut dyn FnMut(Pseudonym, User)) {
        let mut now = Vec::new();
        UserSource::each(&*self.users, &mut |id, user| now.push((id, user)));
        let before = self.before.lock();
        now.retain(|(id, _)| !before.users.contains_key(id));
        now.extend(before.users.iter().filter_map(|(id, held)| Some((*id, held.clone()?))));
        drop(before);
        for (id, user) in now {
            visit(id, user);
        }
    }
}
