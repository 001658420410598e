//! A move of the app's plan, from what is known of the plan and its usage.

use crate::model::{BillingZone, EditionId, Snapshot, Timestamp};

use super::preview::{ChangePreview, ChangeRequest, preview};

/// Why there is no preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreviewError {
    /// Nothing is known of the plan, or its price list is not known here.
    #[error("the plan is not known yet; sync, or configure a fallback")]
    PlanUnknown,
}

/// Looks at a move from the edition that the app has to another one at `now`.
///
/// It starts from what is in force, the endpoint's overrides and the services held included. The move itself, and
/// whether the plan was modified in this month already, are judged by the price list.
pub fn from_held(
    snapshot: &Snapshot,
    to: EditionId,
    now: Timestamp,
    zone: &BillingZone,
) -> Result<ChangePreview, PreviewError> {
    let held = &*snapshot.entitlements;
    let (Some(from), Some(catalog)) = (held.edition, held.price_list.as_deref()) else {
        return Err(PreviewError::PlanUnknown);
    };
    let document = held.document.as_ref();
    let changed_at = document.and_then(|document| document.subscription).and_then(|plan| plan.changed_at);
    Ok(preview(&ChangeRequest {
        catalog,
        from,
        to,
        services: document.map_or(&[], |document| &document.value_added),
        effective: Some(held),
        usage: &snapshot.usage,
        last_change: changed_at.map(|at| zone.month(at)),
        now,
        zone,
    }))
}
