//! What would lift a refused login.

use super::budget::billing_model;
use super::decision::DenyReason;
use crate::decide::rejection::classify;
use crate::decide::remedy;
use crate::model::catalog::BillingModel;
use crate::model::{Advice, Entitlements, Lifecycle, LimitId, RejectionContext, Remedy, Timestamp};

/// The ways out of a refused login, the cheapest first. Empty where the app or its server has to act: ask the person
/// after a kick, get a new `UserSig`, make it rightly, import the account.
pub fn remedies_for(
    reason: &DenyReason,
    retry_at: Option<Timestamp>,
    entitlements: &Entitlements,
    now: Timestamp,
) -> Vec<Remedy> {
    remedy::reachable(entitlements, ways_out(reason, retry_at, entitlements, now))
}

fn ways_out(
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
        // Where the app's server has to act, such as on a `UserSig` that does not verify, the provider cannot help.
        DenyReason::Permanent { code } => {
            let advice = classify(*code, "", &RejectionContext::default()).advice;
            let provider = advice == Advice::ShowRefusal;
            provider.then_some(Remedy::ContactProvider).into_iter().collect()
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_by_the_provider_itself_sends_people_to_the_provider() {
        let ways = |code| {
            let reason = DenyReason::Permanent { code };
            remedies_for(&reason, None, &Entitlements::unknown(), Timestamp::MIN)
        };
        assert_eq!(ways(70_051), [Remedy::ContactProvider]);
        // The app's server makes the `UserSig`, imports the account, or keeps its id.
        for code in [70_003, 70_009, 70_013, 70_014, 70_016, 70_020, 70_107, 70_399] {
            assert_eq!(ways(code), [], "{code}");
        }
    }
}
