//! Any bytes as a signed document, and any header and content that the trusted key did sign.
//!
//! A line break sets a header apart from a content: both are signed, so that what comes after the signature's check is
//! reached. What has none is taken as it came.
#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use libfuzzer_sys::fuzz_target;
use planguard::net::{DocumentError, DocumentVerifier as _, SignedDocuments, TrustedKeys};
use serde_json::Value;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[7; 32]));

static VERIFIER: LazyLock<SignedDocuments> = LazyLock::new(|| {
    let given = [("now".to_owned(), KEY.verifying_key().to_bytes().to_vec())];
    SignedDocuments::new(TrustedKeys::read(&given).expect("the key is one"), Some("app".to_owned()))
});

fn open(jws: &[u8]) -> Result<Vec<u8>, DocumentError> {
    VERIFIER.open(jws, Some("application/jose")).map(std::borrow::Cow::into_owned)
}

/// What was accepted, looked at once more by rules of its own.
fn check(jws: &[u8], content: &[u8]) {
    let text = std::str::from_utf8(jws).expect("a compact form is ASCII");
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("{} parts were accepted", parts.len()) };
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("an accepted part is base64url");
    let signature = Signature::from_slice(&part(signature)).expect("a signature has 64 bytes");
    let signed = format!("{header}.{payload}");
    KEY.verifying_key().verify_strict(signed.as_bytes(), &signature).expect("the signature holds");
    assert_eq!(part(payload), content, "what was given is what was signed");
    let header: Value = serde_json::from_slice(&part(header)).expect("an accepted header is JSON");
    assert_eq!(header["alg"], "EdDSA");
    for never in ["crit", "b64", "jwk", "jku", "x5c", "x5u"] {
        assert!(header.get(never).is_none(), "{never} was accepted");
    }
    assert!(header.get("kid").is_none_or(|kid| kid == "now"), "another key's name was accepted");
    let named = |aud: &Value| aud == "app" || aud.as_array().is_some_and(|all| all.contains(&"app".into()));
    assert!(header.get("aud").is_some_and(named), "a document for somebody else was accepted");
}

fuzz_target!(|input: &[u8]| {
    let Some(at) = input.iter().position(|byte| *byte == b'\n') else {
        match open(input) {
            Ok(content) => check(input, &content),
            Err(why) => assert!(why.to_string().len() < 2_000, "{} bytes of error", why.to_string().len()),
        }
        return;
    };
    let (header, payload) = (&input[..at], &input[at + 1..]);
    let mut jws = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = KEY.sign(jws.as_bytes());
    jws.push('.');
    jws.push_str(&URL_SAFE_NO_PAD.encode(signature.to_bytes()));
    let Ok(content) = open(jws.as_bytes()) else { return };
    check(jws.as_bytes(), &content);
    // A bit that was changed on the way, wherever it is.
    let mut changed = jws.into_bytes();
    let at = content.iter().fold(usize::from(header[0]), |sum, byte| sum * 31 % 65_521 + usize::from(*byte));
    let place = at % changed.len();
    changed[place] ^= 1 << (at / changed.len() % 8);
    assert!(open(&changed).is_err(), "byte {place} was changed, and the document was accepted");
});
