//! Every status and header of the contract, against a mocked endpoint.

use std::time::Duration;

use mockito::{Matcher, Server};
use planguard::client::FetchPolicy;
use planguard::client::{Older, SyncError, SyncOutcome};
use planguard::net::{DocumentError, TransportError};

use super::mocked::{PATH, answer, good, holding, keeps_revision_5};
use super::rig::{APP, Build, Rig, SECRET, document, http_date, image, start, stored};

#[tokio::test]
async fn a_200_is_taken_over_persisted_and_fresh_for_as_long_as_said() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    let mock = good(&mut server, &rig, 1)
        .match_header("authorization", format!("Bearer {SECRET}").as_str())
        .match_header("accept", "application/json")
        .match_header("if-none-match", Matcher::Missing)
        .create_async()
        .await;
    let outcome = rig.fetch().await.unwrap();
    mock.assert_async().await;
    assert!(matches!(&outcome, SyncOutcome::UpdatedTo { document } if document.revision == 1));
    let stored = stored(&rig.store);
    assert_eq!(stored.body, document(1).to_string().into_bytes());
    assert_eq!(stored.etag.as_deref(), Some("\"1\""));
    assert_eq!((stored.fetched_at, stored.fresh_for_secs), (start(), Some(600)));
    rig.clock.advance(Duration::from_secs(539));
    assert_eq!(rig.fresh(), Some(true));
    rig.clock.advance(Duration::from_secs(61));
    assert_eq!(rig.fresh(), Some(false));
}

#[tokio::test]
async fn a_304_confirms_and_freshness_starts_again() {
    let (mut server, rig) = holding().await;
    let mock = answer(&mut server, &rig, 304)
        .match_header("if-none-match", "\"5\"")
        .with_header("cache-control", "max-age=120")
        .create_async()
        .await;
    let outcome = rig.sync(FetchPolicy::FreshOrFetch).await.unwrap();
    mock.assert_async().await;
    assert!(matches!(outcome, SyncOutcome::NotModified { document } if document.revision == 5));
    assert_eq!(rig.fresh(), Some(true));
    let stored = stored(&rig.store);
    assert_eq!(
        (stored.fetched_at, stored.fresh_for_secs),
        (start().plus(Duration::from_secs(300)), Some(120))
    );
}

#[tokio::test]
async fn a_304_without_a_body_at_hand_is_asked_once_more_without_the_etag() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    let first = answer(&mut server, &rig, 304).expect(2).create_async().await;
    let error = rig.fetch().await.unwrap_err();
    first.assert_async().await;
    assert!(matches!(error, SyncError::UnexpectedStatus { status: 304, .. }), "{error}");

    server.reset();
    rig.advance_to(error.retry_at().unwrap());
    let unasked = answer(&mut server, &rig, 304).expect(1).create_async().await;
    let then = good(&mut server, &rig, 1).expect(1).create_async().await;
    // mockito answers with the first mock that is still short of its expected hits.
    rig.fetch().await.unwrap();
    unasked.assert_async().await;
    then.assert_async().await;
    assert_eq!(rig.revision(), Some(1));
}

#[tokio::test]
async fn the_same_document_again_without_etag_is_no_change() {
    let (mut server, rig) = holding().await;
    good(&mut server, &rig, 5).create_async().await;
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
    assert_eq!(rig.fresh(), Some(true));
}

#[tokio::test]
async fn a_401_or_403_stops_until_the_credential_changes_also_after_a_restart() {
    for status in [401, 403] {
        let mut server = Server::new_async().await;
        let build = Build::new(&server.url());
        let rig = build.open().await;
        let refused = answer(&mut server, &rig, status)
            .match_header("authorization", format!("Bearer {SECRET}").as_str())
            .with_header("content-type", "application/problem+json")
            .expect(1)
            .create_async()
            .await;
        let status = u16::try_from(status).unwrap();
        assert_eq!(rig.fetch().await.unwrap_err(), SyncError::CredentialRefused { status: Some(status) });
        rig.clock.advance(Duration::from_secs(3_000));
        assert_eq!(rig.fetch().await.unwrap_err(), SyncError::CredentialRefused { status: None });
        let restarted = build.open().await;
        assert_eq!(restarted.fetch().await.unwrap_err(), SyncError::CredentialRefused { status: None });
        refused.assert_async().await;

        let renewed = build.clone().credential("another").open().await;
        good(&mut server, &renewed, 1).match_header("authorization", "Bearer another").create_async().await;
        renewed.fetch().await.unwrap();
        assert_eq!(image(&rig.store).sync.refused_credential, None);
    }
}

#[tokio::test]
async fn a_404_names_the_app_id_as_what_to_check() {
    let (mut server, rig) = holding().await;
    let problem = answer(&mut server, &rig, 404).with_header("content-type", "application/problem+json");
    problem.create_async().await;
    let error = rig.fetch().await.unwrap_err();
    assert!(matches!(error, SyncError::UnknownApp { .. }));
    assert!(error.to_string().contains("sdk_app_id"));
    keeps_revision_5(&rig);
}

#[tokio::test]
async fn a_404_of_any_other_server_says_that_it_is_no_billing_endpoint() {
    let (mut server, rig) = holding().await;
    answer(&mut server, &rig, 404).with_header("content-type", "text/html").create_async().await;
    let error = rig.fetch().await.unwrap_err();
    assert!(matches!(error, SyncError::NoEndpointThere { .. }));
    let text = error.to_string();
    assert!(text.contains("does not look like a billing endpoint") && !text.contains("sdk_app_id"), "{text}");
    keeps_revision_5(&rig);
}

#[tokio::test]
async fn retry_after_is_honoured_in_both_forms_by_all_and_after_a_restart() {
    for status in [429, 503] {
        for form in ["seconds", "date"] {
            let mut server = Server::new_async().await;
            let build = Build::new(&server.url());
            let rig = build.open().await;
            let until = start().plus(Duration::from_secs(120));
            let value = if form == "date" { http_date(until) } else { "120".to_owned() };
            answer(&mut server, &rig, status).with_header("retry-after", &value).create_async().await;
            let status = u16::try_from(status).unwrap();
            let error = rig.fetch().await.unwrap_err();
            let retry_at = error.retry_at().unwrap();
            assert_eq!(error, SyncError::Busy { status, retry_at }, "{form}");
            // At least as long as asked for, and up to a tenth longer.
            assert!((120_000..132_000).contains(&retry_at.since(start()).as_millis()), "{form} {retry_at}");

            server.reset();
            let quiet = server.mock("GET", PATH).expect(0).create_async().await;
            rig.clock.advance(Duration::from_secs(119));
            for rig in [&rig, &build.open().await] {
                for policy in
                    [FetchPolicy::Fetch, FetchPolicy::FreshOrFetch, FetchPolicy::StaleWhileRevalidate]
                {
                    let error = rig.sync(policy).await.unwrap_err();
                    assert_eq!(error, SyncError::NotYet { retry_at }, "{form} {policy:?}");
                }
            }
            quiet.assert_async().await;

            server.reset();
            rig.advance_to(retry_at);
            good(&mut server, &rig, 1).create_async().await;
            build.open().await.fetch().await.unwrap();
            assert_eq!(image(&rig.store).sync, planguard::store::SyncState::default());
        }
    }
}

#[tokio::test]
async fn retry_after_is_capped_at_an_hour() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    answer(&mut server, &rig, 503).with_header("retry-after", "31536000").create_async().await;
    let wait = rig.fetch().await.unwrap_err().retry_at().unwrap().since(start());
    assert!((3_600..3_960).contains(&wait.as_secs()), "{wait:?}");
}

#[tokio::test]
async fn a_5xx_backs_off_longer_each_time_and_keeps_the_copy() {
    for status in [500, 502, 504] {
        let (mut server, rig) = holding().await;
        for (low, high) in [(2_500, 5_000), (5_000, 10_000), (10_000, 20_000)] {
            server.reset();
            answer(&mut server, &rig, status).create_async().await;
            let retry_at = rig.fetch().await.unwrap_err().retry_at().unwrap();
            let wait = retry_at.since(rig.wall()).as_millis();
            assert!((low..=high).contains(&wait), "{wait} ms");
            keeps_revision_5(&rig);
            rig.advance_to(retry_at);
        }
        server.reset();
        good(&mut server, &rig, 6).create_async().await;
        rig.fetch().await.unwrap();
        assert_eq!(rig.revision(), Some(6));
        assert_eq!(image(&rig.store).sync.failures, 0);
    }
}

#[tokio::test]
async fn a_redirect_is_followed_within_the_origin_three_times_and_the_credential_goes_nowhere_else() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    answer(&mut server, &rig, 307).with_header("location", "/a").create_async().await;
    let hop = format!("{}/b", server.url());
    server.mock("GET", "/a").with_status(301).with_header("location", &hop).create_async().await;
    let target = server
        .mock("GET", "/b")
        .match_header("authorization", format!("Bearer {SECRET}").as_str())
        .with_header("content-type", "application/json")
        .with_header("date", &rig.date())
        .with_body(document(1).to_string())
        .create_async()
        .await;
    rig.fetch().await.unwrap();
    target.assert_async().await;
    assert_eq!(rig.revision(), Some(1));

    let (mut server, rig) = holding().await;
    let mut other = Server::new_async().await;
    let lured = other.mock("GET", Matcher::Any).expect(0).create_async().await;
    answer(&mut server, &rig, 302)
        .with_header("location", &format!("{}/x?token=y", other.url()))
        .create_async()
        .await;
    let error = rig.fetch().await.unwrap_err();
    assert!(matches!(&error, SyncError::Redirected { to, .. } if *to == other.url()), "{error}");
    lured.assert_async().await;
    keeps_revision_5(&rig);

    let (mut server, rig) = holding().await;
    let circle = answer(&mut server, &rig, 308).with_header("location", PATH).expect(4).create_async().await;
    let error = rig.fetch().await.unwrap_err();
    assert!(matches!(error, SyncError::Redirected { .. }), "{error}");
    circle.assert_async().await;
    keeps_revision_5(&rig);
}

#[tokio::test]
async fn what_is_no_document_of_this_app_is_refused_and_the_copy_kept() {
    let json = "application/json";
    let with = |field: &str, value: serde_json::Value| {
        let mut document = document(6);
        document[field] = value;
        document.to_string()
    };
    for (content_type, body, why) in [
        ("text/html", document(6).to_string(), DocumentError::WrongContentType { found: "text/html".into() }),
        ("application/jose", document(6).to_string(), DocumentError::NoTrustedKey),
        (json, with("sdk_app_id", 7.into()), DocumentError::WrongApp { expected: APP, found: 7 }),
        (json, with("schema", 2.into()), DocumentError::NewerSchema { found: 2, known: 1 }),
        (json, with("edition", serde_json::Value::Null), DocumentError::Missing { field: "edition" }),
        (json, "[]".into(), DocumentError::NotAnObject),
    ] {
        let (mut server, rig) = holding().await;
        answer(&mut server, &rig, 200)
            .with_header("content-type", content_type)
            .with_body(body)
            .create_async()
            .await;
        let error = rig.fetch().await.unwrap_err();
        assert!(matches!(&error, SyncError::BadDocument { why: found, .. } if *found == why), "{error}");
        assert!(error.retry_at().unwrap() > rig.wall());
        keeps_revision_5(&rig);
    }
    for body in ["", "<html>", "{\"schema\":1,"] {
        let (mut server, rig) = holding().await;
        answer(&mut server, &rig, 200).with_header("content-type", json).with_body(body).create_async().await;
        let error = rig.fetch().await.unwrap_err();
        assert!(
            matches!(&error, SyncError::BadDocument { why: DocumentError::NotJson { .. }, .. }),
            "{error}"
        );
        keeps_revision_5(&rig);
    }
}

#[tokio::test]
async fn a_body_over_1_mib_is_refused_and_one_of_1_mib_is_not() {
    let (mut server, rig) = holding().await;
    let mut body = document(6).to_string();
    body.push_str(&" ".repeat(1024 * 1024 - body.len()));
    good(&mut server, &rig, 6).with_body(&body).create_async().await;
    rig.fetch().await.unwrap();
    assert_eq!(rig.revision(), Some(6));

    let (mut server, rig) = holding().await;
    body.push(' ');
    good(&mut server, &rig, 6).with_body(&body).create_async().await;
    let error = rig.fetch().await.unwrap_err();
    assert!(matches!(error, SyncError::TooLarge { limit: 1_048_576, .. }), "{error}");
    keeps_revision_5(&rig);
}

#[tokio::test]
async fn an_older_revision_or_issue_is_refused_as_a_replay() {
    let (mut server, rig) = holding().await;
    good(&mut server, &rig, 4).create_async().await;
    let error = rig.fetch().await.unwrap_err();
    let what = Older::Revision { held: 5, found: 4 };
    assert!(matches!(error, SyncError::Older { what: found, .. } if found == what), "{error}");
    assert!(error.to_string().starts_with("revision: 4"), "{error}");
    keeps_revision_5(&rig);

    let (mut server, rig) = holding().await;
    let mut body = document(6);
    body["issued_at"] = document(4)["issued_at"].clone();
    good(&mut server, &rig, 6).with_body(body.to_string()).create_async().await;
    let error = rig.fetch().await.unwrap_err();
    let issued = |minutes: u64| start().plus(Duration::from_secs(60 * minutes));
    let what = Older::IssuedAt { held: issued(5), found: issued(4) };
    assert!(matches!(error, SyncError::Older { what: found, .. } if found == what), "{error}");
    assert!(error.to_string().starts_with("issued_at: 2026-11-20T10:04"), "{error}");
    keeps_revision_5(&rig);
}

#[tokio::test]
async fn a_status_that_the_contract_does_not_have_is_named() {
    for status in [204, 206, 400, 410, 418] {
        let (mut server, rig) = holding().await;
        answer(&mut server, &rig, status).create_async().await;
        let error = rig.fetch().await.unwrap_err();
        assert!(
            matches!(error, SyncError::UnexpectedStatus { status: found, .. } if usize::from(found) == status),
            "{error}"
        );
        keeps_revision_5(&rig);
    }
}

#[tokio::test]
async fn nothing_listening_is_unreachable_and_a_fetch_on_purpose_may_try_at_once() {
    let (_server, rig) = holding().await;
    let gone =
        Build { store: rig.store.clone(), clock: rig.clock.clone(), ..Build::new("http://127.0.0.1:1") };
    let rig = gone.open().await;
    let error = rig.sync(FetchPolicy::FreshOrFetch).await.unwrap_err();
    assert!(matches!(&error, SyncError::Unreachable { why: TransportError::Unreachable(_), .. }), "{error}");
    let retry_at = error.retry_at().unwrap();
    assert_eq!(rig.sync(FetchPolicy::FreshOrFetch).await.unwrap_err(), SyncError::NotYet { retry_at });
    assert!(matches!(rig.fetch().await.unwrap_err(), SyncError::Unreachable { .. }));
    keeps_revision_5(&rig);
}
