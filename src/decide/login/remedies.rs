//! What would lift a refused login.

use super::budget::billing_model;
use super::decision::DenyReason;
use crate::decide::remedy;
use crate::model::catalog::BillingModel;
use crate::model::{Entitlements, Lifecycle, LimitId, Remedy, Timestamp};

/// The ways out of a refused login, the cheapest first. Empty where the app itself has to act: ask the person
/// after a kick, or get a new `UserSig`.
pub fn remedies_for(
    reason: &DenyReason,
    retry_at: Option<Timestamp>,
    entitlements: &Entitlements,
    now: Timestamp,
) -> Vec<Remedy> {
    match reason {
        DenyReason::Suspended(lifecycle @ (Lifecycle::Suspended { .. } | Lifecycle::Reclaimed { .. })) => {
            remedy::for_lifecycle(entitlements, *lifecycle, now)
        }
        DenyReason::Suspended(_) => vec![Remedy::Sync],
        DenyReason::QuotaUsedUp { code } => {
            let limit = match billing_model(entitlements) {
                BillingModel::Mau => LimitId::FreeMau,
                BillingModel::DauPeakGroups => LimitId::FreeDau,
            };
            let mut ways = one_more_than(limit, retry_at, entitlements, now);
            // Only the provider said so: the plan known here may be out of date.
            if code.is_some() && !ways.contains(&Remedy::Sync) {
                ways.insert(0, Remedy::Sync);
            }
            ways
        }
        DenyReason::UsersFull => one_more_than(LimitId::MaxUsers, retry_at, entitlements, now),
        DenyReason::BudgetUsedUp | DenyReason::BackingOff { .. } | DenyReason::LoopBroken => {
            retry_at.map(Remedy::WaitUntil).into_iter().collect()
        }
        DenyReason::KickedOff | DenyReason::CredentialRefused { .. } => Vec::new(),
        DenyReason::Permanent { .. } => vec![Remedy::ContactProvider],
    }
}

fn one_more_than(
    limit: LimitId,
    retry_at: Option<Timestamp>,
    entitlements: &Entitlements,
    now: Timestamp,
) -> Vec<Remedy> {
    let quota = entitlements.limit(limit).and_then(|known| known.max.number()).unwrap_or(0);
    let mut ways = remedy::for_quota(entitlements, limit, quota.saturating_add(1), retry_at, now);
    // What is denied cannot be had for the price of an overage.
    ways.retain(|way| !matches!(way, Remedy::PayOverage { .. }));
    ways
}
