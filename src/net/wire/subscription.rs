//! The plan's period.

use serde_json::Value;

use super::read::Reader;
use crate::model::{Subscription, Timestamp};

/// Reads `subscription`. An end that cannot be read never cuts a plan short: it counts as not given.
pub(super) fn read(reader: &mut Reader, value: Option<&Value>, issued_at: Timestamp) -> Option<Subscription> {
    let fields = reader.object("/subscription", value)?;
    reader.unknown_fields("/subscription", fields, &["starts_at", "expires_at", "changed_at"]);
    let starts_at = reader.instant(
        "/subscription/starts_at",
        fields.get("starts_at"),
        "the document's issued_at stands in; send the instant of purchase",
    );
    let expires_at = reader.instant(
        "/subscription/expires_at",
        fields.get("expires_at"),
        "the plan counts as without end; send an RFC 3339 instant or null",
    );
    let changed_at = reader.instant(
        "/subscription/changed_at",
        fields.get("changed_at"),
        "the plan counts as not modified; send an RFC 3339 instant or null",
    );
    match (starts_at, expires_at) {
        (None, None) => None,
        (Some(starts_at), Some(end)) if end < starts_at => {
            reader.note(
                "/subscription/expires_at",
                format_args!("{end} lies before starts_at ({starts_at})"),
                "the plan counts as without end; send an expiry after the start",
            );
            Some(Subscription { starts_at, expires_at: None, changed_at })
        }
        (Some(starts_at), expires_at) => Some(Subscription { starts_at, expires_at, changed_at }),
        (None, Some(end)) => {
            if fields.get("starts_at").is_none_or(Value::is_null) {
                reader.note(
                    "/subscription/starts_at",
                    "missing",
                    "the document's issued_at stands in; send the instant of purchase",
                );
            }
            Some(Subscription { starts_at: issued_at.min(end), expires_at: Some(end), changed_at })
        }
    }
}
