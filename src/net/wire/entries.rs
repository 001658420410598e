//! Services, applications, limits and features.

use std::collections::BTreeMap;

use serde_json::Value;

use super::read::{ABSURD, Reader, pointer};
use crate::model::echo::echo;
use crate::model::{Feature, LimitId, Max, ServiceGrant, Support, Timestamp};

const LEFT_OUT: &str = "it is left out; update the app, or check the spelling";
const SUPPORT: &str = "the catalog decides; send supported, unsupported or on_application";
const LIMIT: &str = "the catalog's limit holds; send a whole number of 0 or more, or null for unlimited";

/// Reads `limits`: a whole number, or `null` or `"unlimited"` for no bound.
pub(super) fn limits(reader: &mut Reader, value: Option<&Value>) -> BTreeMap<LimitId, Max> {
    let mut limits = BTreeMap::new();
    let Some(fields) = reader.object("/limits", value) else { return limits };
    for (name, value) in fields {
        let field = pointer("/limits", name);
        let Some(id) = reader.id::<LimitId>(&field, name, LEFT_OUT) else { continue };
        let max = match value {
            Value::Null => Some(Max::Unlimited),
            Value::String(text) if text == "unlimited" => Some(Max::Unlimited),
            number => reader.number(&field, Some(number), ABSURD, LIMIT).map(Max::Of),
        };
        limits.extend(max.map(|max| (id, max)));
    }
    limits
}

/// Reads `features`: how the app's plan supports each.
pub(super) fn features(reader: &mut Reader, value: Option<&Value>) -> BTreeMap<Feature, Support> {
    let mut features = BTreeMap::new();
    let Some(fields) = reader.object("/features", value) else { return features };
    for (name, value) in fields {
        let field = pointer("/features", name);
        let Some(id) = reader.id::<Feature>(&field, name, LEFT_OUT) else { continue };
        let support = text(reader, &field, Some(value), SUPPORT)
            .and_then(|text| reader.id::<Support>(&field, text, SUPPORT))
            .filter(|support| {
                // Not to state it is to leave it out.
                let stated = *support != Support::NotStated;
                if !stated {
                    reader.note(&field, "`not_stated` says nothing", SUPPORT);
                }
                stated
            });
        features.extend(support.map(|support| (id, support)));
    }
    features
}

/// Reads `applications`: what the provider has approved, and when.
pub(super) fn applications(reader: &mut Reader, value: Option<&Value>) -> BTreeMap<Feature, Timestamp> {
    let mut applications = BTreeMap::new();
    for (index, item) in reader.items("/applications", value).iter().enumerate() {
        let at = format!("/applications/{index}");
        let Some(fields) = reader.object(&at, Some(item)) else { continue };
        reader.unknown_fields(&at, fields, &["feature", "approved_at"]);
        let field = format!("{at}/feature");
        let feature = text(reader, &field, fields.get("feature"), LEFT_OUT)
            .and_then(|text| reader.id::<Feature>(&field, text, LEFT_OUT));
        let field = format!("{at}/approved_at");
        let remedy = "the application counts as not approved; send an RFC 3339 instant";
        let approved_at = reader.instant(&field, fields.get("approved_at"), remedy);
        if approved_at.is_none() && fields.get("approved_at").is_none_or(Value::is_null) {
            reader.note(field, "missing", remedy);
        }
        applications.extend(feature.zip(approved_at));
    }
    applications
}

/// Reads `value_added`: the services bought. An unreadable tier, quantity or end never takes a service away.
pub(super) fn value_added(reader: &mut Reader, value: Option<&Value>) -> Vec<ServiceGrant> {
    let mut grants = Vec::new();
    for (index, item) in reader.items("/value_added", value).iter().enumerate() {
        let at = format!("/value_added/{index}");
        let Some(fields) = reader.object(&at, Some(item)) else { continue };
        reader.unknown_fields(&at, fields, &["id", "tier", "quantity", "expires_at"]);
        let field = format!("{at}/id");
        let Some(id) = text(reader, &field, fields.get("id"), LEFT_OUT)
            .and_then(|text| reader.name(&field, text, LEFT_OUT))
        else {
            continue;
        };
        let tier = fields
            .get("tier")
            .filter(|tier| !tier.is_null())
            .and_then(|tier| {
                text(
                    reader,
                    &format!("{at}/tier"),
                    Some(tier),
                    "the service counts as without tier; send a text or null",
                )
            })
            .map(str::to_owned);
        let quantity = reader.number(
            &format!("{at}/quantity"),
            fields.get("quantity"),
            1_000_000,
            "it counts once; send a whole number from 0 to 1,000,000",
        );
        let expires_at = reader.instant(
            &format!("{at}/expires_at"),
            fields.get("expires_at"),
            "the service counts as without end; send an RFC 3339 instant or null",
        );
        let quantity = quantity.and_then(|quantity| u32::try_from(quantity).ok()).unwrap_or(1);
        // None bought is none granted.
        if quantity > 0 {
            grants.push(ServiceGrant { id, tier, quantity, expires_at });
        }
    }
    grants
}

fn text<'a>(reader: &mut Reader, field: &str, value: Option<&'a Value>, remedy: &str) -> Option<&'a str> {
    let text = value.and_then(Value::as_str);
    if text.is_none() {
        let problem = value.map_or("missing".to_owned(), |value| format!("{} is not a text", echo(value)));
        reader.note(field, problem, remedy);
    }
    text
}
