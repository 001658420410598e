//! Limits: does an action fit, hold room for it, count it.

use std::sync::Arc;

use super::core::Core;
use super::entitled;
use super::events::Event;
use crate::decide::threshold::Level;
use crate::decide::{lifecycle, quota, threshold};
use crate::model::{
    Action, Authority, Counter, CounterKey, DecisionPolicy, Demand, Demands, EffectiveLimit, Evidence, Max,
    Observation, Snapshot, Subject, Timestamp, UsageOrigin, Verdict,
};
use crate::store::{CounterOp, WarningKey};

/// Decides about `action`: no lock, no allocation, no I/O.
pub(super) fn check(core: &Core, policy: &DecisionPolicy, action: &Action) -> Verdict {
    let now = core.now();
    let snapshot = entitled::current(core, now);
    let demands = action.demands(&core.pseudonyms);
    decide(core, policy, &snapshot, action, &demands, now)
}

pub(super) fn decide(
    core: &Core,
    policy: &DecisionPolicy,
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    now: Timestamp,
) -> Verdict {
    let stands = lifecycle::lifecycle(&snapshot.entitlements, now, &core.zone);
    quota::check(snapshot, action, demands, now, &core.zone, policy, stands)
}

pub(super) fn key(core: &Core, demand: &Demand, now: Timestamp) -> CounterKey {
    CounterKey::at(demand.limit, demand.subject, now, &core.zone)
}

/// Counts what an action changed, in the store and in memory, and warns where a threshold is reached.
///
/// When the store fails the counters in memory change all the same, and the store is told with the next change.
pub(super) fn count(core: &Core, policy: &DecisionPolicy, ops: &[CounterOp]) {
    if ops.is_empty() {
        return;
    }
    let settled = core.settle();
    core.catch_up();
    let before = Arc::clone(&core.snapshot());
    let stored = settled.then(|| {
        core.persist(|store| store.apply(ops), |snapshot, counters| with_applied(snapshot, ops, counters))
    });
    if !matches!(stored, Some(Ok(_))) {
        if let Some(Err(error)) = stored {
            core.store_failed("count usage", &error);
        }
        core.keep_unwritten(ops);
        core.update(|snapshot| {
            ops.iter().fold(snapshot.clone(), |snapshot, op| {
                let key = op.key();
                let counter = applied(snapshot.usage.get(&key), op);
                with_counters(&snapshot, [(key, counter)])
            })
        });
    }
    warn(core, policy, &before, ops.iter().map(CounterOp::key));
}

/// `snapshot` with what the store made of `ops`.
pub(super) fn with_applied(snapshot: &Snapshot, ops: &[CounterOp], counters: &[Counter]) -> Snapshot {
    with_counters(snapshot, ops.iter().map(CounterOp::key).zip(counters.iter().copied()))
}

pub(super) fn with_counters(
    snapshot: &Snapshot,
    counters: impl IntoIterator<Item = (CounterKey, Counter)>,
) -> Snapshot {
    let usage =
        counters.into_iter().fold(snapshot.usage.clone(), |usage, (key, counter)| usage.with(key, counter));
    Snapshot { usage, ..snapshot.clone() }
}

/// What `op` makes of a counter in memory, while the store cannot be asked.
const fn applied(counter: Counter, op: &CounterOp) -> Counter {
    match *op {
        CounterOp::Add { delta, .. } => Counter { added: counter.added.saturating_add(delta), ..counter },
        CounterOp::Report { value, as_of, origin, .. } => {
            Counter { base: value, as_of: Some(as_of), origin, added: 0, ..counter }
        }
        CounterOp::OwnMax { max, .. } => Counter { own_max: max, ..counter },
    }
}

/// The counter changes of an action that has happened.
pub(super) fn additions(core: &Core, demands: &Demands, now: Timestamp) -> Vec<CounterOp> {
    demands
        .iter()
        .map(|demand| CounterOp::Add { key: key(core, demand, now), delta: demand.amount, at: now })
        .collect()
}

/// The counter changes of what the chat SDK's own lists say.
pub(super) fn observed(core: &Core, observation: &Observation, now: Timestamp) -> Vec<CounterOp> {
    use crate::model::LimitId as L;
    let report = |limit, subject, value| CounterOp::Report {
        key: CounterKey::at(limit, subject, now, &core.zone),
        value,
        as_of: now,
        origin: UsageOrigin::Observed,
    };
    match observation {
        Observation::Friends { user, count } => {
            vec![report(L::FriendsPerUser, Subject::User(core.pseudonyms.user(user)), *count)]
        }
        Observation::Groups { user, count } => {
            vec![report(L::GroupsPerUser, Subject::User(core.pseudonyms.user(user)), *count)]
        }
        Observation::Group { group, members, own_max } => {
            let subject = Subject::Group(core.pseudonyms.group(group));
            let key = CounterKey::at(L::MembersPerGroup, subject, now, &core.zone);
            let mut ops = vec![report(L::MembersPerGroup, subject, *members)];
            // What is not known now does not unmake what is known.
            ops.extend(own_max.map(|max| CounterOp::OwnMax { key, max: Some(max) }));
            ops
        }
    }
}

/// Warns once per threshold and period, across restarts, and arms a threshold again when usage has fallen or the
/// limit has risen. `before` is the state before the change that touched `keys`.
pub(super) fn warn(
    core: &Core,
    policy: &DecisionPolicy,
    before: &Snapshot,
    keys: impl IntoIterator<Item = CounterKey>,
) {
    let now = core.now();
    let after = core.snapshot();
    for key in keys {
        let Some(level) = level(&after, &key) else { continue };
        // A limit that was not known before warned of nothing.
        let nothing = Level { used: 0, max: Max::Unlimited };
        let step = threshold::crossings(self::level(before, &key).unwrap_or(nothing), level, policy);
        for threshold in step.rearm {
            if let Err(error) = core.store.rearm(WarningKey { counter: key, threshold }) {
                core.store_failed("arm a warning again", &error);
            }
        }
        for threshold in step.reached {
            match core.store.mark_warned(WarningKey { counter: key, threshold }) {
                Ok(true) => core.emit(Event::LimitWarning {
                    limit: key.limit,
                    subject: key.subject,
                    threshold,
                    evidence: evidence(&after, &key, now),
                }),
                Ok(false) => {}
                Err(error) => core.store_failed("note a warning", &error),
            }
        }
    }
}

/// What binds a counter: the plan's limit, or the group's own maximum below it.
fn binding(snapshot: &Snapshot, key: &CounterKey) -> Option<EffectiveLimit> {
    let plan = snapshot.entitlements.limit(key.limit);
    let own = snapshot.usage.get(key).own_max.map(Max::Of);
    match (plan, own) {
        (Some(plan), Some(own)) if plan.max <= own => Some(plan),
        (_, Some(max)) => Some(EffectiveLimit { max, authority: Authority::GroupOwn }),
        (plan, None) => plan,
    }
}

fn level(snapshot: &Snapshot, key: &CounterKey) -> Option<Level> {
    let max = binding(snapshot, key)?.max;
    Some(Level { used: snapshot.usage.get(key).used(), max })
}

fn evidence(snapshot: &Snapshot, key: &CounterKey, now: Timestamp) -> Evidence {
    quota::evidence(&snapshot.entitlements, binding(snapshot, key), &snapshot.usage.get(key), now)
}
