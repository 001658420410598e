//! Opening: every option, and what cannot be used.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use planguard::ffi::{DecisionPolicy, LinkTimeouts, LoginPolicy, OpenOptions, PlanguardError};
use planguard::{CatalogId, EditionId, Enforcement, Feature, LimitId, Locale, SessionMode};
use support::{APP, clock};

use super::hosts::{builder, open, options};

#[tokio::test]
async fn a_guard_opens_with_every_option() {
    let document = format!(
        r#"{{"schema": 1, "revision": 1, "sdk_app_id": {APP}, "catalog": "intl-2024", "edition": "premium",
            "subscription": {{"starts_at": "2024-08-01T00:00:00Z"}}, "issued_at": "2024-08-01T00:00:00Z"}}"#
    );
    let chosen = OpenOptions {
        endpoint: Some("https://billing.example.com".to_owned()),
        credential: Some("token".to_owned()),
        billing_zone: Some("Asia/Shanghai".parse().unwrap()),
        session_mode: Some(SessionMode::MultiUser),
        decisions: Some(DecisionPolicy {
            thresholds: Some(vec![90, 100]),
            hysteresis: Some(1),
            enforcement: Some(HashMap::from([(LimitId::MembersPerGroup, Enforcement::Warn)])),
            all_limits: Some(Enforcement::Enforce),
            on_stale: Some(Enforcement::Enforce),
            features_when_unknown: Some(true),
        }),
        logins: Some(LoginPolicy { mau_budget: Some(9_000), loop_max: Some(3), ..LoginPolicy::default() }),
        catalogs: Vec::new(),
        seed: Some(document.into_bytes()),
        permit_ttl: Some(Duration::from_secs(5)),
        outbox_capacity: Some(10),
        endpoint_timeouts: Some(LinkTimeouts { credential: Some(Duration::from_secs(1)), request: None }),
        phase: Some(planguard::AppPhase::Background),
        process_role: Some(planguard::store::ProcessRole::Extension),
        device_marker: Some("this phone".to_owned()),
        renew_install: true,
        ..options()
    };
    let guard = builder(chosen, &clock()).open().await.unwrap();
    assert!(guard.feature(Feature::Community).unwrap().granted, "by the seed");
    let entitlements = guard.entitlements().unwrap();
    assert_eq!(entitlements.edition, Some(EditionId::PREMIUM));
    assert!(!entitlements.limits.is_empty() && !entitlements.features.is_empty());
    assert!(guard.stable_guest_id().unwrap().len() > 8);
    assert!(guard.billing_month().unwrap().to_string() == "2024-08");
}

#[tokio::test]
async fn what_cannot_be_used_names_field_and_remedy_in_both_locales() {
    let decisions = |thresholds: &[u32], hysteresis| OpenOptions {
        decisions: Some(DecisionPolicy {
            thresholds: Some(thresholds.to_vec()),
            hysteresis,
            ..DecisionPolicy::default()
        }),
        ..options()
    };
    let cases: [(OpenOptions, &str); 10] = [
        (decisions(&[80, 101], None), "decisions.thresholds"),
        (decisions(&[80, 336], None), "decisions.thresholds"),
        (decisions(&[0, 80], None), "decisions.thresholds"),
        (decisions(&[80], Some(101)), "decisions.hysteresis"),
        (OpenOptions { fallback_edition: None, ..options() }, "fallback"),
        (OpenOptions { endpoint: Some("ftp://example.com".to_owned()), ..options() }, "endpoint"),
        (OpenOptions { credential: Some("\n".to_owned()), ..options() }, "credential"),
        (OpenOptions { permit_ttl: Some(Duration::ZERO), ..options() }, "permit_ttl"),
        (OpenOptions { outbox_capacity: Some(0), ..options() }, "outbox_capacity"),
        (OpenOptions { seed: Some(b"{".to_vec()), ..options() }, "seed"),
    ];
    for (chosen, field) in cases {
        let error = builder(chosen, &clock()).open().await.unwrap_err();
        let PlanguardError::InvalidInput { details } = &error else { panic!("{field}: {error}") };
        assert_eq!(details.field_name.as_deref(), Some(field));
        assert!(details.reason.contains(';') || details.reason.contains(field), "{}", details.reason);
        for locale in [Locale::En, Locale::ZhHans] {
            assert!(!error.explain(locale).is_empty());
        }
        assert_ne!(error.explain(Locale::En), error.explain(Locale::ZhHans));
    }
}

#[tokio::test]
async fn two_stores_or_two_credentials_are_one_too_many() {
    use super::endpoint::Token;
    use super::hosts::{Does, Shelf};

    let both = builder(OpenOptions { store_path: Some("here.db".to_owned()), ..options() }, &clock());
    both.store(Arc::new(Shelf::default()));
    let error = both.open().await.unwrap_err();
    assert!(error.to_string().starts_with("store_path: "), "{error}");
    let both = builder(OpenOptions { credential: Some("token".to_owned()), ..options() }, &clock());
    both.credentials(Arc::new(Token(Does::Works)));
    let error = both.open().await.unwrap_err();
    assert!(error.to_string().starts_with("credential: "), "{error}");
}

#[tokio::test]
async fn a_store_on_disk_is_shared_with_the_next_guard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("planguard.db").to_string_lossy().into_owned();
    let chosen = OpenOptions { store_path: Some(path), ..options() };
    let guest = planguard::ffi::Planguard::open(chosen.clone()).await.unwrap().stable_guest_id().unwrap();
    let again = planguard::ffi::Planguard::open(chosen).await.unwrap();
    assert_eq!(again.stable_guest_id().unwrap(), guest);
    let nowhere = OpenOptions { store_path: Some("/proc/no/such/place.db".to_owned()), ..options() };
    let error = planguard::ffi::Planguard::open(nowhere).await.unwrap_err();
    assert!(matches!(error, PlanguardError::Store { .. }), "{error}");
}

#[tokio::test]
async fn a_builder_shows_no_secret_and_opens_more_than_once() {
    let chosen = OpenOptions {
        endpoint: Some("https://billing.example.com".to_owned()),
        credential: Some("s3cret".to_owned()),
        ..options()
    };
    let builder = builder(chosen, &clock());
    assert!(!format!("{builder:?}").contains("s3cret"));
    let (one, two) = (builder.open().await.unwrap(), builder.open().await.unwrap());
    one.shutdown();
    assert!(two.feature(Feature::Community).is_ok());
    assert_eq!(open(&clock()).await.entitlements().unwrap().catalog, Some(CatalogId::INTL_2024));
}
