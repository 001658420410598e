//! The entitlements document on the wire: what is read, what is reported, what is refused.

use planguard::model::{EntitlementsDocument, ServiceGrant, Subscription};
use planguard::net::{DocumentError, parse_document};
use planguard::{CatalogId, EditionId, Feature, LimitId, Max, ServiceId, Support};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{APP, app, at};

const JSON: Option<&str> = Some("application/json; charset=utf-8");

fn sample() -> Value {
    json!({
        "schema": 1, "revision": 42, "sdk_app_id": APP, "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2026-11-10T00:00:00Z", "expires_at": "2026-12-10T00:00:00Z" },
        "arrears_since": null,
        "value_added": [
            { "id": "cloud_search", "tier": null, "quantity": 1, "expires_at": "2026-12-09T00:00:00Z" }
        ],
        "applications": [ { "feature": "push_to_all_users", "approved_at": "2026-11-11T00:00:00Z" } ],
        "limits": { "groups_per_user": 1200 }, "features": { "community": "supported" },
        "usage": {
            "as_of": "2026-11-20T09:00:00Z", "mau": 8123, "non_av_groups": 10, "av_groups": 2,
            "net_new_groups_today": 3
        },
        "issued_at": "2026-11-20T10:00:00Z", "fresh_for_secs": 300
    })
}

fn parse(document: &Value) -> Result<EntitlementsDocument, DocumentError> {
    parse_document(document.to_string().as_bytes(), JSON, app())
}

/// The sample with the value at `pointer` replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut document = sample();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[name] = value;
    document
}

fn fields(document: &Value) -> Vec<String> {
    parse(document).unwrap().findings.into_iter().map(|finding| finding.field).collect()
}

#[test]
fn the_contracts_sample_is_read_in_full_and_without_findings() {
    let document = parse(&sample()).unwrap();
    assert_eq!(document.findings, []);
    assert_eq!(document.revision, 42);
    assert_eq!(document.catalog, Some(CatalogId::INTL_2024));
    assert_eq!(document.edition, Some(EditionId::STANDARD));
    assert_eq!(
        document.subscription,
        Some(Subscription {
            starts_at: at("2026-11-10T00:00:00Z"),
            expires_at: Some(at("2026-12-10T00:00:00Z")),
            changed_at: None,
        })
    );
    assert_eq!(document.arrears_since, None);
    assert_eq!(
        document.value_added,
        [ServiceGrant {
            id: ServiceId::CLOUD_SEARCH,
            tier: None,
            quantity: 1,
            expires_at: Some(at("2026-12-09T00:00:00Z"))
        }]
    );
    assert_eq!(document.applications[&Feature::PushToAllUsers], at("2026-11-11T00:00:00Z"));
    assert_eq!(document.limits[&LimitId::GroupsPerUser], Max::Of(1200));
    assert_eq!(document.features[&Feature::Community], Support::Supported);
    let usage = document.usage.unwrap();
    assert_eq!(usage.as_of, at("2026-11-20T09:00:00Z"));
    assert_eq!(
        usage.counts.into_iter().collect::<Vec<_>>(),
        [
            (LimitId::NonAvGroups, 10),
            (LimitId::AvGroups, 2),
            (LimitId::NetNewGroupsPerDay, 3),
            (LimitId::FreeMau, 8123)
        ]
    );
    assert_eq!(document.issued_at, at("2026-11-20T10:00:00Z"));
    assert_eq!(document.fresh_for_secs, Some(300));
}

#[test]
fn every_usage_field_of_the_contract_has_its_counter() {
    for (field, limit) in [
        ("mau", LimitId::FreeMau),
        ("dau", LimitId::FreeDau),
        ("peak_groups", LimitId::FreePeakGroups),
        ("non_av_groups", LimitId::NonAvGroups),
        ("av_groups", LimitId::AvGroups),
        ("net_new_groups_today", LimitId::NetNewGroupsPerDay),
        ("max_users", LimitId::MaxUsers),
        ("registered_users", LimitId::MaxUsers),
        ("communities", LimitId::Communities),
        ("push_calls_today", LimitId::PushCallsPerDay),
        ("push_messages", LimitId::PushMessagesPerMonth),
        ("search_stored", LimitId::SearchMessagesStored),
        ("search_requests", LimitId::SearchRequestsPerMonth),
    ] {
        let document = with("/usage", json!({ "as_of": "2026-11-20T09:00:00Z", field: 7 }));
        assert_eq!(parse(&document).unwrap().usage.unwrap().counts[&limit], 7, "{field}");
    }
}

#[test]
fn unlimited_is_null_or_the_word() {
    for value in [Value::Null, json!("unlimited")] {
        let document = parse(&with("/limits/av_groups", value)).unwrap();
        assert_eq!(document.limits[&LimitId::AvGroups], Max::Unlimited);
        assert_eq!(document.findings, []);
    }
}

#[test]
fn what_cannot_be_used_is_reported_where_it_stands_and_the_rest_is_kept() {
    for (pointer, value, field) in [
        ("/catalog", json!("Mars 2030"), "/catalog"),
        ("/edition", json!(""), "/edition"),
        ("/limits/teleports", json!(3), "/limits/teleports"),
        ("/limits/av_groups", json!(-1), "/limits/av_groups"),
        ("/limits/av_groups", json!(1.5), "/limits/av_groups"),
        ("/limits/av_groups", json!(u64::MAX), "/limits/av_groups"),
        ("/limits/av_groups", json!("many"), "/limits/av_groups"),
        ("/limits", json!([1]), "/limits"),
        ("/features/telepathy", json!("supported"), "/features/telepathy"),
        ("/features/community", json!("perhaps"), "/features/community"),
        ("/features/community", json!(true), "/features/community"),
        ("/value_added/0/id", json!("Espresso"), "/value_added/0/id"),
        ("/value_added/0/id", Value::Null, "/value_added/0/id"),
        ("/value_added/0/tier", json!(30), "/value_added/0/tier"),
        ("/value_added/0/quantity", json!(-2), "/value_added/0/quantity"),
        ("/value_added/0/expires_at", json!("soon"), "/value_added/0/expires_at"),
        ("/value_added", json!("none"), "/value_added"),
        ("/applications/0/feature", json!("telepathy"), "/applications/0/feature"),
        ("/applications/0/approved_at", json!("2026-02-30T00:00:00Z"), "/applications/0/approved_at"),
        ("/applications/0/approved_at", Value::Null, "/applications/0/approved_at"),
        ("/arrears_since", json!("yesterday"), "/arrears_since"),
        ("/arrears_since", json!(1_700_000_000), "/arrears_since"),
        ("/subscription/starts_at", json!("long ago"), "/subscription/starts_at"),
        ("/subscription/expires_at", json!("2026-13-01"), "/subscription/expires_at"),
        ("/subscription/changed_at", json!("last week"), "/subscription/changed_at"),
        ("/subscription/expires_at", json!("2026-11-09T23:59:59Z"), "/subscription/expires_at"),
        ("/usage/mau", json!(-5), "/usage/mau"),
        ("/usage/mau", json!(10_u64.pow(18)), "/usage/mau"),
        ("/usage/friends_per_user", json!(5), "/usage/friends_per_user"),
        ("/usage/moods", json!(5), "/usage/moods"),
        ("/usage/as_of", json!("noon"), "/usage/as_of"),
        ("/usage/as_of", Value::Null, "/usage/as_of"),
        ("/usage/as_of", json!("2026-11-20T10:00:01Z"), "/usage/as_of"),
        ("/fresh_for_secs", json!(-1), "/fresh_for_secs"),
        ("/fresh_for_secs", json!(u64::MAX), "/fresh_for_secs"),
        ("/later~/x", json!(1), "/later~0~1x"),
    ] {
        let document = if pointer == "/later~/x" {
            let mut document = sample();
            document["later~/x"] = value;
            document
        } else {
            with(pointer, value)
        };
        assert_eq!(fields(&document), [field], "{pointer}");
        let finding = parse(&document).unwrap().findings.remove(0);
        assert!(!finding.problem.is_empty() && !finding.remedy.is_empty());
        if !pointer.starts_with("/limits") {
            assert_eq!(parse(&document).unwrap().limits[&LimitId::GroupsPerUser], Max::Of(1200), "{pointer}");
        }
    }
}

#[test]
fn an_end_that_cannot_be_read_never_cuts_a_plan_or_service_short() {
    for end in ["soon", "2026-11-09T23:59:59Z"] {
        let plan = parse(&with("/subscription/expires_at", json!(end))).unwrap().subscription.unwrap();
        assert_eq!(plan.expires_at, None);
    }
    let plan = parse(&with("/subscription/starts_at", json!("?"))).unwrap().subscription.unwrap();
    assert_eq!((plan.starts_at, plan.expires_at.is_some()), (at("2026-11-20T10:00:00Z"), true));
    let grant = parse(&with("/value_added/0/expires_at", json!("soon"))).unwrap().value_added.remove(0);
    assert_eq!(grant.expires_at, None);
}

#[test]
fn more_dissolved_than_created_is_no_finding() {
    let document = parse(&with("/usage/net_new_groups_today", json!(-4))).unwrap();
    assert_eq!(document.findings, []);
    assert_eq!(document.usage.unwrap().counts[&LimitId::NetNewGroupsPerDay], 0);
}

#[test]
fn a_document_full_of_novelties_is_reported_in_a_page() {
    let limits: Value = (0..10_000).map(|n| (format!("novelty_{n}"), json!(n))).collect();
    let findings = parse(&with("/limits", limits)).unwrap().findings;
    assert_eq!(findings.len(), 101);
    assert_eq!(findings[100].problem, "9900 more entries could not be used");
}

#[test]
fn what_a_document_cannot_do_without_refuses_it() {
    for field in ["schema", "revision", "sdk_app_id", "catalog", "edition", "issued_at"] {
        let mut document = sample();
        document.as_object_mut().unwrap().remove(field);
        assert_eq!(parse(&document), Err(DocumentError::Missing { field }), "{field}");
        assert_eq!(parse(&with(&format!("/{field}"), Value::Null)), Err(DocumentError::Missing { field }));
        let wrong = parse(&with(&format!("/{field}"), json!([]))).unwrap_err();
        assert!(matches!(wrong, DocumentError::Invalid { field: f, .. } if f == field), "{field}: {wrong}");
    }
    let wrong = parse(&with("/issued_at", json!("today"))).unwrap_err();
    assert!(matches!(wrong, DocumentError::Invalid { field: "issued_at", .. }));
    assert_eq!(parse(&with("/schema", json!(0))), Err(DocumentError::UnknownSchema { found: 0, known: 1 }));
    let newer = parse(&with("/schema", json!(2))).unwrap_err();
    assert_eq!(newer, DocumentError::NewerSchema { found: 2, known: 1 });
    assert!(newer.to_string().contains("update the app"));
    assert_eq!(
        parse(&with("/sdk_app_id", json!(7))),
        Err(DocumentError::WrongApp { expected: APP, found: 7 })
    );
    assert_eq!(parse(&json!([1])), Err(DocumentError::NotAnObject));
}

#[test]
fn only_json_is_read_and_a_signed_document_needs_a_key() {
    let app = app();
    let body = sample().to_string();
    let read = |content_type| parse_document(body.as_bytes(), content_type, app).map(|d| d.revision);
    assert_eq!(read(Some("Application/JSON")), Ok(42));
    assert_eq!(read(None), Err(DocumentError::WrongContentType { found: "(none)".into() }));
    assert_eq!(read(Some("text/html")), Err(DocumentError::WrongContentType { found: "text/html".into() }));
    assert_eq!(read(Some("application/jose")), Err(DocumentError::NoTrustedKey));
    for garbage in [&b""[..], b"{", b"\xff\xfe", b"<html>", &vec![b'['; 100_000]] {
        assert!(matches!(parse_document(garbage, JSON, app), Err(DocumentError::NotJson { .. })));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,80}".prop_map(Value::from),
        Just(json!("2026-11-20T10:00:00Z")),
        Just(json!("cloud_search")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let name = prop_oneof![
            Just("id".to_owned()),
            Just("feature".to_owned()),
            Just("as_of".to_owned()),
            Just("starts_at".to_owned()),
            Just("expires_at".to_owned()),
            Just("groups_per_user".to_owned()),
            ".{0,80}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4)
                .prop_map(|fields| fields.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(body in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse_document(&body, JSON, app());
    }

    #[test]
    fn no_value_anywhere_makes_it_panic_and_optional_parts_never_refuse_the_document(
        part in prop::sample::select(vec![
            "/subscription", "/arrears_since", "/value_added", "/applications", "/limits", "/features", "/usage",
            "/fresh_for_secs", "/value_added/0", "/applications/0", "/usage/mau", "/subscription/starts_at",
            "/novelty",
        ]),
        value in any_json(),
    ) {
        let mut document = sample();
        if let Some(place) = document.pointer_mut(part) {
            *place = value;
        } else {
            document[&part[1..]] = value;
        }
        prop_assert_eq!(parse(&document).map(|document| document.revision), Ok(42));
    }

    #[test]
    fn required_parts_may_refuse_but_never_panic(
        part in prop::sample::select(vec!["schema", "revision", "sdk_app_id", "catalog", "edition", "issued_at"]),
        value in any_json(),
    ) {
        let mut document = sample();
        document[part] = value;
        let _ = parse(&document);
    }
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let body = format!("\u{feff}{}", sample());
    let document = parse_document(body.as_bytes(), JSON, app()).unwrap();
    assert_eq!(document, parse(&sample()).unwrap());
}

#[test]
fn a_doubled_key_is_refused_by_name() {
    for (once, twice, field) in [
        (r#""revision":42"#, r#""revision":42,"revision":41"#, "/revision"),
        (
            r#""groups_per_user":1200"#,
            r#""groups_per_user":1200,"groups_per_user":1200"#,
            "/limits/groups_per_user",
        ),
        (r#""id":"cloud_search""#, r#""id":"cloud_search","id":"desk""#, "/value_added/0/id"),
    ] {
        let body = sample().to_string().replace(once, twice);
        assert!(body.contains(twice), "{body}");
        let error = parse_document(body.as_bytes(), JSON, app()).unwrap_err();
        assert_eq!(error, DocumentError::DoubledKey { field: field.to_owned() });
        assert!(error.to_string().starts_with(field), "{error}");
    }
}

#[test]
fn a_required_number_of_another_type_is_named() {
    for field in ["schema", "revision", "sdk_app_id"] {
        for value in [json!("1"), json!(1.0), json!(-1), json!(true), json!([1])] {
            let error = parse(&with(&format!("/{field}"), value.clone())).unwrap_err();
            assert!(
                matches!(error, DocumentError::Invalid { field: found, .. } if found == field),
                "{value}"
            );
            assert!(error.to_string().starts_with(field), "{error}");
        }
    }
}
