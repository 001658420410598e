//! The entitlements document on the wire: from the bytes of an answer to a checked document.
//!
//! Two tiers. What the document cannot do without (`schema`, `revision`, `sdk_app_id`, `catalog`, `edition`,
//! `issued_at`) refuses it as a whole, so that the last good copy stays. Everything else is read leniently: an
//! entry that cannot be used is left out and reported as a [`Finding`](crate::model::Finding), because a newer
//! endpoint may say more than an older SDK understands. The bytes as received are kept by the store, so nothing
//! is lost: after an update of the app the same bytes may yield more.

mod accounts;
mod catalog;
mod entries;
mod error;
mod read;
mod subscription;
mod usage;
mod verifier;

pub(crate) use catalog::read_catalog;
pub use error::DocumentError;
pub(super) use verifier::media_type;
pub use verifier::{DocumentVerifier, SignedDocuments, UnsignedDocuments};
pub(crate) use verifier::{JOSE, JSON};

use serde_json::{Map, Value};

use super::caching::MAX_FRESH_SECS;
use crate::model::json::{self, BadJson};
use crate::model::{AccountKey, EntitlementsDocument, IdError, SdkAppId, Timestamp};
use read::Reader;

/// The version of the document's shape that this planguard reads.
pub const SCHEMA: u64 = 1;

const TOP_LEVEL: &[&str] = &[
    "schema",
    "revision",
    "sdk_app_id",
    "catalog",
    "edition",
    "subscription",
    "arrears_since",
    "value_added",
    "applications",
    "limits",
    "features",
    "usage",
    "accounts",
    "issued_at",
    "fresh_for_secs",
];

/// Reads an unsigned document of `expected_app`.
///
/// ```
/// use planguard::limits::Max;
/// use planguard::sync::parse_document;
/// use planguard::{LimitId, SdkAppId};
/// let body = br#"{"schema":1,"revision":7,"sdk_app_id":1400000001,"catalog":"intl-2024","edition":"standard",
///   "limits":{"groups_per_user":1200,"av_groups":null,"teleports":3},"issued_at":"2024-08-01T00:00:00Z"}"#;
/// let document = parse_document(body, Some("application/json"), SdkAppId::new(1_400_000_001)?)?;
/// assert_eq!(document.limits[&LimitId::GroupsPerUser], Max::Of(1200));
/// assert_eq!(document.limits[&LimitId::AvGroups], Max::Unlimited);
/// assert_eq!(document.findings[0].field, "/limits/teleports");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse_document(
    body: &[u8],
    content_type: Option<&str>,
    expected_app: SdkAppId,
) -> Result<EntitlementsDocument, DocumentError> {
    read_document(&UnsignedDocuments, body, content_type, expected_app)
}

/// Reads a document of `expected_app` that `verifier` accepts.
pub fn read_document(
    verifier: &dyn DocumentVerifier,
    body: &[u8],
    content_type: Option<&str>,
    expected_app: SdkAppId,
) -> Result<EntitlementsDocument, DocumentError> {
    read_whole(verifier, body, content_type, expected_app).map(|whole| whole.document)
}

/// A document, and the secret that came with it: which is no part of what apps can look at.
pub(crate) struct WholeDocument {
    pub(crate) document: EntitlementsDocument,
    /// The key of its section `accounts`.
    pub(crate) accounts: Option<AccountKey>,
}

/// As [`read_document`], with the secret.
pub(crate) fn read_whole(
    verifier: &dyn DocumentVerifier,
    body: &[u8],
    content_type: Option<&str>,
    expected_app: SdkAppId,
) -> Result<WholeDocument, DocumentError> {
    let text = verifier.open(body, content_type)?;
    let value = json::parse(&text).map_err(|error| match error {
        BadJson::Syntax(why) => DocumentError::NotJson { why },
        BadJson::DoubledKey(field) => DocumentError::DoubledKey { field },
    })?;
    let Value::Object(fields) = value else {
        return Err(DocumentError::NotAnObject);
    };
    check_schema(&fields)?;
    let app = required_u64(&fields, "sdk_app_id")?;
    if app != expected_app.get() {
        return Err(DocumentError::WrongApp { expected: expected_app.get(), found: app });
    }
    let revision = required_u64(&fields, "revision")?;
    let issued_at = required_text(&fields, "issued_at")?
        .parse::<Timestamp>()
        .map_err(|error| DocumentError::Invalid { field: "issued_at", problem: error.to_string() })?;
    let mut reader = Reader::default();
    let catalog = name(&mut reader, &fields, "catalog")?;
    let edition = name(&mut reader, &fields, "edition")?;
    let subscription = subscription::read(&mut reader, fields.get("subscription"), issued_at);
    let arrears_since = reader.instant(
        "/arrears_since",
        fields.get("arrears_since"),
        "the app counts as not in arrears; send an RFC 3339 instant or null",
    );
    let value_added = entries::value_added(&mut reader, fields.get("value_added"));
    let applications = entries::applications(&mut reader, fields.get("applications"));
    let limits = entries::limits(&mut reader, fields.get("limits"));
    let features = entries::features(&mut reader, fields.get("features"));
    let usage = usage::read(&mut reader, fields.get("usage"), issued_at);
    let accounts = accounts::read(&mut reader, fields.get("accounts"));
    let fresh_for_secs = reader.number(
        "/fresh_for_secs",
        fields.get("fresh_for_secs"),
        MAX_FRESH_SECS,
        "Cache-Control or the default decides; send whole seconds, at most 31 days",
    );
    reader.unknown_fields("", &fields, TOP_LEVEL);
    let document = EntitlementsDocument {
        revision,
        sdk_app_id: expected_app,
        catalog,
        edition,
        subscription,
        arrears_since,
        value_added,
        applications,
        limits,
        features,
        usage,
        issued_at,
        fresh_for_secs,
        findings: reader.into_findings(),
    };
    Ok(WholeDocument { document, accounts })
}

fn check_schema(fields: &Map<String, Value>) -> Result<(), DocumentError> {
    match required_u64(fields, "schema")? {
        SCHEMA => Ok(()),
        found if found > SCHEMA => Err(DocumentError::NewerSchema { found, known: SCHEMA }),
        found => Err(DocumentError::UnknownSchema { found, known: SCHEMA }),
    }
}

fn required<'a>(fields: &'a Map<String, Value>, field: &'static str) -> Result<&'a Value, DocumentError> {
    match fields.get(field) {
        None | Some(Value::Null) => Err(DocumentError::Missing { field }),
        Some(value) => Ok(value),
    }
}

fn required_u64(fields: &Map<String, Value>, field: &'static str) -> Result<u64, DocumentError> {
    required(fields, field)?.as_u64().ok_or_else(|| DocumentError::Invalid {
        field,
        problem: "not a whole number of 0 or more".to_owned(),
    })
}

fn required_text<'a>(fields: &'a Map<String, Value>, field: &'static str) -> Result<&'a str, DocumentError> {
    required(fields, field)?
        .as_str()
        .ok_or_else(|| DocumentError::Invalid { field, problem: "not a text".to_owned() })
}

/// A required name. Whether it is known is found out where it is looked up.
fn name<T: std::str::FromStr<Err = IdError>>(
    reader: &mut Reader,
    fields: &Map<String, Value>,
    field: &'static str,
) -> Result<Option<T>, DocumentError> {
    let text = required_text(fields, field)?;
    let pointer = format!("/{field}");
    Ok(reader.name(&pointer, text, "only what the document states one by one is in force; correct the name"))
}
