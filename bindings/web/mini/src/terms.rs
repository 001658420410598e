//! The plan and the app's choices as JSON writes them.

use planguard::decisions::{Plan, Terms};
use planguard::limits::{DecisionPolicy, EnforcementByLimit};
use planguard::login::LoginPolicy;
use planguard::time::Timestamp;
use planguard::{LimitId, SdkAppId};
use serde_json::Value;

use crate::bad::Bad;
use crate::fields::{count, flag, given, list, maybe_count, maybe_instant, maybe_named, named, object, text};
use crate::known::only;

/// The names of what they are opened with, and of the operation.
const NAMES: [&str; 12] = [
    "sdkAppId",
    "document",
    "fetchedAt",
    "freshFor",
    "seed",
    "fallback",
    "zone",
    "sessionMode",
    "decisions",
    "logins",
    "op",
    "now",
];

/// What decisions are opened with.
pub(crate) fn terms(of: &Value, now: Timestamp) -> Result<Terms, Bad> {
    let app = SdkAppId::new(count(of, "sdkAppId")?).map_err(|error| Bad::new("sdkAppId", error))?;
    only(of, &NAMES)?;
    let mut terms = Terms::new(app, plan(of, app, now)?);
    if let Plan::Fallback(catalog, edition) = terms.plan
        && let Some(problem) = terms.catalogs.lacking(catalog, edition)
    {
        return Err(Bad::new("fallback", problem));
    }
    if let Some(zone) = maybe_named(of, "zone")? {
        terms.zone = zone;
    }
    if let Some(mode) = maybe_named(of, "sessionMode")? {
        terms.session_mode = mode;
    }
    if let Some(chosen) = object(of, "decisions")? {
        terms.decisions = decisions(chosen)?;
    }
    if let Some(chosen) = object(of, "logins")? {
        terms.logins = logins(chosen)?;
    }
    Ok(terms)
}

fn plan(of: &Value, app: SdkAppId, now: Timestamp) -> Result<Plan, Bad> {
    let wrong = |field: &'static str| move |error: planguard::sync::DocumentError| Bad::new(field, error);
    if given(of, "document").is_some() {
        let fetched_at = maybe_instant(of, "fetchedAt")?.unwrap_or(now);
        let fresh_for = maybe_count(of, "freshFor")?;
        let document = text(of, "document")?.as_bytes();
        return Plan::fetched(document, app, fetched_at, fresh_for).map_err(wrong("document"));
    }
    if given(of, "seed").is_some() {
        return Plan::seed(text(of, "seed")?.as_bytes(), app, now).map_err(wrong("seed"));
    }
    Ok(match object(of, "fallback")? {
        Some(fallback) => Plan::Fallback(named(fallback, "catalog")?, named(fallback, "edition")?),
        None => Plan::Unknown,
    })
}

fn decisions(of: &Value) -> Result<DecisionPolicy, Bad> {
    only(of, &["allLimits", "limits", "onStale", "thresholds", "featuresWhenUnknown"])?;
    let mut policy = DecisionPolicy::default();
    if let Some(how) = maybe_named(of, "allLimits")? {
        policy.enforcement = EnforcementByLimit::all(how);
    }
    if let Some(limits) = given(of, "limits") {
        let fields = limits.as_object().ok_or_else(|| Bad::new("limits", "an object belongs here"))?;
        for name in fields.keys() {
            let limit: LimitId = name.parse().map_err(|error| Bad::new("limits", error))?;
            policy.enforce(limit, named(limits, name)?);
        }
    }
    if let Some(how) = maybe_named(of, "onStale")? {
        policy.on_stale = how;
    }
    if given(of, "thresholds").is_some() {
        let wrong = || Bad::new("thresholds", "a rising list of percents, from 1 to 100, belongs here");
        let share = |value: &Value| {
            let share = value.as_u64().and_then(|share| u8::try_from(share).ok());
            share.filter(|share| (1..=100).contains(share)).ok_or_else(wrong)
        };
        policy.thresholds = list(of, "thresholds")?.iter().map(share).collect::<Result<_, _>>()?;
        if !policy.thresholds.is_sorted_by(|a, b| a < b) {
            return Err(wrong());
        }
    }
    policy.features_when_unknown = flag(of, "featuresWhenUnknown")?;
    Ok(policy)
}

fn logins(of: &Value) -> Result<LoginPolicy, Bad> {
    only(of, &["launchIsPerson", "guestAvGroups", "mauBudget", "onBudget"])?;
    Ok(LoginPolicy {
        launch_is_person: flag(of, "launchIsPerson")?,
        guest_av_groups: flag(of, "guestAvGroups")?,
        mau_budget: maybe_count(of, "mauBudget")?,
        on_budget: maybe_named(of, "onBudget")?,
        ..LoginPolicy::default()
    })
}
