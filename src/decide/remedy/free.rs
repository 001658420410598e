//! Ways out that cost nothing: remove, dissolve, wait, ask for less, raise the group's own maximum.

use crate::model::{LimitId, Remedy, Timestamp};

use super::need::Need;

/// The ways for every need. Where several needs wait or several are lifted by dissolving groups, the one that
/// takes most is named, since less would not be enough.
pub(super) fn for_all(needs: &[Need], ways: &mut Vec<Remedy>) {
    let from = ways.len();
    for need in needs {
        self::ways(need, ways);
    }
    let mut groups = 0;
    let mut latest = Timestamp::MIN;
    for way in &ways[from..] {
        match way {
            Remedy::DissolveGroups { count } => groups = groups.max(*count),
            Remedy::WaitUntil(instant) => latest = latest.max(*instant),
            _ => {}
        }
    }
    ways.retain(|way| match way {
        Remedy::DissolveGroups { count } => *count == groups,
        Remedy::WaitUntil(instant) => *instant == latest,
        _ => true,
    });
}

fn ways(need: &Need, ways: &mut Vec<Remedy>) {
    if let Some(up_to) = need.room_in_plan() {
        ways.push(Remedy::RaiseGroupMaximum { up_to });
    }
    if let Some(instant) = need.resets_at {
        ways.push(Remedy::WaitUntil(instant));
    }
    if need.fits > 0 && need.fits < need.requested {
        ways.push(Remedy::Reduce { limit: need.limit, to: need.fits });
    }
    let count = need.excess();
    if count == 0 || !need.removable {
        return;
    }
    let limit = need.limit;
    match limit {
        LimitId::NonAvGroups | LimitId::AvGroups | LimitId::Communities | LimitId::NetNewGroupsPerDay => {
            ways.push(Remedy::DissolveGroups { count });
        }
        LimitId::FriendsPerUser | LimitId::GroupsPerUser | LimitId::MembersPerGroup => {
            ways.push(Remedy::Remove { limit, count });
        }
        // What else is counted cannot be given back.
        _ => {}
    }
}
