//! The ledger of active users: who is already counted in a billing period, so that the cost of a login is
//! known before it happens.

use rpds::HashTrieMapSync;

use super::instant::Timestamp;
use super::period::{BillingDay, BillingMonth};
use super::usage::Pseudonym;

/// What is known of one user in the period of the provider's counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActiveUser {
    /// The last billing month in which a login of this user succeeded.
    pub month: Option<BillingMonth>,
    /// The last billing day on which a login of this user succeeded.
    pub day: Option<BillingDay>,
    /// A login was sent and its end was never seen (the process died, the caller gave up): the provider may
    /// have counted the user, planguard cannot know.
    pub uncertain: Option<Timestamp>,
}

/// Whether this user is already counted, per kind of period. Both are kept: the catalog can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// In the billing month.
    pub this_month: bool,
    /// In the billing day.
    pub today: bool,
}

/// Every user seen in the current period, as one immutable value.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    users: HashTrieMapSync<Pseudonym, ActiveUser>,
}

impl Ledger {
    /// What is known of `user`.
    pub fn get(&self, user: &Pseudonym) -> ActiveUser {
        self.users.get(user).copied().unwrap_or_default()
    }

    /// Whether `user` is already counted in `month` and on `day`.
    ///
    /// A period that lies before the last one counted is counted too: a clock set back reopens nothing.
    pub fn counted(&self, user: &Pseudonym, day: BillingDay, month: BillingMonth) -> Counted {
        let known = self.get(user);
        Counted {
            this_month: known.month.is_some_and(|last| last >= month),
            today: known.day.is_some_and(|last| last >= day),
        }
    }

    /// This ledger with one user's entry replaced.
    #[must_use]
    pub fn with(&self, user: Pseudonym, entry: ActiveUser) -> Self {
        Self { users: self.users.insert(user, entry) }
    }

    /// What the store holds, without forgetting who was counted in `month` or later while it could not be written.
    #[must_use]
    pub fn caught_up(&self, stored: &Self, month: BillingMonth) -> Self {
        let unwritten = |known: &ActiveUser, stored: ActiveUser| {
            known.month >= Some(month) && (known.month > stored.month || known.day > stored.day)
        };
        self.iter().filter(|&(user, known)| unwritten(known, stored.get(user))).fold(
            stored.clone(),
            |ledger, (user, known)| {
                let stored = stored.get(user);
                let (month, day) = (stored.month.max(known.month), stored.day.max(known.day));
                ledger.with(*user, ActiveUser { month, day, uncertain: stored.uncertain })
            },
        )
    }

    /// This ledger without users last counted before `month`; a login of unknown end is kept.
    #[must_use]
    pub fn since(&self, month: BillingMonth) -> Self {
        let current = |entry: &ActiveUser| {
            entry.uncertain.is_some()
                || entry.month.is_some_and(|last| last >= month)
                || entry.day.is_some_and(|last| last.month() >= month)
        };
        self.iter().filter(|(_, entry)| current(entry)).map(|(user, entry)| (*user, *entry)).collect()
    }

    /// Every user, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&Pseudonym, &ActiveUser)> {
        self.users.iter()
    }
}

impl FromIterator<(Pseudonym, ActiveUser)> for Ledger {
    fn from_iter<I: IntoIterator<Item = (Pseudonym, ActiveUser)>>(users: I) -> Self {
        Self { users: users.into_iter().collect() }
    }
}
