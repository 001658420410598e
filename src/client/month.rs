//! What the running month costs, from what the guard knows.

use super::guard::Planguard;
use crate::decide::bill::{BillError, BillRequest, MonthUsage, PlanPurchase, ServicePurchase};
use crate::decide::forecast::{Forecast, forecast};
use crate::model::{
    BillingDay, BillingMonth, BillingZone, CounterKey, EditionId, Entitlements, EntitlementsDocument,
    LimitId, Snapshot, Subject, Timestamp, Usage, Window, catalog,
};

/// Why there is no forecast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// Nothing is known of the plan.
    #[error("the plan is not known yet; sync, or configure a fallback")]
    PlanUnknown,
    /// What is known cannot be billed.
    #[error(transparent)]
    Bill(#[from] BillError),
}

impl Planguard {
    /// The running month's bill, by the plan and the usage known now: if nothing is added, and at the pace so far.
    ///
    /// Usage that the billing endpoint reports is as old as its `as_of`; what this install counted since is added.
    /// On a device that is its own user only, so between syncs the forecast lags behind.
    pub fn forecast(&self) -> Result<Forecast, ForecastError> {
        let core = &self.inner.core;
        let now = core.now();
        let snapshot = core.snapshot();
        let edition = snapshot.entitlements.edition.ok_or(ForecastError::PlanUnknown)?;
        Ok(forecast(&request(&snapshot, edition, now, &core.zone), now)?)
    }
}

fn request(snapshot: &Snapshot, edition: EditionId, now: Timestamp, zone: &BillingZone) -> BillRequest {
    let month = zone.month(now);
    let mut request = BillRequest::new(edition, month);
    request.zone = zone.clone();
    request.usage = usage(&snapshot.usage, now, zone, month);
    request_plan(&mut request, &snapshot.entitlements, now);
    request
}

fn request_plan(request: &mut BillRequest, entitlements: &Entitlements, now: Timestamp) {
    let Some(document) = &entitlements.document else { return };
    request.plan = document.subscription.map(|subscription| PlanPurchase {
        starts_at: subscription.starts_at,
        months: None,
        from: None,
    });
    request.value_added = services(document, request.edition, now);
    request.limits = document.limits.clone();
}

/// The services that are in force and that the edition can have. The others are findings of the entitlements, and
/// one that is wrong must not keep the month from being billed.
fn services(document: &EntitlementsDocument, edition: EditionId, now: Timestamp) -> Vec<ServicePurchase> {
    let catalog = catalog::builtin(edition.catalog()).ok();
    let sold =
        |id| catalog.and_then(|list| list.service(id)).is_some_and(|service| service.available_on(edition));
    let mut services: Vec<ServicePurchase> = Vec::new();
    for grant in &document.value_added {
        let in_force = grant.expires_at.is_none_or(|until| now < until);
        let listed = services.iter().any(|other| other.id == grant.id && other.tier == grant.tier);
        if in_force && sold(grant.id) && !listed {
            services.push(ServicePurchase {
                id: grant.id,
                tier: grant.tier.clone(),
                quantity: u64::from(grant.quantity),
                starts_at: None,
                months: None,
            });
        }
    }
    services
}

fn usage(usage: &Usage, now: Timestamp, zone: &BillingZone, month: BillingMonth) -> MonthUsage {
    let used = |limit| usage.get(&CounterKey::at(limit, Subject::App, now, zone)).used();
    let by_day: Vec<u64> = (1..=zone.date(now).day())
        .map(|day| {
            let date = month.first_date().with().day(day).build();
            date.map_or(0, |date| day_of(usage, LimitId::PushCallsPerDay, BillingDay::of(date)))
        })
        .collect();
    MonthUsage {
        mau: used(LimitId::FreeMau),
        peak_dau: peak_of_days(usage, LimitId::FreeDau, month),
        peak_groups: used(LimitId::FreePeakGroups),
        push_calls_by_day: by_day,
        push_messages: used(LimitId::PushMessagesPerMonth),
        search_stored: used(LimitId::SearchMessagesStored),
        search_requests: used(LimitId::SearchRequestsPerMonth),
    }
}

fn day_of(usage: &Usage, limit: LimitId, day: BillingDay) -> u64 {
    debug_assert_eq!(limit.window(), Window::Day);
    usage.get(&CounterKey { limit, subject: Subject::App, bucket: day.number() }).used()
}

fn peak_of_days(usage: &Usage, limit: LimitId, month: BillingMonth) -> u64 {
    let first = BillingDay::of(month.first_date());
    (0..month.days())
        .map(|n| first.number().saturating_add(i32::try_from(n).unwrap_or(0)))
        .map(|day| day_of(usage, limit, BillingDay::from_number(day)))
        .max()
        .unwrap_or(0)
}
