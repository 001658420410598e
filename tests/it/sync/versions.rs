//! Which document replaces which: revisions, dates, contents, and mistakes that would lose something.

use std::time::Duration;

use mockito::{Server, ServerGuard};
use planguard::Timestamp;
use planguard::client::{Older, SyncError, SyncOutcome};
use planguard::net::DocumentError;
use serde_json::{Value, json};

use super::mocked::{dated, good, holding, keeps_revision_5};
use super::rig::{Rig, document, start, stored};
use super::scripted::{self, scripted};

fn minutes(minutes: u64) -> Timestamp {
    start().plus(Duration::from_secs(60 * minutes))
}

/// The held document of `holding` with some members replaced.
fn held_but(members: &Value) -> Value {
    let mut document = document(5);
    for (name, value) in members.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

async fn serve(server: &mut ServerGuard, rig: &Rig, body: &Value) {
    server.reset();
    good(server, rig, 5).with_body(body.to_string()).create_async().await;
}

#[tokio::test]
async fn the_same_revision_with_another_date_and_equal_content_is_confirmed() {
    for seconds in [-2, 0, 2] {
        let (mut server, rig) = holding().await;
        let issued_at = Timestamp::from_millis(minutes(5).as_millis() + seconds * 1_000);
        serve(&mut server, &rig, &held_but(&json!({ "issued_at": issued_at }))).await;
        let outcome = rig.fetch().await.unwrap();
        assert!(matches!(outcome, SyncOutcome::NotModified { .. }), "{seconds}: {outcome:?}");
        assert_eq!(rig.fresh(), Some(true), "{seconds}");
    }
}

#[tokio::test]
async fn usage_that_differs_between_replicas_is_no_older_document() {
    let (mut server, rig) = holding().await;
    let older = json!({ "issued_at": minutes(4), "usage": { "as_of": minutes(3), "mau": 7 } });
    serve(&mut server, &rig, &held_but(&older)).await;
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
}

#[tokio::test]
async fn other_content_under_the_same_revision_and_date_is_refused() {
    let (mut server, rig) = holding().await;
    serve(&mut server, &rig, &held_but(&json!({ "edition": "premium" }))).await;
    let error = rig.fetch().await.unwrap_err();
    let why = DocumentError::Conflict { revision: 5 };
    assert!(matches!(&error, SyncError::BadDocument { why: found, .. } if *found == why), "{error}");
    keeps_revision_5(&rig);

    // Dated later, it is a newer state of the same revision.
    rig.advance_to(error.retry_at().unwrap());
    serve(
        &mut server,
        &rig,
        &held_but(&json!({ "edition": "premium", "issued_at": minutes(5).plus(Duration::from_secs(1)) })),
    )
    .await;
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::UpdatedTo { .. }));
}

#[tokio::test]
async fn a_document_dated_beyond_its_answer_is_refused_and_later_true_ones_are_taken() {
    for ahead in [Duration::from_secs(3_600), Duration::from_secs(3_650 * 86_400)] {
        let (mut server, rig) = holding().await;
        let mut body = document(6);
        body["issued_at"] = json!(rig.wall().plus(ahead));
        serve(&mut server, &rig, &body).await;
        let error = rig.fetch().await.unwrap_err();
        assert!(
            matches!(&error, SyncError::BadDocument { why: DocumentError::IssuedAhead { .. }, .. }),
            "{error}"
        );
        assert!(error.to_string().starts_with("issued_at:"), "{error}");
        keeps_revision_5(&rig);

        rig.advance_to(error.retry_at().unwrap());
        serve(&mut server, &rig, &document(6)).await;
        rig.fetch().await.unwrap();
        assert_eq!(rig.revision(), Some(6));
    }
}

#[tokio::test]
async fn a_document_taken_without_a_date_and_dated_ahead_binds_nothing() {
    let (_, build) = scripted(
        |n| {
            let mut ahead = document(1);
            ahead["issued_at"] = "2036-01-01T00:00:00Z".into();
            scripted::json(&if n == 1 { document(2) } else { ahead })
        },
        Duration::ZERO,
    );
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    rig.fetch().await.unwrap();
    assert_eq!(rig.revision(), Some(2));
    // The revision still binds.
    let error = rig.fetch().await.unwrap_err();
    let what = Older::Revision { held: 2, found: 1 };
    assert!(matches!(error, SyncError::Older { what: found, .. } if found == what), "{error}");
}

#[tokio::test]
async fn a_mistake_that_would_lose_a_section_leaves_the_held_copy() {
    let full = json!({
        "subscription": { "starts_at": "2026-11-10T00:00:00Z", "expires_at": "2026-12-10T00:00:00Z" },
        "features": { "community": "supported" },
        "value_added": [{ "id": "cloud_search" }],
        "applications": [{ "feature": "push_to_all_users", "approved_at": "2026-11-11T00:00:00Z" }],
    });
    let without = |name: &str, members: Value| {
        let mut next = held_but(&full);
        next["revision"] = 6.into();
        next.as_object_mut().unwrap().remove(name);
        next.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        next
    };
    for (field, next) in [
        ("edition", without("edition", json!({ "edition": "premiun" }))),
        ("catalog", without("catalog", json!({ "catalog": "intl-2024 " }))),
        ("subscription", without("subscription", json!({ "Subscription": full["subscription"] }))),
        ("subscription", without("subscription", json!({ "subscription": "2026-12-10" }))),
        ("value_added", without("value_added", json!({ "valueAdded": full["value_added"] }))),
        ("value_added", without("value_added", json!({ "value_added": [{ "id": "cloud-search" }] }))),
        ("applications", without("applications", json!({ "applications": {} }))),
        ("limits", without("limits", json!({ "limits": { "groups": 1 } }))),
        ("features", without("features", json!({ "FEATURES": {} }))),
    ] {
        let mut server = Server::new_async().await;
        let rig = Rig::at(&server.url()).await;
        serve(&mut server, &rig, &held_but(&full)).await;
        rig.fetch().await.unwrap();
        serve(&mut server, &rig, &next).await;
        let error = rig.fetch().await.unwrap_err();
        assert!(
            matches!(&error, SyncError::BadDocument { why: DocumentError::Loses { field: found, .. }, .. }
                if *found == field),
            "{field}: {error}"
        );
        assert!(error.to_string().starts_with(field), "{error}");
        assert_eq!(stored(&rig.store).revision, 5, "{field}");
    }
}

#[tokio::test]
async fn what_is_left_out_on_purpose_or_was_never_held_is_no_loss() {
    let (mut server, rig) = holding().await;
    let mut next = document(6);
    next.as_object_mut().unwrap().remove("limits");
    serve(&mut server, &rig, &next).await;
    rig.fetch().await.unwrap();
    assert_eq!(rig.revision(), Some(6));

    // A first document with an edition that this version does not know is better than none.
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    let mut first = document(1);
    first["edition"] = "enterprise".into();
    dated(&mut server, 1, &rig.date()).with_body(first.to_string()).create_async().await;
    let outcome = rig.fetch().await.unwrap();
    let document = outcome.document().unwrap();
    assert_eq!((document.edition, document.findings.len()), ("enterprise".parse().ok(), 0));
}
