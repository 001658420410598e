//! Signed documents: what is believed, and every way in which one is not.

use std::sync::LazyLock;

use planguard::net::{
    DocumentError, DocumentVerifier as _, SignatureError, SignedDocuments, TrustedKeys, read_document,
};
use planguard_endpoint_faults::{Signing, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{APP, app};

const JOSE: Option<&str> = Some("application/jose");

static OLD: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed("old", &[1; 32]).unwrap());
static NEW: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed("new", &[2; 32]).unwrap());

fn document() -> Vec<u8> {
    json!({
        "schema": 1, "revision": 42, "sdk_app_id": APP, "catalog": "intl-2024", "edition": "standard",
        "limits": { "groups_per_user": 1200 }, "issued_at": "2026-11-20T10:00:00Z"
    })
    .to_string()
    .into_bytes()
}

fn trusting(keys: &[&SigningKey]) -> SignedDocuments {
    for_audience(keys, None)
}

fn for_audience(keys: &[&SigningKey], audience: Option<&str>) -> SignedDocuments {
    let given: Vec<_> =
        keys.iter().map(|key| (key.kid().to_owned(), key.public_key().into_bytes())).collect();
    SignedDocuments::new(TrustedKeys::read(&given).unwrap(), audience.map(str::to_owned))
}

fn opened(jws: &str) -> Result<Vec<u8>, DocumentError> {
    trusting(&[&OLD, &NEW]).open(jws.as_bytes(), JOSE).map(std::borrow::Cow::into_owned)
}

/// What is said of a text that is signed as it should be but for its header.
fn header(text: &str) -> SignatureError {
    refusal(&OLD.sign_with(text, &document()))
}

fn refusal(jws: &str) -> SignatureError {
    match opened(jws) {
        Err(DocumentError::Signature(why)) => why,
        other => panic!("{jws}: {other:?}"),
    }
}

fn plain() -> String {
    Signing::with(OLD.clone()).sign(&document()).unwrap()
}

#[test]
fn what_the_endpoint_signs_is_read_as_if_it_were_not_signed() {
    let verifier = trusting(&[&NEW, &OLD]);
    let jws = plain();
    assert_eq!(&*verifier.open(jws.as_bytes(), JOSE).unwrap(), document());
    let content_type = Some("Application/JOSE; charset=us-ascii");
    assert_eq!(read_document(&verifier, jws.as_bytes(), content_type, app()).unwrap().revision, 42);
    assert_eq!(verifier.accept(), "application/jose");
}

#[test]
fn the_example_of_rfc_8037_is_verified() {
    let jws = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhij\
               cNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let given = [("rfc".to_owned(), b"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_vec())];
    let verifier = SignedDocuments::new(TrustedKeys::read(&given).unwrap(), None);
    assert_eq!(&*verifier.open(jws.as_bytes(), JOSE).unwrap(), b"Example of Ed25519 signing");
}

#[test]
fn a_key_is_found_by_its_kid_and_every_trusted_one_is_tried_without() {
    for key in [&OLD, &NEW] {
        opened(&Signing::with((*key).clone()).sign(&document()).unwrap()).unwrap();
        opened(&key.sign_with(r#"{"alg":"EdDSA"}"#, &document())).unwrap();
    }
    let other = SigningKey::from_seed("2027", &[3; 32]).unwrap();
    let unknown = refusal(&Signing::with(other.clone()).sign(&document()).unwrap());
    assert_eq!(unknown, SignatureError::UnknownKey { kid: "2027".to_owned(), known: "old, new".to_owned() });
    assert!(unknown.to_string().contains("update the app"), "{unknown}");
    // A trusted name with another key behind it, the other trusted key's signature, and no name at all.
    assert_eq!(
        refusal(&other.sign_with(r#"{"alg":"EdDSA","kid":"old"}"#, b"{}")),
        SignatureError::NotVerified
    );
    assert_eq!(refusal(&NEW.sign_with(r#"{"alg":"EdDSA","kid":"old"}"#, b"{}")), SignatureError::NotVerified);
    assert_eq!(refusal(&other.sign_with(r#"{"alg":"EdDSA"}"#, b"{}")), SignatureError::NotVerified);
}

#[test]
fn no_algorithm_but_one_is_accepted() {
    for found in ["none", "None", "HS256", "ES256", "RS256", "EdDSA ", "eddsa", "Ed25519", "ES256K", ""] {
        let said = header(&json!({ "alg": found, "kid": "old" }).to_string());
        assert_eq!(said, SignatureError::Algorithm { found: found.to_owned() });
    }
    assert_eq!(header(r#"{"kid":"old"}"#), SignatureError::Algorithm { found: "(none)".to_owned() });
    for bad in ["null", "1", r#"["EdDSA"]"#] {
        let said = header(&format!(r#"{{"alg":{bad}}}"#));
        assert!(matches!(said, SignatureError::Algorithm { .. }), "{said:?}");
    }
    // The public key as the secret of a MAC, and nothing as a signature.
    let none = plain().replace(plain().split('.').next().unwrap(), "eyJhbGciOiJub25lIn0");
    assert_eq!(refusal(&none), SignatureError::Algorithm { found: "none".to_owned() });
    let unsigned = format!("{}.", none.rsplit_once('.').unwrap().0);
    assert_eq!(refusal(&unsigned), SignatureError::Algorithm { found: "none".to_owned() });
}

#[test]
fn what_would_change_the_reading_is_refused() {
    for (field, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(["alg"])),
        ("b64", json!(false)),
        ("b64", json!(true)),
    ] {
        let mut head = json!({ "alg": "EdDSA", "kid": "old" });
        head[field] = value;
        assert_eq!(header(&head.to_string()), SignatureError::Extension { field });
    }
    let both = header(r#"{"alg":"EdDSA","b64":false,"crit":["b64"]}"#);
    assert_eq!(both, SignatureError::Extension { field: "crit" });
}

#[test]
fn a_key_that_comes_with_the_text_is_never_used() {
    let attacker = SigningKey::from_seed("attacker", &[9; 32]).unwrap();
    for (field, value) in [
        ("jwk", attacker.public_jwk()),
        ("jku", json!("https://attacker.example/keys")),
        ("x5u", json!("https://attacker.example/cert")),
        ("x5c", json!(["MIIB"])),
    ] {
        for signer in [&attacker, &*OLD] {
            let mut head = json!({ "alg": "EdDSA" });
            head[field] = value.clone();
            let said = refusal(&signer.sign_with(&head.to_string(), &document()));
            assert_eq!(said, SignatureError::EmbeddedKey { field });
        }
    }
}

#[test]
fn types_are_checked_where_they_are_said() {
    for (typ, cty) in
        [("JOSE", "json"), ("jwt", "application/json"), ("application/JOSE", "JSON"), ("JWT", "json")]
    {
        let head = json!({ "alg": "EdDSA", "typ": typ, "cty": cty }).to_string();
        opened(&OLD.sign_with(&head, &document())).unwrap();
    }
    for (field, value) in
        [("typ", json!("at+jwt")), ("typ", json!("JOSE+JSON")), ("typ", json!(1)), ("cty", json!("JWT"))]
    {
        let mut head = json!({ "alg": "EdDSA" });
        head[field] = value;
        let said = header(&head.to_string());
        assert!(matches!(said, SignatureError::WrongType { field: found, .. } if found == field), "{said:?}");
    }
}

#[test]
fn an_audience_binds_both_sides() {
    let head = |aud: Value| json!({ "alg": "EdDSA", "kid": "old", "aud": aud }).to_string();
    let open = |configured: Option<&str>, jws: &str| {
        for_audience(&[&OLD], configured).open(jws.as_bytes(), JOSE).map(|_| ())
    };
    let wrong = |found: &str, wanted: &str| {
        Err(DocumentError::Signature(SignatureError::WrongAudience {
            found: found.to_owned(),
            wanted: wanted.to_owned(),
        }))
    };
    let one = OLD.sign_with(&head(json!("production")), &document());
    let two = OLD.sign_with(&head(json!(["staging", "production"])), &document());
    assert_eq!(open(Some("production"), &one), Ok(()));
    assert_eq!(open(Some("production"), &two), Ok(()));
    assert_eq!(open(Some("test"), &two), wrong("staging, production", "test"));
    assert_eq!(open(None, &one), wrong("production", "(none)"));
    assert_eq!(open(Some("production"), &plain()), wrong("(none)", "production"));
    let many = json!(vec!["x"; 17]);
    for bad in [json!(1), json!([]), json!(["a", 1]), Value::Null, many] {
        let said = open(Some("production"), &OLD.sign_with(&head(bad.clone()), &document()));
        let Err(DocumentError::Signature(SignatureError::Malformed { part, .. })) = &said else {
            panic!("{bad}: {said:?}")
        };
        assert_eq!(*part, "header");
    }
}

#[test]
fn a_text_that_is_not_three_parts_is_none() {
    let jws = plain();
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let (head, payload) = signed.split_once('.').unwrap();
    let json_form = json!({ "protected": head, "payload": payload, "signature": signature }).to_string();
    for bad in [
        String::new(),
        head.to_owned(),
        signed.to_owned(),
        format!("{jws}."),
        format!("{jws}.{signature}"),
        format!("{jws}.."),
        json_form,
        ".".repeat(1_000),
    ] {
        assert_eq!(refusal(&bad), SignatureError::NotCompact, "{bad}");
    }
}

#[test]
fn base64url_has_one_form() {
    let jws = plain();
    let parts: Vec<&str> = jws.split('.').collect();
    let names = ["header", "payload", "signature"];
    for (at, part) in parts.iter().enumerate() {
        for spoil in [
            |part: &str| format!("{part}="),
            |part: &str| format!("{part}\n"),
            |part: &str| format!(" {part}"),
            |part: &str| format!("{part}\0"),
            |part: &str| format!("\u{feff}{part}"),
            |part: &str| format!("{}+{}", &part[..4], &part[5..]),
        ] {
            let spoilt = spoil(part);
            let all: Vec<&str> = (0..3).map(|n| if n == at { &*spoilt } else { parts[n] }).collect();
            let said = refusal(&all.join("."));
            // What is signed is not looked at before its signature was checked.
            let expected = if at == 1 {
                said == SignatureError::NotVerified
            } else {
                matches!(&said, SignatureError::Malformed { part, .. } if *part == names[at])
            };
            assert!(expected, "{at}: {said:?}");
        }
    }
    // A payload that its signer padded.
    let padded = {
        let head = OLD.sign_with(r#"{"alg":"EdDSA"}"#, b"");
        let head = head.split('.').next().unwrap().to_owned();
        format!("{head}.e30=")
    };
    assert!(matches!(refusal(&format!("{padded}.{}", parts[2])), SignatureError::NotVerified));
    // The last character of 64 bytes has four bits that mean nothing.
    let (rest, last) = jws.split_at(jws.len() - 1);
    for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
        if !last.starts_with(other) {
            let said = refusal(&format!("{rest}{other}"));
            assert!(
                matches!(said, SignatureError::Malformed { .. } | SignatureError::NotVerified),
                "{said:?}"
            );
        }
    }
}

#[test]
fn a_header_is_an_object_without_doubled_keys_and_not_large() {
    for (text, word) in [
        (r#"{"alg":"none","alg":"EdDSA"}"#, "/alg"),
        (r#"{"alg":"EdDSA","kid":"x","kid":"old"}"#, "/kid"),
        (r#"{"alg":"EdDSA","x":{"a":1,"a":1}}"#, "/x/a"),
        (r#"{"alg":"EdDSA"} {}"#, "trailing"),
        (r#"["EdDSA"]"#, "not a JSON object"),
        ("", "EOF"),
        ("\u{feff}{\"alg\":\"EdDSA\"}", "byte order mark"),
        (r#"{"alg":"EdDSA","kid":1}"#, "kid is not a text"),
        (r#"{"alg":"EdDSA","kid":null}"#, "kid is not a text"),
    ] {
        let said = header(text);
        assert!(
            matches!(&said, SignatureError::Malformed { part: "header", problem } if problem.contains(word)),
            "{said:?}"
        );
    }
    let huge = format!(r#"{{"alg":"EdDSA","x":"{}"}}"#, "x".repeat(2_000));
    assert_eq!(header(&huge), SignatureError::TooLarge { part: "header", limit: 2_048 });
    let deep = format!(r#"{{"alg":"EdDSA","x":{}}}"#, "[".repeat(1_000));
    assert!(matches!(header(&deep), SignatureError::Malformed { part: "header", .. }));
    // An unknown member is passed over.
    opened(&OLD.sign_with(r#"{"alg":"EdDSA","iat":1,"x5t":"AA"}"#, &document())).unwrap();
    let long = OLD.sign_with(r#"{"alg":"EdDSA"}"#, &vec![b' '; 800_000]);
    assert_eq!(refusal(&long), SignatureError::TooLarge { part: "signed document", limit: 1024 * 1024 });
}

#[test]
fn a_signature_has_sixty_four_bytes() {
    let jws = plain();
    let signed = jws.rsplit_once('.').unwrap().0;
    for (signature, bytes) in [("", 0), ("AAAA", 3)] {
        let said = refusal(&format!("{signed}.{signature}"));
        let problem = format!("{bytes} bytes instead of 64");
        assert_eq!(said, SignatureError::Malformed { part: "signature", problem });
    }
    let long = format!("{jws}AAAA");
    assert!(matches!(refusal(&long), SignatureError::Malformed { part: "signature", .. }));
}

#[test]
fn an_unsigned_document_is_refused_with_the_remedy_and_other_types_as_before() {
    let verifier = trusting(&[&OLD]);
    let unsigned = verifier.open(&document(), Some("application/json")).unwrap_err();
    assert_eq!(unsigned, DocumentError::Unsigned);
    assert!(unsigned.to_string().contains("have the endpoint sign it"), "{unsigned}");
    for other in [None, Some("text/html"), Some("application/jose+json"), Some("application/jwt")] {
        let said = verifier.open(plain().as_bytes(), other).unwrap_err();
        assert!(matches!(said, DocumentError::WrongContentType { .. }), "{said:?}");
    }
    assert!(matches!(
        verifier.open(&document(), JOSE),
        Err(DocumentError::Signature(SignatureError::NotCompact))
    ));
}

#[test]
fn the_content_is_judged_as_ever_once_it_is_believed() {
    let verifier = trusting(&[&OLD]);
    let read = |content: &str| {
        let jws = OLD.sign_with(r#"{"alg":"EdDSA"}"#, content.as_bytes());
        read_document(&verifier, jws.as_bytes(), JOSE, app()).unwrap_err()
    };
    assert_eq!(read(r#"{"schema":1,"schema":1}"#), DocumentError::DoubledKey { field: "/schema".to_owned() });
    assert!(matches!(read("{} {}"), DocumentError::NotJson { .. }));
    assert!(matches!(read(""), DocumentError::NotJson { .. }));
    let other = String::from_utf8(document()).unwrap().replace(&APP.to_string(), "14");
    assert_eq!(read(&other), DocumentError::WrongApp { expected: APP, found: 14 });
}

#[test]
fn every_flipped_bit_of_a_signed_document_is_refused() {
    let verifier = trusting(&[&OLD, &NEW]);
    let jws = plain().into_bytes();
    for at in 0..jws.len() {
        for bit in 0..8 {
            let mut flipped = jws.clone();
            flipped[at] ^= 1 << bit;
            let said = verifier.open(&flipped, JOSE);
            assert!(matches!(said, Err(DocumentError::Signature(_))), "bit {bit} of byte {at}: {said:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_verifier_panic_or_believe(body in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(trusting(&[&OLD]).open(&body, JOSE).is_err());
    }

    #[test]
    fn no_text_of_its_own_characters_is_believed(body in "[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{86}") {
        prop_assert!(trusting(&[&OLD]).open(body.as_bytes(), JOSE).is_err());
    }

    #[test]
    fn what_is_cut_inserted_or_doubled_is_refused(at in 0_usize..400, length in 1_usize..50, cut: bool) {
        let jws = plain().into_bytes();
        let at = at % jws.len();
        let end = (at + length).min(jws.len());
        let mut changed = jws.clone();
        if cut {
            changed.drain(at..end);
        } else {
            let again = jws[at..end].to_vec();
            changed.splice(at..at, again);
        }
        prop_assert!(trusting(&[&OLD]).open(&changed, JOSE).is_err());
    }
}
