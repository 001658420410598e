//! What the running month costs, from what the guard knows.

use super::guard::Planguard;
use crate::decide::bill::{BillError, BillRequest, MonthUsage, PlanPurchase, ServicePurchase, bill};
use crate::decide::forecast::{Forecast, forecast};
use crate::model::{
    BillingDay, BillingMonth, BillingZone, CounterKey, EditionId, Entitlements, EntitlementsDocument,
    LimitId, ServiceGrant, Snapshot, Subject, Timestamp, Usage, Window,
};

/// Why there is no forecast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
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
    /// On a device that is its own user only, so between syncs the forecast lags behind. A service that the price
    /// list cannot bill as the endpoint lists it is left out and named.
    pub fn forecast(&self) -> Result<MonthForecast, ForecastError> {
        let core = &self.inner.core;
        let now = core.now();
        let snapshot = core.snapshot();
        let edition = snapshot.entitlements.edition.ok_or(ForecastError::PlanUnknown)?;
        let mut request = request(&snapshot, edition, now, &core.zone);
        let left_out = match &snapshot.entitlements.document {
            Some(document) => add_services(&mut request, document, now),
            None => Vec::new(),
        };
        Ok(MonthForecast { forecast: forecast(&request, now)?, left_out })
    }
}

/// The forecast of the running month, and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthForecast {
    /// The forecast.
    pub forecast: Forecast,
    /// Services the endpoint lists that could not be billed, with the reason: the totals are too low by them.
    pub left_out: Vec<(ServiceGrant, BillError)>,
}

fn request(snapshot: &Snapshot, edition: EditionId, now: Timestamp, zone: &BillingZone) -> BillRequest {
    let month = zone.month(now);
    let mut request = BillRequest::new(edition, month);
    request.zone = zone.clone();
    request.usage = usage(&snapshot.usage, now, zone, month);
    request_plan(&mut request, &snapshot.entitlements);
    request
}

fn request_plan(request: &mut BillRequest, entitlements: &Entitlements) {
    let Some(document) = &entitlements.document else { return };
    request.plan = document.subscription.map(|subscription| PlanPurchase {
        starts_at: subscription.starts_at,
        months: None,
        from: None,
    });
    request.limits = document.limits.clone();
}

/// Adds the services in force one by one, so that one which cannot be billed does not keep the month from it.
fn add_services(
    request: &mut BillRequest,
    document: &EntitlementsDocument,
    now: Timestamp,
) -> Vec<(ServiceGrant, BillError)> {
    let in_force = |grant: &&ServiceGrant| grant.expires_at.is_none_or(|until| now < until);
    let mut left_out: Vec<(ServiceGrant, BillError)> = Vec::new();
    let mut waiting: Vec<&ServiceGrant> = document.value_added.iter().filter(in_force).collect();
    // One service may need another that is listed after it, so what failed is tried again while anything fits.
    loop {
        let before = waiting.len();
        left_out.clear();
        waiting.retain(|grant| {
            request.value_added.push(ServicePurchase {
                id: grant.id,
                tier: grant.tier.clone(),
                quantity: u64::from(grant.quantity),
                starts_at: None,
                months: None,
            });
            let Err(error) = bill(request) else { return false };
            request.value_added.pop();
            left_out.push(((*grant).clone(), error));
            true
        });
        if waiting.is_empty() || waiting.len() == before {
            return left_out;
        }
    }
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
