//! The plan of an app as planguard itself reads it: a guard over the document that devices are served.
//!
//! Where the plan stands, what a month costs and what a change would do are planguard's rules. They are asked here, and not
//! written a second time.

use std::sync::Arc;

use planguard::billing::{
    ChangePreview, Forecast, ForecastError, Order, Ordered, Refund, RefundRequest, refund,
};
use planguard::catalog::Catalog;
use planguard::plan::{Entitlements, Lifecycle, Subscription};
use planguard::time::{BillingZone, ManualClock, Timestamp};
use planguard::{EditionId, LimitId, Money, OpenError, Planguard, SdkAppId};

/// A document as devices would read it at one instant.
#[derive(Clone)]
pub struct PlanView {
    guard: Planguard,
    zone: BillingZone,
    now: Timestamp,
}

impl std::fmt::Debug for PlanView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlanView").field("now", &self.now).finish_non_exhaustive()
    }
}

impl PlanView {
    /// Reads a document, usage included, as it is at `now`. `catalogs` are price lists that the owner serves.
    ///
    /// # Errors
    /// Where the document cannot be used, with the member and the remedy.
    pub async fn open(
        document: &serde_json::Value,
        catalogs: &[Arc<Catalog>],
        zone: BillingZone,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        let app = document["sdk_app_id"].as_u64().and_then(|app| SdkAppId::new(app).ok());
        // The document is read again below, and says what is wrong with its number.
        let app = app.unwrap_or(SdkAppId::new(1).unwrap_or_else(|_| unreachable!()));
        let mut builder = Planguard::builder(app)
            .clock(ManualClock::at(now))
            .billing_zone(zone.clone())
            .seed(document.to_string().into_bytes());
        for catalog in catalogs {
            builder = builder.catalog(Arc::clone(catalog));
        }
        Ok(Self { guard: builder.open().await?, zone, now })
    }

    /// Where the plan stands.
    pub fn lifecycle(&self) -> Lifecycle {
        self.guard.lifecycle()
    }

    /// What is in force.
    pub fn entitlements(&self) -> Arc<Entitlements> {
        self.guard.entitlements()
    }

    /// What the running month costs.
    ///
    /// # Errors
    /// Where nothing is known of the plan, or it cannot be billed.
    pub fn forecast(&self) -> Result<Forecast, ForecastError> {
        self.guard.forecast()
    }

    /// What a move to another edition would do; `None` where nothing is known of the plan.
    pub fn preview(&self, to: EditionId) -> Option<ChangePreview> {
        self.guard.preview_change(to).ok()
    }

    /// How much a limit allows, services and overrides included; `None` where that is not known or without bound.
    pub fn allowed(&self, limit: LimitId) -> Option<u64> {
        match self.guard.entitlements().limit(limit)?.max {
            planguard::limits::Max::Of(max) => Some(max),
            planguard::limits::Max::Unlimited => None,
        }
    }

    /// What returning the prepaid plan would bring back, had it been bought at the list's price in cash, month by month up
    /// to its end; `None` where the list refunds nothing or the plan is not prepaid.
    pub fn refund_at_list_price(&self) -> Option<Refund> {
        let held = self.guard.entitlements();
        let (catalog, edition) = (held.price_list.clone()?, held.edition?);
        let subscription = held.document.as_ref()?.subscription?;
        let months = months_bought(&self.zone, &subscription)?;
        let price = catalog.edition(edition)?.price_per_month?;
        let currency = catalog.currency?;
        let cash = Money::new(price.checked_mul(months.into())?, currency);
        let nothing = Money::zero(currency);
        let item = Ordered::Plan(edition);
        let order = Order {
            item,
            starts_at: subscription.starts_at,
            months,
            cash,
            credit: nothing,
            voucher: nothing,
        };
        let zone = self.zone.clone();
        refund(&RefundRequest { catalog, orders: vec![order], basis: None, zone, now: self.now }).ok()
    }
}

/// How many months the plan was bought for: those after which it ends.
fn months_bought(zone: &BillingZone, subscription: &Subscription) -> Option<u32> {
    let end = subscription.expires_at?;
    (1..=120).find(|&months| zone.months_after(subscription.starts_at, months) >= end)
}
