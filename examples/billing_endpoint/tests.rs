//! What `--check` says of documents, and what is said at the start.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use planguard_endpoint_faults::{Clock, DEFAULT_APP, default_document};
use serde_json::{Value, json};

use crate::check::{Checked, check};
use crate::{report, welcome};

async fn checked(bytes: impl AsRef<[u8]>) -> Checked {
    check(bytes.as_ref(), None).await.unwrap()
}

fn sample() -> Value {
    default_document(DEFAULT_APP, Clock::system().now())
}

#[tokio::test]
async fn the_sample_document_raises_no_finding() {
    let checked = checked(sample().to_string()).await;
    assert_eq!(checked.findings, [""; 0]);
    assert_eq!(checked.read.as_deref(), Some("app 1400000001, intl-2024 standard, revision 42"));
}

#[tokio::test]
async fn every_finding_is_named_with_its_remedy() {
    let mut document = sample();
    document["sdk_app_id"] = 1_400_000_002_u64.into();
    document["limits"]["teleports"] = 3.into();
    document["features"]["community"] = "perhaps".into();
    document["edition"] = "pro".into();
    let checked = checked(document.to_string()).await;
    assert!(checked.read.unwrap().starts_with("app 1400000002, "));
    for field in ["/limits/teleports: ", "/features/community: ", "/edition: "] {
        let finding = checked.findings.iter().find(|finding| finding.starts_with(field));
        assert!(finding.is_some_and(|finding| finding.contains("; ")), "{field}: {:?}", checked.findings);
    }
}

#[tokio::test]
async fn what_an_app_would_refuse_is_refused_with_the_reason() {
    let twice = sample().to_string().replacen('{', "{\"revision\":1,", 1);
    for (document, said) in [
        (json!({ "a": 1 }).to_string(), "schema"),
        ("{".to_owned(), "JSON"),
        ("[]".to_owned(), "not a JSON object"),
        (twice, "revision: given twice"),
    ] {
        let checked = checked(&document).await;
        assert!(checked.read.is_none(), "{document}");
        assert!(checked.findings[0].starts_with("refused: "), "{:?}", checked.findings);
        assert!(checked.findings[0].contains(said), "{document}: {:?}", checked.findings);
    }
    // Another app's document is what a 404 is for; here it is the app that decides.
    let other = check(sample().to_string().as_bytes(), Some(1_400_000_009)).await.unwrap();
    assert!(other.findings[0].contains("1400000009"), "{:?}", other.findings);
    // A byte order mark is none.
    assert_eq!(checked(format!("\u{feff}{}", sample())).await.findings, [""; 0]);
}

/// As an endpoint serves it, with a signature that nobody made.
fn signed(header: &Value, content: &str) -> String {
    let text = [header.to_string().as_bytes(), content.as_bytes(), &[7; 64]]
        .map(|part| URL_SAFE_NO_PAD.encode(part));
    text.join(".")
}

#[tokio::test]
async fn a_signed_document_is_checked_and_not_said_to_be_verified() {
    let header = json!({ "alg": "EdDSA", "kid": "2026-11", "aud": "production" });
    let mut document = sample();
    document["limits"]["teleports"] = 3.into();
    let named = checked(signed(&header, &document.to_string())).await;
    assert_eq!(named.read.as_deref(), Some("app 1400000001, intl-2024 standard, revision 42"));
    assert!(named.findings[0].starts_with("/limits/teleports: "), "{:?}", named.findings);
    let said = report("my.jws", &named);
    assert!(said.contains("the key `2026-11` signed it for `production`"), "{said}");
    assert!(said.contains("this did not"), "{said}");
    // A file ends in a line; and whoever wrote a header writes no lines of ours.
    let odd =
        checked(format!("{}\n", signed(&json!({ "kid": "a\nno findings" }), &sample().to_string()))).await;
    assert_eq!(report("my.jws", &odd).lines().count(), 3);
    // What is refused within is refused.
    let empty = checked(signed(&header, "{}")).await;
    assert!(empty.read.is_none() && empty.findings[0].starts_with("refused: "), "{:?}", empty.findings);
    // What only looks like it is JSON that is none.
    assert!(checked("a.b.c").await.findings[0].contains("JSON"));
}

#[test]
fn the_start_says_for_which_app_how_to_break_it_and_how_to_stop() {
    let text = welcome("http://127.0.0.1:8080", 1_400_000_001, true);
    assert!(text.starts_with("http://127.0.0.1:8080 serves app 1400000001 until Ctrl-C\n"), "{text}");
    for said in [
        "GET  http://127.0.0.1:8080/v1/apps/1400000001/entitlements",
        "Authorization: Bearer",
        "curl -X PUT http://127.0.0.1:8080/_faults",
        "curl -X DELETE http://127.0.0.1:8080/_faults",
    ] {
        assert!(text.contains(said), "{said} in\n{text}");
    }
    assert!(!welcome("http://127.0.0.1:8080", 1_400_000_001, false).contains("Bearer"));
}

#[tokio::test]
async fn the_readme_quotes_what_is_printed() {
    let mut document = sample();
    document["revision"] = 3.into();
    document["edition"] = "pro".into();
    document["limits"]["teleports"] = 1.into();
    document["x"] = 1.into();
    let printed = report("my.json", &checked(document.to_string()).await);
    let quoted = crate::readme::quoted("cargo run --example billing_endpoint -- --check my.json");
    assert_eq!(quoted, printed.lines().collect::<Vec<_>>());
    assert!(report("my.json", &checked(sample().to_string()).await).ends_with("\nno findings\n"));
}
