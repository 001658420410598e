//! What a move between two editions would do to this very app.

use crate::decide::lifecycle::lifecycle;
use crate::decide::quota::would_bind;
use rust_decimal::Decimal;

use crate::model::catalog::{BillingCycle, Catalog, ChangeCharge, Edition, Effect, Move, ServicePrice};
use crate::model::{
    Authority, BillingMonth, BillingZone, ChangePath, CounterKey, EditionId, EffectiveLimit, Entitlements,
    Feature, Lifecycle, LimitId, Max, Money, ServiceGrant, ServiceId, Subject, Timestamp, Usage,
};

use super::allowed::{ChangeRefusal, allowed};
use super::compare::{Comparison, Side, compare_sides, extra_per_month, has, of_table};

/// A move to look at before it is made.
#[derive(Clone, Copy)]
pub struct ChangeRequest<'a> {
    /// The price list of the app.
    pub catalog: &'a Catalog,
    /// The edition the app has.
    pub from: EditionId,
    /// The edition it would have.
    pub to: EditionId,
    /// The services it has; those that ended before `now` no longer count.
    pub services: &'a [ServiceGrant],
    /// What is in force now, the endpoint's overrides included; `None` takes the table of `from` and the services.
    pub effective: Option<&'a Entitlements>,
    /// The counters that are known: those of the app and of the users and groups seen here.
    pub usage: &'a Usage,
    /// The billing month of the last modification of plan or services, where known.
    pub last_change: Option<BillingMonth>,
    /// When the move would be made.
    pub now: Timestamp,
    /// The billing zone.
    pub zone: &'a BillingZone,
}

impl std::fmt::Debug for ChangeRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChangeRequest")
            .field("catalog", &self.catalog.id)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("services", &self.services)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// What exists already and would lie above the new limit. It stays, and nothing is added to it. Usage that the plan
/// or a plugin goes on with and charges is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct OverUse {
    /// The limit.
    pub limit: LimitId,
    /// Whose counter: of users and groups, the one that is furthest over.
    pub subject: Subject,
    /// How much is used.
    pub used: u64,
    /// What the limit would be.
    pub max: u64,
    /// How many users or groups would be over; 1 for the app.
    pub subjects: u64,
}

/// A service that the app pays for and that would no longer serve a purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct NeedlessService {
    /// The service.
    pub service: ServiceId,
    /// Its tier, where it has tiers.
    pub tier: Option<String>,
    /// What all its units cost per month on the edition left, nothing for what is bought once; `None` where the
    /// price list gives no price.
    pub price: Option<Money>,
    /// Whether the provider refunds what was paid ahead for it.
    pub refunded: bool,
    /// True when the new edition cannot have it; false when that edition by itself gives what it was bought for.
    pub unavailable: bool,
}

/// What a move would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangePreview {
    /// The edition left.
    pub from: EditionId,
    /// The edition entered.
    pub to: EditionId,
    /// Where the plan stands now; unknown where [`ChangeRequest::effective`] was not given. No price list says whether
    /// the plan of a suspended app can be changed before it is renewed or paid for, so [`Self::allowed`] does not
    /// depend on it.
    pub lifecycle: Lifecycle,
    /// The way there, or why there is none now.
    pub allowed: Result<ChangePath, ChangeRefusal>,
    /// Whether it takes effect at once; false where the price list does not say.
    pub immediate: bool,
    /// Whether the app is suspended in between.
    pub suspends: bool,
    /// How the month of the move is charged; `None` when there is no such move.
    pub charge: Option<ChangeCharge>,
    /// The limits and features gained and lost, services included, and the difference in price.
    pub comparison: Comparison,
    /// What would be over the new limits.
    pub over: Vec<OverUse>,
    /// Services that would be needless.
    pub needless_services: Vec<NeedlessService>,
}

/// Looks at a move before it is made.
///
/// Limits and features before the move are those in force; after it they are the new edition's, with those of the
/// services held that would not be needless.
pub fn preview(request: &ChangeRequest<'_>) -> ChangePreview {
    let ChangeRequest { catalog, from, to, last_change, now, zone, .. } = *request;
    let in_force = |grant: &&ServiceGrant| grant.expires_at.is_none_or(|end| now < end);
    let services: Vec<&ServiceGrant> = request.services.iter().filter(in_force).collect();
    let allowed = allowed(catalog, from, to, last_change, now, zone);
    let rule = catalog.policies.change(from, to);
    let (comparison, over, needless_services) = match (catalog.edition(from), catalog.edition(to)) {
        (Some(old), Some(new)) => {
            let refunded = rule.is_some_and(|rule| rule.refunds_needless_services);
            let needless = needless(catalog, old, new, &services, refunded);
            let kept: Vec<&ServiceGrant> = services
                .iter()
                .copied()
                .filter(|grant| !needless.iter().any(|n| n.service == grant.id && n.tier == grant.tier))
                .collect();
            let before = effective(request.effective, catalog, old, &services);
            let after = with_services(catalog, new, &kept);
            let over = over(request, new, &kept, &after);
            (compare_sides(extra_per_month(catalog, old, new), &before, &after), over, needless)
        }
        _ => (Comparison::default(), Vec::new(), Vec::new()),
    };
    ChangePreview {
        from,
        to,
        lifecycle: request.effective.map_or(Lifecycle::Unknown, |known| lifecycle(known, now, zone)),
        allowed,
        immediate: rule.is_some_and(|rule| rule.immediate),
        suspends: rule.is_some_and(Move::suspends),
        charge: rule.map(|rule| rule.charge),
        comparison,
        over,
        needless_services,
    }
}

/// What is in force, where that is known, and else the table and the services.
fn effective<'a>(
    known: Option<&'a Entitlements>,
    catalog: &'a Catalog,
    edition: &'a Edition,
    held: &'a [&'a ServiceGrant],
) -> Side<'a> {
    let Side { limit, has } = with_services(catalog, edition, held);
    let Some(known) = known else { return Side { limit, has } };
    Side {
        limit: Box::new(move |id| known.limit(id).or_else(|| limit(id))),
        has: Box::new(move |feature| {
            known.feature(feature).map_or_else(|| has(feature), |known| known.support.has())
        }),
    }
}

/// The edition with the services that it can have.
fn with_services<'a>(catalog: &'a Catalog, edition: &'a Edition, held: &'a [&'a ServiceGrant]) -> Side<'a> {
    Side {
        limit: Box::new(move |limit| {
            let raised = effects(catalog, edition, held)
                .filter_map(|(effect, tier)| match effect {
                    Effect::RaisesLimit { edition: on, tier: of, limit: raised, to, .. }
                        if *raised == limit
                            && *on == edition.id
                            && (of.is_none() || of.as_deref() == tier) =>
                    {
                        *to
                    }
                    Effect::MeteredAllowance { limit: metered, included, .. } if *metered == limit => {
                        Some(Max::Of(*included))
                    }
                    _ => None,
                })
                .max()
                .map(|max| EffectiveLimit { max, authority: Authority::ValueAdded });
            of_table(edition, limit).into_iter().chain(raised).max_by_key(|known| known.max)
        }),
        has: Box::new(
            move |feature| {
                if adds(catalog, edition, held, feature) { Some(true) } else { has(edition, feature) }
            },
        ),
    }
}

/// The effects of the services that the edition can have, each with the tier held.
fn effects<'a>(
    catalog: &'a Catalog,
    edition: &'a Edition,
    held: &'a [&'a ServiceGrant],
) -> impl Iterator<Item = (&'a Effect, Option<&'a str>)> {
    held.iter()
        .filter_map(move |grant| {
            let (service, tier) = (catalog.service(grant.id)?, grant.tier.as_deref());
            service.price(edition.id, tier).map(|_| service.effects.iter().map(move |effect| (effect, tier)))
        })
        .flatten()
}

fn adds(catalog: &Catalog, edition: &Edition, held: &[&ServiceGrant], feature: Feature) -> bool {
    effects(catalog, edition, held)
        .any(|(effect, _)| matches!(effect, Effect::AddsFeature { feature: added, .. } if *added == feature))
}

/// Whether usage beyond the figure of a limit goes on: it is charged, by the edition or by a plugin that is kept,
/// or a service that is kept raises the limit by an amount that the price list does not state.
fn goes_on_beyond(catalog: &Catalog, edition: &Edition, held: &[&ServiceGrant], limit: LimitId) -> bool {
    edition.overages().any(|(meter, overage)| meter.quota() == limit && overage.supported)
        || effects(catalog, edition, held).any(|(effect, tier)| match effect {
            Effect::MeteredAllowance { limit: metered, .. } => *metered == limit,
            Effect::RaisesLimit { edition: on, tier: of, limit: raised, to: None, .. } => {
                *raised == limit && *on == edition.id && (of.is_none() || of.as_deref() == tier)
            }
            _ => false,
        })
}

/// The counters that lie above the limits after the move: for each limit the one furthest over.
fn over(
    request: &ChangeRequest<'_>,
    new: &Edition,
    kept: &[&ServiceGrant],
    after: &Side<'_>,
) -> Vec<OverUse> {
    let mut found: Vec<OverUse> = Vec::new();
    request.usage.each(|key, counter| {
        let current = CounterKey::at(key.limit, key.subject, request.now, request.zone);
        let bound = would_bind((after.limit)(key.limit), key.limit, None, counter);
        let Some(Max::Of(max)) = bound.map(|bound| bound.max) else { return };
        let used = counter.used();
        if key.bucket != current.bucket
            || used <= max
            || goes_on_beyond(request.catalog, new, kept, key.limit)
        {
            return;
        }
        let this = OverUse { limit: key.limit, subject: key.subject, used, max, subjects: 1 };
        match found.iter_mut().find(|other| other.limit == key.limit) {
            Some(other) => {
                let subjects = other.subjects + 1;
                // The subject breaks ties, so that the answer does not depend on the order of the counters.
                if (used - max, this.subject) > (other.used - other.max, other.subject) {
                    *other = this;
                }
                other.subjects = subjects;
            }
            None => found.push(this),
        }
    });
    found.sort_by_key(|over| over.limit);
    found
}

fn needless(
    catalog: &Catalog,
    from: &Edition,
    to: &Edition,
    held: &[&ServiceGrant],
    refunded: bool,
) -> Vec<NeedlessService> {
    held.iter()
        .filter_map(|grant| {
            let service = catalog.service(grant.id)?;
            let tier = grant.tier.as_deref();
            let unavailable = service.price(to.id, tier).is_none();
            let mut raised = service
                .effects
                .iter()
                .filter_map(|effect| match effect {
                    Effect::RaisesLimit { edition, tier: of, limit, to: Some(max), .. }
                        if *edition == from.id && of.as_deref() == tier =>
                    {
                        Some((*limit, *max))
                    }
                    _ => None,
                })
                .peekable();
            // The new edition gives by itself what the service was bought for.
            let covered = raised.peek().is_some()
                && raised.all(|(limit, max)| to.limit(limit).map(|figure| figure.max) >= Some(max));
            (unavailable || covered).then(|| NeedlessService {
                service: grant.id,
                tier: grant.tier.clone(),
                price: service.price(from.id, tier).and_then(|row| per_month(catalog, row, grant.quantity)),
                refunded,
                unavailable,
            })
        })
        .collect()
}

/// What so many units cost per month.
fn per_month(catalog: &Catalog, row: &ServicePrice, units: u32) -> Option<Money> {
    let currency = catalog.currency?;
    match row.cycle {
        BillingCycle::Once | BillingCycle::FixedDays => Some(Money::zero(currency)),
        _ => Some(Money::new(row.price?.checked_mul(Decimal::from(units))?, currency)),
    }
}
