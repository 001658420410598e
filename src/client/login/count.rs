//! What a login changes in the ledger, in the store and in memory.

use std::sync::Arc;

use super::shared::{Shared, Uncounted};
use crate::client::core::Core;
use crate::client::limits;
use crate::model::{ActiveUser, CounterKey, LimitId, Pseudonym, Snapshot, Subject, Timestamp};
use crate::store::CountedLogin;

impl Shared {
    pub(super) fn count_login(&self, login: Uncounted) -> CountedLogin {
        let Uncounted { user, day, month, at } = login;
        let core = &self.core;
        let before = Arc::clone(&core.snapshot());
        let stored = core.persist(
            |store| store.count_login(user, day, month, at),
            |snapshot, &counted| with_counted(core, snapshot, login, counted),
        );
        let counted = stored.unwrap_or_else(|error| {
            core.store_failed("count an active user", &error);
            self.uncounted.lock().push(login);
            let known = core.snapshot().ledger.counted(&user, day, month);
            let counted = CountedLogin { new_in_month: !known.this_month, new_on_day: !known.today };
            core.update(|snapshot| with_counted(core, snapshot, login, counted));
            counted
        });
        limits::warn(core, &self.decisions, &before, active_user_counters(core, at));
        counted
    }

    /// Counts in the store what it did not take when it happened. Counting twice changes nothing.
    pub(super) fn count_pending(&self) {
        let pending = std::mem::take(&mut *self.uncounted.lock());
        for login in pending {
            let Uncounted { user, day, month, at } = login;
            let core = &self.core;
            let keys = active_user_counters(core, at);
            let stored = core.persist(
                |store| {
                    store.count_login(user, day, month, at)?;
                    Ok(keys.map(|key| store.counter(&key, at).ok().map(|counter| (key, counter))))
                },
                // Memory counted it when it happened, unless it has followed the store since.
                |snapshot, counters| limits::with_counters(snapshot, counters.iter().flatten().copied()),
            );
            if let Err(error) = stored {
                core.store_failed("count an active user", &error);
                self.uncounted.lock().push(login);
            }
        }
    }

    pub(super) fn clear_note(&self, user: Pseudonym) {
        let core = &self.core;
        let clear = |entry: ActiveUser| ActiveUser { uncertain: None, ..entry };
        let cleared =
            core.persist(|store| store.fail_login(user), |snapshot, ()| with_entry(snapshot, user, clear));
        if let Err(error) = cleared {
            core.store_failed("note a failed login", &error);
            core.update(|snapshot| with_entry(snapshot, user, clear));
        }
    }
}

fn active_user_counters(core: &Core, at: Timestamp) -> [CounterKey; 2] {
    [LimitId::FreeMau, LimitId::FreeDau].map(|limit| CounterKey::at(limit, Subject::App, at, &core.zone))
}

pub(super) fn with_entry(
    snapshot: &Snapshot,
    user: Pseudonym,
    change: impl FnOnce(ActiveUser) -> ActiveUser,
) -> Snapshot {
    let ledger = snapshot.ledger.with(user, change(snapshot.ledger.get(&user)));
    Snapshot { ledger, ..snapshot.clone() }
}

/// Memory follows what the store did: the ledger's entry, and the counters of active users.
fn with_counted(core: &Core, snapshot: &Snapshot, login: Uncounted, counted: CountedLogin) -> Snapshot {
    let mut after = with_entry(snapshot, login.user, |entry| ActiveUser {
        month: entry.month.max(Some(login.month)),
        day: entry.day.max(Some(login.day)),
        uncertain: None,
    });
    for (new, limit) in [(counted.new_in_month, LimitId::FreeMau), (counted.new_on_day, LimitId::FreeDau)] {
        if new {
            let key = CounterKey::at(limit, Subject::App, login.at, &core.zone);
            let mut tally = after.usage.get(&key);
            tally.added = tally.added.saturating_add(1);
            after.usage = after.usage.with(key, tally);
        }
    }
    after
}
