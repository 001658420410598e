//! Where the plan stands: gates, the table of them, names.

use std::time::Duration;

use planguard::features::{FeatureContext, Platform};
use planguard::ffi::{parse_feature, parse_group_type, parse_limit_id, parse_locale, version};
use planguard::{AppPhase, Feature, GroupType, LimitId, Locale, Remedy};
use support::{DAY, clock};

use super::hosts::open;

#[tokio::test]
async fn the_table_holds_what_every_gate_answers_until_it_says() {
    let clock = clock();
    let guard = open(&clock).await;
    let table = guard.feature_table().unwrap();
    assert_eq!(table.features.len(), Feature::COUNT);
    for decision in &table.features {
        assert_eq!(guard.feature(decision.feature).unwrap(), *decision);
    }
    assert!(table.limits.iter().any(|entry| entry.limit == LimitId::GroupsPerUser));
    assert_eq!(
        (table.lifecycle, table.generation),
        (guard.lifecycle().unwrap(), guard.generation().unwrap())
    );
    assert!(table.valid_for > Duration::ZERO && table.valid_for <= DAY);
    assert_eq!(table.until.since(guard.now().unwrap()), table.valid_for);
}

#[tokio::test]
async fn another_phase_makes_another_generation() {
    let guard = open(&clock()).await;
    let before = guard.generation().unwrap();
    guard.set_phase(AppPhase::Background).unwrap();
    assert!(guard.generation().unwrap() > before);
    assert_eq!(guard.entitlements().unwrap().phase, AppPhase::Background);
}

#[tokio::test]
async fn a_denial_says_what_would_lift_it() {
    let guard = open(&clock()).await;
    let community = guard.explain_feature(Feature::Community).unwrap();
    assert!(!community.granted && !guard.feature(Feature::Community).unwrap().granted);
    assert!(community.remedies.iter().any(|way| matches!(way, Remedy::ChangeEdition { .. })));
    assert!(community.remedies.iter().any(|way| way.explain_in(Locale::En).contains("Premium")));
    assert_ne!(community.explain(Locale::En), community.explain(Locale::ZhHans));
    let on = |platform| FeatureContext { platform: Some(platform), ..FeatureContext::default() };
    let search = guard.explain_feature_in(Feature::LocalMessageSearch, on(Platform::Web)).unwrap();
    let decision = guard.feature_in(Feature::LocalMessageSearch, on(Platform::Web)).unwrap();
    assert_eq!((search.granted, search.reason), (decision.granted, decision.reason));
    assert!(
        guard.lifecycle().unwrap().serves() && !guard.lifecycle().unwrap().explain(Locale::En).is_empty()
    );
}

#[test]
fn fixed_words_are_read_back_and_others_refused() {
    for &feature in Feature::ALL {
        assert_eq!(parse_feature(feature.word()).unwrap(), feature);
    }
    for &limit in LimitId::ALL {
        assert_eq!(parse_limit_id(limit.word()).unwrap(), limit);
    }
    assert_eq!(parse_group_type("meeting".to_owned()).unwrap(), GroupType::Meeting);
    assert_eq!(parse_locale("zh-CN".to_owned()).unwrap(), Locale::ZhHans);
    let wrong = parse_feature("communities".to_owned()).unwrap_err();
    assert!(wrong.to_string().contains("community"), "{wrong}");
    assert!(parse_limit_id(String::new()).is_err() && parse_locale("xx".to_owned()).is_err());
    assert_eq!(version(), env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn ids_are_checked() {
    let guard = open(&clock()).await;
    assert_eq!(guard.user("ada".to_owned()).unwrap().as_str(), "ada");
    assert_eq!(guard.group("g".to_owned()).unwrap().as_str(), "g");
    assert!(guard.user(String::new()).is_err() && guard.group("\n".to_owned()).is_err());
}
