//! What would lift a refused login.

use super::decision::DenyReason;
use crate::model::catalog;
use crate::model::{EditionId, Money};
use crate::model::{Entitlements, Lifecycle, Remedy, SuspensionCause, Timestamp};

/// The ways out of a refused login, the most direct first. Empty where the app itself has to act: ask the person
/// after a kick, or get a new `UserSig`.
pub fn remedies_for(
    reason: &DenyReason,
    retry_at: Option<Timestamp>,
    entitlements: &Entitlements,
) -> Vec<Remedy> {
    let wait = retry_at.map(Remedy::WaitUntil);
    match reason {
        DenyReason::Suspended(Lifecycle::Reclaimed { .. }) => vec![Remedy::CreateNewApp],
        DenyReason::Suspended(Lifecycle::Suspended { cause, .. }) => of_suspension(*cause, entitlements),
        DenyReason::Suspended(_) => vec![Remedy::Sync],
        DenyReason::QuotaUsedUp { .. } | DenyReason::UsersFull => {
            wait.into_iter().chain(purchase(entitlements)).collect()
        }
        DenyReason::BudgetUsedUp | DenyReason::BackingOff { .. } | DenyReason::LoopBroken => {
            wait.into_iter().collect()
        }
        DenyReason::KickedOff | DenyReason::CredentialRefused { .. } => Vec::new(),
        DenyReason::Permanent { .. } => vec![Remedy::ContactProvider],
    }
}

fn of_suspension(cause: SuspensionCause, entitlements: &Entitlements) -> Vec<Remedy> {
    match cause {
        SuspensionCause::Expired => {
            vec![Remedy::Renew { price_per_month: price(entitlements, entitlements.edition) }]
        }
        SuspensionCause::TrialEnded => {
            purchase(entitlements).into_iter().chain([Remedy::ExtendTrial]).collect()
        }
        SuspensionCause::Arrears => vec![Remedy::PayArrears],
        SuspensionCause::Reported => vec![Remedy::Sync, Remedy::ContactProvider],
    }
}

/// The cheapest edition of the same price list that has a price.
fn purchase(entitlements: &Entitlements) -> Option<Remedy> {
    let catalog = catalog::builtin(entitlements.catalog?).ok()?;
    let edition = catalog
        .editions
        .iter()
        .filter(|edition| edition.price_per_month.is_some_and(|price| !price.is_zero()))
        .min_by_key(|edition| edition.price_per_month)?;
    if Some(edition.id) == entitlements.edition {
        return None;
    }
    Some(Remedy::Purchase { edition: edition.id, price_per_month: price(entitlements, Some(edition.id)) })
}

fn price(entitlements: &Entitlements, edition: Option<EditionId>) -> Option<Money> {
    let catalog = catalog::builtin(entitlements.catalog?).ok()?;
    Some(Money::new(catalog.edition(edition?)?.price_per_month?, catalog.currency?))
}
