//! moka's cache for threads: `get_with` finds a key that is there, or computes it once for all who ask. It knows
//! neither whether a login would be billed nor what a failure means.

use planguard::UserId;

pub(crate) struct Cache(moka::sync::Cache<UserId, bool>);

impl Cache {
    /// With a value for each of `users`.
    pub(crate) fn new(users: &[UserId]) -> Self {
        let cache = moka::sync::Cache::new(2 * users.len() as u64);
        for &user in users {
            cache.insert(user, true);
        }
        cache.run_pending_tasks();
        assert_eq!(cache.entry_count(), users.len() as u64, "every user is a hit");
        Self(cache)
    }

    pub(crate) fn get_with(&self, user: UserId) -> bool {
        self.0.get_with(user, || panic!("a user is missing"))
    }

    pub(crate) fn get(&self, user: &UserId) -> Option<bool> {
        self.0.get(user)
    }
}
