//! Counting: what an action changed, what the chat SDK's lists say.

use std::collections::HashSet;

use super::warn::Warner;
use crate::client::core::{Core, STORE_WAIT};
use crate::client::tx::Tx;
use crate::model::{
    Action, Ceiling, CeilingOrigin, CounterKey, CounterOp, Demand, Demands, GroupId, GroupTerms, LimitId,
    Observation, Subject, Timestamp,
};
use crate::store::StoreError;

/// The counter of a demand in the window that `at` falls into.
pub(crate) fn key(core: &Core, demand: &Demand, at: Timestamp) -> CounterKey {
    CounterKey::at(demand.limit, demand.subject, at, &core.zone)
}

/// Counts `ops` and warns where they reach a threshold.
pub(crate) async fn count(core: &Core, ops: Vec<CounterOp>) {
    if !ops.is_empty() {
        let warner = Warner::of(core);
        core.write(STORE_WAIT, move |tx| apply(tx, &warner, &ops)).await;
    }
}

/// As [`count`] for a happening with a key: one that was counted before is not counted again. Says whether it was
/// counted now.
pub(crate) async fn count_once(core: &Core, key: [u8; 16], ops: Vec<CounterOp>) -> bool {
    if core.happenings.lock().contains(&key) {
        return false;
    }
    let (warner, at) = (Warner::of(core), core.now());
    let new = core
        .write(STORE_WAIT, move |tx| {
            let new = tx.note_happening(key, at)?;
            if new {
                apply(tx, &warner, &ops)?;
            }
            Ok(new)
        })
        .await;
    core.happenings.lock().note(key);
    new
}

/// Applies `ops` inside a transaction, with their warnings.
pub(crate) fn apply(tx: &mut Tx<'_>, warner: &Warner, ops: &[CounterOp]) -> Result<(), StoreError> {
    let mut seen = HashSet::new();
    let keys: Vec<_> = ops.iter().map(CounterOp::key).filter(|key| seen.insert(*key)).collect();
    warner.around(tx, &keys, |tx| tx.apply(ops))
}

/// The counter changes of an action that has happened at `at`.
pub(crate) fn happened(core: &Core, action: &Action, demands: &Demands, at: Timestamp) -> Vec<CounterOp> {
    let added =
        demands.iter().map(|demand| CounterOp::Add { key: key(core, demand, at), delta: demand.amount, at });
    added.chain(effects(core, action)).collect()
}

/// What an action changes besides counts: the type and the own maximum of the group it is about.
fn effects(core: &Core, action: &Action) -> Vec<CounterOp> {
    group_terms(core, action).iter().flat_map(GroupTerms::ops).collect()
}

/// What an action tells of the group it is about.
pub(crate) fn group_terms(core: &Core, action: &Action) -> Option<GroupTerms> {
    let (group, group_type) = action.group()?;
    let own_max = action.own_max().map(|(_, max)| max);
    Some(GroupTerms { members: members(core, &group), group_type, own_max })
}

/// The counter of a group's members.
pub(super) fn members(core: &Core, group: &GroupId) -> CounterKey {
    let subject = Subject::Group(core.pseudonyms.group(group));
    CounterKey { limit: LimitId::MembersPerGroup, subject, bucket: 0 }
}

/// The counter changes of what the chat SDK's own lists say at `at`.
pub(crate) fn observed(core: &Core, observation: &Observation, at: Timestamp) -> Vec<CounterOp> {
    use crate::model::LimitId as L;
    let of_user = |limit, user, value| {
        let subject = Subject::User(core.pseudonyms.user(user));
        CounterOp::Observe { key: CounterKey::at(limit, subject, at, &core.zone), value, at }
    };
    match observation {
        Observation::Friends { user, count } => vec![of_user(L::FriendsPerUser, user, *count)],
        Observation::Groups { user, count } => vec![of_user(L::GroupsPerUser, user, *count)],
        Observation::Group { group, members: value, own_max } => {
            let key = members(core, group);
            let mut ops = vec![CounterOp::Observe { key, value: *value, at }];
            // What is not known now does not unmake what is known.
            ops.extend(own_max.map(|max| {
                let ceiling = Some(Ceiling { max, origin: CeilingOrigin::Group });
                CounterOp::Ceiling { key, ceiling }
            }));
            ops
        }
    }
}
