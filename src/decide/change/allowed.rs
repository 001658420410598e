//! Whether a move between two editions is allowed, and by which way.

use crate::model::catalog::{Catalog, MoveKind};
use crate::model::{BillingMonth, BillingZone, CatalogId, ChangePath, EditionId, Timestamp};

/// Why a move is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeRefusal {
    /// The app has this edition already.
    #[error("to: the app is on `{edition}` already; name another edition")]
    SameEdition {
        /// The edition.
        edition: EditionId,
    },
    /// An edition of another price list.
    #[error(
        "to: `{edition}` is no edition of `{catalog}`; editions can be changed only within one price list"
    )]
    OtherCatalog {
        /// The edition.
        edition: EditionId,
        /// The price list of the app.
        catalog: CatalogId,
    },
    /// A paid app never returns to the free edition or trial; a new app can start there.
    #[error("to: a paid app never returns to `{edition}`; create a new app to use it")]
    NeverBack {
        /// The free edition.
        edition: EditionId,
    },
    /// The plan was changed as often as one calendar month allows.
    #[error(
        "the plan and its services may be modified {times} time(s) in a calendar month; wait until {until}"
    )]
    OncePerMonth {
        /// How often a calendar month allows.
        times: u32,
        /// The first instant of the next billing month.
        until: Timestamp,
    },
    /// The price list names no such move.
    #[error("`{catalog}` names no move from `{from}` to `{to}`; ask the provider")]
    NotStated {
        /// The price list.
        catalog: CatalogId,
        /// The edition left.
        from: EditionId,
        /// The edition entered.
        to: EditionId,
    },
}

/// The way from one edition to another, or why there is none at `now`.
///
/// `last_change` is the billing month of the last modification of the plan or its services, where one is known.
/// Only a modification counts against the one that the list of 2022 allows in a month: an upgrade from Free is
/// another operation there, and happens once in the life of an app.
pub fn allowed(
    catalog: &Catalog,
    from: EditionId,
    to: EditionId,
    last_change: Option<BillingMonth>,
    now: Timestamp,
    zone: &BillingZone,
) -> Result<ChangePath, ChangeRefusal> {
    for edition in [from, to] {
        if catalog.edition(edition).is_none() {
            return Err(ChangeRefusal::OtherCatalog { edition, catalog: catalog.id });
        }
    }
    if from == to {
        return Err(ChangeRefusal::SameEdition { edition: to });
    }
    let rule = catalog.policies.change(from, to).ok_or(ChangeRefusal::NotStated {
        catalog: catalog.id,
        from,
        to,
    })?;
    match rule.kind {
        MoveKind::Upgrade => Ok(ChangePath::Upgrade),
        MoveKind::RefundAndRepurchase => Ok(ChangePath::RefundAndRepurchase),
        MoveKind::Downgrade => Ok(ChangePath::Downgrade),
        MoveKind::Forbidden => Err(ChangeRefusal::NeverBack { edition: to }),
        MoveKind::Modify => modify(catalog, last_change, zone.month(now), zone),
    }
}

/// Whether the services of a plan can be changed at `now`, or why not: the one modification that the list of 2022
/// allows in a calendar month is for the plan and its services together.
pub fn services_allowed(
    catalog: &Catalog,
    last_change: Option<BillingMonth>,
    now: Timestamp,
    zone: &BillingZone,
) -> Result<(), ChangeRefusal> {
    let counted =
        catalog.policies.change_frequency.as_ref().is_some_and(|stated| stated.value.includes_services);
    if counted { modify(catalog, last_change, zone.month(now), zone).map(|_| ()) } else { Ok(()) }
}

fn modify(
    catalog: &Catalog,
    last_change: Option<BillingMonth>,
    month: BillingMonth,
    zone: &BillingZone,
) -> Result<ChangePath, ChangeRefusal> {
    let limit = catalog.policies.change_frequency.as_ref().map(|stated| stated.value.per_calendar_month);
    match (limit, last_change) {
        // A month in the future can only come from a clock that ran ahead: it counts as this one.
        (Some(times), Some(last)) if last >= month => {
            Err(ChangeRefusal::OncePerMonth { times, until: zone.start_of(month.next().first_date()) })
        }
        _ => Ok(ChangePath::Modify),
    }
}
