//! Trusted keys: the forms in which an engineer has them at hand, and what is refused of them.

use planguard::net::TrustedKeys;
use planguard::{OpenError, Planguard};
use planguard_endpoint_faults::SigningKey;
use support::app;

/// The public key of RFC 8037, appendix A.
const KEY: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const BYTES: [u8; 32] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e,
    0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];

fn read(key: impl AsRef<[u8]>) -> Result<(), String> {
    let given = [("2026".to_owned(), key.as_ref().to_vec())];
    TrustedKeys::read(&given).map(|_| ()).map_err(|why| format!("{}; {}", why.problem, why.remedy))
}

#[test]
fn a_key_is_read_in_every_form_that_tools_give() {
    read(BYTES).unwrap();
    read(KEY).unwrap();
    read(format!(" {KEY}\n")).unwrap();
    // With the other alphabet and padding.
    read("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").unwrap();
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{KEY}","kid":"2026","use":"sig"}}"#);
    read(jwk).unwrap();
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    read(pem).unwrap();
    read(pem.replace('\n', "\r\n")).unwrap();
    // The inside of such a file.
    read("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").unwrap();
    read(SigningKey::generate("2026").unwrap().public_jwk().to_string()).unwrap();
}

#[test]
fn a_key_that_cannot_be_used_says_why() {
    let refused = |key: &str, why: &str| {
        let error = read(key).unwrap_err();
        assert!(error.contains("`2026`") && error.contains(why), "{key}: {error}");
    };
    refused("", "0 bytes instead of 32");
    refused("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMl", "24 bytes instead of 32");
    refused("nothing like a key!", "none of the forms");
    refused("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "no single PUBLIC KEY");
    refused("{", "cannot be read");
    refused(r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, "another kind");
    refused(&format!(r#"{{"kty":"OKP","crv":"X25519","x":"{KEY}"}}"#), "another kind");
    refused(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{KEY}","kid":"2027"}}"#), "another kid");
    refused(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{KEY}","x":"{KEY}"}}"#), "twice");
    // The neutral element: everybody's signature is one of it.
    refused("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "anybody can sign");
    assert!(read([0xff; 31]).unwrap_err().contains("31 bytes"));
}

#[test]
fn a_private_key_is_refused_as_what_it_is_and_never_shown() {
    let secret = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    for private in [
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{KEY}","d":"{secret}"}}"#),
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----"
            .to_owned(),
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g".to_owned(),
    ] {
        let error = read(private).unwrap_err();
        assert!(error.contains("private half") && !error.contains("nWGxne") && !error.contains("MC4C"), "{error}");
    }
}

#[test]
fn names_of_keys_are_told_apart() {
    let keys = |names: &[&str]| {
        let given: Vec<_> = names.iter().map(|name| ((*name).to_owned(), KEY.as_bytes().to_vec())).collect();
        TrustedKeys::read(&given).map(|_| ()).map_err(|why| why.problem)
    };
    keys(&["a", "b", "密钥"]).unwrap();
    assert_eq!(keys(&["a", "b", "a"]).unwrap_err(), "two keys have the name `a`");
    assert!(keys(&[""]).unwrap_err().contains("no name"));
    assert!(keys(&[&"x".repeat(129)]).unwrap_err().contains("no name"));
    assert!(keys(&["a\nb"]).unwrap_err().contains("no name"));
    let many: Vec<String> = (0..9).map(|n| n.to_string()).collect();
    assert_eq!(keys(&many.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_err(), "9 keys");
}

#[tokio::test]
async fn settings_of_signing_are_checked_when_a_guard_opens() {
    let setting = async |builder: planguard::Builder| match builder.open().await {
        Err(OpenError::Setting { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let builder = || Planguard::builder(app());
    let signed = || builder().trusted_key("2026", KEY);
    assert_eq!(setting(builder().trusted_key("2026", "no key")).await, "trusted_keys");
    assert_eq!(setting(builder().audience("app")).await, "audience");
    assert_eq!(setting(signed().audience("")).await, "audience");
    assert_eq!(setting(signed().max_document_age(std::time::Duration::ZERO)).await, "max_document_age");
    signed().audience("app").open().await.unwrap();
}
