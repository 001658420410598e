//! Remedies for features on application, services and lifecycles; and that remedies do what they say.

use std::sync::Arc;

use planguard::decide::{feature::feature, remedy, remedy::Remedies};
use planguard::{
    Action, CatalogId, Condition, DecisionPolicy, EditionId, Entitlements, Feature, FeatureDecision,
    FeatureReason, GroupType, Lifecycle, LimitId, Max, Remedy, ServiceId, Subject, SuspensionCause,
    Timestamp, VerdictReason,
};

use super::fixtures::{
    HOUR, add_friend, add_members, check, create, document, grant, join, now, of_group, of_user, plan,
    resolve_at, snapshot, using,
};
use super::remedy::usd;

fn decide(entitlements: Entitlements, name: Feature) -> FeatureDecision {
    feature(&Arc::new(entitlements), name, Lifecycle::Active, now(), &DecisionPolicy::default())
}

#[test]
fn features_on_application_are_applied_for() {
    let unapplied = decide(plan(EditionId::Ultimate), Feature::PushToAllUsers);
    assert_eq!(
        unapplied.remedies(),
        [Remedy::Apply { feature: Feature::PushToAllUsers, waiting_hours: Some(48) }]
    );
    let mut doc = document(CatalogId::Intl2022, EditionId::Ultimate);
    doc.applications.insert(Feature::PushToAllUsers, now());
    let from = Timestamp::from_millis(now().as_millis() + 48 * HOUR);
    assert_eq!(
        decide(resolve_at(&doc, now()), Feature::PushToAllUsers).remedies(),
        [Remedy::WaitUntil(from)]
    );

    let ways = decide(plan(EditionId::Pro), Feature::Community).remedies();
    assert!(matches!(
        ways.as_slice(),
        [Remedy::ChangeEdition { to: EditionId::Ultimate, needs_application: true, .. }]
    ));
}

#[test]
fn a_console_switch_is_switched_on() {
    static SWITCH: Condition = Condition::ConsoleSwitch {};
    static PLATFORMS: Condition = Condition::Platforms { platforms: Vec::new() };
    let mut decision = decide(plan(EditionId::Flagship), Feature::UserStatus);
    assert!(decision.remedies().is_empty(), "granted");
    decision.reason = FeatureReason::ConditionUnmet(&SWITCH);
    assert_eq!(decision.remedies(), [Remedy::SwitchOn { feature: Feature::UserStatus }]);
    decision.reason = FeatureReason::ConditionUnmet(&PLATFORMS);
    assert!(decision.remedies().is_empty());
}

#[test]
fn services_are_offered_to_editions_that_may_buy_them() {
    let search = |edition| check(&snapshot(plan(edition)), &Action::Search).remedies();
    assert_eq!(
        search(EditionId::Standard),
        [Remedy::BuyService {
            service: ServiceId::CloudSearch,
            tier: None,
            price_per_month: usd("399"),
            for_days: None,
            limit: None,
            raises_to: None,
            not_before: None,
        }]
    );
    let trial = search(EditionId::FreeTrial);
    assert!(matches!(
        trial.as_slice(),
        [
            Remedy::ChangeEdition {
                to: EditionId::Standard,
                needs_service: Some(ServiceId::CloudSearch),
                ..
            },
            Remedy::ChangeEdition { to: EditionId::Premium, .. },
        ]
    ));
    assert_eq!(search(EditionId::Pro), [Remedy::ContactProvider], "the list of 2022 sells none");

    let calls = check(&snapshot(plan(EditionId::Standard)), &Action::Call { group: false }).remedies();
    let tiers: Vec<_> = calls
        .iter()
        .map(|way| match way {
            Remedy::BuyService { tier, price_per_month, for_days, .. } => {
                (tier.as_deref(), *price_per_month, *for_days)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        tiers,
        [
            (Some("free"), usd("0"), Some(7)),
            (Some("one_to_one"), usd("199"), None),
            (Some("group"), usd("599"), None),
        ]
    );
}

/// A call of two is not enough for a group, and whoever pays for calls is not offered a free week of them.
#[test]
fn group_calls_are_offered_the_tiers_that_cover_them() {
    let offered = |snapshot: &_, group| -> Vec<String> {
        let verdict = check(snapshot, &Action::Call { group });
        assert!(!verdict.may_proceed());
        assert_eq!(verdict.assessment().reason.as_str(), "service_not_in_plan");
        verdict
            .remedies()
            .into_iter()
            .map(|way| match way {
                Remedy::BuyService { service: ServiceId::Call, tier: Some(tier), .. } => tier,
                Remedy::ChangeEdition { needs_service, service_per_month: Some(price), .. } => {
                    format!("{} {price}", needs_service.unwrap())
                }
                other => panic!("{other:?}"),
            })
            .collect()
    };
    assert_eq!(offered(&snapshot(plan(EditionId::Standard)), true), ["free", "group"]);
    let mut doc = document(CatalogId::Intl2024, EditionId::Standard);
    doc.value_added = vec![grant(ServiceId::Call, Some("one_to_one"), None)];
    assert_eq!(offered(&snapshot(resolve_at(&doc, now())), true), ["group"]);
    // The trial buys a plan first: the cheapest tier that does is 199 USD for two and 599 USD for a group.
    let trial = snapshot(plan(EditionId::FreeTrial));
    assert_eq!(offered(&trial, false), ["call 199 USD", "call 199 USD"]);
    assert_eq!(offered(&trial, true), ["call 599 USD", "call 599 USD"]);
    // The pack of the other lists has no tiers.
    let pro = check(&snapshot(plan(EditionId::Pro)), &Action::Call { group: true }).remedies();
    assert!(matches!(pro.as_slice(), [Remedy::BuyService { for_days: Some(60), .. }]), "{pro:?}");
}

#[test]
fn lifecycles_have_the_way_back_that_applies() {
    let ways = |edition, lifecycle| remedy::for_lifecycle(&plan(edition), lifecycle, now());
    let suspended = |cause| Lifecycle::Suspended { cause, since: now(), reclaim_at: Timestamp::MAX };
    let renew = Remedy::Renew { price_per_month: usd("399") };
    let premium = Remedy::Purchase { edition: EditionId::Premium, price_per_month: usd("699") };
    let standard = Remedy::Purchase { edition: EditionId::Standard, price_per_month: usd("399") };
    let soon = Lifecycle::ExpiringSoon { days_left: 3, expires_at: now() };
    let grace = Lifecycle::Grace { cause: SuspensionCause::Expired, until: now() };

    assert!(ways(EditionId::Standard, Lifecycle::Active).is_empty());
    assert_eq!(ways(EditionId::Standard, Lifecycle::Unknown), [Remedy::Sync]);
    assert_eq!(ways(EditionId::Standard, soon), std::slice::from_ref(&renew));
    assert_eq!(ways(EditionId::Standard, grace), std::slice::from_ref(&renew));
    assert_eq!(
        ways(EditionId::Standard, suspended(SuspensionCause::Expired)),
        [renew.clone(), premium.clone()]
    );
    assert_eq!(ways(EditionId::Standard, suspended(SuspensionCause::Arrears)), [Remedy::PayArrears]);
    assert_eq!(
        ways(EditionId::Standard, suspended(SuspensionCause::Reported)),
        [Remedy::Sync, Remedy::PayArrears, renew]
    );
    for lifecycle in [suspended(SuspensionCause::TrialEnded), soon] {
        assert_eq!(
            ways(EditionId::FreeTrial, lifecycle),
            [Remedy::ExtendTrial, standard.clone(), premium.clone()]
        );
    }
    assert_eq!(ways(EditionId::Standard, Lifecycle::Reclaimed { since: now() }), [Remedy::CreateNewApp]);

    let entitlements = Arc::new(plan(EditionId::Standard));
    let stopped = suspended(SuspensionCause::Arrears);
    let denied = feature(&entitlements, Feature::GlobalCoverage, stopped, now(), &DecisionPolicy::default());
    assert_eq!(denied.remedies(), [Remedy::PayArrears]);
}

/// Every purchase that is offered for a full limit lifts the denial once it is made.
#[test]
fn what_is_bought_lifts_the_denial() {
    let cases = [
        (LimitId::FriendsPerUser, of_user("ada"), add_friend()),
        (LimitId::GroupsPerUser, of_user("ada"), join(GroupType::Public)),
        (LimitId::MembersPerGroup, of_group("g"), add_members(GroupType::Meeting, 3)),
        (LimitId::NonAvGroups, Subject::App, create(GroupType::Work, 1)),
        (LimitId::AvGroups, Subject::App, create(GroupType::AvChatRoom, 0)),
        (LimitId::NetNewGroupsPerDay, Subject::App, create(GroupType::Meeting, 0)),
        (LimitId::MaxUsers, Subject::App, Action::RegisterUser),
    ];
    let mut purchases = 0;
    for &edition in EditionId::ALL {
        for (limit, subject, action) in &cases {
            let before = snapshot(plan(edition));
            let Some(Max::Of(max)) = before.entitlements.limit(*limit).map(|known| known.max) else {
                continue;
            };
            let full = using(&before, *limit, *subject, max);
            for way in check(&full, action).remedies() {
                let mut doc = document(edition.catalog(), edition);
                match way {
                    Remedy::ChangeEdition { to, needs_service, raises_to, .. } => {
                        doc.edition = Some(to);
                        doc.value_added.extend(needs_service.map(|service| grant(service, None, None)));
                        let after = resolve_at(&doc, now());
                        assert_eq!(
                            after.limit(*limit).map(|known| known.max),
                            raises_to,
                            "{edition} {limit}"
                        );
                    }
                    Remedy::BuyService { service, tier, .. } => {
                        doc.value_added.push(grant(service, tier.as_deref(), None));
                    }
                    _ => continue,
                }
                purchases += 1;
                let after = using(&snapshot(resolve_at(&doc, now())), *limit, *subject, max);
                let verdict = check(&after, action);
                assert!(verdict.may_proceed(), "{edition} {limit}: {:?}", verdict.assessment().reason);
            }
        }
    }
    assert!(purchases > 20, "{purchases}");
}

/// The same for features and the services behind actions.
#[test]
fn what_is_bought_grants_the_feature() {
    for &edition in EditionId::ALL {
        for &name in Feature::ALL {
            for way in decide(plan(edition), name).remedies() {
                let mut doc = document(edition.catalog(), edition);
                match way {
                    Remedy::ChangeEdition { to, needs_application, .. } => {
                        doc.edition = Some(to);
                        if needs_application {
                            doc.applications.insert(name, Timestamp::MIN);
                        }
                    }
                    Remedy::BuyService { service, .. } => doc.value_added.push(grant(service, None, None)),
                    Remedy::Apply { .. } => {
                        doc.applications.insert(name, Timestamp::MIN);
                    }
                    other => panic!("{edition} {name}: {other:?}"),
                }
                assert!(decide(resolve_at(&doc, now()), name).granted, "{edition} {name}");
            }
        }
        let search = check(&snapshot(plan(edition)), &Action::Search);
        assert_eq!(search.assessment().reason, VerdictReason::ServiceNotInPlan(ServiceId::CloudSearch));
    }
}
