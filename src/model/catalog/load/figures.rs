//! The comparison table: editions with their limits, features and overage, turned from rows to columns.

use crate::model::catalog::edition::{Edition, FeatureFigure, LimitFigure, Validity};
use crate::model::catalog::error::CatalogError;
use crate::model::catalog::meter::Meter;
use crate::model::catalog::overage::Overage;
use crate::model::catalog::raw::{RawEdition, RawFeature, RawLimit, RawOverage};
use crate::model::catalog::rows::Named;
use crate::model::catalog::service::{Effect, Service};
use crate::model::catalog::{List, Text};
use crate::model::{EditionId, Feature, LimitId, Support};

use super::context::{Context, Field, duplicate, known, max, out_of_range, price, rate};

/// The rows as written.
pub(super) struct Tables<'a> {
    pub(super) editions: Vec<RawEdition>,
    pub(super) limits: Named<RawLimit>,
    pub(super) limits_not_stated: &'a [String],
    pub(super) features: Named<RawFeature>,
    pub(super) features_not_stated: &'a [String],
    pub(super) overage: Vec<RawOverage>,
    /// What the catalog's billing model meters.
    pub(super) meters: &'static [Meter],
}

pub(super) fn editions(
    context: &Context<'_>,
    tables: Tables<'_>,
    services: &[Service],
) -> Result<Vec<Edition>, CatalogError> {
    let limits = keyed::<LimitId, _>(format_args!("limits"), tables.limits)?;
    let features = keyed::<Feature, _>(format_args!("features"), tables.features)?;
    check_every_limit(&limits, tables.limits_not_stated, services)?;
    let absent = absent::<Feature>(format_args!("features_not_stated"), tables.features_not_stated)?;
    if let Some(feature) = absent.iter().find(|feature| row(&features, **feature).is_some()) {
        return Err(CatalogError::Contradiction { field: format!("features.{feature}") });
    }
    tables
        .editions
        .into_iter()
        .map(|raw| {
            let field = format!("editions.{}", raw.id);
            let id = context.edition(format_args!("editions.id"), &raw.id)?;
            let price_per_month = raw
                .price_per_month
                .map(|text| price(format_args!("{field}.price_per_month"), &text))
                .transpose()?;
            let validity = raw
                .validity
                .map(|text| known::<Validity>(format_args!("{field}.validity"), &text))
                .transpose()?;
            Ok(Edition {
                id,
                name: super::context::text(format_args!("{field}.name"), raw.name)?,
                local_name: raw.local_name.map(Text::Owned),
                price_per_month,
                price_source: context.source(format_args!("{field}.source"), &raw.source)?,
                paid: raw.paid,
                validity,
                limits: edition_limits(context, id, &limits)?,
                features: edition_features(context, &raw.source, id, &features, &absent)?,
                overage: edition_overage(context, id, &tables.overage, tables.meters)?,
            })
        })
        .collect()
}

/// Rows with their names as ids, in the order of the ids.
fn keyed<K, V>(field: Field<'_>, rows: Named<V>) -> Result<Vec<(K, V)>, CatalogError>
where
    K: std::str::FromStr<Err = crate::model::UnknownId> + Copy + Ord,
{
    let mut out: Vec<(K, V)> = Vec::new();
    for (name, row) in rows.into_rows() {
        out.push((known(format_args!("{field}.{name}"), &name)?, row));
    }
    out.sort_by_key(|(key, _)| *key);
    Ok(out)
}

fn row<K: Copy + PartialEq, V>(rows: &[(K, V)], id: K) -> Option<&V> {
    rows.iter().find(|(key, _)| *key == id).map(|(_, row)| row)
}

/// What is listed as not stated, each once.
fn absent<T>(field: Field<'_>, texts: &[String]) -> Result<Vec<T>, CatalogError>
where
    T: std::str::FromStr<Err = crate::model::UnknownId> + std::fmt::Display + PartialEq,
{
    let mut absent = Vec::with_capacity(texts.len());
    for text in texts {
        let id: T = known(field, text)?;
        if absent.contains(&id) {
            return Err(duplicate(field, id));
        }
        absent.push(id);
    }
    Ok(absent)
}

/// Every limit is a row of the table, the allowance of a service, or marked as not stated; never two of these.
fn check_every_limit(
    rows: &[(LimitId, RawLimit)],
    not_stated: &[String],
    services: &[Service],
) -> Result<(), CatalogError> {
    let absent = absent::<LimitId>(format_args!("limits_not_stated"), not_stated)?;
    for &limit in LimitId::ALL {
        let metered = services.iter().flat_map(|service| service.effects.iter()).any(
            |effect| matches!(effect, Effect::MeteredAllowance { limit: metered, .. } if *metered == limit),
        );
        let field = || format!("limits.{limit}");
        if row(rows, limit).is_some() && metered {
            return Err(duplicate(format_args!("limits"), limit));
        }
        match (row(rows, limit).is_some() || metered, absent.contains(&limit)) {
            (true, true) => return Err(CatalogError::Contradiction { field: field() }),
            (false, false) => return Err(CatalogError::Missing { field: field() }),
            _ => {}
        }
    }
    Ok(())
}

fn edition_limits(
    context: &Context<'_>,
    edition: EditionId,
    rows: &[(LimitId, RawLimit)],
) -> Result<[Option<LimitFigure>; LimitId::COUNT], CatalogError> {
    let mut figures = [None; LimitId::COUNT];
    for (limit, row) in rows {
        for name in row.max.names().chain(&row.not_stated) {
            context.edition(format_args!("limits.{limit}"), name)?;
        }
        let field = format!("limits.{limit}.max.{edition}");
        let absent = row.not_stated.iter().any(|name| name == edition.as_str());
        figures[limit.index()] = match (row.max.get(edition.as_str()), absent) {
            (Some(_), true) => return Err(CatalogError::Contradiction { field }),
            (None, false) => return Err(CatalogError::Missing { field }),
            (None, true) => None,
            (Some(raw), false) => Some(LimitFigure {
                max: max(format_args!("{field}"), raw)?,
                source: context.source(format_args!("limits.{limit}.source"), &row.source)?,
            }),
        };
    }
    Ok(figures)
}

fn edition_features(
    context: &Context<'_>,
    edition_source: &str,
    edition: EditionId,
    rows: &[(Feature, RawFeature)],
    absent: &[Feature],
) -> Result<[FeatureFigure; Feature::COUNT], CatalogError> {
    let mut figures = Vec::with_capacity(Feature::COUNT);
    for &feature in Feature::ALL {
        if absent.contains(&feature) {
            let source = context.source(format_args!("editions.source"), edition_source)?;
            figures.push(FeatureFigure::not_stated(source));
            continue;
        }
        let row = row(rows, feature)
            .ok_or_else(|| CatalogError::Missing { field: format!("features.{feature}") })?;
        if let Some(hours) = row.waiting_time_hours
            && !row.support.rows().any(|support| support == Support::OnApplication.as_str())
        {
            let field = format!("features.{feature}.waiting_time_hours");
            return Err(out_of_range(
                format_args!("{field}"),
                hours,
                "absent: no edition has the feature on application",
            ));
        }
        for name in row.support.names() {
            context.edition(format_args!("features.{feature}.support"), name)?;
        }
        let field = format!("features.{feature}.support.{edition}");
        let text = row
            .support
            .get(edition.as_str())
            .ok_or_else(|| CatalogError::Missing { field: field.clone() })?;
        let support: Support = known(format_args!("{field}"), text)?;
        let has = support.has() == Some(true);
        let cap = row
            .cap
            .as_deref()
            .map(|text| known::<LimitId>(format_args!("features.{feature}.cap"), text))
            .transpose()?;
        figures.push(FeatureFigure {
            support,
            waiting_time_hours: row.waiting_time_hours.filter(|_| support == Support::OnApplication),
            conditions: if has { row.conditions.clone().into() } else { List::Borrowed(&[]) },
            cap: cap.filter(|_| has),
            source: context.source(format_args!("features.{feature}.source"), &row.source)?,
        });
    }
    // One figure was pushed for each of `Feature::ALL`, so the lengths agree.
    figures.try_into().map_err(|_| CatalogError::Missing { field: "features".to_owned() })
}

fn edition_overage(
    context: &Context<'_>,
    edition: EditionId,
    rows: &[RawOverage],
    meters: &[Meter],
) -> Result<[Option<Overage>; Meter::COUNT], CatalogError> {
    let mut figures = [const { None }; Meter::COUNT];
    let mut seen = [false; Meter::COUNT];
    for row in rows {
        let meter: Meter = known(format_args!("overage.meter"), &row.meter)?;
        let field = format!("overage.{meter}.{edition}");
        if !context.editions(format_args!("{field}"), &row.editions)?.contains(&edition) {
            continue;
        }
        if seen[meter.index()] {
            return Err(duplicate(format_args!("overage"), format_args!("{meter} of {edition}")));
        }
        let supported = match (row.supported, row.not_stated) {
            (Some(_), true) => {
                return Err(CatalogError::Contradiction { field: format!("{field}.supported") });
            }
            (None, true) => None,
            (None, false) => return Err(CatalogError::Missing { field: format!("{field}.supported") }),
            (Some(supported), false) => Some(supported),
        };
        if row.rate.is_some() && supported != Some(true) {
            return Err(CatalogError::Contradiction { field: format!("{field}.rate") });
        }
        seen[meter.index()] = true;
        let Some(supported) = supported else { continue };
        figures[meter.index()] = Some(Overage {
            supported,
            rate: row.rate.as_ref().map(|raw| rate(format_args!("{field}.rate"), raw)).transpose()?,
            source: context.source(format_args!("{field}.source"), &row.source)?,
        });
    }
    // A meter without a row would read as usage that costs nothing.
    match meters.iter().find(|meter| !seen[meter.index()]) {
        Some(meter) => Err(CatalogError::Missing { field: format!("overage.{meter}.{edition}") }),
        None => Ok(figures),
    }
}
