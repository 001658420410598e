//! Ways out of what the provider refused.

use std::sync::Arc;

use crate::decide::feature::feature;
use crate::model::{
    Action, Advice, DecisionPolicy, Entitlements, Lifecycle, Rejection, RejectionClass, RejectionContext,
    Remedy, SuspensionCause, Timestamp,
};

use super::{for_feature, for_group_calls, for_lifecycle, for_limit, for_service, reachable};

/// What lifts a refusal of the provider, the cheapest way first; empty where nothing about the plan helps.
///
/// Where what is known here says that there is room, or that the plan has the feature, a sync comes first.
pub fn for_rejection(
    entitlements: &Arc<Entitlements>,
    rejection: &Rejection,
    context: &RejectionContext<'_>,
    now: Timestamp,
) -> Vec<Remedy> {
    reachable(entitlements, ways_out(entitlements, rejection, context, now))
}

fn ways_out(
    entitlements: &Arc<Entitlements>,
    rejection: &Rejection,
    context: &RejectionContext<'_>,
    now: Timestamp,
) -> Vec<Remedy> {
    match rejection.class {
        RejectionClass::LimitReached => {
            let check = context.checks.iter().find(|check| Some(check.limit) == rejection.limit);
            let room = check.and_then(|check| check.plan).map(|plan| plan.max);
            let mut ways = match (rejection.advice, check, room) {
                (Advice::RaiseGroupMaximum, _, Some(up_to)) => vec![Remedy::RaiseGroupMaximum { up_to }],
                (Advice::RaiseGroupMaximum, ..) => Vec::new(),
                (_, Some(check), _) => for_limit(entitlements, check, now),
                _ => Vec::new(),
            };
            if rejection.refetch && !ways.contains(&Remedy::Sync) {
                ways.insert(0, Remedy::Sync);
            }
            ways
        }
        RejectionClass::FeatureNotInPlan => {
            if let Some(service) = rejection.service {
                return match context.action {
                    Some(Action::Call { group: true }) => for_group_calls(entitlements, service, now),
                    _ => for_service(entitlements, service, now),
                };
            }
            let Some(name) = rejection.feature else { return vec![Remedy::Sync] };
            let decision = feature(entitlements, name, Lifecycle::Active, now, &DecisionPolicy::default());
            if decision.granted { vec![Remedy::Sync] } else { for_feature(&decision) }
        }
        RejectionClass::ConsoleSwitch => {
            rejection.feature.map(|feature| Remedy::SwitchOn { feature }).into_iter().collect()
        }
        RejectionClass::Suspended => {
            let (cause, reclaim_at) = (SuspensionCause::Reported, Timestamp::MAX);
            for_lifecycle(entitlements, Lifecycle::Suspended { cause, since: now, reclaim_at }, now)
        }
        _ => Vec::new(),
    }
}
