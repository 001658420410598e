//! Moves between editions: which are allowed, and what each brings and takes.

use planguard::Catalogs;
use planguard::catalog;
use planguard::decide::change::{
    ChangePreview, ChangeRefusal, ChangeRequest, allowed, compare, preview, services_allowed,
};
use planguard::decide::entitle::fallback;
use planguard::{
    Authority, BillingZone, CatalogId, Ceiling, CeilingOrigin, ChangePath, Counter, CounterKey, EditionId,
    EffectiveFeature, EffectiveLimit, Feature, GroupType, LimitId, Max, Pseudonym, ServiceGrant, ServiceId,
    Subject, Support, Timestamp, Usage,
};
use support::at;
use support::home;

fn way(from: EditionId, to: EditionId) -> Result<ChangePath, ChangeRefusal> {
    let list = home(from);
    allowed(list, from, to, None, at("2024-08-15T00:00:00Z"), &BillingZone::default())
}

fn grant(id: ServiceId, tier: Option<&str>) -> ServiceGrant {
    ServiceGrant { id, tier: tier.map(str::to_owned), quantity: 1, expires_at: None }
}

fn look(from: EditionId, to: EditionId, services: &[ServiceGrant], usage: &Usage) -> ChangePreview {
    preview(&ChangeRequest {
        catalog: home(from),
        from,
        to,
        services,
        effective: None,
        usage,
        last_change: None,
        now: at("2024-08-15T00:00:00Z"),
        zone: &BillingZone::default(),
    })
}

#[test]
fn every_ordered_pair_of_editions_has_its_way() {
    use ChangePath::{Downgrade, Modify, RefundAndRepurchase, Upgrade};
    const FLAGSHIP: EditionId = EditionId::FLAGSHIP;
    const FREE: EditionId = EditionId::FREE;
    const FREE_TRIAL: EditionId = EditionId::FREE_TRIAL;
    const PREMIUM: EditionId = EditionId::PREMIUM;
    const PRO: EditionId = EditionId::PRO;
    const PROFESSIONAL: EditionId = EditionId::PROFESSIONAL;
    const STANDARD: EditionId = EditionId::STANDARD;
    const TRIAL: EditionId = EditionId::TRIAL;
    const ULTIMATE: EditionId = EditionId::ULTIMATE;
    for (from, to, path) in [
        (FREE, PRO, Upgrade),
        (FREE, ULTIMATE, Upgrade),
        (PRO, ULTIMATE, Modify),
        (ULTIMATE, PRO, Modify),
        (FREE_TRIAL, STANDARD, Upgrade),
        (FREE_TRIAL, PREMIUM, Upgrade),
        (STANDARD, PREMIUM, Upgrade),
        (PREMIUM, STANDARD, RefundAndRepurchase),
        (TRIAL, PROFESSIONAL, Upgrade),
        (TRIAL, FLAGSHIP, Upgrade),
        (PROFESSIONAL, FLAGSHIP, Upgrade),
        (FLAGSHIP, PROFESSIONAL, Downgrade),
    ] {
        assert_eq!(way(from, to), Ok(path), "{from} to {to}");
    }
    for (from, back) in [
        (PRO, FREE),
        (ULTIMATE, FREE),
        (STANDARD, FREE_TRIAL),
        (PREMIUM, FREE_TRIAL),
        (PROFESSIONAL, TRIAL),
        (FLAGSHIP, TRIAL),
    ] {
        assert_eq!(way(from, back), Err(ChangeRefusal::NeverBack { edition: back }), "{from} to {back}");
    }
}

#[test]
fn the_same_edition_and_another_price_list_are_refused() {
    assert_eq!(
        way(EditionId::PRO, EditionId::PRO),
        Err(ChangeRefusal::SameEdition { edition: EditionId::PRO })
    );
    let refusal = way(EditionId::PRO, EditionId::PREMIUM).unwrap_err();
    assert_eq!(
        refusal,
        ChangeRefusal::OtherCatalog { edition: EditionId::PREMIUM, catalog: CatalogId::INTL_2022 }
    );
}

#[test]
fn the_list_of_2022_allows_one_modification_in_a_calendar_month() {
    let zone = BillingZone::default();
    let list = catalog::intl_2022();
    let november = Some("2022-11".parse().unwrap());
    let (pro, ultimate) = (EditionId::PRO, EditionId::ULTIMATE);
    // December begins in Beijing at 16:00 UTC of 30 November.
    let turn = at("2022-11-30T16:00:00Z");
    let just_before = Timestamp::from_millis(turn.as_millis() - 1);
    assert_eq!(
        allowed(list, pro, ultimate, november, just_before, &zone),
        Err(ChangeRefusal::OncePerMonth { times: 1, until: turn })
    );
    assert_eq!(allowed(list, pro, ultimate, november, turn, &zone), Ok(ChangePath::Modify));
    // Services count with the plan, and in 2024 nothing is counted.
    let refusal = ChangeRefusal::OncePerMonth { times: 1, until: turn };
    assert_eq!(services_allowed(list, november, just_before, &zone), Err(refusal));
    assert_eq!(services_allowed(list, november, turn, &zone), Ok(()));
    let newer = catalog::intl_2024();
    assert_eq!(services_allowed(newer, november, just_before, &zone), Ok(()));
    // An upgrade from Free is no modification.
    assert_eq!(allowed(list, EditionId::FREE, pro, november, just_before, &zone), Ok(ChangePath::Upgrade));
}

#[test]
fn leaving_the_free_trial_takes_features_that_standard_lacks() {
    let list = catalog::intl_2024();
    let edition = |id| list.edition(id).unwrap();
    let to_standard = compare(list, edition(EditionId::FREE_TRIAL), edition(EditionId::STANDARD));
    // Of 14 features the trial has all, Standard only global coverage: 13 are lost.
    assert_eq!(to_standard.features_lost.len(), 13);
    assert!(to_standard.features_gained.is_empty());
    assert!(to_standard.limits_lost.is_empty());
    assert_eq!(to_standard.extra_per_month.unwrap().amount_text(), "399");
    let to_premium = compare(list, edition(EditionId::FREE_TRIAL), edition(EditionId::PREMIUM));
    assert_eq!(to_premium.features_lost, [Feature::PushToAllUsers]);
}

#[test]
fn a_downgrade_names_the_users_and_groups_that_would_be_over() {
    let zone = BillingZone::default();
    let now = at("2024-08-15T00:00:00Z");
    let counter = |used| Counter { base: used, ..Counter::default() };
    let key = |limit, subject| CounterKey::at(limit, subject, now, &zone);
    let user = |n| Subject::User(Pseudonym([n; 16]));
    let usage = Usage::from_iter([
        (key(LimitId::GroupsPerUser, user(1)), counter(700)),
        (key(LimitId::GroupsPerUser, user(2)), counter(900)),
        (key(LimitId::GroupsPerUser, user(3)), counter(500)),
        (key(LimitId::AvGroups, Subject::App), counter(51)),
        // The day before: over, but no longer counted.
        (
            CounterKey { limit: LimitId::NetNewGroupsPerDay, subject: Subject::App, bucket: 1 },
            counter(99_999),
        ),
    ]);
    let down = look(EditionId::PREMIUM, EditionId::STANDARD, &[], &usage);
    assert_eq!(down.allowed, Ok(ChangePath::RefundAndRepurchase));
    assert!(down.suspends);
    let over: Vec<_> = down.over.iter().map(|o| (o.limit, o.used, o.max, o.subjects)).collect();
    // Standard: 500 groups a user (user 3 is exactly at it), 50 audio-video groups.
    assert_eq!(over, [(LimitId::GroupsPerUser, 900, 500, 2), (LimitId::AvGroups, 51, 50, 1)]);
    assert_eq!(down.over[0].subject, user(2));
    // 399 - 699.
    assert_eq!(down.comparison.extra_per_month.unwrap().amount_text(), "-300");
    assert_eq!(down.comparison.features_lost.len(), 12);
}

#[test]
fn an_upgrade_makes_services_needless_whose_effect_the_edition_has() {
    let held = [
        grant(ServiceId::UNLIMITED_AV_GROUPS, None),
        grant(ServiceId::GROUPS_PER_USER, None),
        grant(ServiceId::HISTORY_RETENTION, Some("180")),
    ];
    let up = look(EditionId::PRO, EditionId::ULTIMATE, &held, &Usage::default());
    let needless: Vec<_> = up
        .needless_services
        .iter()
        .map(|n| (n.service, n.unavailable, n.price.unwrap().amount_text()))
        .collect();
    // Ultimate has audio-video groups without bound and cannot buy them; it has the 1,000 groups a user that
    // the service gives on Pro. 180 days of history are more than its 30, so that service stays.
    assert_eq!(
        needless,
        [
            (ServiceId::UNLIMITED_AV_GROUPS, true, "449.99".to_owned()),
            (ServiceId::GROUPS_PER_USER, false, "449.99".to_owned())
        ]
    );
    let gained: Vec<_> = up.comparison.limits_gained.iter().map(|c| c.limit).collect();
    assert!(!gained.contains(&LimitId::AvGroups) && !gained.contains(&LimitId::HistoryRetentionDays));
    assert!(gained.contains(&LimitId::MembersPerGroup));
    assert!(up.comparison.limits_lost.is_empty());
}

#[test]
fn a_service_that_the_lower_edition_lacks_no_longer_counts_after_the_move() {
    let held = [grant(ServiceId::MEMBERS_PER_GROUP, None)];
    let down = look(EditionId::ULTIMATE, EditionId::PRO, &held, &Usage::default());
    let members = down.comparison.limits_lost.iter().find(|c| c.limit == LimitId::MembersPerGroup).unwrap();
    // With the service 6,000 on Ultimate, 2,000 on Pro.
    assert_eq!((members.before, members.after), (Some(Max::Of(6_000)), Some(Max::Of(2_000))));
    assert!(down.needless_services.is_empty());
}

fn counters(counts: &[(LimitId, Subject, u64, Option<u64>)]) -> Usage {
    let (now, zone) = (at("2024-08-15T00:00:00Z"), BillingZone::default());
    counts
        .iter()
        .map(|&(limit, subject, base, own_max)| {
            let ceiling = own_max.map(|max| Ceiling { max, origin: CeilingOrigin::Group });
            (CounterKey::at(limit, subject, now, &zone), Counter { base, ceiling, ..Counter::default() })
        })
        .collect()
}

#[test]
fn usage_that_the_new_plan_charges_is_not_over() {
    const FLAGSHIP: EditionId = EditionId::FLAGSHIP;
    const PREMIUM: EditionId = EditionId::PREMIUM;
    const PRO: EditionId = EditionId::PRO;
    const PROFESSIONAL: EditionId = EditionId::PROFESSIONAL;
    const STANDARD: EditionId = EditionId::STANDARD;
    const ULTIMATE: EditionId = EditionId::ULTIMATE;
    let over = |from, to, services: &[ServiceGrant], counts: &[(LimitId, u64)]| {
        let counts: Vec<_> = counts.iter().map(|&(limit, used)| (limit, Subject::App, used, None)).collect();
        let seen = look(from, to, services, &counters(&counts));
        seen.over.iter().map(|over| (over.limit, over.used, over.max)).collect::<Vec<_>>()
    };
    let mau = [(LimitId::FreeMau, 12_000)];
    let peaks = [(LimitId::FreeDau, 12_000), (LimitId::FreePeakGroups, 120_000)];
    assert_eq!(over(PREMIUM, STANDARD, &[], &mau), []);
    assert_eq!(over(STANDARD, PREMIUM, &[], &mau), []);
    assert_eq!(over(ULTIMATE, PRO, &[], &peaks), []);
    assert_eq!(over(FLAGSHIP, PROFESSIONAL, &[], &peaks), []);
    // The Free Trial and the free edition of 2022 end at 100.
    assert_eq!(over(STANDARD, EditionId::FREE_TRIAL, &[], &mau), [(LimitId::FreeMau, 12_000, 100)]);
    assert_eq!(over(PRO, EditionId::FREE, &[], &peaks[..1]), [(LimitId::FreeDau, 12_000, 100)]);
    // Push and search go on beyond what their plugins include, and are charged.
    let plugins = [grant(ServiceId::PUSH, None), grant(ServiceId::CLOUD_SEARCH, None)];
    let metered = [
        (LimitId::PushCallsPerDay, 101),
        (LimitId::PushMessagesPerMonth, 30_000_001),
        (LimitId::SearchMessagesStored, 1_500_001),
        (LimitId::SearchRequestsPerMonth, 300_001),
    ];
    assert_eq!(over(PREMIUM, STANDARD, &plugins, &metered), []);
}

#[test]
fn a_preview_judges_a_group_by_its_type_and_its_own_maximum() {
    let group = |n| Subject::Group(Pseudonym([n; 16]));
    let mut usage = counters(&[
        (LimitId::MembersPerGroup, group(1), 250, None),
        (LimitId::MembersPerGroup, group(2), 250, None),
        (LimitId::MembersPerGroup, group(3), 260, None),
        (LimitId::MembersPerGroup, group(4), 150, Some(100)),
    ]);
    for (n, kind) in (1..).zip([GroupType::AvChatRoom, GroupType::Community, GroupType::Public]) {
        let key = CounterKey { limit: LimitId::MembersPerGroup, subject: group(n), bucket: 0 };
        usage = usage.with(key, Counter { group_type: Some(kind), ..usage.get(&key) });
    }
    let seen = preview(&ChangeRequest {
        usage: &usage,
        catalog: catalog::intl_2024(),
        from: EditionId::PREMIUM,
        to: EditionId::STANDARD,
        services: &[],
        effective: None,
        last_change: None,
        now: at("2024-08-15T00:00:00Z"),
        zone: &BillingZone::default(),
    });
    // Standard: 200 members. The audio-video group and the community are not judged by it.
    let over: Vec<_> = seen.over.iter().map(|o| (o.subject, o.used, o.max, o.subjects)).collect();
    assert_eq!(over, [(group(3), 260, 200, 2)]);
}

#[test]
fn a_preview_starts_from_what_the_endpoint_overrides() {
    let mut effective = fallback(CatalogId::INTL_2024, EditionId::STANDARD, &Catalogs::default());
    let by_endpoint = |max| Some(EffectiveLimit { max: Max::Of(max), authority: Authority::Endpoint });
    effective.set_limit(LimitId::GroupsPerUser, by_endpoint(1_200));
    let community = effective.feature(Feature::Community).unwrap();
    effective.set_feature(
        Feature::Community,
        Some(EffectiveFeature { support: Support::Supported, authority: Authority::Endpoint, ..community }),
    );
    let look = |effective| {
        preview(&ChangeRequest {
            effective,
            catalog: catalog::intl_2024(),
            from: EditionId::STANDARD,
            to: EditionId::PREMIUM,
            services: &[],
            usage: &Usage::default(),
            last_change: None,
            now: at("2024-08-15T00:00:00Z"),
            zone: &BillingZone::default(),
        })
        .comparison
    };
    let by_table = look(None);
    assert!(by_table.features_gained.contains(&Feature::Community));
    assert!(by_table.limits_gained.iter().any(|change| change.limit == LimitId::GroupsPerUser));

    let seen = look(Some(&effective));
    assert!(!seen.features_gained.contains(&Feature::Community));
    assert!(seen.limits_gained.iter().all(|change| change.limit != LimitId::GroupsPerUser));
    // 1,200 by the endpoint, 1,000 by the table of Premium.
    let lost: Vec<_> = seen.limits_lost.iter().map(|c| (c.limit, c.before, c.after, c.before_by)).collect();
    let groups = LimitId::GroupsPerUser;
    assert_eq!(lost, [(groups, Some(Max::Of(1_200)), Some(Max::Of(1_000)), Authority::Endpoint)]);
    // What nothing overrides is compared as before.
    assert_eq!(seen.features_gained.len() + 1, by_table.features_gained.len());
    assert_eq!(seen.limits_gained.len() + 1, by_table.limits_gained.len());
}

#[test]
fn a_service_that_has_ended_counts_for_nothing_in_a_preview() {
    let mut held = grant(ServiceId::GROUPS_PER_USER, None);
    let raised = |held: &ServiceGrant| {
        let up = look(EditionId::PRO, EditionId::ULTIMATE, std::slice::from_ref(held), &Usage::default());
        let gained = up.comparison.limits_gained.iter().any(|change| change.limit == LimitId::GroupsPerUser);
        (gained, up.needless_services.len())
    };
    assert_eq!(raised(&held), (false, 1));
    held.expires_at = Some(at("2024-08-15T00:00:00Z"));
    assert_eq!(raised(&held), (true, 0));
    held.expires_at = Some(at("2024-08-15T00:00:01Z"));
    assert_eq!(raised(&held), (false, 1));
}

#[test]
fn a_needless_service_costs_what_its_units_cost_per_month() {
    let many = |id, quantity| ServiceGrant { quantity, ..grant(id, None) };
    let held = [
        many(ServiceId::DESK_AGENT, 3),
        many(ServiceId::AI_CHATBOT_PREMIUM, 2),
        many(ServiceId::AI_CHATBOT_MESSAGES, 4),
        many(ServiceId::PUSH, 1),
    ];
    let down = look(EditionId::STANDARD, EditionId::FREE_TRIAL, &held, &Usage::default());
    let prices: Vec<_> = down.needless_services.iter().map(|n| n.price.unwrap().to_string()).collect();
    // 3 x 50 and 2 x 600 a month; packs were bought once.
    assert_eq!(prices, ["150 USD", "1200 USD", "0 USD", "299 USD"]);
}
