//! moka's cache for tasks: `get_with` runs one future for all who ask meanwhile.

use std::future::Future;

use planguard::UserId;

#[derive(Clone)]
pub(crate) struct Cache(moka::future::Cache<UserId, bool>);

impl Cache {
    pub(crate) fn new(users: &[UserId]) -> Self {
        let cache = moka::future::Cache::new(1_000_000.max(2 * users.len() as u64));
        for &user in users {
            futures::executor::block_on(cache.insert(user, true));
        }
        futures::executor::block_on(cache.run_pending_tasks());
        Self(cache)
    }

    pub(crate) async fn get_with(&self, user: UserId, load: impl Future<Output = bool>) -> bool {
        self.0.get_with(user, load).await
    }
}
