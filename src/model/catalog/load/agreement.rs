//! Whether the parts of a catalog agree with each other, once each of them is well formed.

use crate::model::catalog::error::CatalogError;
use crate::model::catalog::service::{Effect, Service};
use crate::model::catalog::source::Subject;
use crate::model::catalog::{Catalog, Edition};
use crate::model::{Condition, Feature, LimitId, Max};

use super::context::{Field, duplicate, missing, out_of_range, unknown_edition};

pub(super) fn check(catalog: &Catalog) -> Result<(), CatalogError> {
    currency(catalog)?;
    for edition in catalog.editions.iter() {
        fee(edition)?;
        overage(catalog, edition)?;
        for (feature, figure) in edition.features() {
            conditions(format_args!("features.{feature}.conditions"), &figure.conditions)?;
            cap(edition, feature, figure.cap)?;
        }
    }
    for service in catalog.services.iter() {
        prices(service)?;
        conditions(format_args!("services.{}.conditions", service.id), &service.conditions)?;
        for effect in service.effects.iter() {
            self::effect(catalog, service, effect)?;
        }
    }
    let about = catalog.notes.iter().map(|note| ("notes.about", note.about));
    let differing = catalog.differences.iter().map(|difference| ("differences.about", difference.about));
    about.chain(differing).try_for_each(|(field, subject)| known_here(catalog, field, subject))
}

/// A price without a currency is not a price.
fn currency(catalog: &Catalog) -> Result<(), CatalogError> {
    let fees = catalog.editions.iter().filter_map(|edition| edition.price_per_month);
    let rows = catalog.services.iter().flat_map(|service| service.prices.iter()).filter_map(|row| row.price);
    let rates = catalog.editions.iter().flat_map(Edition::overages);
    let rates = rates.filter_map(|(_, overage)| overage.rate.as_ref().map(|rate| rate.price));
    let priced = fees.chain(rows).chain(rates).any(|price| !price.is_zero());
    if priced && catalog.currency.is_none() { Err(missing(format_args!("currency"))) } else { Ok(()) }
}

fn fee(edition: &Edition) -> Result<(), CatalogError> {
    match edition.price_per_month {
        Some(fee) if edition.paid == fee.is_zero() => Err(out_of_range(
            format_args!("editions.{}.price_per_month", edition.id),
            fee,
            if edition.paid {
                "above 0, since the edition is paid"
            } else {
                "0, since the edition is not paid"
            },
        )),
        _ => Ok(()),
    }
}

fn overage(catalog: &Catalog, edition: &Edition) -> Result<(), CatalogError> {
    let meters = catalog.billing_model.meters();
    for (meter, _) in edition.overages() {
        if !meters.contains(&meter) {
            return Err(out_of_range(
                format_args!("overage.meter"),
                meter,
                "a meter of the catalog's billing model",
            ));
        }
    }
    Ok(())
}

fn conditions(field: Field<'_>, conditions: &[Condition]) -> Result<(), CatalogError> {
    let empty = |condition: &Condition| match condition {
        Condition::Platforms { platforms } | Condition::MinSdk { platforms, .. } => platforms.is_empty(),
        Condition::GroupTypes { group_types } => group_types.is_empty(),
        Condition::MaxGroupSize { .. } | Condition::ConsoleSwitch {} => false,
    };
    if conditions.iter().any(empty) { Err(missing(field)) } else { Ok(()) }
}

fn cap(edition: &Edition, feature: Feature, cap: Option<LimitId>) -> Result<(), CatalogError> {
    match cap {
        Some(limit) if edition.limit(limit).is_none() => {
            Err(missing(format_args!("limits.{limit}.max.{}, the cap of {feature}", edition.id)))
        }
        _ => Ok(()),
    }
}

fn prices(service: &Service) -> Result<(), CatalogError> {
    let field = format!("services.{}.prices", service.id);
    if service.prices.is_empty() {
        return Err(missing(format_args!("{field}")));
    }
    match service.tiers.iter().find(|tier| service.prices.iter().all(|row| row.tier.as_ref() != Some(tier))) {
        Some(tier) => Err(missing(format_args!("{field}: tier {tier}"))),
        None => Ok(()),
    }
}

fn effect(catalog: &Catalog, service: &Service, effect: &Effect) -> Result<(), CatalogError> {
    match effect {
        Effect::RaisesLimit { edition, tier, limit, to, .. } => {
            if service.price(*edition, tier.as_deref()).is_none() {
                let tier = tier.as_deref().map(|tier| format!(", tier {tier}")).unwrap_or_default();
                return Err(missing(format_args!("services.{}.prices: {edition}{tier}", service.id)));
            }
            let own = catalog.edition(*edition).and_then(|edition| edition.limit(*limit));
            match (own, to) {
                (Some(own), Some(to)) if *to <= own.max => Err(out_of_range(
                    format_args!("services.{}.effects.to", service.id),
                    Max::to_string(to),
                    "more than the edition's own figure",
                )),
                _ => Ok(()),
            }
        }
        Effect::IncludesUnits { service: of, .. } if catalog.service(*of).is_none() => {
            Err(missing(format_args!("services.{of}, whose units {} includes", service.id)))
        }
        Effect::AddsFeature { feature, .. } => {
            let twice =
                |other: &&Effect| matches!(other, Effect::AddsFeature { feature: f, .. } if f == feature);
            if service.effects.iter().filter(twice).count() > 1 {
                return Err(duplicate(format_args!("services.{}.effects", service.id), feature));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A remark on an edition, or on a service that this one lacks, would never be found.
fn known_here(catalog: &Catalog, field: &str, subject: Subject) -> Result<(), CatalogError> {
    match subject {
        Subject::Edition(edition) if catalog.edition(edition).is_none() => {
            let known: Vec<_> = catalog.editions.iter().map(|edition| edition.id).collect();
            Err(unknown_edition(format_args!("{field}"), edition, &known))
        }
        Subject::Service(service) if catalog.service(service).is_none() => {
            Err(missing(format_args!("services.{service}, which {field} names")))
        }
        _ => Ok(()),
    }
}
