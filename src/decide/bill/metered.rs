//! Usage beyond what plan and plugins include.

use rust_decimal::Decimal;

use crate::model::catalog::{BillingCycle, Effect, Meter, Rate, SourceId};
use crate::model::{LimitId, Max};

use super::assumption::AssumptionId;
use super::error::BillError;
use super::line::{Due, Share};
use super::share::Days;
use super::sheet::{Position, Sheet};

/// The field of the usage that a meter reads.
const fn usage_field(meter: Meter) -> &'static str {
    match meter {
        Meter::Mau => "usage.mau",
        Meter::Dau => "usage.peak_dau",
        Meter::PeakGroups => "usage.peak_groups",
    }
}

pub(super) fn charge(sheet: &mut Sheet<'_>) -> Result<(), BillError> {
    let share = sheet.before_suspension(Days::of(sheet.request.month)).share();
    for &meter in Meter::ALL {
        plan_meter(sheet, meter, share)?;
    }
    plugin_meters(sheet, share)
}

fn plan_meter(sheet: &mut Sheet<'_>, meter: Meter, share: Option<Share>) -> Result<(), BillError> {
    let used = used_of_plan(sheet, meter);
    let edition = sheet.edition;
    if !sheet.catalog.billing_model.meters().contains(&meter) {
        if used.is_some_and(|used| used > 0) {
            sheet.assume(AssumptionId::NotMetered, usage_field(meter));
        }
        return Ok(());
    }
    let quota = sheet.quota(meter.quota(), edition.limit(meter.quota()).map(|figure| figure.max));
    let Some(overage) = edition.overage(meter).filter(|_| quota.is_some()) else {
        return not_stated(sheet, meter, quota, used, share);
    };
    let Some(used) = used else {
        if overage.supported && matches!(quota, Some(Max::Of(_))) {
            sheet.assume(AssumptionId::UsageNotKnown, usage_field(meter));
        }
        return Ok(());
    };
    let over = match quota {
        Some(Max::Of(max)) => used.saturating_sub(max),
        Some(Max::Unlimited) | None => 0,
    };
    if over == 0 {
        return Ok(());
    }
    if !overage.supported {
        sheet.assume(AssumptionId::NotServed, usage_field(meter));
        return Ok(());
    }
    let item = format!("overage:{meter}");
    let blocks = overage.rate.as_ref().map_or(Decimal::from(over), |rate| rate.blocks(over));
    metered_line(sheet, item, blocks, overage.rate.as_ref(), share, Due::NextMonth, overage.source)
}

/// The quota or what goes beyond it is not stated: what lies within a quota that is costs nothing, and of more there is
/// no amount.
fn not_stated(
    sheet: &mut Sheet<'_>,
    meter: Meter,
    quota: Option<Max>,
    used: Option<u64>,
    share: Option<Share>,
) -> Result<(), BillError> {
    let Some(used) = used else {
        sheet.assume(AssumptionId::UsageNotKnown, usage_field(meter));
        return Ok(());
    };
    if quota.map_or(used == 0, |quota| quota.fits(used)) {
        return Ok(());
    }
    sheet.assume(AssumptionId::QuotaNotStated, meter.quota().as_str());
    let over = match quota {
        Some(Max::Of(max)) => used.saturating_sub(max),
        _ => used,
    };
    let item = format!("overage:{meter}");
    let source = sheet.edition.price_source;
    metered_line(sheet, item, Decimal::from(over), None, share, Due::NextMonth, source)
}

/// The allowances of the plugins held, each by its own window: a day's calls do not make up for another's.
fn plugin_meters(sheet: &mut Sheet<'_>, share: Option<Share>) -> Result<(), BillError> {
    let catalog = sheet.catalog;
    for service in catalog.services.iter() {
        let held = sheet.request.value_added.iter().any(|purchase| purchase.id == service.id);
        for effect in service.effects.iter() {
            let Effect::MeteredAllowance { limit, included, overage, cycle, source } = effect else {
                continue;
            };
            let usage = usage_of(sheet, *limit);
            if !held {
                if usage.iter().any(|&used| used > 0) {
                    sheet.assume(AssumptionId::WithoutService, limit.as_str());
                }
                continue;
            }
            let Some(Max::Of(included)) = sheet.quota(*limit, Some(Max::Of(*included))) else { continue };
            if usage.is_empty() {
                sheet.assume(AssumptionId::UsageNotKnown, limit.as_str());
            }
            let mut blocks = Decimal::ZERO;
            for over in usage.iter().map(|used| used.saturating_sub(included)) {
                blocks = blocks
                    .checked_add(overage.blocks(over))
                    .ok_or_else(|| BillError::TooLarge { field: format!("overage:{limit}") })?;
            }
            if blocks.is_zero() {
                continue;
            }
            let (due, share) = match cycle {
                BillingCycle::Day => (Due::Daily, None),
                _ => (Due::NextMonth, share),
            };
            metered_line(sheet, format!("overage:{limit}"), blocks, Some(overage), share, due, *source)?;
        }
    }
    for &limit in PLUGIN_METERS {
        let metered = catalog.services.iter().flat_map(|service| service.effects.iter()).any(
            |effect| matches!(effect, Effect::MeteredAllowance { limit: metered, .. } if *metered == limit),
        );
        if !metered && usage_of(sheet, limit).iter().any(|&used| used > 0) {
            sheet.assume(AssumptionId::NotMetered, limit.as_str());
        }
    }
    Ok(())
}

/// The limits whose usage a request carries besides that of the plan.
const PLUGIN_METERS: &[LimitId] = &[
    LimitId::PushCallsPerDay,
    LimitId::PushMessagesPerMonth,
    LimitId::SearchMessagesStored,
    LimitId::SearchRequestsPerMonth,
];

/// What a meter of the plan read; `None` where that is not known.
pub(super) fn used_of_plan(sheet: &Sheet<'_>, meter: Meter) -> Option<u64> {
    let usage = &sheet.request.usage;
    match meter {
        Meter::Mau => usage.mau,
        Meter::Dau => usage.peak_dau,
        Meter::PeakGroups => usage.peak_groups,
    }
}

/// What was used of it, window by window; empty where that is not known.
pub(super) fn usage_of(sheet: &Sheet<'_>, limit: LimitId) -> Vec<u64> {
    let usage = &sheet.request.usage;
    match limit {
        LimitId::PushCallsPerDay => usage.push_calls_by_day.clone(),
        LimitId::PushMessagesPerMonth => usage.push_messages.into_iter().collect(),
        LimitId::SearchMessagesStored => usage.search_stored.into_iter().collect(),
        LimitId::SearchRequestsPerMonth => usage.search_requests.into_iter().collect(),
        _ => Vec::new(),
    }
}

fn metered_line(
    sheet: &mut Sheet<'_>,
    item: String,
    blocks: Decimal,
    rate: Option<&Rate>,
    share: Option<Share>,
    due: Due,
    source: SourceId,
) -> Result<(), BillError> {
    sheet.add(Position {
        item,
        quantity: blocks,
        per: rate.map_or(1, |rate| rate.per),
        unit_price: rate.map(|rate| rate.price),
        share,
        due,
        source,
        reading: rate.is_some_and(|rate| rate.reading),
    })
}
