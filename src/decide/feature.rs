//! Is this feature in the plan, and does it work here?

use std::sync::Arc;

use crate::model::{
    Authority, DecisionPolicy, EffectiveFeature, Entitlements, Feature, FeatureAssessment, FeatureContext,
    FeatureEvidence, FeatureReason, Lifecycle, Support, Timestamp,
};

/// Whether the plan has `feature` at `now`, conditions aside.
///
/// Allocates nothing. Stale entitlements still answer by what was last known; the evidence says how old it is.
pub fn feature(
    entitlements: &Arc<Entitlements>,
    feature: Feature,
    lifecycle: Lifecycle,
    now: Timestamp,
    policy: &DecisionPolicy,
) -> FeatureAssessment {
    let known = entitlements.feature(feature);
    let (granted, reason) = decided(entitlements, feature, lifecycle, now, policy);
    FeatureAssessment {
        feature,
        granted,
        reason,
        evidence: FeatureEvidence {
            support: known.map(|known| known.support),
            authority: known.map_or(Authority::Unknown, |known| known.authority),
            approved_at: known.and_then(|known| known.approved_at),
            entitlements_as_of: entitlements.fetched_at,
            stale: entitlements.is_stale(now),
            age: entitlements.fetched_at.map_or_else(Default::default, |at| now.since(at)),
        },
        entitlements: Arc::clone(entitlements),
        at: now,
    }
}

/// Whether `feature` is granted at `now`, and why, conditions aside.
pub(super) fn decided(
    entitlements: &Entitlements,
    feature: Feature,
    lifecycle: Lifecycle,
    now: Timestamp,
    policy: &DecisionPolicy,
) -> (bool, FeatureReason) {
    let reason = if lifecycle.serves() {
        entitlements.feature(feature).map_or(FeatureReason::Unknown, |known| standing(known, now))
    } else {
        FeatureReason::Suspended(lifecycle)
    };
    let granted = match reason {
        FeatureReason::Included | FeatureReason::Approved => true,
        FeatureReason::Unknown => policy.features_when_unknown,
        _ => false,
    };
    (granted, reason)
}

/// Whether the plan has `feature` and every condition on it holds in `context`.
///
/// A condition that the context says nothing about is not held against it. The first one that does not hold is
/// the reason.
pub fn feature_in(
    entitlements: &Arc<Entitlements>,
    name: Feature,
    context: &FeatureContext,
    lifecycle: Lifecycle,
    now: Timestamp,
    policy: &DecisionPolicy,
) -> FeatureAssessment {
    let mut decision = feature(entitlements, name, lifecycle, now, policy);
    if decision.granted
        && let Some(&unmet) =
            decision.conditions().iter().find(|condition| context.meets(condition) == Some(false))
    {
        decision.granted = false;
        decision.reason = FeatureReason::ConditionUnmet(unmet);
    }
    decision
}

fn standing(known: EffectiveFeature, now: Timestamp) -> FeatureReason {
    match (known.support, known.available_from) {
        (Support::Supported, _) => FeatureReason::Included,
        (Support::Unsupported, _) => FeatureReason::NotInEdition,
        (Support::NotStated, _) => FeatureReason::Unknown,
        (Support::OnApplication, None) => FeatureReason::NotApplied,
        (Support::OnApplication, Some(from)) if now < from => FeatureReason::WaitingUntil(from),
        (Support::OnApplication, Some(_)) => FeatureReason::Approved,
    }
}
