//! What the value-added services in force change.

use crate::model::catalog::{Catalog, Edition, Effect, Service};
use crate::model::{
    Authority, EffectiveFeature, EffectiveLimit, Entitlements, EntitlementsDocument, Feature, Finding,
    LimitId, Max, ServiceGrant, ServiceId, ServiceInForce, Support, Timestamp,
};

/// Applies every service that is in force at `now`, and notes when the next one ends.
pub(super) fn apply(
    out: &mut Entitlements,
    document: &EntitlementsDocument,
    catalog: Option<&Catalog>,
    edition: Option<&Edition>,
    now: Timestamp,
) {
    for (position, grant) in document.value_added.iter().enumerate() {
        if grant.expires_at.is_some_and(|end| end <= now) {
            continue;
        }
        let field = format!("/value_added/{position}");
        if grant.quantity == 0 {
            out.findings.push(Finding {
                field: format!("{field}/quantity"),
                problem: format!("0 of {} were bought", grant.id),
                remedy: "the service is not counted as bought; leave the entry out or state how many"
                    .to_owned(),
            });
            continue;
        }
        out.changes_at = earlier(out.changes_at, grant.expires_at);
        out.services.push(ServiceInForce { id: grant.id, tier: grant.tier.clone() });
        if let Some(catalog) = catalog {
            match catalog.service(grant.id) {
                Some(service) => effects(out, document, grant, service, edition, &field),
                None => out.findings.push(Finding {
                    field: format!("{field}/id"),
                    problem: if catalog.services_stated {
                        format!("{} has no service `{}`", catalog.id, grant.id)
                    } else {
                        format!("{} does not state its services, such as `{}`", catalog.id, grant.id)
                    },
                    remedy: "it raises nothing by itself; state what it changes in `limits`".to_owned(),
                }),
            }
        }
    }
}

fn effects(
    out: &mut Entitlements,
    document: &EntitlementsDocument,
    grant: &ServiceGrant,
    service: &Service,
    edition: Option<&Edition>,
    field: &str,
) {
    if !tier_is_known(grant, service) {
        out.findings.push(Finding {
            field: format!("{field}/tier"),
            problem: match &grant.tier {
                Some(tier) => format!("{} has no tier `{tier}`", service.id),
                None => format!("{} has tiers, and none is named", service.id),
            },
            remedy: match service.tiers.as_ref() {
                [] => "the tier is ignored; leave it out".to_owned(),
                tiers => format!("no limit is raised; name one of {}", tiers.join(", ")),
            },
        });
    }
    if let Some(edition) = edition
        && !service.available_on(edition.id)
    {
        out.findings.push(Finding {
            field: format!("{field}/id"),
            problem: format!("{} is not sold on {}", service.id, edition.id),
            remedy: "the edition's own limits stay in force; state what the service changes in `limits`"
                .to_owned(),
        });
        return;
    }
    for effect in service.effects.iter() {
        match effect {
            Effect::RaisesLimit { edition: on, tier, limit, to, .. }
                if edition.is_some_and(|edition| edition.id == *on)
                    && (tier.is_none() || tier.as_deref() == grant.tier.as_deref()) =>
            {
                raise(out, document, *limit, *to, service.id, field);
            }
            Effect::MeteredAllowance { limit, included, .. } => {
                raise(out, document, *limit, Some(Max::Of(*included)), service.id, field);
            }
            Effect::AddsFeature { feature, .. } => add_feature(out, *feature),
            _ => {}
        }
    }
}

fn tier_is_known(grant: &ServiceGrant, service: &Service) -> bool {
    match &grant.tier {
        None => service.tiers.is_empty(),
        Some(tier) => service.tiers.iter().any(|known| known == tier),
    }
}

fn raise(
    out: &mut Entitlements,
    document: &EntitlementsDocument,
    limit: LimitId,
    to: Option<Max>,
    service: ServiceId,
    field: &str,
) {
    let Some(max) = to else {
        // The list says that the limit is higher, not by how much: to go on enforcing the edition's own figure
        // would deny what was paid for.
        out.set_limit(limit, None);
        if !document.limits.contains_key(&limit) {
            out.findings.push(Finding {
                field: format!("{field}/id"),
                problem: format!("{service} raises {limit}, and the price list does not say to how much"),
                remedy: format!("{limit} is not kept; state it in `limits`"),
            });
        }
        return;
    };
    if out.limit(limit).is_none_or(|known| known.max < max) {
        out.set_limit(limit, Some(EffectiveLimit { max, authority: Authority::ValueAdded }));
    }
}

/// With the service the feature is there, whatever the edition's own row says.
fn add_feature(out: &mut Entitlements, feature: Feature) {
    if out.feature(feature).is_none_or(|known| known.support != Support::Supported) {
        out.set_feature(
            feature,
            Some(EffectiveFeature {
                support: Support::Supported,
                approved_at: None,
                available_from: None,
                waiting_hours: None,
                authority: Authority::ValueAdded,
            }),
        );
    }
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
