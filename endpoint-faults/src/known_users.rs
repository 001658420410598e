//! Which users a test has said to be counted.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use serde_json::Value;

/// What is known of users, by account and month; `None` where the call is not offered.
#[derive(Default)]
pub(crate) struct KnownUsers(Mutex<Option<Known>>);

type Known = BTreeMap<(String, String), Option<bool>>;

impl KnownUsers {
    pub(crate) fn set(&self, account: &str, month: &str, active: Option<bool>) {
        let key = (account.to_owned(), month.to_owned());
        self.0.lock().get_or_insert_default().insert(key, active);
    }

    pub(crate) fn withdraw(&self) {
        *self.0.lock() = None;
    }

    /// What is known of this user; `None` where the call is not offered.
    pub(crate) fn of(&self, account: &str, month: &str) -> Option<Value> {
        let known = self.0.lock();
        Some(known.as_ref()?.get(&(account.to_owned(), month.to_owned())).copied().flatten().into())
    }
}
