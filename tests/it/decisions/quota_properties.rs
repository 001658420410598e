//! What holds of every check.

use planguard::{Action, Decision, EditionId, GroupType, LimitId, Max, Snapshot, Subject, VerdictReason};
use proptest::prelude::*;
use support::home;
use support::seed_editions;

use super::fixtures::{
    add_friend, add_members, check, create, document, group, join, now, of_group, of_user, plan, resolve_at,
    snapshot, user, using,
};

fn with_members_limit(max: u64) -> Snapshot {
    let mut doc = document(home(EditionId::STANDARD).id, EditionId::STANDARD);
    doc.limits.insert(LimitId::MembersPerGroup, Max::Of(max));
    snapshot(resolve_at(&doc, now()))
}

fn edition() -> impl Strategy<Value = EditionId> {
    proptest::sample::select(seed_editions())
}

fn kind() -> impl Strategy<Value = GroupType> {
    proptest::sample::select(GroupType::ALL)
}

proptest! {
    #[test]
    fn n_checked_adds_never_exceed(max in 0u64..40, start in 0u64..50, asks in proptest::collection::vec(0u64..9, 0..40)) {
        let mut snapshot = using(&with_members_limit(max), LimitId::MembersPerGroup, of_group("g"), start);
        let mut used = start;
        for ask in asks {
            if check(&snapshot, &add_members(GroupType::Public, ask)).may_proceed() {
                used += ask;
                snapshot = using(&snapshot, LimitId::MembersPerGroup, of_group("g"), used);
            }
        }
        prop_assert!(used <= max.max(start), "{used} of {max}");
    }

    #[test]
    fn a_check_of_n_is_n_checks_of_one(max in 0u64..40, start in 0u64..50, n in 1u64..20) {
        let at = |used| using(&with_members_limit(max), LimitId::MembersPerGroup, of_group("g"), used);
        let bulk = check(&at(start), &add_members(GroupType::Public, n));
        let ones = (0..n)
            .take_while(|i| check(&at(start + i), &add_members(GroupType::Public, 1)).may_proceed())
            .count() as u64;
        prop_assert_eq!(bulk.may_proceed(), ones == n);
        prop_assert_eq!(bulk.tightest().unwrap().fits, ones);
    }

    #[test]
    fn making_room_is_never_denied(edition in edition(), kind in kind(), used in 0u64..5_000_000, count in 0u64..100) {
        let mut snapshot = snapshot(plan(edition));
        for &limit in LimitId::ALL {
            for subject in [Subject::App, of_user("ada"), of_user("bob"), of_group("g")] {
                snapshot = using(&snapshot, limit, subject, used);
            }
        }
        for action in [
            Action::RemoveFriend { user: user("ada"), peer: user("bob") },
            Action::LeaveGroup { user: user("ada"), group: group("g"), kind },
            Action::DissolveGroup { owner: user("ada"), group: group("g"), kind },
            Action::RemoveMembers { group: group("g"), kind, count },
        ] {
            prop_assert!(check(&snapshot, &action).decision == Decision::Allowed, "{:?}", action);
        }
    }

    #[test]
    fn more_usage_never_turns_a_denial_round(edition in edition(), kind in kind(), less in 0u64..4000, more in 0u64..4000) {
        for action in [add_friend(), join(kind), create(kind, 3), add_members(kind, 5)] {
            let at = |used| {
                let mut snapshot = snapshot(plan(edition));
                for limit in [LimitId::FriendsPerUser, LimitId::GroupsPerUser] {
                    snapshot = using(&snapshot, limit, of_user("ada"), used);
                }
                snapshot = using(&snapshot, LimitId::MembersPerGroup, of_group("g"), used);
                using(&snapshot, LimitId::NonAvGroups, Subject::App, used)
            };
            let (before, after) = (check(&at(less), &action), check(&at(less + more), &action));
            prop_assert!(before.may_proceed() || !after.may_proceed(), "{:?}", action);
        }
    }

    #[test]
    fn a_denial_names_a_limit_that_is_exceeded(edition in edition(), kind in kind(), used in 0u64..4000, members in 0u64..4000) {
        let filled = using(&snapshot(plan(edition)), LimitId::GroupsPerUser, of_user("ada"), used);
        let verdict = check(&filled, &create(kind, members));
        if verdict.reason == VerdictReason::LimitReached {
            let tightest = verdict.tightest().unwrap();
            prop_assert!(tightest.denies());
            prop_assert!(Max::Of(tightest.total()) > tightest.evidence.max.unwrap());
            prop_assert!(tightest.fits < tightest.requested.unsigned_abs());
        }
    }
}
