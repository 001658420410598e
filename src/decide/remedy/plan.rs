//! The app's present place in its price list.

use crate::decide::change::{ChangePreview, ChangeRequest, preview};
use crate::model::catalog::{self, Catalog, Edition};
use crate::model::{BillingZone, EditionId, Entitlements, ServiceGrant, Timestamp, Usage};

/// The edition held, the services in force, and the price list they belong to.
pub(super) struct Plan<'a> {
    pub(super) catalog: &'static Catalog,
    pub(super) edition: &'static Edition,
    pub(super) entitlements: &'a Entitlements,
    services: Vec<ServiceGrant>,
    now: Timestamp,
}

impl<'a> Plan<'a> {
    /// `None` when the edition is not known, so that nothing can be said about offers.
    pub(super) fn of(entitlements: &'a Entitlements, now: Timestamp) -> Option<Self> {
        let catalog = catalog::builtin(entitlements.catalog?).ok()?;
        let edition = catalog.edition(entitlements.edition?)?;
        let bought = entitlements.document.iter().flat_map(|document| &document.value_added);
        let services = bought.filter(|grant| grant.expires_at.is_none_or(|end| end > now)).cloned().collect();
        Some(Self { catalog, edition, entitlements, services, now })
    }

    /// What a move to another edition would do, services that remain useful included.
    ///
    /// When the plan was last modified is in no document of the endpoint, so a move that the list allows once a month
    /// is offered. The zone would only bear on that.
    pub(super) fn preview(&self, to: EditionId) -> ChangePreview {
        preview(&ChangeRequest {
            catalog: self.catalog,
            from: self.edition.id,
            to,
            services: &self.services,
            usage: &Usage::default(),
            last_change: None,
            now: self.now,
            zone: &BillingZone::default(),
        })
    }
}
