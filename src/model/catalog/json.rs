//! The JSON form of a catalog: prices as exact strings, every source resolved to its document and date.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::model::Max;

use super::policy::{Move, Policies};
use super::service::{Effect, Service};
use super::source::{SourceId, Stated};
use super::{Catalog, Edition, FeatureFigure, LimitFigure, Overage, Rate};

/// Renders catalogs as a JSON array, one object each.
pub fn to_json<'a>(catalogs: impl IntoIterator<Item = &'a Catalog>) -> Value {
    catalogs.into_iter().map(catalog).collect()
}

fn catalog(catalog: &Catalog) -> Value {
    let view = View(catalog);
    json!({
        "id": catalog.id,
        "title": catalog.title,
        "currency": catalog.currency,
        "billing_model": catalog.billing_model,
        "sources": catalog.sources.iter().map(|source| json!({
            "id": source.id,
            "document": source.name(),
            "language": source.language,
            "url": source.url,
            "date": source.date.map(|date| date.to_string()),
            "time": source.time.map(|time| time.to_string()),
        })).collect::<Value>(),
        "editions": catalog.editions.iter().map(|edition| view.edition(edition)).collect::<Value>(),
        "value_added": catalog.services.iter().map(|service| view.service(service)).collect::<Value>(),
        "policies": view.policies(&catalog.policies),
        "notes": catalog.notes.iter().map(|note| json!({
            "about": note.about.to_string(),
            "text": note.text,
            "source": view.source(note.source),
        })).collect::<Value>(),
        "differences": catalog.differences.iter().map(|difference| json!({
            "about": difference.about.to_string(),
            "statements": difference.statements.iter().map(|statement| json!({
                "text": statement.text,
                "source": view.source(statement.source),
            })).collect::<Value>(),
            "used": difference.used,
        })).collect::<Value>(),
    })
}

/// A catalog whose parts are being rendered: it resolves their sources.
struct View<'a>(&'a Catalog);

impl View<'_> {
    fn source(&self, id: SourceId) -> Value {
        self.0.source(id).map_or(Value::Null, |source| {
            json!({
                "id": source.id,
                "document": source.name(),
                "date": source.date.map(|date| date.to_string()),
            })
        })
    }

    fn edition(&self, edition: &Edition) -> Value {
        let (mut limits, mut features, mut overage) = (Map::new(), Map::new(), Map::new());
        limits.extend(edition.limits().map(|(id, figure)| (id.to_string(), self.limit(figure))));
        features
            .extend(edition.features().map(|(id, figure)| (id.to_string(), self.feature(edition, figure))));
        let meters = self.0.billing_model.meters().iter();
        overage.extend(meters.map(|&meter| (meter.to_string(), self.overage(edition.overage(meter)))));
        json!({
            "id": edition.id,
            "name": edition.name,
            "local_name": edition.local_name,
            "price_per_month": price(edition.price_per_month),
            "price_source": self.source(edition.price_source),
            "paid": edition.paid,
            "validity": edition.validity,
            "limits": limits,
            "features": features,
            "overage": overage,
        })
    }

    fn limit(&self, figure: LimitFigure) -> Value {
        json!({
            "max": figure.max.number(),
            "unlimited": figure.max == Max::Unlimited,
            "source": self.source(figure.source),
        })
    }

    fn feature(&self, edition: &Edition, figure: &FeatureFigure) -> Value {
        let cap = figure.cap.and_then(|limit| edition.limit(limit)).and_then(|limit| limit.max.number());
        json!({
            "support": figure.support,
            "waiting_time_hours": figure.waiting_time_hours,
            "conditions": figure.conditions,
            "cap": cap,
            "source": self.source(figure.source),
        })
    }

    /// What is not stated is `null`.
    fn overage(&self, overage: Option<&Overage>) -> Value {
        let rate = overage.and_then(|overage| overage.rate.as_ref());
        json!({
            "supported": overage.map(|overage| overage.supported),
            "price": price(rate.map(|rate| rate.price)),
            "per": rate.map(|rate| rate.per),
            "rounding": rate.map(|rate| rate.rounding),
            "reading": rate.is_some_and(|rate| rate.reading),
            "source": overage.map(|overage| self.source(overage.source)),
        })
    }

    fn service(&self, service: &Service) -> Value {
        json!({
            "id": service.id,
            "name": service.name,
            "local_name": service.local_name,
            "category": service.category,
            "tiers": service.tiers,
            "conditions": service.conditions,
            "prices": service.prices.iter().map(|row| json!({
                "edition": row.edition,
                "tier": row.tier,
                "price": price(row.price),
                "cycle": row.cycle,
                "days": row.days,
                "per_unit": row.per_unit,
                "reading": row.reading,
                "source": self.source(row.source),
            })).collect::<Value>(),
            "activation_month": self.maybe(service.activation_month.as_ref()),
            "effects": service.effects.iter().map(|effect| self.effect(effect)).collect::<Value>(),
            "notes": service.notes.iter().map(|note| json!({
                "text": note.text,
                "until": note.until.map(|date| date.to_string()),
                "waives_price": note.waives_price,
                "source": self.source(note.source),
            })).collect::<Value>(),
            "source": self.source(service.source),
        })
    }

    fn effect(&self, effect: &Effect) -> Value {
        match effect {
            Effect::RaisesLimit { edition, tier, limit, to, reading, source } => json!({
                "kind": "raises_limit",
                "edition": edition,
                "tier": tier,
                "limit": limit,
                "to": to.and_then(Max::number),
                "unlimited": *to == Some(Max::Unlimited),
                "reading": reading,
                "source": self.source(*source),
            }),
            Effect::MeteredAllowance { limit, included, overage, cycle, source } => json!({
                "kind": "metered_allowance",
                "limit": limit,
                "included": included,
                "overage": rate(overage),
                "cycle": cycle,
                "source": self.source(*source),
            }),
            Effect::IncludesUnits { service, count, source } => json!({
                "kind": "includes_units",
                "service": service,
                "count": count,
                "source": self.source(*source),
            }),
            Effect::Pack { unit, count, source } => json!({
                "kind": "pack",
                "unit": unit,
                "count": count,
                "source": self.source(*source),
            }),
            Effect::AddsFeature { feature, reading, source } => json!({
                "kind": "adds_feature",
                "feature": feature,
                "reading": reading,
                "source": self.source(*source),
            }),
            Effect::AddsCapability { tier, text, source } => json!({
                "kind": "adds_capability",
                "tier": tier,
                "text": text,
                "source": self.source(*source),
            }),
        }
    }

    fn stated<T: Serialize>(&self, stated: &Stated<T>) -> Value {
        json!({
            "value": stated.value,
            "reading": stated.reading,
            "note": stated.note,
            "source": self.source(stated.source),
        })
    }

    fn maybe<T: Serialize>(&self, stated: Option<&Stated<T>>) -> Value {
        stated.map_or(Value::Null, |stated| self.stated(stated))
    }

    fn policies(&self, rules: &Policies) -> Value {
        json!({
            "plan_payment": self.stated(&rules.plan_payment),
            "overage_payment": self.stated(&rules.overage_payment),
            "plan_period": self.stated(&rules.plan_period),
            "plugin_period": self.maybe(rules.plugin_period.as_ref()),
            "deduction": self.stated(&rules.deduction),
            "overage_from_activation_month": self.maybe(rules.overage_from_activation_month.as_ref()),
            "purchase_length": self.maybe(rules.purchase_length.as_ref()),
            "change_frequency": self.maybe(rules.change_frequency.as_ref()),
            "free_trial": self.maybe(rules.free_trial.as_ref()),
            "reminders": self.maybe(rules.reminders.as_ref()),
            "grace_hours": self.maybe(rules.grace_hours.as_ref()),
            "arrears_hours": self.maybe(rules.arrears_hours.as_ref()),
            "retention": self.maybe(rules.retention.as_ref()),
            "disabled_app_days": self.maybe(rules.disabled_app_days.as_ref()),
            "suspended_month_in_proportion": self.maybe(rules.suspended_month_in_proportion.as_ref()),
            "max_apps_per_account": self.maybe(rules.max_apps_per_account.as_ref()),
            "refund": self.maybe(rules.refund.as_ref()),
            "services_on_paid_editions_only": self.maybe(rules.services_on_paid_editions_only.as_ref()),
            "moves": rules.moves.iter().map(|change| self.change(change)).collect::<Value>(),
        })
    }

    fn change(&self, change: &Move) -> Value {
        json!({
            "from": change.from,
            "to": change.to,
            "kind": change.kind,
            "immediate": change.immediate,
            "charge": change.charge,
            "refunds_needless_services": change.refunds_needless_services,
            "suspends": change.suspends(),
            "reading": change.reading,
            "note": change.note,
            "source": self.source(change.source),
        })
    }
}

fn rate(rate: &Rate) -> Value {
    json!({
        "price": price(Some(rate.price)),
        "per": rate.per,
        "rounding": rate.rounding,
        "reading": rate.reading,
    })
}

fn price(price: Option<Decimal>) -> Option<String> {
    price.map(|price| price.normalize().to_string())
}
