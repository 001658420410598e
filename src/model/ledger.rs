//! Every user of the current period.

use std::sync::Arc;

use rpds::HashTrieMapSync;

use super::active_user::{ActiveUser, Counted};
use super::counter_key::Pseudonym;
use super::period::{BillingDay, BillingMonth};
use super::session::SessionLook;
use super::user_facts::UserFacts;

/// What memory holds of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Where the user is counted.
    pub active: ActiveUser,
    /// The durable facts; `None` where there are none.
    pub facts: Option<Arc<UserFacts>>,
}

impl User {
    /// Whether anything at `horizon` or later needs this user.
    pub fn is_needed(&self, horizon: &super::Horizon) -> bool {
        self.active.is_needed(horizon) || self.facts.as_deref().is_some_and(UserFacts::are_lasting)
    }
}

/// Where users are kept.
pub trait UserSource: Send + Sync + std::fmt::Debug {
    /// Where `user` is counted.
    fn active(&self, user: &Pseudonym) -> ActiveUser;

    /// Everything held of `user`.
    fn user(&self, user: &Pseudonym) -> Option<User>;

    /// The session of `user` in this process.
    fn session(&self, user: &Pseudonym) -> SessionLook;

    /// Shows every user, in no particular order.
    fn each(&self, visit: &mut dyn FnMut(Pseudonym, User));
}

/// The ledger and the durable facts: what is read of a source is as it stands at that moment.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    source: Option<Arc<dyn UserSource>>,
}

/// A ledger that does not change, for decisions about a state that is given.
#[derive(Debug, Default)]
struct Fixed(HashTrieMapSync<Pseudonym, User>);

impl UserSource for Fixed {
    fn active(&self, user: &Pseudonym) -> ActiveUser {
        self.0.get(user).map(|user| user.active).unwrap_or_default()
    }

    fn user(&self, user: &Pseudonym) -> Option<User> {
        self.0.get(user).cloned()
    }

    fn session(&self, user: &Pseudonym) -> SessionLook {
        let facts = self.0.get(user).and_then(|user| user.facts.as_deref());
        facts.map(SessionLook::without_session).unwrap_or_default()
    }

    fn each(&self, visit: &mut dyn FnMut(Pseudonym, User)) {
        for (id, user) in self.0.iter() {
            visit(*id, user.clone());
        }
    }
}

impl Ledger {
    /// The users of `source`.
    pub fn of(source: Arc<dyn UserSource>) -> Self {
        Self { source: Some(source) }
    }

    /// Where `user` is counted.
    pub fn get(&self, user: &Pseudonym) -> ActiveUser {
        self.source.as_ref().map(|source| source.active(user)).unwrap_or_default()
    }

    /// The durable facts about `user`.
    pub fn facts(&self, user: &Pseudonym) -> Option<Arc<UserFacts>> {
        self.user(user)?.facts
    }

    /// Everything held of `user`.
    pub fn user(&self, user: &Pseudonym) -> Option<User> {
        self.source.as_ref()?.user(user)
    }

    /// The session of `user` in this process.
    pub fn session(&self, user: &Pseudonym) -> SessionLook {
        self.source.as_ref().map(|source| source.session(user)).unwrap_or_default()
    }

    /// Whether `user` is already counted in `month` and on `day`.
    pub fn counted(&self, user: &Pseudonym, day: BillingDay, month: BillingMonth) -> Counted {
        self.get(user).counted(day, month)
    }

    /// Every user, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Pseudonym, User)> + use<> {
        let mut all = Vec::new();
        if let Some(source) = &self.source {
            source.each(&mut |id, user| all.push((id, user)));
        }
        all.into_iter()
    }
}

impl FromIterator<(Pseudonym, User)> for Ledger {
    fn from_iter<I: IntoIterator<Item = (Pseudonym, User)>>(users: I) -> Self {
        Self::of(Arc::new(Fixed(users.into_iter().collect())))
    }
}
