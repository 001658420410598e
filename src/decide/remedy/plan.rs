//! The app's present place in its price list.

use crate::decide::change::{ChangePreview, ChangeRefusal, ChangeRequest, preview, services_allowed};
use crate::model::catalog::{Catalog, Edition};
use crate::model::{BillingMonth, BillingZone, EditionId, Entitlements, ServiceGrant, Timestamp, Usage};

/// The edition held, the services in force, and the price list they belong to.
pub(super) struct Plan<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) edition: &'a Edition,
    pub(super) entitlements: &'a Entitlements,
    services: Vec<ServiceGrant>,
    /// The billing month of the last modification, where the endpoint says when it was.
    last_change: Option<BillingMonth>,
    zone: BillingZone,
    now: Timestamp,
}

impl<'a> Plan<'a> {
    /// `None` when the edition is not known, so that nothing can be said about offers.
    pub(super) fn of(entitlements: &'a Entitlements, now: Timestamp) -> Option<Self> {
        let catalog = entitlements.price_list.as_deref()?;
        let edition = catalog.edition(entitlements.edition?)?;
        let bought = entitlements.document.iter().flat_map(|document| &document.value_added);
        let services = bought.filter(|grant| grant.expires_at.is_none_or(|end| end > now)).cloned().collect();
        let zone = entitlements.zone.clone().unwrap_or_default();
        let subscription = entitlements.document.as_ref().and_then(|document| document.subscription);
        let last_change = subscription.and_then(|s| s.changed_at).map(|at| zone.month(at));
        Some(Self { catalog, edition, entitlements, services, last_change, zone, now })
    }

    /// What a move to another edition would do, services that remain useful included.
    pub(super) fn preview(&self, to: EditionId) -> ChangePreview {
        preview(&ChangeRequest {
            catalog: self.catalog,
            from: self.edition.id,
            to,
            services: &self.services,
            effective: Some(self.entitlements),
            usage: &Usage::default(),
            last_change: self.last_change,
            now: self.now,
            zone: &self.zone,
        })
    }

    /// From when services can be bought again; `None` where nothing stands in the way.
    pub(super) fn services_from(&self) -> Option<Timestamp> {
        match services_allowed(self.catalog, self.last_change, self.now, &self.zone) {
            Err(ChangeRefusal::OncePerMonth { until, .. }) => Some(until),
            _ => None,
        }
    }
}
