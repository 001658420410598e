//! The entitlements that all processes go by.

use serde_json::{Value, json};

/// How many members a group takes.
pub(crate) const ROOM: u64 = 6;

/// What ships with the app.
pub(crate) fn seed() -> Value {
    json!({
        "schema": 1,
        "revision": 1,
        "sdk_app_id": planguard_endpoint_faults::DEFAULT_APP,
        "catalog": "intl-2024",
        "edition": "standard",
        "subscription": { "starts_at": "2026-11-10T00:00:00Z", "expires_at": "2027-01-10T00:00:00Z" },
        "limits": { "members_per_group": ROOM },
        "features": { "cloud_search": "supported" },
        "issued_at": "2026-11-20T05:30:00Z",
        "fresh_for_secs": 300
    })
}

/// What the endpoint serves: the same, of a higher revision.
pub(crate) fn served() -> Value {
    let mut document = seed();
    document["revision"] = 100.into();
    document
}
