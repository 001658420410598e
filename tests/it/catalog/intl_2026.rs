//! The list of 2026 against its public pages: every figure with its page, and what the pages do not state.

use std::collections::BTreeSet;

use planguard::catalog::{self, Meter, Rounding, Validity};
use planguard::decide::bill::{AssumptionId, BillRequest, bill};
use planguard::decide::change::{ChangeRefusal, allowed};
use planguard::decide::forecast::{Marginal, marginal_mau_price};
use planguard::{
    BillingZone, CatalogId, Condition, EditionId, Feature, IdSet, LimitId, Max, Platform, Support, Timestamp,
};

use super::table::rows;

const EDITIONS: [EditionId; 6] = [
    EditionId::FREE,
    EditionId::FREE_TRIAL,
    EditionId::STANDARD,
    EditionId::PRO,
    EditionId::PRO_PLUS,
    EditionId::ENTERPRISE,
];

/// Limit, page, and the cells of the six editions; `-` is not stated.
const LIMITS: &str = "
    history_retention_days | limits    | - | 7   | 7         | 30        | 90        | 90
    members_per_group      | limits    | - | 20  | 500       | 2000      | 5000      | 6000
    groups_per_user        | limits    | - | 50  | 1000      | 1000      | 3000      | 5000
    recent_contacts_pull   | limits    | - | 100 | 100       | 500       | 500       | 500
    free_mau               | free      | 1000 | - | -        | -         | -         | -
    friends_per_user       | limits_zh | - | 20  | 3000      | 3000      | 3000      | 3000
    non_av_groups          | groups    | - | 100 | unlimited | unlimited | unlimited | unlimited
    av_groups              | groups    | - | -   | 50        | unlimited | unlimited | unlimited
    communities            | groups    | - | -   | -         | 100000    | 1000000   | 1000000
";

/// Source, document, day.
const SOURCES: &str = "
    limits             | 1047/34381 | 2026-05-07
    editions           | 1047/34577 and 1047/55096 | -
    free               | TIMSDK at 0217d68, and trtc.io/free-chat-api | -
    prices             | 1047/34350 | -
    overview           | 1047/34349 | -
    community_messages | 1047/66403 | -
    groups             | trtc.io/document/33529, trtc.io/document/48169 and trtc.io/zh/document/34381 | -
    groups_33529       | trtc.io/document/33529 | -
    groups_48169       | trtc.io/document/48169 | -
    limits_zh          | trtc.io/zh/document/34381 | -
";

#[test]
fn its_editions_are_those_of_the_pages() {
    let list = catalog::intl_2026();
    assert_eq!(list.editions.iter().map(|edition| edition.id).collect::<Vec<_>>(), EDITIONS);
    assert!(list.title.contains("public pages, not seeds"));
    for (edition, price, paid, validity) in [
        (EditionId::FREE, Some("0"), false, Some(Validity::Permanent)),
        (EditionId::FREE_TRIAL, None, false, None),
        (EditionId::STANDARD, Some("399"), true, None),
        (EditionId::PRO, Some("699"), true, None),
        (EditionId::PRO_PLUS, None, true, None),
        (EditionId::ENTERPRISE, None, true, None),
    ] {
        let found = list.edition(edition).unwrap();
        assert_eq!(found.price_per_month.map(|price| price.to_string()).as_deref(), price, "{edition}");
        assert_eq!((found.paid, found.validity), (paid, validity), "{edition}");
    }
}

#[test]
fn every_limit_is_that_of_its_page() {
    let list = catalog::intl_2026();
    let mut stated = BTreeSet::new();
    for row in rows(LIMITS) {
        let limit: LimitId = row[0].parse().unwrap();
        for (edition, cell) in EDITIONS.into_iter().zip(&row[2..]) {
            let found = list.edition(edition).unwrap().limit(limit);
            let expected = match *cell {
                "-" => None,
                "unlimited" => Some(Max::Unlimited),
                number => Some(Max::Of(number.parse().unwrap())),
            };
            assert_eq!(found.map(|figure| figure.max), expected, "{limit} of {edition}");
            let page = found.and_then(|figure| list.source(figure.source)).map(|source| &*source.id);
            assert_eq!(page, expected.map(|_| row[1]), "{limit} of {edition}");
            stated.extend(expected.map(|_| (edition, limit)));
        }
    }
    for edition in list.editions.iter() {
        for (limit, _) in edition.limits() {
            assert!(
                stated.contains(&(edition.id, limit)),
                "{limit} of {} is in the catalog alone",
                edition.id
            );
        }
    }
}

#[test]
fn every_source_is_a_public_page_and_no_seed() {
    let list = catalog::intl_2026();
    let table: Vec<_> = rows(SOURCES).collect();
    assert_eq!(list.sources.len(), table.len());
    for row in table {
        let source = list.sources.iter().find(|source| source.id == row[0]).unwrap();
        assert!(source.document.contains("no seed") && source.document.contains(row[1]), "{source}");
        assert_eq!(
            source.date.map(|date| date.to_string()).as_deref(),
            Some(row[2]).filter(|day| *day != "-")
        );
        assert!(source.url.is_some());
    }
}

#[test]
fn community_is_the_one_feature_that_the_pages_state() {
    let list = catalog::intl_2026();
    let native = IdSet::from_iter([Platform::Android, Platform::Ios, Platform::Desktop]);
    for edition in list.editions.iter() {
        for (feature, figure) in edition.features().filter(|(feature, _)| *feature != Feature::Community) {
            assert_eq!(figure.support, Support::NotStated, "{feature} of {}", edition.id);
        }
        let community = edition.feature(Feature::Community);
        let expected = match edition.id {
            EditionId::FREE | EditionId::FREE_TRIAL => Support::NotStated,
            EditionId::STANDARD => Support::Unsupported,
            _ => Support::Supported,
        };
        assert_eq!(community.support, expected, "{}", edition.id);
        if expected == Support::Supported {
            let sdk = |platforms, version: &str| Condition::MinSdk {
                platforms,
                version: version.parse().unwrap(),
                variant: None,
            };
            assert_eq!(
                *community.conditions,
                [
                    sdk(native, "5.8.1668"),
                    sdk(IdSet::from_iter([Platform::Web]), "2.17.0"),
                    Condition::ConsoleSwitch {}
                ]
            );
        }
    }
}

#[test]
fn beyond_the_quota_two_editions_have_a_price() {
    let list = catalog::intl_2026();
    for edition in list.editions.iter() {
        let overage = edition.overage(Meter::Mau);
        let priced = [EditionId::STANDARD, EditionId::PRO].contains(&edition.id);
        assert_eq!(overage.is_some(), priced, "{}", edition.id);
        let Some(overage) = overage else { continue };
        let rate = overage.rate.as_ref().unwrap();
        assert_eq!((rate.price.to_string().as_str(), rate.per, rate.rounding), ("0.015", 1, Rounding::Exact));
        assert_eq!(list.source(overage.source).unwrap().id, "prices");
    }
}

/// What is not stated is neither zero nor without bound: the bill has no total, and the forecast says so.
#[test]
fn a_quota_that_is_not_stated_leaves_the_bill_open() {
    let list = catalog::intl_2026();
    let mut request = BillRequest::new(list, EditionId::STANDARD, "2026-08".parse().unwrap());
    assert_eq!(bill(&request).unwrap().total().map(|total| total.to_string()), Some("399 USD".to_owned()));
    request.usage.mau = Some(12_000);
    let open = bill(&request).unwrap();
    assert_eq!(open.total(), None);
    assert!(open.assumptions.iter().any(|a| a.id == AssumptionId::QuotaNotStated && a.about == "free_mau"));
    // The endpoint, or the app, may state it: 2,000 users beyond 10,000 at 0.015 are 30.
    request.limits.insert(LimitId::FreeMau, Max::Of(10_000));
    assert_eq!(bill(&request).unwrap().total().map(|total| total.to_string()), Some("429 USD".to_owned()));

    // Free: 1,000 are included, and what lies beyond is not stated.
    let mut free = BillRequest::new(list, EditionId::FREE, "2026-08".parse().unwrap());
    free.usage.mau = Some(1_000);
    assert_eq!(bill(&free).unwrap().total().map(|total| total.to_string()), Some("0 USD".to_owned()));
    free.usage.mau = Some(1_001);
    assert_eq!(bill(&free).unwrap().total(), None);

    let next = |edition, so_far, quota| marginal_mau_price(list, edition, so_far, quota);
    assert_eq!(next(EditionId::STANDARD, 0, None), Some(Marginal::NotStated));
    assert_eq!(next(EditionId::FREE, 999, None), Some(Marginal::Free { next_at: None }));
    assert_eq!(next(EditionId::FREE, 1_000, None), Some(Marginal::NotStated));
    assert_eq!(next(EditionId::ENTERPRISE, 5, Some(Max::Of(5))), Some(Marginal::NotStated));
}

#[test]
fn how_its_editions_are_changed_is_not_stated() {
    let list = catalog::intl_2026();
    for from in EDITIONS {
        for to in EDITIONS.into_iter().filter(|to| *to != from) {
            let way = allowed(list, from, to, None, Timestamp::MIN, &BillingZone::default());
            assert_eq!(way, Err(ChangeRefusal::NotStated { catalog: CatalogId::INTL_2026, from, to }));
        }
    }
}
