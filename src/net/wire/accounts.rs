//! The key under which devices and endpoint name users alike.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::read::Reader;
use crate::model::AccountKey;

const REMEDY: &str = "accounts are not named to the endpoint; send key_id (1 to 16 of a-z, 0-9, _ and -) and key \
                      (32 bytes as base64url without padding)";

/// Reads `accounts`. No finding repeats a word of it: whatever stands there may be the key in a wrong place.
pub(super) fn read(reader: &mut Reader, value: Option<&Value>) -> Option<AccountKey> {
    let fields = reader.object("/accounts", value)?;
    let text = |reader: &mut Reader, field: &str, name: &str| {
        let text = fields.get(name).and_then(Value::as_str);
        if text.is_none() {
            let problem = if fields.contains_key(name) { "not a text" } else { "missing" };
            reader.note(field, problem, REMEDY);
        }
        text
    };
    let id = text(reader, "/accounts/key_id", "key_id");
    let key = text(reader, "/accounts/key", "key");
    if fields.keys().any(|name| !matches!(name.as_str(), "key_id" | "key")) {
        reader.note(
            "/accounts",
            "it has members that are not known to this version of planguard",
            "they are left out; update the app, or check the spelling",
        );
    }
    let (id, key) = (id?, key?);
    let Some(bytes) = URL_SAFE_NO_PAD.decode(key).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
    else {
        reader.note("/accounts/key", "not 32 bytes as base64url", REMEDY);
        return None;
    };
    let key = AccountKey::new(id, bytes);
    if key.is_none() {
        reader.note("/accounts/key_id", "not a name of a key", REMEDY);
    }
    key
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{SdkAppId, UserId};

    const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

    fn read_one(value: &Value) -> (Option<AccountKey>, Vec<(String, String)>) {
        let mut reader = Reader::default();
        let key = read(&mut reader, Some(value));
        let findings = reader.into_findings().into_iter();
        (key, findings.map(|finding| (finding.field, finding.problem)).collect())
    }

    #[test]
    fn a_key_is_read() {
        let (key, findings) = read_one(&json!({ "key_id": "k1", "key": KEY }));
        assert_eq!(findings, []);
        let account =
            key.unwrap().account(SdkAppId::new(1_400_000_001).unwrap(), &UserId::new("ada").unwrap());
        assert_eq!(account.to_string(), "k1:1adfd8e9b65b5cb19ccdbea3a49104ad");
        assert_eq!(read_one(&Value::Null), (None, vec![]));
    }

    #[test]
    fn a_bad_section_is_a_finding_that_repeats_nothing_of_it() {
        let padded = format!("{KEY}=");
        for (section, field) in [
            (json!(KEY), "/accounts"),
            (json!([KEY]), "/accounts"),
            (json!({ "key_id": "k1" }), "/accounts/key"),
            (json!({ "key": KEY }), "/accounts/key_id"),
            (json!({ "key_id": "k1", "key": null }), "/accounts/key"),
            (json!({ "key_id": 1, "key": KEY }), "/accounts/key_id"),
            (json!({ "key_id": KEY, "key": KEY }), "/accounts/key_id"),
            (json!({ "key_id": "K1", "key": KEY }), "/accounts/key_id"),
            (json!({ "key_id": "k1", "key": &KEY[..42] }), "/accounts/key"),
            (json!({ "key_id": "k1", "key": format!("{KEY}BwcH") }), "/accounts/key"),
            (json!({ "key_id": "k1", "key": padded }), "/accounts/key"),
            (json!({ "key_id": "k1", "key": KEY.replace('c', "+") }), "/accounts/key"),
        ] {
            let (key, findings) = read_one(&section);
            assert_eq!(key, None, "{section}");
            assert_eq!(
                findings.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
                [field],
                "{section}"
            );
            assert!(!format!("{findings:?}").contains("BwcH"), "{findings:?}");
        }
    }

    #[test]
    fn members_of_a_later_version_are_left_out() {
        let (key, findings) = read_one(&json!({ "key_id": "k1", "key": KEY, KEY: 1 }));
        assert!(key.is_some());
        assert_eq!(findings.len(), 1);
        assert!(!format!("{findings:?}").contains(KEY), "{findings:?}");
    }
}
