//! Moves between editions: which are allowed, and what each brings and takes.

use planguard::decide::change::{
    ChangePreview, ChangeRefusal, ChangeRequest, allowed, compare, preview, services_allowed,
};
use planguard::{
    BillingZone, CatalogId, ChangePath, Counter, CounterKey, EditionId, Feature, LimitId, Max, Pseudonym,
    ServiceGrant, ServiceId, Subject, Timestamp, Usage, catalog,
};
use support::at;

fn way(from: EditionId, to: EditionId) -> Result<ChangePath, ChangeRefusal> {
    let list = catalog::builtin(from.catalog()).unwrap();
    allowed(list, from, to, None, at("2024-08-15T00:00:00Z"), &BillingZone::default())
}

fn grant(id: ServiceId, tier: Option<&str>) -> ServiceGrant {
    ServiceGrant { id, tier: tier.map(str::to_owned), quantity: 1, expires_at: None }
}

fn look(from: EditionId, to: EditionId, services: &[ServiceGrant], usage: &Usage) -> ChangePreview {
    preview(&ChangeRequest {
        catalog: catalog::builtin(from.catalog()).unwrap(),
        from,
        to,
        services,
        usage,
        last_change: None,
        now: at("2024-08-15T00:00:00Z"),
        zone: &BillingZone::default(),
    })
}

#[test]
fn every_ordered_pair_of_editions_has_its_way() {
    use ChangePath::{Downgrade, Modify, RefundAndRepurchase, Upgrade};
    use EditionId::{Flagship, Free, FreeTrial, Premium, Pro, Professional, Standard, Trial, Ultimate};
    for (from, to, path) in [
        (Free, Pro, Upgrade),
        (Free, Ultimate, Upgrade),
        (Pro, Ultimate, Modify),
        (Ultimate, Pro, Modify),
        (FreeTrial, Standard, Upgrade),
        (FreeTrial, Premium, Upgrade),
        (Standard, Premium, Upgrade),
        (Premium, Standard, RefundAndRepurchase),
        (Trial, Professional, Upgrade),
        (Trial, Flagship, Upgrade),
        (Professional, Flagship, Upgrade),
        (Flagship, Professional, Downgrade),
    ] {
        assert_eq!(way(from, to), Ok(path), "{from} to {to}");
    }
    for (from, back) in [
        (Pro, Free),
        (Ultimate, Free),
        (Standard, FreeTrial),
        (Premium, FreeTrial),
        (Professional, Trial),
        (Flagship, Trial),
    ] {
        assert_eq!(way(from, back), Err(ChangeRefusal::NeverBack { edition: back }), "{from} to {back}");
    }
}

#[test]
fn the_same_edition_and_another_price_list_are_refused() {
    assert_eq!(
        way(EditionId::Pro, EditionId::Pro),
        Err(ChangeRefusal::SameEdition { edition: EditionId::Pro })
    );
    let refusal = way(EditionId::Pro, EditionId::Premium).unwrap_err();
    assert_eq!(
        refusal,
        ChangeRefusal::OtherCatalog {
            edition: EditionId::Premium,
            home: CatalogId::Intl2024,
            catalog: CatalogId::Intl2022
        }
    );
}

#[test]
fn the_list_of_2022_allows_one_modification_in_a_calendar_month() {
    let zone = BillingZone::default();
    let list = catalog::builtin(CatalogId::Intl2022).unwrap();
    let november = Some("2022-11".parse().unwrap());
    let (pro, ultimate) = (EditionId::Pro, EditionId::Ultimate);
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
    let newer = catalog::builtin(CatalogId::Intl2024).unwrap();
    assert_eq!(services_allowed(newer, november, just_before, &zone), Ok(()));
    // An upgrade from Free is no modification.
    assert_eq!(allowed(list, EditionId::Free, pro, november, just_before, &zone), Ok(ChangePath::Upgrade));
}

#[test]
fn leaving_the_free_trial_takes_features_that_standard_lacks() {
    let list = catalog::builtin(CatalogId::Intl2024).unwrap();
    let edition = |id| list.edition(id).unwrap();
    let to_standard = compare(list, edition(EditionId::FreeTrial), edition(EditionId::Standard));
    // Of 14 features the trial has all, Standard only global coverage: 13 are lost.
    assert_eq!(to_standard.features_lost.len(), 13);
    assert!(to_standard.features_gained.is_empty());
    assert!(to_standard.limits_lost.is_empty());
    assert_eq!(to_standard.extra_per_month.unwrap().amount_text(), "399");
    let to_premium = compare(list, edition(EditionId::FreeTrial), edition(EditionId::Premium));
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
    let down = look(EditionId::Premium, EditionId::Standard, &[], &usage);
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
        grant(ServiceId::UnlimitedAvGroups, None),
        grant(ServiceId::GroupsPerUser, None),
        grant(ServiceId::HistoryRetention, Some("180")),
    ];
    let up = look(EditionId::Pro, EditionId::Ultimate, &held, &Usage::default());
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
            (ServiceId::UnlimitedAvGroups, true, "449.99".to_owned()),
            (ServiceId::GroupsPerUser, false, "449.99".to_owned())
        ]
    );
    let gained: Vec<_> = up.comparison.limits_gained.iter().map(|c| c.limit).collect();
    assert!(!gained.contains(&LimitId::AvGroups) && !gained.contains(&LimitId::HistoryRetentionDays));
    assert!(gained.contains(&LimitId::MembersPerGroup));
    assert!(up.comparison.limits_lost.is_empty());
}

#[test]
fn a_service_that_the_lower_edition_lacks_no_longer_counts_after_the_move() {
    let held = [grant(ServiceId::MembersPerGroup, None)];
    let down = look(EditionId::Ultimate, EditionId::Pro, &held, &Usage::default());
    let members = down.comparison.limits_lost.iter().find(|c| c.limit == LimitId::MembersPerGroup).unwrap();
    // With the service 6,000 on Ultimate, 2,000 on Pro.
    assert_eq!((members.before, members.after), (Some(Max::Of(6_000)), Some(Max::Of(2_000))));
    assert!(down.needless_services.is_empty());
}
