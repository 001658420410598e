//! Permits: room that is held for an action while it is under way.

use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::events::Event;
use super::{draw, entitled, limits};
use crate::decide::quota;
use crate::model::{Action, Assessment, Counter, CounterKey, DecisionPolicy, Demands, Timestamp, Verdict};
use crate::store::{PermitId, ReserveAnswer, ReserveItem, Store, StoreError};

/// What came of asking for room.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a permit is held for the length of one action, not stored")]
#[must_use = "a permit that is dropped gives its room back"]
pub enum Reservation {
    /// The room is held.
    Held(Permit),
    /// There is none; nothing is held.
    Denied(Box<Assessment>),
}

impl Reservation {
    /// The permit, or `None` when the action is denied.
    pub fn permit(self) -> Option<Permit> {
        match self {
            Self::Held(permit) => Some(permit),
            Self::Denied(_) => None,
        }
    }
}

/// What became of a permit that was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// The room that was held is now used.
    InTime,
    /// The permit had expired and its room may have gone to somebody else. The action has happened, so it is
    /// counted all the same; usage may now lie above the limit.
    AfterExpiry,
}

/// Room held for one action. Commit it once the action has succeeded; dropping it gives the room back.
#[must_use = "a permit that is dropped gives its room back"]
pub struct Permit {
    core: Arc<Core>,
    policy: Arc<DecisionPolicy>,
    id: PermitId,
    demands: Demands,
    verdict: Box<Verdict>,
    expires: Timestamp,
    /// The store failed when the room was asked for: it is held in memory only.
    volatile: bool,
    settled: bool,
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Permit")
            .field("verdict", &self.verdict)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

pub(super) fn reserve(
    core: &Arc<Core>,
    policy: &Arc<DecisionPolicy>,
    action: &Action,
    ttl: Duration,
) -> Reservation {
    core.catch_up();
    core.watch();
    let now = core.now();
    let demands = action.demands(&core.pseudonyms);
    let verdict = limits::decide(core, policy, &entitled::current(core, now), action, &demands, now);
    if let Verdict::Denied(assessment) = verdict {
        return denied(core, assessment);
    }
    let items = items(core, policy, action, &demands, now);
    let keys: Vec<_> = items.iter().map(|item| item.key).collect();
    let id = PermitId(draw::id());
    let expires = now.plus(ttl);
    let answer = core.persist(
        |store| {
            let answer = store.reserve(id, &items, now, expires)?;
            Ok((answer, standing(store, &keys, now)?))
        },
        |snapshot, (_, counters)| limits::with_counters(snapshot, counters.iter().copied()),
    );
    let volatile = match answer {
        Ok((ReserveAnswer::Held, _)) => false,
        // Somebody was faster between the decision and the reservation: decide again on what holds now.
        Ok((ReserveAnswer::Full { .. }, _)) => {
            return denied_after_all(core, policy, action, &demands, now);
        }
        Err(error) => {
            core.store_failed("reserve room", &error);
            if !hold_in_memory(core, &items, now, expires) {
                return denied_after_all(core, policy, action, &demands, now);
            }
            true
        }
    };
    Reservation::Held(Permit {
        core: Arc::clone(core),
        policy: Arc::clone(policy),
        id,
        demands,
        verdict: Box::new(verdict),
        expires,
        volatile,
        settled: false,
    })
}

fn items(
    core: &Core,
    policy: &DecisionPolicy,
    action: &Action,
    demands: &Demands,
    now: Timestamp,
) -> Vec<ReserveItem> {
    quota::reservation(&core.snapshot(), action, demands, now, &core.zone, policy)
        .into_iter()
        .map(|hold| ReserveItem { key: hold.key, amount: hold.amount, max: hold.max })
        .collect()
}

fn denied_after_all(
    core: &Core,
    policy: &DecisionPolicy,
    action: &Action,
    demands: &Demands,
    now: Timestamp,
) -> Reservation {
    let verdict = limits::decide(core, policy, &core.snapshot(), action, demands, now);
    denied(core, verdict.assessment().clone())
}

fn denied(core: &Core, assessment: Assessment) -> Reservation {
    if let Some(check) = assessment.tightest() {
        core.emit(Event::LimitDenied {
            limit: check.limit,
            subject: check.subject,
            requested: u64::try_from(check.requested).unwrap_or(0),
            evidence: check.evidence,
        });
    }
    Reservation::Denied(Box::new(assessment))
}

/// The counters as they stand in the store.
fn standing(
    store: &dyn Store,
    keys: &[CounterKey],
    now: Timestamp,
) -> Result<Vec<(CounterKey, Counter)>, StoreError> {
    keys.iter().map(|key| Ok((*key, store.counter(key, now)?))).collect()
}

/// Holds room in this process while the store cannot. Still never oversells: the check and the hold are one step.
fn hold_in_memory(core: &Core, items: &[ReserveItem], now: Timestamp, expires: Timestamp) -> bool {
    let mut held = true;
    core.update(|snapshot| {
        let fits = items.iter().all(|item| {
            let counter = snapshot.usage.get(&item.key);
            let wanted = u64::try_from(item.amount).unwrap_or(0);
            let taken = counter.used().saturating_add(counter.reserved_at(now));
            wanted == 0 || item.max.fits(taken.saturating_add(wanted))
        });
        if !fits {
            held = false;
            return snapshot.clone();
        }
        items.iter().fold(snapshot.clone(), |snapshot, item| {
            let counter = snapshot.usage.get(&item.key);
            let reserved = counter.reserved_at(now).saturating_add(u64::try_from(item.amount).unwrap_or(0));
            let counter =
                Counter { reserved, reserved_until: counter.reserved_until.max(expires), ..counter };
            limits::with_counters(&snapshot, [(item.key, counter)])
        })
    });
    held
}

impl Permit {
    /// The verdict under which the room was given: allowed, or allowed with a warning.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// When the room goes back by itself.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The action has succeeded: what was held is now used.
    pub fn commit(mut self) -> Committed {
        self.settled = true;
        let now = self.core.now();
        if self.volatile {
            self.release_in_memory(now);
            limits::count(&self.core, &self.policy, &limits::additions(&self.core, &self.demands, now));
            return if now < self.expires { Committed::InTime } else { Committed::AfterExpiry };
        }
        let keys: Vec<_> = self.demands.iter().map(|demand| limits::key(&self.core, demand, now)).collect();
        let before = Arc::clone(&self.core.snapshot());
        let stored = self.core.persist(
            |store| {
                let committed = store.commit(self.id, now)?;
                Ok((committed, standing(store, &keys, now)?))
            },
            |snapshot, (_, counters)| limits::with_counters(snapshot, counters.iter().copied()),
        );
        match stored {
            Ok((true, _)) => {
                limits::warn(&self.core, &self.policy, &before, keys);
                Committed::InTime
            }
            Ok((false, _)) => {
                limits::count(&self.core, &self.policy, &limits::additions(&self.core, &self.demands, now));
                Committed::AfterExpiry
            }
            Err(error) => {
                self.core.store_failed("commit a permit", &error);
                self.release_in_memory(now);
                limits::count(&self.core, &self.policy, &limits::additions(&self.core, &self.demands, now));
                Committed::InTime
            }
        }
    }

    fn release_in_memory(&self, now: Timestamp) {
        self.core.update(|snapshot| {
            self.demands.iter().fold(snapshot.clone(), |snapshot, demand| {
                let key = limits::key(&self.core, demand, now);
                let counter = snapshot.usage.get(&key);
                let reserved = counter.reserved.saturating_sub(u64::try_from(demand.amount).unwrap_or(0));
                limits::with_counters(&snapshot, [(key, Counter { reserved, ..counter })])
            })
        });
    }

    fn release(&self) {
        let now = self.core.now();
        if self.volatile {
            return self.release_in_memory(now);
        }
        let keys: Vec<_> = self.demands.iter().map(|demand| limits::key(&self.core, demand, now)).collect();
        let released = self.core.persist(
            |store| {
                store.release(self.id)?;
                standing(store, &keys, now)
            },
            |snapshot, counters| limits::with_counters(snapshot, counters.iter().copied()),
        );
        if let Err(error) = released {
            // The store gives the room back itself when the permit expires.
            self.core.store_failed("release a permit", &error);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.settled {
            self.release();
        }
    }
}
