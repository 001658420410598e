//! Features: the table, applications, suspension, conditions.

use std::sync::Arc;
use support::home;

use planguard::decide::feature::{feature, feature_in};
use planguard::{
    Authority, CatalogId, Condition, DecisionPolicy, EditionId, Entitlements, Feature, FeatureAssessment,
    FeatureContext, FeatureReason, GroupType, Lifecycle, Platform, Support, SuspensionCause, Timestamp,
    catalog,
};

use super::fixtures::{HOUR, document, now, plan, resolve_at};

fn decide(entitlements: Entitlements, name: Feature) -> FeatureAssessment {
    feature(&Arc::new(entitlements), name, Lifecycle::Active, now(), &DecisionPolicy::default())
}

#[test]
fn every_cell_of_every_table_decides() {
    for list in catalog::all() {
        for edition in list.editions.iter() {
            for (name, figure) in edition.features() {
                let plan = resolve_at(&document(list.id, edition.id), now());
                let decision = decide(plan, name);
                let expected = match figure.support {
                    Support::Supported => (true, FeatureReason::Included),
                    Support::Unsupported => (false, FeatureReason::NotInEdition),
                    Support::OnApplication => (false, FeatureReason::NotApplied),
                    Support::NotStated => {
                        (DecisionPolicy::default().features_when_unknown, FeatureReason::Unknown)
                    }
                };
                let stated = figure.support != Support::NotStated;
                let authority = if stated { Authority::Catalog } else { Authority::Unknown };
                assert_eq!((decision.granted, decision.reason), expected, "{} {name}", edition.id);
                assert_eq!(decision.evidence.authority, authority);
                assert_eq!(decision.conditions(), &*figure.conditions, "{} {name}", edition.id);
            }
        }
    }
}

#[test]
fn editions_are_not_ordered() {
    let granted = |edition, name| decide(plan(edition), name).granted;
    assert!(granted(EditionId::FREE_TRIAL, Feature::PushToAllUsers));
    assert!(!granted(EditionId::STANDARD, Feature::PushToAllUsers));
    assert!(!granted(EditionId::PREMIUM, Feature::PushToAllUsers));
    assert!(granted(EditionId::FREE_TRIAL, Feature::Community));
    assert!(!granted(EditionId::STANDARD, Feature::Community));
}

#[test]
fn an_approved_application_works_after_its_waiting_time() {
    for edition in [EditionId::ULTIMATE, EditionId::FLAGSHIP] {
        works_after_48_hours(edition);
    }
}

fn works_after_48_hours(edition: EditionId) {
    let mut doc = document(home(edition).id, edition);
    doc.applications.insert(Feature::PushToAllUsers, now());
    let entitlements = Arc::new(resolve_at(&doc, now()));
    let from = Timestamp::from_millis(now().as_millis() + 48 * HOUR);
    let decide = |millis: i64| {
        let at = Timestamp::from_millis(from.as_millis() + millis);
        feature(&entitlements, Feature::PushToAllUsers, Lifecycle::Active, at, &DecisionPolicy::default())
    };
    let waiting = decide(-1);
    assert_eq!((waiting.granted, waiting.reason), (false, FeatureReason::WaitingUntil(from)));
    assert_eq!(waiting.evidence.approved_at, Some(now()));
    let there = decide(0);
    assert_eq!((there.granted, there.reason), (true, FeatureReason::Approved));
}

#[test]
fn suspension_denies_every_feature() {
    let suspended =
        Lifecycle::Suspended { cause: SuspensionCause::Expired, since: now(), reclaim_at: Timestamp::MAX };
    let entitlements = Arc::new(plan(EditionId::PREMIUM));
    for &name in Feature::ALL {
        let decision = feature(&entitlements, name, suspended, now(), &DecisionPolicy::default());
        assert_eq!((decision.granted, decision.reason), (false, FeatureReason::Suspended(suspended)));
    }
}

#[test]
fn an_unknown_plan_is_not_silently_free_nor_rich() {
    let unknown = decide(Entitlements::unknown(), Feature::Community);
    assert_eq!((unknown.granted, unknown.reason), (false, FeatureReason::Unknown));
    assert_eq!(unknown.evidence.authority, Authority::Unknown);
    assert!(unknown.evidence.stale);
    assert!(unknown.conditions().is_empty());
    let open = DecisionPolicy { features_when_unknown: true, ..DecisionPolicy::default() };
    let entitlements = Arc::new(Entitlements::unknown());
    assert!(feature(&entitlements, Feature::Community, Lifecycle::Unknown, now(), &open).granted);
}

#[test]
fn stale_entitlements_answer_with_their_age() {
    let later = Timestamp::from_millis(now().as_millis() + 2 * HOUR);
    let entitlements = Arc::new(plan(EditionId::PREMIUM));
    let decision =
        feature(&entitlements, Feature::Community, Lifecycle::Active, later, &DecisionPolicy::default());
    assert!(decision.granted);
    assert!(decision.evidence.stale);
    assert_eq!(decision.evidence.age.as_secs(), 7200);
    assert_eq!(decision.evidence.entitlements_as_of, Some(now()));
}

/// What does not hold of a feature on `intl-2022` Ultimate, where the list has most of its conditions.
fn unmet(name: Feature, context: FeatureContext) -> Option<Condition> {
    let mut doc = document(CatalogId::INTL_2022, EditionId::ULTIMATE);
    doc.applications.insert(Feature::Community, now());
    let entitlements = Arc::new(resolve_at(&doc, now()));
    let decision =
        feature_in(&entitlements, name, &context, Lifecycle::Active, now(), &DecisionPolicy::default());
    if let FeatureReason::ConditionUnmet(condition) = decision.reason {
        assert!(!decision.granted);
        return Some(condition);
    }
    assert!(decision.granted, "{:?}", decision.reason);
    None
}

#[test]
fn conditions_are_evaluated_where_the_context_tells() {
    let on = |platform| FeatureContext { platform: Some(platform), ..FeatureContext::default() };
    let sdk = |platform, version: &str| FeatureContext {
        sdk_version: Some(version.parse().unwrap()),
        ..on(platform)
    };
    assert_eq!(unmet(Feature::LocalMessageSearch, on(Platform::Android)), None);
    assert!(matches!(
        unmet(Feature::LocalMessageSearch, on(Platform::Web)),
        Some(Condition::Platforms { .. })
    ));
    assert_eq!(unmet(Feature::LocalMessageSearch, FeatureContext::default()), None, "nothing said");

    for (context, meets) in [
        (sdk(Platform::Ios, "5.8.1667"), false),
        (sdk(Platform::Ios, "5.8.1668"), true),
        (sdk(Platform::Web, "2.16.9"), false),
        (sdk(Platform::Web, "2.17.0"), true),
        (on(Platform::Web), true),
    ] {
        assert_eq!(unmet(Feature::Community, context).is_none(), meets, "{context:?}");
    }

    let receipts = |kind, size| FeatureContext {
        group_type: Some(kind),
        group_size: Some(size),
        ..sdk(Platform::Android, "6.1.2155")
    };
    assert_eq!(unmet(Feature::GroupReadReceipts, receipts(GroupType::Work, 200)), None);
    assert!(matches!(
        unmet(Feature::GroupReadReceipts, receipts(GroupType::Work, 201)),
        Some(Condition::MaxGroupSize { members: 200 })
    ));
    assert!(matches!(
        unmet(Feature::GroupReadReceipts, receipts(GroupType::Community, 10)),
        Some(Condition::GroupTypes { .. })
    ));
}

#[test]
fn a_feature_granted_beyond_the_table_keeps_its_conditions() {
    let mut doc = document(CatalogId::INTL_2022, EditionId::PRO);
    doc.features.insert(Feature::LocalMessageSearch, Support::Supported);
    let decision = decide(resolve_at(&doc, now()), Feature::LocalMessageSearch);
    assert!(decision.granted);
    assert_eq!(decision.evidence.authority, Authority::Endpoint);
    assert!(matches!(decision.conditions(), [Condition::Platforms { .. }]));
}
