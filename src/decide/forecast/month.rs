//! The running month of an app, from what is known of its plan and its usage.

use crate::decide::bill::{
    Assumption, AssumptionId, BillError, BillRequest, MonthUsage, PlanPurchase, ServicePurchase, bill,
};
use crate::decide::lifecycle::suspended_since;
use crate::model::catalog::{BillingCycle, Edition, Validity};
use crate::model::{
    BillingDay, BillingZone, CounterKey, EntitlementsDocument, LimitId, ServiceGrant, ServiceId, Snapshot,
    Subject, Timestamp, Usage, Window,
};

use super::{Forecast, forecast};

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

/// A service that the endpoint lists and the price list cannot bill so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The service, as the endpoint lists it.
    pub service: ServiceGrant,
    /// Why it cannot be billed.
    pub error: BillError,
}

/// Forecasts the month that `now` lies in.
///
/// A plan that expired, a suspension, services that ended in the month and usage that nothing is known of are all
/// taken as they are. A service that the price list cannot bill as the endpoint lists it is left out and named.
pub fn of_month(snapshot: &Snapshot, now: Timestamp, zone: &BillingZone) -> Result<Forecast, ForecastError> {
    let edition = snapshot.entitlements.edition.ok_or(ForecastError::PlanUnknown)?;
    let catalog = snapshot.entitlements.price_list.as_ref().ok_or(ForecastError::PlanUnknown)?;
    let mut request = BillRequest::new(catalog, edition, zone.month(now));
    request.zone = zone.clone();
    request.usage = usage(&snapshot.usage, now, zone);
    request.suspended_at = suspended_since(Some(catalog), &snapshot.entitlements, now, zone);
    let mut left_out = Vec::new();
    let mut unknown_change = false;
    if let Some(document) = &snapshot.entitlements.document {
        request.plan = plan(document, catalog.edition(edition));
        request.limits = document.limits.clone();
        left_out = add_services(&mut request, document);
        unknown_change = changed_within(document, &request);
    }
    let push_days_missing = !request.usage.push_calls_by_day.is_empty()
        && request.value_added.iter().any(|held| held.id == ServiceId::PUSH)
        && push_calls(&snapshot.usage, now, zone).contains(&None);
    let mut forecast = forecast(&request, now)?;
    if push_days_missing {
        forecast.assumptions.push(Assumption::new(AssumptionId::UsageNotKnown, "usage.push_calls_by_day"));
    }
    if unknown_change {
        forecast.assumptions.push(Assumption::new(AssumptionId::BeforeChangeNotKnown, "plan.from"));
    }
    let Forecast { low, linear, assumptions, .. } = &mut forecast;
    for assumption in assumptions.iter_mut().chain(&mut low.assumptions).chain(&mut linear.assumptions) {
        name_service(assumption, &request);
    }
    forecast.left_out = left_out;
    Ok(forecast)
}

/// The request was made here, so that a place in its list of services says nothing to a reader: the service is named.
fn name_service(assumption: &mut Assumption, request: &BillRequest) {
    let index = assumption.about.strip_prefix("value_added[").and_then(|rest| rest.split(']').next());
    let held = index.and_then(|index| request.value_added.get(index.parse::<usize>().ok()?));
    if let Some(held) = held {
        assumption.about = held.item();
    }
}

fn plan(document: &EntitlementsDocument, edition: Option<&Edition>) -> Option<PlanPurchase> {
    let subscription = document.subscription?;
    let validity = edition.and_then(|edition| edition.validity);
    // A plan billed afterwards goes on until it is ended, whatever date the endpoint names.
    let ends_at = subscription.expires_at.filter(|_| validity == Some(Validity::PrepaidMonth));
    Some(PlanPurchase { ends_at, ..PlanPurchase::new(subscription.starts_at) })
}

/// Whether plan or services were modified in the month after the plan had begun.
fn changed_within(document: &EntitlementsDocument, request: &BillRequest) -> bool {
    document.subscription.is_some_and(|subscription| {
        subscription
            .changed_at
            .is_some_and(|at| at > subscription.starts_at && request.zone.month(at) == request.month)
    })
}

/// Adds the services of the month one by one, so that one which cannot be billed does not keep the month from it.
fn add_services(request: &mut BillRequest, document: &EntitlementsDocument) -> Vec<LeftOut> {
    let first = request.zone.start_of(request.month.first_date());
    // One that ended in the month is due for its days.
    let in_month = |grant: &&ServiceGrant| grant.expires_at.is_none_or(|until| first < until);
    let mut left_out: Vec<LeftOut> = Vec::new();
    let mut waiting: Vec<&ServiceGrant> = document.value_added.iter().filter(in_month).collect();
    // One service may need another that is listed after it, so what failed is tried again while anything fits.
    loop {
        let before = waiting.len();
        left_out.clear();
        waiting.retain(|grant| {
            let Err(error) = add_service(request, grant) else { return false };
            left_out.push(LeftOut { service: (*grant).clone(), error });
            true
        });
        if waiting.is_empty() || waiting.len() == before {
            return left_out;
        }
    }
}

fn add_service(request: &mut BillRequest, grant: &ServiceGrant) -> Result<(), BillError> {
    let service = request.catalog.service(grant.id);
    let row = service.and_then(|service| service.price(request.edition, grant.tier.as_deref()));
    if row.is_some_and(|row| row.cycle == BillingCycle::Once) {
        let field = format!("value_added[{}].starts_at", request.value_added.len());
        return Err(BillError::PurchaseDayNotKnown { field, service: grant.id });
    }
    request.value_added.push(ServicePurchase {
        tier: grant.tier.clone(),
        quantity: u64::from(grant.quantity),
        ends_at: grant.expires_at,
        ..ServicePurchase::new(grant.id)
    });
    bill(request).map(drop).inspect_err(|_| {
        request.value_added.pop();
    })
}

/// The usage of the month that `now` lies in, as far as it is known.
fn usage(usage: &Usage, now: Timestamp, zone: &BillingZone) -> MonthUsage {
    let used = |limit| known(usage, &CounterKey::at(limit, Subject::App, now, zone));
    let calls = push_calls(usage, now, zone);
    MonthUsage {
        mau: used(LimitId::FreeMau),
        peak_dau: by_day(usage, LimitId::FreeDau, now, zone).flatten().max(),
        peak_groups: used(LimitId::FreePeakGroups),
        push_calls_by_day: if calls.iter().any(Option::is_some) {
            calls.into_iter().map(Option::unwrap_or_default).collect()
        } else {
            Vec::new()
        },
        push_messages: used(LimitId::PushMessagesPerMonth),
        search_stored: used(LimitId::SearchMessagesStored),
        search_requests: used(LimitId::SearchRequestsPerMonth),
    }
}

fn push_calls(usage: &Usage, now: Timestamp, zone: &BillingZone) -> Vec<Option<u64>> {
    by_day(usage, LimitId::PushCallsPerDay, now, zone).collect()
}

/// The counter of each day of the month up to `now`.
fn by_day<'a>(
    usage: &'a Usage,
    limit: LimitId,
    now: Timestamp,
    zone: &BillingZone,
) -> impl Iterator<Item = Option<u64>> + use<'a> {
    debug_assert_eq!(limit.window(), Window::Day);
    let first = BillingDay::of(zone.month(now).first_date()).number();
    (first..=zone.day(now).number())
        .map(move |bucket| known(usage, &CounterKey { limit, subject: Subject::App, bucket }))
}

/// What a counter says, where anything was reported to it or counted in it.
fn known(usage: &Usage, key: &CounterKey) -> Option<u64> {
    let counter = usage.get(key);
    (counter.as_of.is_some() || counter.added != 0).then(|| counter.used())
}
