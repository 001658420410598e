//! Ways out that cost nothing: wait, remove, ask for fewer, raise the group's own maximum.

use planguard::{Action, ChangePath, Counter, EditionId, GroupType, LimitId, Max, Remedy, Snapshot, Subject};

use super::fixtures::{add_members, at, create, group, join, key, of_group, own, plan, snapshot};
use super::remedy::{denied, full, upgrade};

#[test]
fn the_days_groups_wait_or_are_dissolved() {
    let spent = full(EditionId::FreeTrial, LimitId::NetNewGroupsPerDay, Subject::App, 104);
    let ways = denied(&spent, &create(GroupType::Public, 0));
    // 104 and one more against 100.
    assert_eq!(
        ways[..2],
        [Remedy::WaitUntil(at("2024-08-15T16:00:00Z")), Remedy::DissolveGroups { count: 5 }]
    );
    assert_eq!(ways.len(), 4, "Standard and Premium besides");
}

#[test]
fn of_sixty_forty_seven_can_be_asked_for() {
    let at_153 = full(EditionId::Standard, LimitId::MembersPerGroup, of_group("g"), 153);
    assert_eq!(
        denied(&at_153, &add_members(GroupType::Public, 60)),
        [
            Remedy::Reduce { limit: LimitId::MembersPerGroup, to: 47 },
            Remedy::Remove { limit: LimitId::MembersPerGroup, count: 13 },
            upgrade(
                EditionId::Premium,
                ChangePath::Upgrade,
                "300",
                Some((LimitId::MembersPerGroup, Max::Of(2000)))
            ),
        ]
    );
    // A group that does not exist yet has nobody to remove.
    assert_eq!(
        denied(&snapshot(plan(EditionId::Standard)), &create(GroupType::Public, 250)),
        [
            Remedy::Reduce { limit: LimitId::MembersPerGroup, to: 200 },
            upgrade(
                EditionId::Premium,
                ChangePath::Upgrade,
                "300",
                Some((LimitId::MembersPerGroup, Max::Of(2000)))
            ),
        ]
    );
}

#[test]
fn the_groups_own_maximum_is_no_upsell() {
    let counter = Counter { base: 50, ceiling: Some(own(50)), ..Counter::default() };
    let standard = snapshot(plan(EditionId::Standard));
    let usage = standard.usage.with(key(LimitId::MembersPerGroup, of_group("g")), counter);
    let small = Snapshot { usage, ..standard };
    assert_eq!(
        denied(&small, &add_members(GroupType::Public, 1)),
        [
            Remedy::RaiseGroupMaximum { up_to: Max::Of(200) },
            Remedy::Remove { limit: LimitId::MembersPerGroup, count: 1 },
        ]
    );
    // A community's own maximum is raised up to what its type has, not to the plan's 2,000.
    let usage = small.usage.with(
        key(LimitId::MembersPerGroup, of_group("g")),
        Counter { base: 5000, ceiling: Some(own(5000)), ..Counter::default() },
    );
    assert_eq!(
        denied(&Snapshot { usage, ..small }, &join(GroupType::Community))[0],
        Remedy::RaiseGroupMaximum { up_to: Max::Of(100_000) }
    );
    let too_large = Action::EnlargeGroup { group: group("g"), kind: GroupType::Public, to: 300 };
    assert_eq!(
        denied(&snapshot(plan(EditionId::Standard)), &too_large),
        [
            Remedy::Reduce { limit: LimitId::MembersPerGroup, to: 200 },
            upgrade(
                EditionId::Premium,
                ChangePath::Upgrade,
                "300",
                Some((LimitId::MembersPerGroup, Max::Of(2000)))
            ),
        ]
    );
}

#[test]
fn group_types_have_no_remedy_and_no_upsell() {
    let ultimate = full(EditionId::Premium, LimitId::MembersPerGroup, of_group("g"), 100_000);
    assert_eq!(
        denied(&ultimate, &join(GroupType::Community)),
        [Remedy::Remove { limit: LimitId::MembersPerGroup, count: 1 }]
    );
    assert!(denied(&ultimate, &join(GroupType::Work)).is_empty());
}
