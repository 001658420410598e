//! Usage beside what the plan and the plugins held include of it.

use crate::model::catalog::{Effect, Meter, SourceId};
use crate::model::{LimitId, Max};

use super::line::IncludedUsage;
use super::metered::{usage_of, used_of_plan};
use super::sheet::Sheet;

/// Every quota that the price list meters for the edition, and those of the plugins held.
pub(super) fn collect(sheet: &Sheet<'_>) -> Vec<IncludedUsage> {
    let catalog = sheet.catalog;
    let meters = Meter::ALL.iter().filter(|meter| catalog.billing_model.meters().contains(meter));
    let of_plan = meters.map(|&meter| {
        let limit = meter.quota();
        let figure = sheet.edition.limit(limit);
        let stated = figure.map(|figure| (figure.max, figure.source));
        entry(sheet, limit, used_of_plan(sheet, meter), stated)
    });
    let held = |id| sheet.request.value_added.iter().any(|purchase| purchase.id == id);
    let effects =
        catalog.services.iter().filter(|service| held(service.id)).flat_map(|service| service.effects.iter());
    let of_plugins = effects.filter_map(|effect| {
        let Effect::MeteredAllowance { limit, included, source, .. } = effect else { return None };
        let used = usage_of(sheet, *limit).into_iter().max();
        Some(entry(sheet, *limit, used, Some((Max::Of(*included), *source))))
    });
    of_plan.chain(of_plugins).collect()
}

fn entry(
    sheet: &Sheet<'_>,
    limit: LimitId,
    used: Option<u64>,
    stated: Option<(Max, SourceId)>,
) -> IncludedUsage {
    let set = sheet.request.limits.contains_key(&limit);
    let source = stated.filter(|_| !set).and_then(|(_, source)| sheet.catalog.source(source).cloned());
    IncludedUsage { limit, used, included: sheet.quota(limit, stated.map(|(max, _)| max)), source }
}
