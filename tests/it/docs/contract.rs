//! The contract says one thing in all its places, and its sample is one that an app takes as it stands.

use planguard::decide::entitle::resolve;
use planguard::net::parse_document;
use serde_json::Value;
use support::root;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

fn contract() -> Value {
    serde_saphyr::from_str(&read("docs/openapi.yaml")).unwrap()
}

#[test]
fn the_contracts_example_raises_no_finding() {
    let contract = contract();
    let example = contract
        .pointer("/paths/~1v1~1apps~1{sdk_app_id}~1entitlements/get/responses/200/content/application~1json/examples")
        .and_then(|examples| examples.pointer("/standard/value"))
        .unwrap();
    let app = planguard::SdkAppId::new(example["sdk_app_id"].as_u64().unwrap()).unwrap();
    let document = parse_document(example.to_string().as_bytes(), Some("application/json"), app).unwrap();
    let resolved = resolve(
        &document,
        &planguard::catalog::Catalogs::default(),
        document.issued_at,
        document.issued_at,
        None,
    );
    assert_eq!(resolved.findings, []);
    // It would show here: an approval that the edition has no use for.
    let mut bad = example.clone();
    bad["features"] = serde_json::json!({});
    let document = parse_document(bad.to_string().as_bytes(), Some("application/json"), app).unwrap();
    let resolved = resolve(
        &document,
        &planguard::catalog::Catalogs::default(),
        document.issued_at,
        document.issued_at,
        None,
    );
    assert_eq!(resolved.findings[0].field, "/applications (push_to_all_users)");
}

#[test]
fn the_contract_says_of_redirects_what_the_guard_does() {
    // `sync::statuses` shows it: three within the origin, and none elsewhere.
    assert!(read("src/client/endpoint/link.rs").contains("const MAX_REDIRECTS: usize = 3;"));
    let contract = contract();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let info = words(contract["info"]["description"].as_str().unwrap());
    let answer =
        words(contract.pointer("/components/responses/Redirect/description").unwrap().as_str().unwrap());
    for said in [&info, &answer] {
        assert!(said.contains("three times at most") && said.contains("own origin"), "{said}");
    }
    for said in
        words(&contract.to_string()).split(". ").filter(|said| said.to_lowercase().contains("redirect"))
    {
        assert!(!said.contains("not followed") && !said.contains("never followed"), "{said}");
    }
}
