//! Every figure of every comparison table, at its number and one below it.

use planguard::{
    Action, Authority, EditionId, Entitlements, Feature, GroupType, LimitId, Max, Subject, Timestamp, catalog,
};
use support::home;
use support::seed_editions;

use super::fixtures::{
    add_friend, add_members, check, create, document, join, of_group, of_user, resolve_at, snapshot, using,
};

#[test]
fn every_figure_of_every_table_is_in_force() {
    for list in catalog::all() {
        for edition in list.editions.iter() {
            let entitlements = resolve_at(&document(list.id, edition.id), super::fixtures::now());
            let mut figures = 0;
            for (limit, figure) in edition.limits() {
                let in_force = entitlements.limit(limit).unwrap();
                assert_eq!((in_force.max, in_force.authority), (figure.max, Authority::Catalog), "{limit}");
                figures += 1;
            }
            let known = LimitId::ALL.iter().filter(|&&limit| entitlements.limit(limit).is_some()).count();
            assert_eq!(known, figures, "{}: nothing besides the table", edition.id);
        }
    }
}

/// The edition with communities approved, so that their number is what binds.
fn approved(edition: EditionId) -> Entitlements {
    let mut doc = document(home(edition).id, edition);
    if home(edition).edition(edition).unwrap().limit(LimitId::Communities).is_some() {
        doc.applications.insert(Feature::Community, Timestamp::MIN);
    }
    resolve_at(&doc, super::fixtures::now())
}

#[test]
fn every_figure_that_an_action_can_reach_binds_at_its_number() {
    let cases = [
        (LimitId::FriendsPerUser, of_user("ada"), add_friend()),
        (LimitId::FriendsPerUser, of_user("bob"), add_friend()),
        (LimitId::GroupsPerUser, of_user("ada"), join(GroupType::Public)),
        (LimitId::MembersPerGroup, of_group("g"), add_members(GroupType::Meeting, 1)),
        (LimitId::NonAvGroups, Subject::App, create(GroupType::Work, 0)),
        (LimitId::AvGroups, Subject::App, create(GroupType::AvChatRoom, 0)),
        (LimitId::NetNewGroupsPerDay, Subject::App, create(GroupType::Public, 0)),
        (LimitId::MaxUsers, Subject::App, Action::RegisterUser),
        (LimitId::Communities, Subject::App, create(GroupType::Community, 0)),
    ];
    let mut bounds = 0;
    for edition in seed_editions() {
        for (limit, subject, action) in &cases {
            let entitled = snapshot(approved(edition));
            let after = |used| check(&using(&entitled, *limit, *subject, used), action);
            match entitled.entitlements.limit(*limit).map(|known| known.max) {
                Some(Max::Of(max)) => {
                    bounds += 1;
                    assert!(after(max - 1).may_proceed(), "{edition} {limit} {max}");
                    let denied = after(max);
                    assert!(!denied.may_proceed(), "{edition} {limit} {max}");
                    assert_eq!(denied.tightest().unwrap().limit, *limit, "{edition}");
                }
                Some(Max::Unlimited) => assert!(after(u64::MAX / 2).may_proceed(), "{edition} {limit}"),
                // Communities, where the edition lacks them or their number.
                None => assert_eq!(*limit, LimitId::Communities, "{edition}"),
            }
        }
    }
    // Counted in the tables, friends on both sides: 8 on the free editions of 2022 and of the Chinese list, 7 on the
    // Free Trial, which does not bound users; 6 on each middle edition; of the largest 6 where communities have a
    // number, 5 on Premium.
    assert_eq!(bounds, 2 * (8 + 6 + 6) + 7 + 6 + 5);
}
