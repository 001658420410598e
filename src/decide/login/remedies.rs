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
        DenyReason::QuotaUsedUp { .. } => {
            let limit = match billing_model(entitlements) {
                BillingModel::Mau => LimitId::FreeMau,
                BillingModel::DauPeakGroups => LimitId::FreeDau,
            };
            one_more_than(limit, retry_at, entitlements, now)
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
    remedy::for_quota(entitlements, limit, quota.saturating_add(1), retry_at, now)
}
