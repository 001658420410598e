//! What the app says about failures: a new `UserSig`, a fresh start.

use super::facts::Shared;
use crate::client::core::STORE_WAIT;
use crate::client::random;
use crate::decide::login::new_user_sig;
use crate::model::{LoginMemory, Pseudonym, UserFacts};

impl Shared {
    /// Changes the durable facts about `user`. It happens though the future is dropped.
    pub(super) async fn change_facts(
        &self,
        user: Pseudonym,
        mut change: impl FnMut(&mut UserFacts) + crate::port::MaybeSend + 'static,
    ) {
        self.core
            .carry(STORE_WAIT, move |tx| {
                let before = tx.facts(user)?;
                let mut facts = before.clone();
                change(&mut facts);
                if facts == before { Ok(()) } else { tx.save_facts(user, &facts) }
            })
            .await;
    }

    /// Forgets what failed logins of `user` left behind: waits, refusals and the loop breaker.
    pub(super) async fn forget_failures(&self, user: Pseudonym) {
        self.change_facts(user, |facts| facts.memory = LoginMemory::default()).await;
    }

    /// The app has a new `UserSig` for `user`.
    pub(super) async fn new_user_sig(&self, user: Pseudonym) {
        let (now, jitter, policy) = (self.core.clock.elapsed(), random::jitter(), self.policy.clone());
        self.change_facts(user, move |facts| new_user_sig(&mut facts.memory, now, jitter, &policy)).await;
    }
}
