//! App-wide usage as the endpoint knows it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::read::{ABSURD, Reader, pointer};
use crate::model::{LimitId, ReportedUsage, Scope, Timestamp};

const REMEDY: &str = "the count is left out; send a whole number of 0 or more";

/// The counter that a field of `usage` reports, `None` when the field is not known.
fn counter(field: &str) -> Option<LimitId> {
    Some(match field {
        "mau" => LimitId::FreeMau,
        "dau" => LimitId::FreeDau,
        "peak_groups" => LimitId::FreePeakGroups,
        "non_av_groups" => LimitId::NonAvGroups,
        "av_groups" => LimitId::AvGroups,
        "net_new_groups_today" => LimitId::NetNewGroupsPerDay,
        "registered_users" => LimitId::MaxUsers,
        "push_calls_today" => LimitId::PushCallsPerDay,
        "push_messages" => LimitId::PushMessagesPerMonth,
        "search_stored" => LimitId::SearchMessagesStored,
        "search_requests" => LimitId::SearchRequestsPerMonth,
        // Under any other limit's id, what counts against that limit. Of one user or group alone it says nothing.
        id => return id.parse().ok().filter(|limit: &LimitId| limit.scope() == Scope::App),
    })
}

/// Reads `usage`. Numbers of an unknown time cannot be told from those counted here since, so without a readable
/// `as_of` they are left out; one after `issued_at` is a slip and counts as `issued_at`.
pub(super) fn read(
    reader: &mut Reader,
    value: Option<&Value>,
    issued_at: Timestamp,
) -> Option<ReportedUsage> {
    let fields = reader.object("/usage", value)?;
    let mut counts = BTreeMap::new();
    for (name, value) in fields.iter().filter(|(name, _)| *name != "as_of") {
        let field = pointer("/usage", name);
        let Some(limit) = counter(name) else {
            reader.note(
                field,
                "not known to this version of planguard",
                "it is left out; update the app, or check the spelling",
            );
            continue;
        };
        // More groups dissolved than created is no slip: the day's net increase is then below zero, and none of
        // the day's room is used.
        let count = if limit == LimitId::NetNewGroupsPerDay && value.as_i64().is_some_and(i64::is_negative) {
            Some(0)
        } else {
            reader.number(&field, Some(value), ABSURD, REMEDY)
        };
        counts.extend(count.map(|count| (limit, count)));
    }
    let remedy = "all usage is left out; send the instant at which the numbers were true";
    let as_of = reader.instant("/usage/as_of", fields.get("as_of"), remedy);
    if as_of.is_none() && fields.get("as_of").is_none_or(Value::is_null) {
        reader.note("/usage/as_of", "missing", remedy);
    }
    let as_of = as_of?;
    if as_of > issued_at {
        reader.note(
            "/usage/as_of",
            format_args!("{as_of} lies after issued_at ({issued_at})"),
            "the numbers count as true at issued_at; send when they were taken",
        );
    }
    Some(ReportedUsage { as_of: as_of.min(issued_at), counts })
}
