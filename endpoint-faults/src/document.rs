//! Entitlement documents: the default one, and revisions.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

/// The app of the default document.
pub const DEFAULT_APP: u64 = 1_400_000_001;

/// The sample document of the contract, ten days into its plan at `now`: 2024 Standard with Cloud Search,
/// an approved application, an overridden limit, a feature and the usage known an hour ago.
pub fn default_document(app_id: u64, now: Timestamp) -> Value {
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let starts_at = now.checked_sub(240.hours()).unwrap_or(now);
    let expires_at = starts_at
        .to_zoned(TimeZone::UTC)
        .checked_add(1.month())
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp());
    let as_of = now.checked_sub(1.hour()).unwrap_or(now);
    let [now, starts_at, expires_at, as_of] = [now, starts_at, expires_at, as_of].map(|at| at.to_string());
    json!({
        "schema": 1,
        "revision": 42,
        "sdk_app_id": app_id,
        "catalog": "intl-2024",
        "edition": "standard",
        "subscription": { "starts_at": starts_at, "expires_at": expires_at },
        "arrears_since": null,
        "value_added": [
            { "id": "cloud_search", "tier": null, "quantity": 1, "expires_at": expires_at }
        ],
        "applications": [ { "feature": "push_to_all_users", "approved_at": starts_at } ],
        "limits": { "groups_per_user": 1200 },
        "features": { "community": "supported", "push_to_all_users": "on_application" },
        "usage": {
            "as_of": as_of, "mau": 8123, "non_av_groups": 10, "av_groups": 2, "net_new_groups_today": 3
        },
        "issued_at": now,
        "fresh_for_secs": 300
    })
}

/// Why a document cannot be served for an app.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is an array, a string or another scalar.
    #[error("document: not a JSON object; send the entitlements of one app")]
    NotAnObject,
    /// It names another app than the one it is for, or none where none is given.
    #[error("sdk_app_id: {found} in a document for app {app_id}; give both the same number")]
    OtherApp {
        /// The app the document was to be served for.
        app_id: u64,
        /// What the document says.
        found: Value,
    },
    /// No document is held for the app.
    #[error("app {0}: no document is held for it; set one first")]
    UnknownApp(u64),
    /// Zero is no app.
    #[error("sdk_app_id: missing, or not a number above 0")]
    NoApp,
}

/// Members without which no app takes a document, by the contract.
const REQUIRED: [&str; 6] = ["schema", "revision", "sdk_app_id", "catalog", "edition", "issued_at"];

/// What an app would miss in a document. Served all the same, since a bad document is a thing to test with; what else is
/// wrong with it is for an app to say.
pub(crate) fn missing(document: &Value) -> Vec<String> {
    let absent = REQUIRED.iter().filter(|member| document.get(**member).is_none());
    absent.map(|member| format!("{member}: missing, and required; every app refuses the document")).collect()
}

/// Makes `document` the successor of `revision`: a higher revision, issued now, for this app.
pub(crate) fn succeed(
    document: &mut Value,
    app_id: u64,
    revision: u64,
    now: Timestamp,
) -> Result<u64, DocumentError> {
    let fields = document.as_object_mut().ok_or(DocumentError::NotAnObject)?;
    let found = fields.entry("sdk_app_id").or_insert_with(|| app_id.into());
    if found.as_u64() != Some(app_id) {
        return Err(DocumentError::OtherApp { app_id, found: found.clone() });
    }
    let given = fields.get("revision").and_then(Value::as_u64).unwrap_or(0);
    let next = given.max(revision.saturating_add(1));
    fields.insert("revision".into(), next.into());
    fields.insert("issued_at".into(), now.to_string().into());
    Ok(next)
}

/// An older document than `document`, for an app whose history has only one: one revision and one hour back.
pub(crate) fn precede(document: &Value) -> Value {
    let mut older = document.clone();
    if let Some(revision) = document["revision"].as_u64() {
        older["revision"] = revision.saturating_sub(1).into();
    }
    let issued: Option<Timestamp> = document["issued_at"].as_str().and_then(|at| at.parse().ok());
    if let Some(before) = issued.and_then(|at| at.checked_sub(1.hour()).ok()) {
        older["issued_at"] = before.to_string().into();
    }
    older
}
