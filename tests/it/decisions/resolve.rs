//! Effective limits: the table, raised by services, overridden by the endpoint.

use planguard::Catalogs;
use planguard::decide::entitle;
use planguard::{
    Authority, CatalogId, EditionId, Entitlements, Feature, LimitId, Max, ServiceId, Standing, Support,
    Timestamp,
};

use super::fixtures::{HOUR, at, document, grant, now, plan, resolve_at};

fn limit(entitlements: &Entitlements, limit: LimitId) -> Option<(Max, Authority)> {
    entitlements.limit(limit).map(|known| (known.max, known.authority))
}

#[test]
fn the_table_is_the_base() {
    let standard = plan(EditionId::STANDARD);
    assert_eq!(standard.standing, Standing::Known);
    assert_eq!(limit(&standard, LimitId::GroupsPerUser), Some((Max::Of(500), Authority::Catalog)));
    assert_eq!(limit(&standard, LimitId::NonAvGroups), Some((Max::Unlimited, Authority::Catalog)));
    assert_eq!(limit(&standard, LimitId::Communities), None);
    assert_eq!(limit(&standard, LimitId::SearchRequestsPerMonth), None);
    assert_eq!(standard.changes_at, None);
    assert!(standard.findings.is_empty());
}

#[test]
fn a_service_raises_until_it_expires() {
    let end = at("2022-12-15T00:00:00Z");
    let mut doc = document(CatalogId::INTL_2022, EditionId::PRO);
    doc.value_added = vec![
        grant(ServiceId::GROUPS_PER_USER, None, Some(end)),
        grant(ServiceId::MEMBERS_PER_GROUP, None, None),
        grant(ServiceId::HISTORY_RETENTION, Some("90"), Some(at("2023-01-01T00:00:00Z"))),
        grant(ServiceId::UNLIMITED_AV_GROUPS, None, Some(at("2022-11-01T00:00:00Z"))),
    ];
    let before = resolve_at(&doc, Timestamp::from_millis(end.as_millis() - 1));
    assert_eq!(limit(&before, LimitId::GroupsPerUser), Some((Max::Of(1000), Authority::ValueAdded)));
    assert_eq!(limit(&before, LimitId::MembersPerGroup), Some((Max::Of(2000), Authority::ValueAdded)));
    assert_eq!(limit(&before, LimitId::HistoryRetentionDays), Some((Max::Of(90), Authority::ValueAdded)));
    assert_eq!(limit(&before, LimitId::AvGroups), Some((Max::Of(50), Authority::Catalog)), "had expired");
    assert_eq!(before.changes_at, Some(end), "the next of the two ends");

    let after = resolve_at(&doc, end);
    assert_eq!(limit(&after, LimitId::GroupsPerUser), Some((Max::Of(500), Authority::Catalog)));
    assert!(after.service(ServiceId::GROUPS_PER_USER).is_none());
    assert_eq!(after.changes_at, Some(at("2023-01-01T00:00:00Z")));
    assert!(after.findings.is_empty(), "{:?}", after.findings);
}

#[test]
fn the_endpoint_wins_even_when_it_is_lower() {
    let mut doc = document(CatalogId::INTL_2022, EditionId::PRO);
    doc.value_added = vec![grant(ServiceId::GROUPS_PER_USER, None, None)];
    doc.limits.insert(LimitId::GroupsPerUser, Max::Of(300));
    doc.limits.insert(LimitId::Communities, Max::Unlimited);
    doc.features.insert(Feature::UserStatus, Support::Supported);
    doc.features.insert(Feature::GlobalCoverage, Support::Unsupported);
    let out = resolve_at(&doc, now());
    assert_eq!(limit(&out, LimitId::GroupsPerUser), Some((Max::Of(300), Authority::Endpoint)));
    assert_eq!(limit(&out, LimitId::Communities), Some((Max::Unlimited, Authority::Endpoint)));
    let support = |feature| out.feature(feature).map(|known| (known.support, known.authority));
    assert_eq!(support(Feature::UserStatus), Some((Support::Supported, Authority::Endpoint)));
    assert_eq!(support(Feature::GlobalCoverage), Some((Support::Unsupported, Authority::Endpoint)));
    assert_eq!(support(Feature::Community), Some((Support::Unsupported, Authority::Catalog)));
}

#[test]
fn metered_allowances_come_with_their_plugin() {
    let mut doc = document(CatalogId::INTL_2024, EditionId::STANDARD);
    doc.value_added = vec![grant(ServiceId::PUSH, None, None), grant(ServiceId::CLOUD_SEARCH, None, None)];
    let out = resolve_at(&doc, now());
    for (id, max) in [
        (LimitId::PushCallsPerDay, 100),
        (LimitId::PushMessagesPerMonth, 30_000_000),
        (LimitId::SearchMessagesStored, 1_500_000),
        (LimitId::SearchRequestsPerMonth, 300_000),
    ] {
        assert_eq!(limit(&out, id), Some((Max::Of(max), Authority::ValueAdded)), "{id}");
    }
    let push = out.feature(Feature::PushToAllUsers).unwrap();
    assert_eq!((push.support, push.authority), (Support::Supported, Authority::ValueAdded));
}

#[test]
fn a_service_the_edition_cannot_have_is_a_finding() {
    let mut doc = document(CatalogId::INTL_2022, EditionId::FREE);
    doc.value_added = vec![
        grant(ServiceId::GROUPS_PER_USER, None, None),
        grant(ServiceId::CLOUD_SEARCH, None, None),
        grant(ServiceId::AUDIO_VIDEO_CALL, None, None),
    ];
    let out = resolve_at(&doc, now());
    assert_eq!(limit(&out, LimitId::GroupsPerUser), Some((Max::Of(50), Authority::Catalog)));
    let fields: Vec<_> = out.findings.iter().map(|finding| finding.field.as_str()).collect();
    assert_eq!(fields, ["/value_added/0/id", "/value_added/1/id"], "the call beta is open to Free");
}

#[test]
fn tiers_and_quantities_are_checked() {
    let mut doc = document(CatalogId::INTL_2022, EditionId::PRO);
    let mut none_bought = grant(ServiceId::MEMBERS_PER_GROUP, None, None);
    none_bought.quantity = 0;
    doc.value_added = vec![
        grant(ServiceId::HISTORY_RETENTION, Some("45"), None),
        grant(ServiceId::HISTORY_RETENTION, None, None),
        grant(ServiceId::GROUPS_PER_USER, Some("large"), None),
        none_bought,
    ];
    let out = resolve_at(&doc, now());
    assert_eq!(limit(&out, LimitId::HistoryRetentionDays), Some((Max::Of(7), Authority::Catalog)));
    assert_eq!(limit(&out, LimitId::GroupsPerUser), Some((Max::Of(1000), Authority::ValueAdded)));
    assert_eq!(limit(&out, LimitId::MembersPerGroup), Some((Max::Of(200), Authority::Catalog)));
    let fields: Vec<_> = out.findings.iter().map(|finding| finding.field.as_str()).collect();
    assert_eq!(
        fields,
        ["/value_added/0/tier", "/value_added/1/tier", "/value_added/2/tier", "/value_added/3/quantity"]
    );
    assert!(out.findings[0].remedy.contains("30, 90, 180, 360"), "{}", out.findings[0].remedy);
}

#[test]
fn a_raise_by_an_unstated_amount_unbinds_the_limit() {
    let mut doc = document(CatalogId::CN_DAU, EditionId::PROFESSIONAL);
    doc.value_added = vec![grant(ServiceId::MEMBERS_PER_GROUP, None, None)];
    let out = resolve_at(&doc, now());
    assert_eq!(limit(&out, LimitId::MembersPerGroup), None);
    assert_eq!(out.findings.len(), 1);

    doc.limits.insert(LimitId::MembersPerGroup, Max::Of(3000));
    let stated = resolve_at(&doc, now());
    assert_eq!(limit(&stated, LimitId::MembersPerGroup), Some((Max::Of(3000), Authority::Endpoint)));
    assert!(stated.findings.is_empty());
}

#[test]
fn what_is_unknown_keeps_what_the_endpoint_states() {
    let mut doc = document(CatalogId::INTL_2024, EditionId::STANDARD);
    doc.catalog = None;
    doc.edition = None;
    doc.limits.insert(LimitId::FriendsPerUser, Max::Of(7));
    doc.applications.insert(Feature::Community, now());
    let out = resolve_at(&doc, now());
    assert_eq!(out.standing, Standing::Known);
    assert_eq!(limit(&out, LimitId::FriendsPerUser), Some((Max::Of(7), Authority::Endpoint)));
    assert_eq!(limit(&out, LimitId::GroupsPerUser), None);
    assert_eq!(out.feature(Feature::Community).unwrap().available_from, Some(now()));
    assert!(out.feature(Feature::UserStatus).is_none());

    let mut foreign = document(CatalogId::INTL_2024, EditionId::PRO);
    foreign.limits.insert(LimitId::FriendsPerUser, Max::Of(7));
    let out = resolve_at(&foreign, now());
    assert_eq!((out.catalog, out.edition), (Some(CatalogId::INTL_2024), None));
    assert_eq!(limit(&out, LimitId::FriendsPerUser), Some((Max::Of(7), Authority::Endpoint)));
    assert_eq!(out.findings[0].field, "/edition");
}

#[test]
fn an_approval_waits_its_48_hours() {
    let mut doc = document(CatalogId::INTL_2022, EditionId::ULTIMATE);
    doc.applications.insert(Feature::PushToAllUsers, now());
    doc.applications.insert(Feature::Community, now());
    let out = resolve_at(&doc, now());
    let push = out.feature(Feature::PushToAllUsers).unwrap();
    assert_eq!(push.approved_at, Some(now()));
    assert_eq!(push.available_from, Some(Timestamp::from_millis(now().as_millis() + 48 * HOUR)));
    let community = out.feature(Feature::Community).unwrap();
    assert_eq!(community.available_from, Some(now()), "the list names no waiting time for it");

    let mut pro = document(CatalogId::INTL_2022, EditionId::PRO);
    pro.applications.insert(Feature::PushToAllUsers, now());
    let out = resolve_at(&pro, now());
    assert_eq!(out.feature(Feature::PushToAllUsers).unwrap().approved_at, None);
    assert_eq!(out.findings.len(), 1);
}

#[test]
fn the_fallback_is_labelled() {
    let out = entitle::fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL, &Catalogs::default());
    assert_eq!(out.standing, Standing::Fallback);
    assert_eq!(limit(&out, LimitId::FriendsPerUser), Some((Max::Of(20), Authority::Fallback)));
    assert!(out.is_stale(now()));

    let wrong = entitle::fallback(CatalogId::INTL_2024, EditionId::ULTIMATE, &Catalogs::default());
    assert_eq!(wrong.standing, Standing::Unknown);
    assert!(wrong.findings[0].remedy.contains("free_trial, standard, premium"));
}
