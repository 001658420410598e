//! What a price list does not state is not known: nothing is denied for it, and nothing is granted by it.

use std::sync::Arc;

use planguard::decide::feature::feature;
use planguard::decide::lifecycle::lifecycle;
use planguard::{
    Action, BillingZone, CatalogId, DecisionPolicy, EditionId, Entitlements, EntitlementsDocument, Feature,
    FeatureReason, Lifecycle, LimitId, Subscription, SuspensionCause, Timestamp,
};

use super::fixtures::{add_friend, check, document, now, resolve_at, snapshot};

fn plan(edition: EditionId) -> Entitlements {
    resolve_at(&document(CatalogId::INTL_2026, edition), now())
}

fn reason(edition: EditionId, name: Feature) -> (bool, FeatureReason) {
    let policy = DecisionPolicy { features_when_unknown: false, ..DecisionPolicy::default() };
    let decision = feature(&Arc::new(plan(edition)), name, Lifecycle::Active, now(), &policy);
    (decision.granted, decision.reason)
}

#[test]
fn a_feature_that_is_not_stated_is_unknown() {
    assert_eq!(reason(EditionId::PRO, Feature::UserStatus), (false, FeatureReason::Unknown));
    assert_eq!(reason(EditionId::FREE_TRIAL, Feature::Community), (false, FeatureReason::Unknown));
    assert_eq!(reason(EditionId::STANDARD, Feature::Community), (false, FeatureReason::NotInEdition));
    assert_eq!(reason(EditionId::PRO, Feature::Community), (true, FeatureReason::Included));
    assert_eq!(plan(EditionId::PRO).feature(Feature::UserStatus), None);
}

#[test]
fn a_limit_that_is_not_stated_binds_nothing() {
    let free = plan(EditionId::FREE);
    assert_eq!(free.limit(LimitId::FriendsPerUser), None);
    assert!(free.limit(LimitId::FreeMau).is_some());
    assert!(check(&snapshot(free), &add_friend()).may_proceed());
}

#[test]
fn how_long_a_paid_edition_is_held_is_for_the_endpoint_to_say() {
    let mut doc = document(CatalogId::INTL_2026, EditionId::STANDARD);
    let on = |doc: &EntitlementsDocument, at| lifecycle(&resolve_at(doc, at), at, &BillingZone::default());
    assert_eq!(on(&doc, now()), Lifecycle::Unknown);
    let expires_at = now().plus(std::time::Duration::from_secs(60));
    doc.subscription =
        Some(Subscription { starts_at: now(), expires_at: Some(expires_at), changed_at: None });
    assert_eq!(on(&doc, now()), Lifecycle::Active);
    // After how many hours of grace it is suspended is not stated.
    let until = Timestamp::MAX;
    assert_eq!(on(&doc, expires_at), Lifecycle::Grace { cause: SuspensionCause::Expired, until });
}

#[test]
fn without_a_list_of_services_none_is_missing() {
    for action in [Action::Search, Action::Call { group: true }, Action::Call { group: false }] {
        assert!(check(&snapshot(plan(EditionId::PRO)), &action).may_proceed(), "{action:?}");
    }
}
