//! Single texts as a person reads them, short `Debug`, and JSON.

use std::sync::Arc;

use serde_json::{Value, json};

use super::dice::Dice;
use super::every::Every;
use crate::client::Committed;
use crate::client::login::{ActiveUserEffect, LoginOutcome};
use crate::decide::login::{Alternative, DeferReason, DenyReason, IdentityWarning, LoginWarning, Until};
use crate::model::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn usd(amount: &str) -> Money {
    Money::new(amount.parse().unwrap(), Currency::Usd)
}

/// 153 of 200 members, 60 more asked for.
fn members() -> LimitCheck {
    LimitCheck {
        limit: LimitId::MembersPerGroup,
        subject: Subject::Group(Dice::pseudonym()),
        requested: 60,
        fits: 47,
        status: LimitStatus::Exceeds,
        enforcement: Enforcement::Enforce,
        plan: None,
        resets_at: None,
        evidence: Evidence {
            max: Some(Max::Of(200)),
            authority: Authority::Catalog,
            used: 153,
            reserved: 0,
            usage_origin: UsageOrigin::Counted,
            usage_as_of: None,
            added_since: 153,
            entitlements_as_of: Some(Timestamp::MIN),
            stale: false,
            age: std::time::Duration::ZERO,
        },
    }
}

fn denied(checks: &[LimitCheck]) -> Assessment {
    let mut entitlements = Entitlements::unknown();
    entitlements.fetched_at = Some(Timestamp::MIN);
    Assessment {
        decision: Decision::Denied,
        reason: VerdictReason::LimitReached,
        checks: checks.iter().copied().collect(),
        entitlements: Arc::new(entitlements),
        at: Timestamp::MIN,
    }
}

fn premium() -> Remedy {
    Remedy::ChangeEdition {
        catalog: CatalogId::INTL_2024,
        to: EditionId::PREMIUM,
        path: ChangePath::Upgrade,
        extra_per_month: Some(usd("300")),
        limit: Some(LimitId::MembersPerGroup),
        raises_to: Some(Max::Of(2000)),
        loses_features: vec![Feature::PushToAllUsers, Feature::UserStatus],
        lowers_limits: vec![(LimitId::AvGroups, Max::Of(50))],
        needs_application: false,
        needs_service: None,
        service_per_month: None,
        drops_services: Vec::new(),
        saves_per_month: None,
        not_before: None,
    }
}

#[test]
fn a_limit_that_is_reached_reads_well() {
    let check = members();
    assert_eq!(
        check.to_string(),
        "153 of 200 members in the group, 47 of the 60 asked for fit; limit from the price list; usage counted \
         locally"
    );
    assert_eq!(
        denied(&[check]).explain(Locale::En),
        "A limit is reached. 153 of 200 members in the group, 47 of the 60 asked for fit."
    );
    assert_eq!(
        denied(&[check]).explain(Locale::ZhHans),
        "已达到上限。该群的成员：已用 153 名，上限 200 名；请求增加 60 名，可容纳 47 名。"
    );
    assert_eq!(
        denied(&[check]).to_string(),
        "denied: a limit is reached: 153 of 200 members in the group, 47 of the 60 asked for fit"
    );
}

#[test]
fn a_remedy_says_price_gain_and_loss() {
    assert_eq!(
        premium().to_string(),
        "change to Premium, 300 USD a month more; then 2,000 members per group; takes away 2 features; lowers 1 limit"
    );
    assert_eq!(
        premium().explain(Locale::En),
        "Change to Premium, 300 USD a month more. Then 2,000 members per group. It takes away pushing to all users and \
         user status. It lowers limits to 50 audio-video groups. The change is made in the provider's console and \
         applies at once."
    );
    assert_eq!(
        premium().explain(Locale::ZhHans),
        "变更为进阶版，每月增加 300 美元。届时单个群成员数上限为 2,000 名。将失去以下功能：全员推送和用户状态。\
         以下上限将降低：可创建直播群个数为 50 个。在控制台办理，立即生效。"
    );
}

#[test]
fn dates_of_an_answer_are_in_the_billing_zone_and_say_how_far_off_they_are() {
    let mut check = LimitCheck { limit: LimitId::NetNewGroupsPerDay, ..members() };
    check.resets_at = Some(at("2024-07-31T16:00:00Z"));
    let mut assessment = denied(&[check]);
    assessment.at = at("2024-07-31T13:00:00Z");
    Arc::make_mut(&mut assessment.entitlements).zone = Some(BillingZone::default());
    let text = assessment.explain(Locale::En);
    assert!(
        text.contains("The count starts again on 1 August 2024, 00:00 (UTC+08:00), in 3 hours."),
        "{text}"
    );
}

#[test]
fn debug_of_an_answer_is_short_and_names_nobody() {
    let brief = |pretty: String, plain: String| {
        assert!(pretty.lines().count() < 15, "{pretty}");
        assert_eq!(plain.lines().count(), 1, "{plain}");
        for text in [pretty, plain] {
            assert!(
                !text.contains("171, 171") && !text.contains("abab") && !text.contains("Pseudonym"),
                "{text}"
            );
        }
    };
    for seed in 0..50 {
        let dice = &mut Dice::new(seed);
        for answer in Verdict::every(dice) {
            brief(format!("{answer:#?}"), format!("{answer:?}"));
        }
        for answer in Assessment::every(dice) {
            brief(format!("{answer:#?}"), format!("{answer:?}"));
        }
        for answer in FeatureAssessment::every(dice) {
            brief(format!("{answer:#?}"), format!("{answer:?}"));
        }
    }
    assert_eq!(
        format!("{:?}", denied(&[members()])),
        "Assessment { decision: Denied, reason: LimitReached, checks: [members_per_group of a group: 153 + 0 of 200, 60 asked, \
         47 fit, Exceeds, Enforce, Catalog, Counted], plan: unknown, at: 1970-01-01T00:00:00Z }"
    );
}

#[test]
fn json_is_made_of_stable_words() {
    assert_eq!(
        serde_json::to_value(premium()).unwrap(),
        json!({
            "kind": "change_edition",
            "catalog": "intl-2024",
            "edition": "premium",
            "path": "upgrade",
            "extra_per_month": { "amount": "300", "currency": "USD" },
            "limit": "members_per_group",
            "raises_to": 2000,
            "loses_features": ["push_to_all_users", "user_status"],
            "lowers_limits": [{ "limit": "av_groups", "max": 50 }],
            "needs_application": false,
            "needs_service": null,
            "service_per_month": null,
            "drops_services": [],
            "saves_per_month": null,
            "not_before_ms": null,
        })
    );
    let verdict = serde_json::to_value(denied(&[members()])).unwrap();
    assert_eq!(verdict["decision"], "denied");
    assert_eq!(verdict["reason"], json!({ "kind": "limit_reached" }));
    assert_eq!(verdict["checks"][0]["subject"], "group");
    assert_eq!(verdict["at_ms"], 0);
    let small = serde_json::to_value(denied(&[members()]).verdict()).unwrap();
    assert_eq!(small["tightest"]["fits"], 47);
}

/// Every value is an object with its kind, or a word.
fn words<T: Every + serde::Serialize>() {
    for seed in 0..20 {
        for value in T::every(&mut Dice::new(seed)) {
            well_formed("", &serde_json::to_value(&value).unwrap());
        }
    }
}

fn well_formed(key: &str, value: &Value) {
    let is_word = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
    };
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                assert!(is_word(key), "{key}");
                well_formed(key, value);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| well_formed(key, item)),
        Value::String(text) if key == "currency" => assert_eq!(text, "USD"),
        Value::String(text) if key == "amount" => assert!(text.parse::<f64>().is_ok(), "{text}"),
        Value::String(text) if key == "version" => assert!(text.parse::<SdkVersion>().is_ok(), "{text}"),
        Value::String(text) => assert!(is_word(text) && !key.ends_with("_ms"), "{key}: {text}"),
        Value::Number(number) => assert!(!number.is_f64(), "{key}: {number}"),
        Value::Bool(_) | Value::Null => {}
    }
}

#[test]
fn every_answer_serializes_to_words_numbers_and_money() {
    words::<Verdict>();
    words::<Assessment>();
    words::<FeatureDecision>();
    words::<FeatureAssessment>();
    words::<Remedy>();
    words::<Lifecycle>();
    words::<LoginOutcome<&'static str>>();
    words::<DenyReason>();
    words::<DeferReason>();
    words::<Until>();
    words::<Alternative>();
    words::<LoginWarning>();
    words::<ActiveUserEffect>();
    words::<IdentityWarning>();
    words::<Committed>();
}
