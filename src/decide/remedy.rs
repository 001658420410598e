//! What would lift a denial, the cheapest way first.
//!
//! A decision allocates nothing, so it carries no remedies; they are computed from it when asked for.

mod edition;
mod free;
mod lifecycle;
mod need;
mod order;
mod plan;
mod rejected;
mod service;

use crate::model::{
    Assessment, Condition, DecisionPolicy, Entitlements, FeatureAssessment, FeatureReason, Lifecycle,
    LimitCheck, LimitId, LimitStatus, Remedy, ServiceId, Timestamp, VerdictReason,
};

use super::quota::covers_group_calls;
use need::Need;
use plan::Plan;
pub use rejected::for_rejection;

impl Assessment {
    /// What would lift the denial, the cheapest way first; empty when nothing was denied or nothing helps.
    pub fn remedies(&self) -> Vec<Remedy> {
        reachable(&self.entitlements, for_assessment(self))
    }
}

impl FeatureAssessment {
    /// What would lift the denial, the cheapest way first; empty when nothing was denied or nothing helps.
    pub fn remedies(&self) -> Vec<Remedy> {
        reachable(&self.entitlements, for_feature(self))
    }
}

/// `ways` without a sync where there is no endpoint to ask.
pub(in crate::decide) fn reachable(entitlements: &Entitlements, mut ways: Vec<Remedy>) -> Vec<Remedy> {
    ways.retain(|way| entitlements.asks_endpoint || *way != Remedy::Sync);
    ways
}

/// What lifts the exceeded limit of a check, or makes room where it is only near.
pub fn for_limit(entitlements: &Entitlements, check: &LimitCheck, now: Timestamp) -> Vec<Remedy> {
    for_needs(entitlements, &[Need::of(check)], now)
}

/// What lifts a quota of the app that would have to hold `total`: active users at a login, for example.
/// `resets_at` is the first instant of the quota's next period, where it has one.
pub fn for_quota(
    entitlements: &Entitlements,
    limit: LimitId,
    total: u64,
    resets_at: Option<Timestamp>,
    now: Timestamp,
) -> Vec<Remedy> {
    for_needs(entitlements, &[Need::of_quota(entitlements, limit, total, resets_at)], now)
}

/// What lifts a verdict, whichever way it went.
///
/// With several limits in the way, an edition is named only when it lifts them all; services, and ways that cost
/// nothing, are named limit by limit.
pub fn for_assessment(assessment: &Assessment) -> Vec<Remedy> {
    let entitlements = &*assessment.entitlements;
    let now = assessment.at;
    match assessment.reason {
        VerdictReason::WithinLimits
        | VerdictReason::UsageUnknown
        | VerdictReason::StoreLost
        | VerdictReason::GroupTypeForbids(_)
        | VerdictReason::Invalid(_) => Vec::new(),
        VerdictReason::Unknown => vec![Remedy::Sync],
        VerdictReason::Suspended(lifecycle) => for_lifecycle(entitlements, lifecycle, now),
        VerdictReason::FeatureNotInPlan(feature) => {
            let policy = DecisionPolicy::default();
            let active = Lifecycle::Active;
            let decision = super::feature::feature(&assessment.entitlements, feature, active, now, &policy);
            for_feature(&decision)
        }
        VerdictReason::ServiceNotInPlan(service) => for_service(entitlements, service, now),
        VerdictReason::GroupCallNotInPlan(service) => for_group_calls(entitlements, service, now),
        VerdictReason::NearLimit => {
            let near = |check: &&LimitCheck| matches!(check.status, LimitStatus::Threshold(_));
            let needs: Vec<Need> = assessment.checks.iter().filter(near).map(Need::of).collect();
            for_needs(entitlements, &needs, now)
        }
        VerdictReason::LimitReached => {
            let denied = assessment.checks.iter().any(LimitCheck::denies);
            let needs: Vec<Need> = assessment
                .checks
                .iter()
                .filter(|check| if denied { check.denies() } else { check.is_exceeded() })
                .map(Need::of)
                .collect();
            for_needs(entitlements, &needs, now)
        }
    }
}

/// What makes a feature available that was not granted.
pub fn for_feature(decision: &FeatureAssessment) -> Vec<Remedy> {
    let entitlements = &*decision.entitlements;
    let feature = decision.feature;
    match decision.reason {
        FeatureReason::Unknown => vec![Remedy::Sync],
        FeatureReason::Suspended(lifecycle) => for_lifecycle(entitlements, lifecycle, decision.at),
        FeatureReason::WaitingUntil(instant) => vec![Remedy::WaitUntil(instant)],
        FeatureReason::ConditionUnmet(Condition::ConsoleSwitch {}) => vec![Remedy::SwitchOn { feature }],
        // Another platform, SDK or group is the app's to choose; the condition in the reason says which.
        FeatureReason::ConditionUnmet(_) | FeatureReason::Included | FeatureReason::Approved => Vec::new(),
        FeatureReason::NotApplied => {
            let waiting_hours = entitlements.feature(feature).and_then(|known| known.waiting_hours);
            finish(entitlements, vec![Remedy::Apply { feature, waiting_hours }], decision.at)
        }
        FeatureReason::NotInEdition => {
            let mut ways = Vec::new();
            if let Some(plan) = Plan::of(entitlements, decision.at) {
                edition::with_feature(&plan, feature, &mut ways);
                for service in plan.catalog.services.iter().filter(|service| service.adds(feature)) {
                    service::offers(&plan, service.id, any_tier, &mut ways);
                }
            }
            finish(entitlements, ways, decision.at)
        }
    }
}

/// What makes a value-added service available.
pub fn for_service(entitlements: &Entitlements, service: ServiceId, now: Timestamp) -> Vec<Remedy> {
    for_tiers(entitlements, service, any_tier, now)
}

/// What makes group calls available: the tiers of the call service that cover them.
fn for_group_calls(entitlements: &Entitlements, service: ServiceId, now: Timestamp) -> Vec<Remedy> {
    for_tiers(entitlements, service, covers_group_calls, now)
}

const fn any_tier(_: Option<&str>) -> bool {
    true
}

fn for_tiers(
    entitlements: &Entitlements,
    service: ServiceId,
    suits: fn(Option<&str>) -> bool,
    now: Timestamp,
) -> Vec<Remedy> {
    let mut ways = Vec::new();
    if let Some(plan) = Plan::of(entitlements, now) {
        service::offers(&plan, service, suits, &mut ways);
        if ways.is_empty() {
            edition::that_may_buy(&plan, service, suits, &mut ways);
        }
    }
    finish(entitlements, ways, now)
}

/// What keeps or brings back the service of a plan that expires, is in arrears or suspended.
pub fn for_lifecycle(entitlements: &Entitlements, lifecycle: Lifecycle, now: Timestamp) -> Vec<Remedy> {
    let mut ways = lifecycle::ways(entitlements, lifecycle, now);
    order::sort(&mut ways);
    ways
}

fn for_needs(entitlements: &Entitlements, needs: &[Need], now: Timestamp) -> Vec<Remedy> {
    let mut ways = Vec::new();
    if needs.is_empty() {
        return ways;
    }
    free::for_all(needs, &mut ways);
    if let Some(plan) = Plan::of(entitlements, now) {
        let bought: Vec<&Need> = needs.iter().filter(|need| need.is_for_sale()).collect();
        // An edition lifts the denial only when it lifts every limit that denies.
        if bought.len() == needs.len() {
            edition::with_room(&plan, &bought, &mut ways);
        }
        for need in bought {
            service::with_room(&plan, need, &mut ways);
            ways.extend(edition::overage(&plan, need));
        }
    }
    finish(entitlements, ways, now)
}

fn finish(entitlements: &Entitlements, mut ways: Vec<Remedy>, now: Timestamp) -> Vec<Remedy> {
    if ways.is_empty() {
        ways.push(Remedy::ContactProvider);
    }
    if entitlements.is_stale(now) {
        ways.push(Remedy::Sync);
    }
    order::sort(&mut ways);
    ways
}
