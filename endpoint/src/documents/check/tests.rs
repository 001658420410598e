//! Each thing that can be wrong is found, with its field and a remedy.

use serde_json::{Value, json};

use super::{Finding, document};

const APP: u64 = 1_400_000_001;

fn good() -> Value {
    json!({
        "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2026-11-10T10:00:00Z", "expires_at": "2026-12-10T10:00:00Z" },
        "value_added": [{ "id": "cloud_search", "quantity": 1, "expires_at": "2026-12-10T10:00:00Z" }],
        "limits": { "groups_per_user": 1200 }, "features": { "community": "supported" }, "fresh_for_secs": 300
    })
}

fn check(text: &str) -> Vec<Finding> {
    document(text.as_bytes(), APP, &[], "2026-11-20T10:00:00Z".parse().unwrap())
}

#[test]
fn nothing_is_wrong_with_a_good_one() {
    assert_eq!(check(&good().to_string()), []);
    let mut whole = good();
    whole["schema"] = 1.into();
    whole["sdk_app_id"] = APP.into();
    whole["revision"] = 7.into();
    assert_eq!(check(&whole.to_string()), []);
}

#[test]
fn each_mistake_is_found_at_its_field() {
    let cases: [(&str, Value); 18] = [
        ("/usage", json!({ "as_of": "2026-11-20T10:00:00Z", "mau": 1 })),
        ("/issued_at", "2026-11-20T10:00:00Z".into()),
        ("/accounts", json!({ "key_id": "k1", "key": "A".repeat(43) })),
        ("/sdk_app_id", 7.into()),
        ("/revision", "seven".into()),
        ("/revision", (-1).into()),
        ("/revision", 4_000_000_000_000_001_u64.into()),
        ("/catalog", "intl-2025".into()),
        ("/edition", "gold".into()),
        ("/subscription/expires_at", "2026-11-09T10:00:00Z".into()),
        ("/subscription/starts_at", "yesterday".into()),
        ("/arrears_since", "yesterday".into()),
        ("/value_added/0/id", "teleporter".into()),
        ("/value_added/0/quantity", "two".into()),
        ("/limits/teleports", 3.into()),
        ("/limits/groups_per_user", "many".into()),
        ("/features/community", "perhaps".into()),
        ("/fresh_for_secs", "often".into()),
    ];
    for (field, value) in cases {
        let mut wrong = good();
        let (parent, name) = field.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[name] = value;
        let findings = check(&wrong.to_string());
        assert!(!findings.is_empty(), "{field}: nothing found");
        let near = |finding: &Finding| finding.field == field || finding.to_string().contains(name);
        assert!(findings.iter().any(near), "{field}: {findings:?}");
        assert!(findings.iter().all(|finding| !finding.problem.is_empty() && !finding.remedy.is_empty()));
    }
}

#[test]
fn whatever_the_reader_drops_without_a_word_is_found() {
    let service = |quantity: u32| json!({ "id": "cloud_search", "quantity": quantity });
    let approved = |at: &str| json!({ "feature": "push_to_all_users", "approved_at": at });
    for (member, value, dropped) in [
        ("value_added", json!([service(0)]), "/value_added/0"),
        ("value_added", json!([service(1), service(0), service(2)]), "/value_added/1"),
        ("subscription", json!({ "changed_at": "2026-11-10T10:00:00Z" }), "/subscription"),
        (
            "applications",
            json!([approved("2026-11-10T10:00:00Z"), approved("2026-11-11T10:00:00Z")]),
            "/applications/0",
        ),
    ] {
        let mut document = good();
        document["features"] = json!({ "push_to_all_users": "on_application" });
        document[member] = value;
        let findings = check(&document.to_string());
        let fields: Vec<_> = findings.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, [dropped], "{findings:?}");
        assert!(findings[0].is_passed_over() && findings[0].to_string().contains("not in what apps read"));
    }
}

#[test]
fn what_is_read_is_found_in_whatever_way_it_is_written() {
    let mut document = good();
    document["subscription"] = json!({ "starts_at": "2026-11-10T18:00:00+08:00", "expires_at": "2026-12-10T10:00:00.000Z", "changed_at": null });
    document["arrears_since"] = Value::Null;
    document["limits"] = json!({ "groups_per_user": null, "av_groups": "unlimited", "friends_per_user": 0 });
    document["features"] = json!({ "push_to_all_users": "on_application" });
    document["applications"] =
        json!([{ "feature": "push_to_all_users", "approved_at": "2026-11-10T10:00:00Z" }]);
    document["value_added"] =
        json!([{ "id": "cloud_search" }, { "id": "cloud_search", "quantity": 2, "tier": null }]);
    assert_eq!(check(&document.to_string()), []);
    // One finding for one mistake.
    document["limits"]["teleports"] = 3.into();
    document["value_added"][0]["id"] = 7.into();
    let fields: Vec<_> = check(&document.to_string()).into_iter().map(|one| one.field).collect();
    assert_eq!(fields, ["/limits/teleports", "/value_added/0/id"]);
}

#[test]
fn what_is_no_document_is_said_to_be_none() {
    for (text, says) in [
        ("", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "catalog"),
        ("{\"catalog\": \"intl-2024\", \"catalog\": \"intl-2022\", \"edition\": \"pro\"}", "catalog"),
    ] {
        let findings = check(text);
        assert!(findings.iter().any(|finding| finding.to_string().contains(says)), "{text}: {findings:?}");
    }
}
