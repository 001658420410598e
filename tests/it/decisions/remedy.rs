//! Ways out of denials, with the prices of the lists.

use std::sync::Arc;

use planguard::decide::{feature::feature, remedy, remedy::Remedies};
use planguard::{
    Action, CatalogId, ChangePath, DecisionPolicy, EditionId, Entitlements, EntitlementsDocument, Feature,
    GroupType, Lifecycle, LimitId, Max, Money, Remedy, ServiceId, Snapshot, Subject, Subscription, Timestamp,
    Verdict,
};

use super::fixtures::{
    HOUR, add_friend, add_members, at, check, check_with, create, document, grant, join, now, of_group,
    of_user, plan, resolve_at, snapshot, using,
};

#[allow(clippy::unnecessary_wraps, reason = "prices of remedies are optional")]
pub(crate) fn usd(amount: &str) -> Option<Money> {
    Some(Money::new(amount.parse().unwrap(), planguard::Currency::Usd))
}

/// A move that costs `extra`, raises a limit and takes nothing away.
pub(crate) fn upgrade(
    to: EditionId,
    path: ChangePath,
    extra: &str,
    raises: Option<(LimitId, Max)>,
) -> Remedy {
    Remedy::ChangeEdition {
        catalog: to.catalog(),
        to,
        path,
        extra_per_month: usd(extra),
        limit: raises.map(|(limit, _)| limit),
        raises_to: raises.map(|(_, max)| max),
        loses_features: Vec::new(),
        lowers_limits: Vec::new(),
        needs_application: false,
        needs_service: None,
        service_per_month: None,
        drops_services: Vec::new(),
        saves_per_month: None,
        not_before: None,
    }
}

fn buy(service: ServiceId, price: &str, raises: Option<(LimitId, Max)>) -> Remedy {
    Remedy::BuyService {
        service,
        tier: None,
        price_per_month: usd(price),
        for_days: None,
        limit: raises.map(|(limit, _)| limit),
        raises_to: raises.map(|(_, max)| max),
        not_before: None,
    }
}

pub(crate) fn full(edition: EditionId, limit: LimitId, subject: Subject, used: u64) -> Snapshot {
    using(&snapshot(plan(edition)), limit, subject, used)
}

pub(crate) fn denied(snapshot: &Snapshot, action: &Action) -> Vec<Remedy> {
    let verdict = check(snapshot, action);
    assert!(matches!(verdict, Verdict::Denied(_)), "{:?}", verdict.assessment().reason);
    verdict.remedies()
}

fn for_feature(entitlements: Entitlements, name: Feature) -> Vec<Remedy> {
    let policy = DecisionPolicy::default();
    feature(&Arc::new(entitlements), name, Lifecycle::Active, now(), &policy).remedies()
}

#[test]
fn standard_groups_per_user() {
    let at_500 = full(EditionId::Standard, LimitId::GroupsPerUser, of_user("ada"), 500);
    // Premium: 699 - 399 = 300 USD more a month.
    assert_eq!(
        denied(&at_500, &join(GroupType::Public)),
        [
            Remedy::Remove { limit: LimitId::GroupsPerUser, count: 1 },
            upgrade(
                EditionId::Premium,
                ChangePath::Upgrade,
                "300",
                Some((LimitId::GroupsPerUser, Max::Of(1000)))
            ),
        ]
    );
}

#[test]
fn standard_friends_no_edition_has_more() {
    let at_3000 = full(EditionId::Standard, LimitId::FriendsPerUser, of_user("ada"), 3000);
    assert_eq!(
        denied(&at_3000, &add_friend()),
        [Remedy::Remove { limit: LimitId::FriendsPerUser, count: 1 }]
    );
}

#[test]
fn standard_audio_video_groups() {
    let at_50 = full(EditionId::Standard, LimitId::AvGroups, Subject::App, 50);
    assert_eq!(
        denied(&at_50, &create(GroupType::AvChatRoom, 0)),
        [
            Remedy::DissolveGroups { count: 1 },
            upgrade(
                EditionId::Premium,
                ChangePath::Upgrade,
                "300",
                Some((LimitId::AvGroups, Max::Unlimited))
            ),
        ]
    );
}

#[test]
fn standard_features() {
    for name in [Feature::Community, Feature::UserStatus, Feature::GroupReadReceipts] {
        assert_eq!(
            for_feature(plan(EditionId::Standard), name),
            [upgrade(EditionId::Premium, ChangePath::Upgrade, "300", None)]
        );
    }
    assert_eq!(
        check(&snapshot(plan(EditionId::Standard)), &create(GroupType::Community, 0)).remedies(),
        [upgrade(EditionId::Premium, ChangePath::Upgrade, "300", None)]
    );
}

#[test]
fn push_to_all_is_in_no_paid_edition_but_in_the_plugin() {
    for edition in [EditionId::Standard, EditionId::Premium] {
        assert_eq!(for_feature(plan(edition), Feature::PushToAllUsers), [buy(ServiceId::Push, "299", None)]);
        assert_eq!(
            denied(&snapshot(plan(edition)), &Action::Push { messages: 1 }),
            [buy(ServiceId::Push, "299", None)]
        );
    }
}

#[test]
fn pro_groups_and_members_by_service_or_edition() {
    // Ultimate: 899.99 - 449.99 = 450 USD more a month, one cent above the service.
    let at_500 = full(EditionId::Pro, LimitId::GroupsPerUser, of_user("ada"), 500);
    assert_eq!(
        denied(&at_500, &join(GroupType::Public)),
        [
            Remedy::Remove { limit: LimitId::GroupsPerUser, count: 1 },
            buy(ServiceId::GroupsPerUser, "449.99", Some((LimitId::GroupsPerUser, Max::Of(1000)))),
            upgrade(
                EditionId::Ultimate,
                ChangePath::Modify,
                "450.00",
                Some((LimitId::GroupsPerUser, Max::Of(1000)))
            ),
        ]
    );
    let at_200 = full(EditionId::Pro, LimitId::MembersPerGroup, of_group("g"), 200);
    assert_eq!(
        denied(&at_200, &add_members(GroupType::Public, 1)),
        [
            Remedy::Remove { limit: LimitId::MembersPerGroup, count: 1 },
            buy(ServiceId::MembersPerGroup, "239.99", Some((LimitId::MembersPerGroup, Max::Of(2000)))),
            upgrade(
                EditionId::Ultimate,
                ChangePath::Modify,
                "450.00",
                Some((LimitId::MembersPerGroup, Max::Of(2000)))
            ),
        ]
    );
}

/// What an app already pays for counts: with unlimited audio-video groups bought for 449.99, Ultimate costs 450.00
/// less that, one cent, and comes before the service for 239.99.
#[test]
fn services_that_a_move_makes_needless_count_against_its_price() {
    let mut doc = document(CatalogId::Intl2022, EditionId::Pro);
    doc.value_added = vec![grant(ServiceId::UnlimitedAvGroups, None, None)];
    let held = using(&snapshot(resolve_at(&doc, now())), LimitId::MembersPerGroup, of_group("g"), 200);
    let mut ultimate = upgrade(
        EditionId::Ultimate,
        ChangePath::Modify,
        "450.00",
        Some((LimitId::MembersPerGroup, Max::Of(2000))),
    );
    if let Remedy::ChangeEdition { drops_services, saves_per_month, .. } = &mut ultimate {
        *drops_services = vec![ServiceId::UnlimitedAvGroups];
        *saves_per_month = usd("449.99");
    }
    assert_eq!(
        denied(&held, &add_members(GroupType::Public, 1)),
        [
            Remedy::Remove { limit: LimitId::MembersPerGroup, count: 1 },
            ultimate,
            buy(ServiceId::MembersPerGroup, "239.99", Some((LimitId::MembersPerGroup, Max::Of(2000)))),
        ]
    );
}

/// Modified on 3 August: the next modification is possible when September begins, in the app's own zone.
#[test]
fn a_plan_modified_this_month_can_be_changed_from_the_next() {
    let mut doc = document(CatalogId::Intl2022, EditionId::Pro);
    let from = |doc: &EntitlementsDocument, zone: Option<&str>| -> Vec<Option<Timestamp>> {
        let mut entitlements = resolve_at(doc, now());
        entitlements.zone = zone.map(|zone| zone.parse().unwrap());
        let entitled = snapshot(entitlements);
        let ways =
            denied(&using(&entitled, LimitId::GroupsPerUser, of_user("ada"), 500), &join(GroupType::Public));
        let from = |way: &Remedy| match way {
            Remedy::ChangeEdition { not_before, .. } | Remedy::BuyService { not_before, .. } => {
                Some(*not_before)
            }
            _ => None,
        };
        ways.iter().filter_map(from).collect()
    };
    assert_eq!(from(&doc, None), [None, None], "nothing is known of a modification");
    let changed = |at_instant| {
        Some(Subscription { starts_at: Timestamp::MIN, expires_at: None, changed_at: Some(at(at_instant)) })
    };
    doc.subscription = changed("2024-08-03T00:00:00Z");
    assert_eq!(from(&doc, None), [Some(at("2024-08-31T16:00:00Z")); 2]);
    assert_eq!(from(&doc, Some("-05:00")), [Some(at("2024-09-01T05:00:00Z")); 2]);
    // The last millisecond of July in Beijing, and the first of August.
    doc.subscription = changed("2024-07-31T15:59:59.999Z");
    assert_eq!(from(&doc, None), [None, None]);
    doc.subscription = changed("2024-07-31T16:00:00Z");
    assert_eq!(from(&doc, None), [Some(at("2024-08-31T16:00:00Z")); 2]);
    // The other lists do not count.
    let mut doc = document(CatalogId::Intl2024, EditionId::Standard);
    doc.subscription = changed("2024-08-03T00:00:00Z");
    assert_eq!(from(&doc, None), [None]);
}

#[test]
fn only_what_raises_enough_is_offered() {
    // 2,500 members: neither Pro with its service nor Ultimate has them (2,000 both), Ultimate with the service
    // has (6,000), for 450.00 + 239.99 more a month.
    let at_200 = full(EditionId::Pro, LimitId::MembersPerGroup, of_group("g"), 200);
    let ways = denied(&at_200, &add_members(GroupType::Public, 2300));
    let [
        Remedy::Remove { count: 2300, .. },
        Remedy::ChangeEdition { to, raises_to, needs_service, service_per_month, .. },
    ] = ways.as_slice()
    else {
        panic!("{ways:?}");
    };
    assert_eq!((*to, *raises_to), (EditionId::Ultimate, Some(Max::Of(6000))));
    assert_eq!((*needs_service, *service_per_month), (Some(ServiceId::MembersPerGroup), usd("239.99")));

    let more_than_any = denied(&at_200, &add_members(GroupType::Public, 7000));
    assert_eq!(more_than_any, [Remedy::Remove { limit: LimitId::MembersPerGroup, count: 7000 }]);
}

#[test]
fn leaving_the_trial_lifts_friends_and_takes_features_away() {
    let at_20 = full(EditionId::FreeTrial, LimitId::FriendsPerUser, of_user("ada"), 20);
    let ways = denied(&at_20, &add_friend());
    assert_eq!(ways[0], Remedy::Remove { limit: LimitId::FriendsPerUser, count: 1 });
    let Remedy::ChangeEdition { to, extra_per_month, raises_to, loses_features, .. } = &ways[1] else {
        panic!("{ways:?}");
    };
    assert_eq!((*to, *extra_per_month, *raises_to), (EditionId::Standard, usd("399"), Some(Max::Of(3000))));
    assert_eq!(loses_features.len(), 13, "all but global coverage");
    let Remedy::ChangeEdition { to, extra_per_month, loses_features, .. } = &ways[2] else {
        panic!("{ways:?}");
    };
    assert_eq!((*to, *extra_per_month), (EditionId::Premium, usd("699")));
    assert_eq!(*loses_features, [Feature::PushToAllUsers]);
    assert_eq!(ways.len(), 3);
}

#[test]
fn without_prices_none_are_invented() {
    let at_500 = full(EditionId::Professional, LimitId::GroupsPerUser, of_user("ada"), 500);
    let ways = denied(&at_500, &join(GroupType::Public));
    assert!(ways.iter().any(|way| matches!(
        way,
        Remedy::ChangeEdition {
            to: EditionId::Flagship,
            extra_per_month: None,
            raises_to: Some(Max::Of(1000)),
            ..
        }
    )));
    assert!(ways.iter().any(|way| matches!(
        way,
        Remedy::BuyService { service: ServiceId::GroupsPerUser, price_per_month: None, raises_to: None, .. }
    )));
    assert_eq!(ways.len(), 3);
}

#[test]
fn an_edition_must_lift_every_limit_in_the_way() {
    // Standard has room for the groups of the app, but not for 600 groups of one user.
    let trial = full(EditionId::FreeTrial, LimitId::NonAvGroups, Subject::App, 105);
    let both = using(&trial, LimitId::GroupsPerUser, of_user("ada"), 600);
    let ways = denied(&both, &create(GroupType::Public, 0));
    let moves: Vec<_> = ways
        .iter()
        .filter_map(|way| match way {
            Remedy::ChangeEdition { to, .. } => Some(*to),
            _ => None,
        })
        .collect();
    assert_eq!(moves, [EditionId::Premium]);
}

#[test]
fn metered_allowances_can_be_exceeded_for_money() {
    let mut doc = document(CatalogId::Intl2024, EditionId::Standard);
    doc.value_added = vec![grant(ServiceId::CloudSearch, None, None)];
    let used_up =
        using(&snapshot(resolve_at(&doc, now())), LimitId::SearchRequestsPerMonth, Subject::App, 300_000);
    assert_eq!(
        denied(&used_up, &Action::Search),
        [
            Remedy::WaitUntil(at("2024-08-31T16:00:00Z")),
            Remedy::PayOverage { limit: LimitId::SearchRequestsPerMonth, price: usd("4"), per: 10_000 },
        ]
    );
}

#[test]
fn a_near_limit_says_how_to_get_more_room() {
    let near = full(EditionId::Standard, LimitId::GroupsPerUser, of_user("ada"), 499);
    let verdict = check(&near, &join(GroupType::Public));
    assert!(matches!(verdict, Verdict::Warned(_)));
    let ways = verdict.remedies();
    assert!(ways.contains(&upgrade(
        EditionId::Premium,
        ChangePath::Upgrade,
        "300",
        Some((LimitId::GroupsPerUser, Max::Of(1000)))
    )));
    let calm = check(&snapshot(plan(EditionId::Standard)), &join(GroupType::Public));
    assert!(calm.remedies().is_empty());
}

#[test]
fn stale_and_unknown_plans_are_to_be_synced_first() {
    let at_500 = full(EditionId::Standard, LimitId::GroupsPerUser, of_user("ada"), 500);
    let later = Timestamp::from_millis(now().as_millis() + HOUR);
    let warned = check_with(&at_500, &join(GroupType::Public), &DecisionPolicy::default(), later);
    assert_eq!(warned.remedies()[0], Remedy::Sync);
    assert_eq!(warned.remedies().len(), 3);
    assert_eq!(check(&snapshot(Entitlements::unknown()), &add_friend()).remedies(), [Remedy::Sync]);
    assert_eq!(for_feature(Entitlements::unknown(), Feature::Community), [Remedy::Sync]);
}

#[test]
fn a_quota_of_logins_ends_with_the_month_or_the_trial() {
    let turn = at("2024-08-31T16:00:00Z");
    let ways = remedy::for_quota(&plan(EditionId::FreeTrial), LimitId::FreeMau, 101, Some(turn), now());
    assert_eq!(ways[0], Remedy::WaitUntil(turn));
    let Remedy::ChangeEdition { to: EditionId::Standard, raises_to, .. } = &ways[1] else {
        panic!("{ways:?}")
    };
    assert_eq!(*raises_to, Some(Max::Of(10_000)));
    assert_eq!(ways.len(), 3);
    // Beyond 10,000 the paid editions go on and charge.
    let many = remedy::for_quota(&plan(EditionId::FreeTrial), LimitId::FreeMau, 20_000, Some(turn), now());
    assert_eq!(many.len(), 3);
    // On a paid edition that is the way already; Premium, with the same quota and price, would lift nothing.
    let paid = remedy::for_quota(&plan(EditionId::Standard), LimitId::FreeMau, 10_001, Some(turn), now());
    let by_user = Remedy::PayOverage { limit: LimitId::FreeMau, price: usd("0.015"), per: 1 };
    assert_eq!(paid, [Remedy::WaitUntil(turn), by_user]);
    let by_block = remedy::for_quota(&plan(EditionId::Pro), LimitId::FreeDau, 10_001, None, now());
    assert_eq!(by_block, [Remedy::PayOverage { limit: LimitId::FreeDau, price: usd("449.99"), per: 10_000 }]);
    let unpriced = remedy::for_quota(&plan(EditionId::Flagship), LimitId::FreeDau, 10_001, None, now());
    assert_eq!(unpriced, [Remedy::PayOverage { limit: LimitId::FreeDau, price: None, per: 1 }]);
}
