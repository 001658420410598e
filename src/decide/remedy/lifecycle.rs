//! Ways out of expiry, arrears and suspension.

use crate::model::{Entitlements, Lifecycle, Money, Remedy, SuspensionCause, Timestamp};

use super::plan::Plan;

pub(super) fn ways(entitlements: &Entitlements, lifecycle: Lifecycle, now: Timestamp) -> Vec<Remedy> {
    let plan = Plan::of(entitlements, now);
    let plan = plan.as_ref();
    match lifecycle {
        Lifecycle::Unknown => vec![Remedy::Sync],
        Lifecycle::Active => Vec::new(),
        Lifecycle::ExpiringSoon { .. } if plan.is_some_and(|plan| !plan.edition.paid) => leave_trial(plan),
        Lifecycle::ExpiringSoon { .. } => vec![renew(plan)],
        Lifecycle::Suspended { cause: SuspensionCause::Expired, .. } => {
            // A suspended app may come back on any paid edition.
            let mut ways = vec![renew(plan)];
            ways.extend(purchases(plan));
            ways
        }
        Lifecycle::Grace { cause, .. } | Lifecycle::Suspended { cause, .. } => by_cause(plan, cause),
        Lifecycle::Reclaimed { .. } => vec![Remedy::CreateNewApp],
    }
}

fn by_cause(plan: Option<&Plan<'_>>, cause: SuspensionCause) -> Vec<Remedy> {
    match cause {
        SuspensionCause::Expired => vec![renew(plan)],
        SuspensionCause::TrialEnded => leave_trial(plan),
        SuspensionCause::Arrears => vec![Remedy::PayArrears],
        // The provider does not say which of the two it is; the billing endpoint does.
        SuspensionCause::Reported => {
            let mut ways = vec![Remedy::Sync, Remedy::PayArrears];
            match plan {
                Some(plan) if !plan.edition.paid => ways.extend(leave_trial(Some(plan))),
                plan => ways.push(renew(plan)),
            }
            ways
        }
    }
}

fn leave_trial(plan: Option<&Plan<'_>>) -> Vec<Remedy> {
    let extendable = plan
        .and_then(|plan| plan.catalog.policies.free_trial.as_ref())
        .is_some_and(|trial| trial.value.extendable);
    let mut ways: Vec<Remedy> = purchases(plan).collect();
    if extendable {
        ways.push(Remedy::ExtendTrial);
    }
    ways
}

fn renew(plan: Option<&Plan<'_>>) -> Remedy {
    Remedy::Renew { price_per_month: plan.and_then(|plan| price(plan, plan.edition.price_per_month)) }
}

/// The paid editions other than the present one.
fn purchases<'a>(plan: Option<&'a Plan<'_>>) -> impl Iterator<Item = Remedy> + 'a {
    plan.into_iter().flat_map(|plan| {
        plan.catalog.editions.iter().filter(|edition| edition.paid && edition.id != plan.edition.id).map(
            |edition| Remedy::Purchase {
                edition: edition.id,
                price_per_month: price(plan, edition.price_per_month),
            },
        )
    })
}

fn price(plan: &Plan<'_>, amount: Option<rust_decimal::Decimal>) -> Option<Money> {
    Some(Money::new(amount?, plan.catalog.currency?))
}
