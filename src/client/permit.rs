//! Permits: room that is held for an action while it is under way.

use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::events::Event;
use super::room::{hold_in_memory, holding, items, recount, standing};
use super::{draw, entitled, limits};
use crate::model::{
    Action, Assessment, Counter, CounterKey, DecisionPolicy, Demands, Snapshot, Timestamp, Verdict,
};
use crate::store::{CounterOp, PermitId, ReserveAnswer};

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
    /// When the room was given: in the windows of that instant it is held, and in them it will be used.
    reserved_at: Timestamp,
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
    let decide = || limits::decide(core, policy, &entitled::current(core, now), action, &demands, now);
    let mut verdict = decide();
    if matches!(verdict, Verdict::Denied(_)) && recount(core, &demands, now) {
        verdict = decide();
    }
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
            Ok((answer, standing(store, &keys, now).ok()))
        },
        |snapshot, answer| match answer {
            (_, Some(counters)) => limits::with_counters(snapshot, counters.iter().copied()),
            // What the store did stands, even if it cannot be read back.
            (ReserveAnswer::Held, None) => holding(snapshot, &items, now, expires),
            (ReserveAnswer::Full { .. }, None) => snapshot.clone(),
        },
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
        reserved_at: now,
        expires,
        volatile,
        settled: false,
    })
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
            self.release_in_memory();
            limits::count(&self.core, &self.policy, &self.additions(self.reserved_at));
            return if now < self.expires { Committed::InTime } else { Committed::AfterExpiry };
        }
        let keys = self.keys();
        let before = Arc::clone(&self.core.snapshot());
        let stored = self.core.persist(
            |store| {
                let committed = store.commit(self.id, now)?;
                Ok((committed, standing(store, &keys, now).ok()))
            },
            |snapshot, answer| match answer {
                (_, Some(counters)) => limits::with_counters(snapshot, counters.iter().copied()),
                // Counted in the store already: counting again because it cannot be read back would be once too
                // often.
                (true, None) => self.used(&self.released(snapshot)),
                (false, None) => self.released(snapshot),
            },
        );
        match stored {
            Ok((true, _)) => {
                limits::warn(&self.core, &self.policy, &before, keys);
                Committed::InTime
            }
            Ok((false, _)) => {
                limits::count(&self.core, &self.policy, &self.additions(now));
                Committed::AfterExpiry
            }
            Err(error) => {
                self.core.store_failed("commit a permit", &error);
                self.release_in_memory();
                limits::count(&self.core, &self.policy, &self.additions(self.reserved_at));
                Committed::InTime
            }
        }
    }

    /// The counters that the room is held in.
    fn keys(&self) -> Vec<CounterKey> {
        self.demands.iter().map(|demand| limits::key(&self.core, demand, self.reserved_at)).collect()
    }

    fn additions(&self, at: Timestamp) -> Vec<CounterOp> {
        limits::additions(&self.core, &self.demands, at)
    }

    fn release_in_memory(&self) {
        self.core.update(|snapshot| self.released(snapshot));
    }

    /// `snapshot` without the room of this permit.
    fn released(&self, snapshot: &Snapshot) -> Snapshot {
        self.changed(snapshot, |counter, amount| {
            let reserved = counter.reserved.saturating_sub(u64::try_from(amount).unwrap_or(0));
            Counter { reserved, ..counter }
        })
    }

    /// `snapshot` with this permit's action counted.
    fn used(&self, snapshot: &Snapshot) -> Snapshot {
        self.changed(snapshot, |counter, amount| Counter {
            added: counter.added.saturating_add(amount),
            ..counter
        })
    }

    fn changed(&self, snapshot: &Snapshot, change: impl Fn(Counter, i64) -> Counter) -> Snapshot {
        self.demands.iter().fold(snapshot.clone(), |snapshot, demand| {
            let key = limits::key(&self.core, demand, self.reserved_at);
            let counter = change(snapshot.usage.get(&key), demand.amount);
            limits::with_counters(&snapshot, [(key, counter)])
        })
    }

    fn release(&self) {
        let now = self.core.now();
        if self.volatile {
            return self.release_in_memory();
        }
        let keys = self.keys();
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
