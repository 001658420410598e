//! What was written beside what planguard read: whatever is missing was dropped, and its owner would never hear of it.

use jiff::Timestamp;
use planguard::limits::Max;
use planguard::plan::EntitlementsDocument;
use serde_json::{Map, Value, json};

use super::Finding;

/// Members of a document that no owner writes, or that are refused as a whole where they are wrong.
const OTHERS: [&str; 6] = ["schema", "sdk_app_id", "revision", "issued_at", "usage", "accounts"];

/// A finding for everything that was written, is not in what was read, and has no finding yet.
pub(super) fn dropped(whole: &[u8], document: &EntitlementsDocument, known: &[Finding]) -> Vec<Finding> {
    // What is no JSON was refused before.
    let Ok(Value::Object(mut written)) = serde_json::from_slice(whole) else { return Vec::new() };
    for other in OTHERS {
        written.remove(other);
    }
    let mut lost = Vec::new();
    compare("", &Value::Object(written), Some(&read(document)), &mut lost);
    // Found already, there or in the middle of it, or as a part of something that was left out.
    let told = |at: &String| {
        known.iter().any(|one| under(&one.field, at) || (!one.field.is_empty() && under(at, &one.field)))
    };
    lost.into_iter().filter(|at| !told(at)).map(finding).collect()
}

fn finding(at: String) -> Finding {
    let remedy = "write what is in force, or leave it out: as it stands it changes nothing";
    Finding::new(at, "written, and not in what apps read", remedy)
}

/// Whether a pointer leads to `at`, or into it.
fn under(pointer: &str, at: &str) -> bool {
    pointer.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Notes where something that was written is not in what was read. To write nothing, or null, is to leave out.
fn compare(at: &str, written: &Value, read: Option<&Value>, lost: &mut Vec<String>) {
    match (written, read) {
        (Value::Null, _) => {}
        (Value::Object(members), Some(Value::Object(found))) => {
            for (name, value) in members {
                let step = name.replace('~', "~0").replace('/', "~1");
                compare(&format!("{at}/{step}"), value, found.get(name), lost);
            }
        }
        (Value::Object(members), None) if members.values().all(Value::is_null) => {}
        (Value::Array(items), Some(Value::Array(found))) => {
            // Each was read once, in the order in which they were written.
            let mut rest = found.iter();
            for (index, item) in items.iter().enumerate() {
                let mut others = rest.clone();
                if others.any(|one| is_in(item, one)) {
                    rest = others;
                } else {
                    lost.push(format!("{at}/{index}"));
                }
            }
        }
        (one, Some(other)) if same(one, other) => {}
        _ => lost.push(at.to_owned()),
    }
}

fn is_in(written: &Value, read: &Value) -> bool {
    let mut lost = Vec::new();
    compare("", written, Some(read), &mut lost);
    lost.is_empty()
}

/// Whether two values say the same: an instant may be written in several ways.
fn same(one: &Value, other: &Value) -> bool {
    let instant = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let millis = |value| instant(value).map(Timestamp::as_millisecond);
    one == other || millis(one).is_some_and(|at| millis(other) == Some(at))
}

/// What was read, as it would be written.
fn read(document: &EntitlementsDocument) -> Value {
    let at = |at: Option<planguard::time::Timestamp>| at.map(|at| at.to_string());
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("catalog", json!(document.catalog.map(|id| id.to_string())));
    put("edition", json!(document.edition.map(|id| id.to_string())));
    if let Some(subscription) = document.subscription {
        put(
            "subscription",
            json!({
                "starts_at": subscription.starts_at.to_string(),
                "expires_at": at(subscription.expires_at),
                "changed_at": at(subscription.changed_at),
            }),
        );
    }
    put("arrears_since", json!(at(document.arrears_since)));
    let services = document.value_added.iter().map(|one| {
        let (id, quantity) = (one.id.to_string(), one.quantity);
        json!({"id": id, "tier": one.tier, "quantity": quantity, "expires_at": at(one.expires_at)})
    });
    put("value_added", services.collect());
    let applications = document.applications.iter().map(
        |(feature, approved)| json!({"feature": feature.to_string(), "approved_at": approved.to_string()}),
    );
    put("applications", applications.collect());
    let limit = |max: &Max| match max {
        Max::Of(most) => json!(most),
        Max::Unlimited => json!("unlimited"),
    };
    put("limits", document.limits.iter().map(|(id, max)| (id.to_string(), limit(max))).collect());
    put(
        "features",
        document.features.iter().map(|(id, how)| (id.to_string(), json!(how.to_string()))).collect(),
    );
    put("fresh_for_secs", json!(document.fresh_for_secs));
    Value::Object(members)
}
