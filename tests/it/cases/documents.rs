//! Documents and bills as real servers write them: what is wrong in them is named, and nothing good is lost for it.

use planguard::client::FetchPolicy;
use planguard::decide::bill::BillRequest;
use planguard::store::MemoryStore;
use planguard::time::Clock as _;
use planguard::{EditionId, Lifecycle, Planguard};
use serde_json::{Value, json};
use support::{HOUR, MINUTE, clock, local};

use crate::cases::rig::{Wire, body, but, dated, doc, header, ok, online, status};

/// What a guard that holds Premium says of a second document with that text.
async fn after(text: impl Fn(&Value) -> String) -> (Planguard, Result<(), String>) {
    let (clock, wire) = (clock(), Wire::default());
    let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
    wire.then(ok(&doc(1, "premium", clock.now()), clock.now()));
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    clock.advance(MINUTE);
    let text = text(&doc(2, "standard", clock.now()));
    wire.then(dated(body(200, "application/json", text), clock.now()));
    let answer = guard.sync(FetchPolicy::Fetch).await;
    (guard, answer.map(|_| ()).map_err(|error| error.to_string()))
}

#[test]
fn a_member_given_twice_is_refused_by_name() {
    local(async {
        for (member, again) in [("edition", "\"edition\":\"pro\""), ("revision", "\"revision\":3")] {
            let (guard, answer) =
                after(|good| good.to_string().replacen('{', &format!("{{{again},"), 1)).await;
            let error = answer.unwrap_err();
            assert!(error.contains(member), "{error}");
            assert_eq!(guard.entitlements().edition, Some(EditionId::PREMIUM));
        }
    });
}

#[test]
fn a_number_written_as_text_is_read_or_named_and_the_plan_stays() {
    local(async {
        for (member, value) in [
            ("revision", json!("2")),
            ("revision", json!(2.0)),
            ("revision", json!(-1)),
            ("sdk_app_id", json!("1400000001")),
        ] {
            let (guard, answer) = after(|good| but(good.clone(), member, value.clone()).to_string()).await;
            let edition = guard.entitlements().edition;
            match answer {
                Ok(()) => assert_eq!(edition, Some(EditionId::STANDARD), "{member}"),
                Err(error) => {
                    assert!(error.contains(member), "{error}");
                    assert_eq!(edition, Some(EditionId::PREMIUM), "{member}");
                }
            }
        }
    });
}

#[test]
fn an_edition_that_is_misspelt_takes_nothing_away() {
    local(async {
        let renamed = |good: &Value| {
            let mut document = good.clone();
            document.as_object_mut().unwrap().remove("edition");
            but(document, "Edition", json!("Standard")).to_string()
        };
        let (guard, _) = after(renamed).await;
        assert_eq!(guard.entitlements().edition, Some(EditionId::PREMIUM));
        for edition in [json!("Standart"), json!(7), json!("")] {
            let (guard, answer) =
                after(|good| but(good.clone(), "edition", edition.clone()).to_string()).await;
            assert_eq!(guard.entitlements().edition, Some(EditionId::PREMIUM), "{edition}");
            assert!(answer.is_err() || !guard.entitlements().findings.is_empty(), "{edition}");
        }
    });
}

#[test]
fn days_without_a_time_do_not_make_a_plan_endless_in_silence() {
    local(async {
        let days = json!({ "starts_at": "2024-08-01", "expires_at": "2024-08-31" });
        let (guard, answer) = after(|good| but(good.clone(), "subscription", days.clone()).to_string()).await;
        let entitlements = guard.entitlements();
        assert!(answer.is_err() || !entitlements.findings.is_empty(), "{answer:?}");
        assert_eq!(guard.lifecycle(), Lifecycle::Unknown);
    });
}

#[test]
fn an_empty_list_where_a_map_belongs_is_an_empty_map_or_a_finding() {
    local(async {
        let written = |good: &Value| {
            let document = but(but(good.clone(), "limits", json!([])), "features", json!([]));
            but(document, "applications", json!([])).to_string()
        };
        let (guard, answer) = after(written).await;
        answer.unwrap();
        assert_eq!(guard.entitlements().edition, Some(EditionId::STANDARD));
    });
}

#[test]
fn what_a_bill_does_not_know_is_not_billed_as_zero() {
    for usage in [json!({ "mau": null }), json!(null)] {
        let request = json!({
            "catalog": "intl-2024", "edition": "standard", "month": "2024-08", "usage": usage,
            "plan": { "starts_at": "2024-08-01T00:00:00Z" }
        });
        let read = BillRequest::from_json(&request.to_string());
        match read {
            Err(error) => assert!(error.to_string().contains("usage"), "{error}"),
            Ok(request) => {
                let bill = planguard::decide::bill::bill(&request).unwrap();
                assert!(!bill.assumptions.is_empty(), "{usage}");
            }
        }
    }
}

#[test]
fn a_doubled_member_of_a_bill_is_refused_by_name() {
    let text = r#"{"catalog":"intl-2024","edition":"standard","month":"2024-08","usage":{"mau":1,"mau":2}}"#;
    let error = BillRequest::from_json(text).unwrap_err().to_string();
    assert!(error.contains("mau"), "{error}");
}

#[test]
fn whatever_the_second_document_is_the_first_stays_or_gives_way_whole() {
    local(async {
        let shapes: [&str; 14] = [
            "",
            "null",
            "[]",
            "{}",
            "\"standard\"",
            "{\"schema\":1}",
            "{\"schema\":1,\"revision\":2,",
            "\u{0}\u{0}",
            "<html></html>",
            "{\"schema\":2,\"revision\":2}",
            "NaN",
            "{\"revision\":1e400}",
            "{\"schema\":1,\"revision\":2,\"sdk_app_id\":1400000001}",
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        ];
        for shape in shapes {
            let (guard, answer) = after(|_| shape.to_owned()).await;
            answer.unwrap_err();
            let entitlements = guard.entitlements();
            assert_eq!(
                (entitlements.revision(), entitlements.edition),
                (1, Some(EditionId::PREMIUM)),
                "{shape}"
            );
        }
    });
}

#[test]
fn a_price_list_that_its_endpoint_puts_off_for_ever_is_asked_for_again() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        let now = clock.now();
        let of = |revision, now| but(doc(revision, "silver", now), "catalog", json!("our-contract"));
        wire.then(ok(&of(1, now), now));
        wire.then(header(status(503), "retry-after", "99999999999999999999"));
        let _ = guard.sync(FetchPolicy::Fetch).await;
        let asked = wire.asked();
        clock.advance(HOUR);
        let now = clock.now();
        wire.then(ok(&of(2, now), now));
        let _ = guard.sync(FetchPolicy::Fetch).await;
        assert_eq!(wire.asked(), asked + 2, "the list is asked for again some day");
    });
}
