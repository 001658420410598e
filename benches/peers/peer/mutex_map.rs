//! What an app writes first: a hash map of counters behind a mutex, asked twice, compared with a maximum.

use std::collections::HashMap;
use std::sync::Mutex;

use planguard::UserId;

pub(crate) struct Counters(Mutex<HashMap<UserId, u64>>);

impl Counters {
    pub(crate) fn new(users: &[UserId]) -> Self {
        Self(Mutex::new(users.iter().map(|&user| (user, 7)).collect()))
    }

    pub(crate) fn fits(&self, user: &UserId, max: u64) -> bool {
        self.0.lock().unwrap().get(user).is_none_or(|&used| used < max)
    }
}
