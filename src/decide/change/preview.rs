//! What a move between two editions would do to this very app.

use crate::model::catalog::{Catalog, ChangeCharge, Edition, Effect, Move, ServicePrice};
use crate::model::{
    BillingMonth, BillingZone, ChangePath, CounterKey, EditionId, LimitId, Max, Money, ServiceGrant,
    ServiceId, Subject, Timestamp, Usage,
};

use super::allowed::{ChangeRefusal, allowed};
use super::compare::{Comparison, compare_limits};

/// A move to look at before it is made.
#[derive(Clone, Copy, Debug)]
pub struct ChangeRequest<'a> {
    /// The price list of the app.
    pub catalog: &'a Catalog,
    /// The edition the app has.
    pub from: EditionId,
    /// The edition it would have.
    pub to: EditionId,
    /// The services it has.
    pub services: &'a [ServiceGrant],
    /// The counters that are known: those of the app and of the users and groups seen here.
    pub usage: &'a Usage,
    /// The billing month of the last modification of plan or services, where known.
    pub last_change: Option<BillingMonth>,
    /// When the move would be made.
    pub now: Timestamp,
    /// The billing zone.
    pub zone: &'a BillingZone,
}

/// What exists already and would lie above the new limit. It stays, and nothing is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
pub struct NeedlessService {
    /// The service.
    pub service: ServiceId,
    /// Its tier, where it has tiers.
    pub tier: Option<String>,
    /// Its price per month on the edition left; `None` where the price list gives none.
    pub price: Option<Money>,
    /// Whether the provider refunds what was paid ahead for it.
    pub refunded: bool,
    /// True when the new edition cannot have it; false when that edition by itself gives what it was bought for.
    pub unavailable: bool,
}

/// What a move would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangePreview {
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
/// Limits before the move include the services held; limits after it include those of them that would not be
/// needless.
pub fn preview(request: &ChangeRequest<'_>) -> ChangePreview {
    let ChangeRequest { catalog, from, to, services, last_change, now, zone, .. } = *request;
    let allowed = allowed(catalog, from, to, last_change, now, zone);
    let rule = catalog.policies.change(from, to);
    let (comparison, over, needless_services) = match (catalog.edition(from), catalog.edition(to)) {
        (Some(old), Some(new)) => {
            let refunded = rule.is_some_and(|rule| rule.refunds_needless_services);
            let needless = needless(catalog, old, new, services, refunded);
            let kept: Vec<&ServiceGrant> = services
                .iter()
                .filter(|grant| !needless.iter().any(|n| n.service == grant.id && n.tier == grant.tier))
                .collect();
            let before = |limit| with_services(catalog, old, services.iter(), limit);
            let after = |limit| with_services(catalog, new, kept.iter().copied(), limit);
            (compare_limits(catalog, old, new, before, after), over(request, after), needless)
        }
        _ => (Comparison::default(), Vec::new(), Vec::new()),
    };
    ChangePreview {
        allowed,
        immediate: rule.is_some_and(|rule| rule.immediate),
        suspends: rule.is_some_and(Move::suspends),
        charge: rule.map(|rule| rule.charge),
        comparison,
        over,
        needless_services,
    }
}

/// The edition's figure, raised by the services that it can have.
fn with_services<'a>(
    catalog: &Catalog,
    edition: &Edition,
    held: impl Iterator<Item = &'a ServiceGrant>,
    limit: LimitId,
) -> Option<Max> {
    let own = edition.limit(limit).map(|figure| figure.max);
    held.filter_map(|grant| {
        let service = catalog.service(grant.id)?;
        service.price(edition.id, grant.tier.as_deref())?;
        service.raises(edition.id, grant.tier.as_deref(), limit)
    })
    .chain(own)
    .max()
}

/// The counters that lie above the limits after the move: for each limit the one furthest over.
fn over(request: &ChangeRequest<'_>, after: impl Fn(LimitId) -> Option<Max>) -> Vec<OverUse> {
    let mut found: Vec<OverUse> = Vec::new();
    for (key, counter) in request.usage.iter() {
        let current = CounterKey::at(key.limit, key.subject, request.now, request.zone);
        let Some(Max::Of(max)) = after(key.limit) else { continue };
        let used = counter.used();
        if key.bucket != current.bucket || used <= max {
            continue;
        }
        match found.iter_mut().find(|other| other.limit == key.limit) {
            Some(other) => {
                other.subjects += 1;
                // The subject breaks ties, so that the answer does not depend on the order of the counters.
                if (used, other.subject) > (other.used, key.subject) {
                    other.used = used;
                    other.subject = key.subject;
                }
            }
            None => found.push(OverUse { limit: key.limit, subject: key.subject, used, max, subjects: 1 }),
        }
    }
    found.sort_by_key(|over| over.limit);
    found
}

fn needless(
    catalog: &Catalog,
    from: &Edition,
    to: &Edition,
    held: &[ServiceGrant],
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
                price: service.price(from.id, tier).and_then(|row| money(catalog, row)),
                refunded,
                unavailable,
            })
        })
        .collect()
}

fn money(catalog: &Catalog, row: &ServicePrice) -> Option<Money> {
    Some(Money::new(row.price?, catalog.currency?))
}
