//! Every user of the current period, as one immutable value.

use std::sync::Arc;

use rpds::HashTrieMapSync;

use super::active_user::{ActiveUser, Counted};
use super::counter_key::Pseudonym;
use super::horizon::Horizon;
use super::period::{BillingDay, BillingMonth};
use super::user_facts::UserFacts;

/// What memory holds of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Where the user is counted.
    pub active: ActiveUser,
    /// The durable facts; `None` where there are none, which is so for most users.
    pub facts: Option<Arc<UserFacts>>,
}

/// The ledger and the durable facts: changing it makes a new one that shares what did not change.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    users: HashTrieMapSync<Pseudonym, User>,
}

impl Ledger {
    /// Where `user` is counted.
    pub fn get(&self, user: &Pseudonym) -> ActiveUser {
        self.users.get(user).map(|user| user.active).unwrap_or_default()
    }

    /// The durable facts about `user`.
    pub fn facts(&self, user: &Pseudonym) -> Option<&UserFacts> {
        self.users.get(user)?.facts.as_deref()
    }

    /// Everything held of `user`.
    pub fn user(&self, user: &Pseudonym) -> Option<&User> {
        self.users.get(user)
    }

    /// Whether `user` is already counted in `month` and on `day`.
    pub fn counted(&self, user: &Pseudonym, day: BillingDay, month: BillingMonth) -> Counted {
        self.get(user).counted(day, month)
    }

    /// This ledger with one user replaced.
    #[must_use]
    pub fn with(&self, user: Pseudonym, entry: User) -> Self {
        Self { users: self.users.insert(user, entry) }
    }

    /// This ledger without users that nothing at `horizon` or later needs.
    #[must_use]
    pub fn since(&self, horizon: &Horizon) -> Self {
        let lasting = |user: &User| user.facts.as_deref().is_some_and(UserFacts::are_lasting);
        let needed = |user: &User| user.active.is_needed(horizon) || lasting(user);
        self.iter().filter(|(_, user)| needed(user)).map(|(id, user)| (*id, user.clone())).collect()
    }

    /// Every user, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&Pseudonym, &User)> {
        self.users.iter()
    }
}

impl FromIterator<(Pseudonym, User)> for Ledger {
    fn from_iter<I: IntoIterator<Item = (Pseudonym, User)>>(users: I) -> Self {
        Self { users: users.into_iter().collect() }
    }
}
