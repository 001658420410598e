//! Value-added services: prices row by row, effects one by one.

use crate::model::catalog::Text;
use crate::model::catalog::error::CatalogError;
use crate::model::catalog::raw::{RawEffect, RawPrice, RawService, RawServiceNote};
use crate::model::catalog::service::{
    BillingCycle, Effect, Service, ServiceCategory, ServiceNote, ServicePrice,
};
use crate::model::echo::echo;
use crate::model::{LimitId, ServiceId};

use super::context::{
    Context, Field, count, date, duplicate, known, max, missing, name, out_of_range, price, rate, text,
};

pub(super) fn services(context: &Context<'_>, raw: Vec<RawService>) -> Result<Vec<Service>, CatalogError> {
    let mut services: Vec<Service> = Vec::with_capacity(raw.len());
    for raw in raw {
        let id: ServiceId = name(format_args!("services.id"), &raw.id)?;
        if services.iter().any(|service| service.id == id) {
            return Err(duplicate(format_args!("services"), id));
        }
        let field = format!("services.{id}");
        if let Some(twice) = raw.tiers.iter().enumerate().find(|(i, tier)| raw.tiers[..*i].contains(tier)) {
            return Err(duplicate(format_args!("{field}.tiers"), twice.1));
        }
        let prices = prices(context, &field, &raw.tiers, raw.prices)?;
        let effects = raw
            .effects
            .into_iter()
            .map(|effect| self::effect(context, &field, &raw.tiers, effect))
            .collect::<Result<Vec<_>, _>>()?
            .concat();
        services.push(Service {
            id,
            name: text(format_args!("{field}.name"), raw.name)?,
            local_name: raw.local_name.map(Text::Owned),
            category: known::<ServiceCategory>(format_args!("{field}.category"), &raw.category)?,
            prices: prices.into(),
            activation_month: raw
                .activation_month
                .map(|stated| context.stated(format_args!("{field}.activation_month"), stated))
                .transpose()?,
            effects: effects.into(),
            tiers: raw.tiers.into_iter().map(Text::Owned).collect(),
            conditions: raw.conditions.into(),
            notes: raw
                .notes
                .into_iter()
                .map(|raw| note(context, &field, raw))
                .collect::<Result<Vec<_>, _>>()?
                .into(),
            source: context.source(format_args!("{field}.source"), &raw.source)?,
        });
    }
    Ok(services)
}

fn prices(
    context: &Context<'_>,
    field: &str,
    tiers: &[String],
    raw: Vec<RawPrice>,
) -> Result<Vec<ServicePrice>, CatalogError> {
    let field = format!("{field}.prices");
    let mut rows: Vec<ServicePrice> = Vec::new();
    for raw in raw {
        check_tier(format_args!("{field}"), tiers, raw.tier.as_deref())?;
        if raw.tier.is_none() && !tiers.is_empty() {
            return Err(missing(format_args!("{field}.tier")));
        }
        let amount = raw.price.as_deref().map(|amount| price(format_args!("{field}"), amount)).transpose()?;
        let cycle: BillingCycle = known(format_args!("{field}.cycle"), &raw.cycle)?;
        if (cycle == BillingCycle::FixedDays) != raw.days.is_some_and(|days| days > 0) {
            return Err(out_of_range(
                format_args!("{field}.days"),
                raw.days.unwrap_or_default(),
                "1 or more with the cycle fixed_days, and absent with any other",
            ));
        }
        let source = context.source(format_args!("{field}.source"), &raw.source)?;
        for edition in context.editions(format_args!("{field}.editions"), &raw.editions)? {
            if rows.iter().any(|row| row.edition == edition && row.tier.as_deref() == raw.tier.as_deref()) {
                let tier = raw.tier.as_deref().unwrap_or("no tier");
                return Err(duplicate(format_args!("{field}"), format_args!("{edition}, {tier}")));
            }
            rows.push(ServicePrice {
                edition,
                tier: raw.tier.clone().map(Text::Owned),
                price: amount,
                cycle,
                days: raw.days,
                per_unit: raw.per_unit,
                reading: raw.reading,
                source,
            });
        }
    }
    Ok(rows)
}

fn check_tier(field: Field<'_>, tiers: &[String], tier: Option<&str>) -> Result<(), CatalogError> {
    match tier {
        Some(tier) if !tiers.iter().any(|known| known == tier) => Err(CatalogError::UnknownTier {
            field: format!("{field}.tier"),
            value: echo(tier),
            known: tiers.to_vec(),
        }),
        _ => Ok(()),
    }
}

/// An effect as written may name several editions; as typed it names one.
fn effect(
    context: &Context<'_>,
    field: &str,
    tiers: &[String],
    raw: RawEffect,
) -> Result<Vec<Effect>, CatalogError> {
    let field = format!("{field}.effects");
    let from = |source: &str| context.source(format_args!("{field}.source"), source);
    let one = match raw {
        RawEffect::RaisesLimit { editions, tier, limit, to, reading, source } => {
            check_tier(format_args!("{field}"), tiers, tier.as_deref())?;
            if tier.is_none() && !tiers.is_empty() {
                return Err(missing(format_args!("{field}.tier")));
            }
            let limit: LimitId = known(format_args!("{field}.limit"), &limit)?;
            let to = to.map(|raw| max(format_args!("{field}.to"), &raw)).transpose()?;
            let source = from(&source)?;
            return Ok(context
                .editions(format_args!("{field}.editions"), &editions)?
                .into_iter()
                .map(|edition| Effect::RaisesLimit {
                    edition,
                    tier: tier.clone().map(Text::Owned),
                    limit,
                    to,
                    reading,
                    source,
                })
                .collect());
        }
        RawEffect::MeteredAllowance { limit, included, overage, cycle, source } => Effect::MeteredAllowance {
            limit: known(format_args!("{field}.limit"), &limit)?,
            included: count(format_args!("{field}.included"), included)?,
            overage: rate(format_args!("{field}.overage"), &overage)?,
            cycle: known(format_args!("{field}.cycle"), &cycle)?,
            source: from(&source)?,
        },
        RawEffect::IncludesUnits { service, count: units, source } => Effect::IncludesUnits {
            service: name(format_args!("{field}.service"), &service)?,
            count: count(format_args!("{field}.count"), units)?,
            source: from(&source)?,
        },
        RawEffect::Pack { unit, count: units, source } => Effect::Pack {
            unit: unit.into(),
            count: count(format_args!("{field}.count"), units)?,
            source: from(&source)?,
        },
        RawEffect::AddsFeature { feature, reading, source } => Effect::AddsFeature {
            feature: known(format_args!("{field}.feature"), &feature)?,
            reading,
            source: from(&source)?,
        },
        RawEffect::AddsCapability { tier, text, source } => {
            check_tier(format_args!("{field}"), tiers, tier.as_deref())?;
            let text = self::text(format_args!("{field}.text"), text)?;
            Effect::AddsCapability { tier: tier.map(Text::Owned), text, source: from(&source)? }
        }
    };
    Ok(vec![one])
}

fn note(context: &Context<'_>, field: &str, raw: RawServiceNote) -> Result<ServiceNote, CatalogError> {
    let field = format!("{field}.notes");
    Ok(ServiceNote {
        until: raw.until.map(|day| date(format_args!("{field}.until"), &day)).transpose()?,
        text: text(format_args!("{field}.text"), raw.text)?,
        waives_price: raw.waives_price,
        source: context.source(format_args!("{field}.source"), &raw.source)?,
    })
}
