//! Where the running month is going: its bill at the end, and what one more active user costs now.

mod month;

pub use month::{ForecastError, LeftOut, of_month};

use rust_decimal::Decimal;

use crate::model::catalog::{BillingModel, Catalog, Meter, Rounding};
use crate::model::{EditionId, Max, Money, Timestamp};

use super::bill::{Assumption, AssumptionId, Bill, BillError, BillRequest, MonthUsage, bill};

/// The bill of a running month, twice: if nothing is added, and if usage goes on at its pace.
///
/// What each bill includes stands in [`Bill::included`]: `8,124 of 10,000 monthly active users included`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// When the usage was true.
    pub as_of: Timestamp,
    /// The month as it is used so far: nothing is added until it ends.
    pub low: Bill,
    /// What adds up (users, messages, requests, push calls) goes on at the pace so far; peaks stay as they are.
    pub linear: Bill,
    /// The usage that [`Self::linear`] bills.
    pub linear_usage: MonthUsage,
    /// What one more active user costs at this point.
    pub marginal: Marginal,
    /// What the forecast takes for granted, besides what each bill does.
    pub assumptions: Vec<Assumption>,
    /// Services of the app that could not be billed: both totals are too low by them.
    pub left_out: Vec<LeftOut>,
}

/// Forecasts the bill of `request.month` from the usage that `request` carries, which was true at `as_of`.
///
/// `push_calls_by_day` holds the days so far; the linear bill fills the rest of the month with their average,
/// rounded up. At the end of the month and after it both bills are the same. What is paid for and ends in the month
/// is renewed in the linear bill and not in the low one. While the app is suspended nothing is used or renewed.
pub fn forecast(request: &BillRequest, as_of: Timestamp) -> Result<Forecast, BillError> {
    let catalog = &*request.catalog;
    let start = request.zone.start_of(request.month.first_date());
    let end = request.zone.start_of(request.month.next().first_date());
    if as_of < start {
        return Err(BillError::BeforeMonth { as_of: as_of.to_string(), month: request.month });
    }
    let mut assumptions = vec![
        Assumption::new(AssumptionId::NoMoreGrowth, "low"),
        Assumption::new(AssumptionId::LinearFlow, "linear"),
    ];
    // Of what was not given, or is billed by no line of this price list, nothing is assumed.
    let usage = &request.usage;
    let by = |model: BillingModel, given: Option<u64>| given.is_some() && catalog.billing_model == model;
    let (mau, peak) = (BillingModel::Mau, BillingModel::DauPeakGroups);
    for (id, about, billed) in [
        (AssumptionId::LinearMauOverstates, "usage.mau", by(mau, usage.mau)),
        (AssumptionId::PeakStays, "usage.peak_dau", by(peak, usage.peak_dau)),
        (AssumptionId::PeakStays, "usage.peak_groups", by(peak, usage.peak_groups)),
        (AssumptionId::PeakStays, "usage.search_stored", usage.search_stored.is_some()),
    ] {
        if billed {
            assumptions.push(Assumption::new(id, about));
        }
    }
    if !usage.push_calls_by_day.is_empty() {
        assumptions.push(Assumption::new(AssumptionId::DailyAverage, "usage.push_calls_by_day"));
    }
    // A suspended app uses nothing more.
    let until = request.suspended_at.map_or(end, |at| at.min(end).max(start));
    let whole = until.since(start).as_millis();
    let elapsed = as_of.since(start).as_millis().min(whole);
    let linear_usage = if suspended(request, as_of) {
        assumptions.push(Assumption::new(AssumptionId::SuspendedStays, "suspended_at"));
        request.usage.clone()
    } else if elapsed == 0 {
        assumptions.push(Assumption::new(AssumptionId::NothingElapsed, "as_of"));
        request.usage.clone()
    } else {
        at_pace(request, elapsed, whole)?
    };
    let mut linear = BillRequest { usage: linear_usage.clone(), ..request.clone() };
    if !suspended(request, as_of) {
        renew(&mut linear, as_of, end, &mut assumptions);
    }
    let low = bill(request)?;
    Ok(Forecast {
        as_of,
        linear: bill(&linear)?,
        linear_usage,
        marginal: marginal(catalog, request, as_of),
        low,
        assumptions,
        left_out: Vec::new(),
    })
}

fn suspended(request: &BillRequest, as_of: Timestamp) -> bool {
    request.suspended_at.is_some_and(|at| at <= as_of)
}

/// Renews what ends before the month does. A plan that ended without being suspended yet can still be renewed; a
/// service that ended is gone.
fn renew(linear: &mut BillRequest, as_of: Timestamp, end: Timestamp, assumptions: &mut Vec<Assumption>) {
    let mut renewed = |ends_at: &mut Option<Timestamp>, about: String| {
        if ends_at.take_if(|at| *at < end).is_some() {
            assumptions.push(Assumption::new(AssumptionId::EndsInMonth, about.clone()));
            assumptions.push(Assumption::new(AssumptionId::Renewed, about));
        }
    };
    if let Some(plan) = &mut linear.plan {
        renewed(&mut plan.ends_at, "plan".to_owned());
    }
    for (index, service) in linear.value_added.iter_mut().enumerate() {
        if service.ends_at.is_some_and(|at| as_of < at) {
            renewed(&mut service.ends_at, format!("value_added[{index}]"));
        }
    }
}

/// What the next active user costs, with the usage and the quota of the request. A bill was made of it, so the
/// edition is one of the price list.
fn marginal(catalog: &Catalog, request: &BillRequest, as_of: Timestamp) -> Marginal {
    if suspended(request, as_of) {
        return Marginal::NotPossible;
    }
    let meter = counted_by(catalog);
    let so_far = match meter {
        Meter::Dau => request.usage.peak_dau,
        _ => request.usage.mau,
    };
    let Some(so_far) = so_far else { return Marginal::NotKnown };
    let quota = request.limits.get(&meter.quota()).copied();
    marginal_mau_price(catalog, request.edition, so_far, quota).unwrap_or(Marginal::NotStated)
}

const fn counted_by(catalog: &Catalog) -> Meter {
    match catalog.billing_model {
        BillingModel::Mau => Meter::Mau,
        BillingModel::DauPeakGroups => Meter::Dau,
    }
}

/// The usage at the end of the month: whole / elapsed times that of now, rounded up.
fn at_pace(request: &BillRequest, elapsed: u128, whole: u128) -> Result<MonthUsage, BillError> {
    let scale = |field: &'static str, count: Option<u64>| {
        let too_large = || BillError::TooLarge { field: field.to_owned() };
        let Some(count) = count else { return Ok(None) };
        let product = u128::from(count).checked_mul(whole).ok_or_else(too_large)?;
        u64::try_from(product.div_ceil(elapsed)).map(Some).map_err(|_| too_large())
    };
    let now = &request.usage;
    let last = request.suspended_at.filter(|at| request.zone.month(*at) == request.month);
    let days = match last.map(|at| u32::try_from(request.zone.date(at).day() - 1)) {
        _ if elapsed >= whole => 0,
        Some(days) => days.unwrap_or(0),
        None => request.month.days(),
    };
    Ok(MonthUsage {
        mau: scale("usage.mau", now.mau)?,
        push_messages: scale("usage.push_messages", now.push_messages)?,
        search_requests: scale("usage.search_requests", now.search_requests)?,
        push_calls_by_day: fill(&now.push_calls_by_day, days),
        ..now.clone()
    })
}

/// The days so far, and their average, rounded up, for each day left.
fn fill(days: &[u64], month: u32) -> Vec<u64> {
    if days.is_empty() {
        return Vec::new();
    }
    let total: u128 = days.iter().map(|&calls| u128::from(calls)).sum();
    let average = total.div_ceil((days.len() as u128).max(1));
    let average = u64::try_from(average).unwrap_or(u64::MAX);
    let left = (month as usize).saturating_sub(days.len());
    days.iter().copied().chain(std::iter::repeat_n(average, left)).collect()
}

/// What one more active user costs at this point of the month (of the day, where daily users are counted).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Marginal {
    /// Nothing: it is inside the quota, or in a block that is charged already.
    Free {
        /// The first user that will be charged for; `None` when none ever is.
        next_at: Option<u64>,
    },
    /// The price of one user.
    Price(Money),
    /// A whole block: this user starts it.
    Block {
        /// The price of the block.
        price: Money,
        /// The user that starts the block after it.
        next_at: u64,
    },
    /// There is no room beyond the quota, at no price.
    NotPossible,
    /// It is charged, and the price list does not say how much.
    NotStated,
    /// How many users are counted so far is not known, so neither is what the next one costs.
    NotKnown,
}

impl Marginal {
    /// A fixed word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free { .. } => "free",
            Self::Price(_) => "price",
            Self::Block { .. } => "block",
            Self::NotPossible => "not_possible",
            Self::NotStated => "not_stated",
            Self::NotKnown => "not_known",
        }
    }

    /// What is charged for the next active user; `None` where nothing is, where it cannot be had, or where the price
    /// is not known.
    pub const fn price(self) -> Option<Money> {
        match self {
            Self::Price(price) | Self::Block { price, .. } => Some(price),
            Self::Free { .. } | Self::NotPossible | Self::NotStated | Self::NotKnown => None,
        }
    }

    /// The user at which the price changes, where it does.
    pub const fn next_at(self) -> Option<u64> {
        match self {
            Self::Free { next_at } => next_at,
            Self::Block { next_at, .. } => Some(next_at),
            Self::Price(_) | Self::NotPossible | Self::NotStated | Self::NotKnown => None,
        }
    }
}

/// What the next active user costs, `so_far` being counted already: users of the month on the list of 2024, the
/// month's peak of daily users on the others.
///
/// `quota` is the endpoint's word on the free quota; `None` takes the edition's. `None` comes back for an edition
/// of another price list.
///
/// ```
/// use planguard::billing::{Marginal, marginal_mau_price};
/// use planguard::{EditionId, catalog};
/// let list = catalog::intl_2024();
/// let next = marginal_mau_price(list, EditionId::STANDARD, 10_000, None);
/// assert!(matches!(next, Some(Marginal::Price(price)) if price.amount_text() == "0.015"));
/// ```
pub fn marginal_mau_price(
    catalog: &Catalog,
    edition: EditionId,
    so_far: u64,
    quota: Option<Max>,
) -> Option<Marginal> {
    let edition = catalog.edition(edition)?;
    let meter = counted_by(catalog);
    let stated = edition.limit(meter.quota()).map(|figure| figure.max);
    let quota = match quota.or(stated) {
        Some(Max::Of(quota)) => quota,
        Some(Max::Unlimited) => return Some(Marginal::Free { next_at: None }),
        None => return Some(Marginal::NotStated),
    };
    // What happens beyond the quota is not stated, or the quota is the end.
    let Some(stated) = edition.overage(meter) else {
        return Some(if so_far < quota { Marginal::Free { next_at: None } } else { Marginal::NotStated });
    };
    let overage = Some(stated).filter(|overage| overage.supported);
    if so_far < quota {
        return Some(Marginal::Free { next_at: overage.and_then(|_| quota.checked_add(1)) });
    }
    let Some(overage) = overage else { return Some(Marginal::NotPossible) };
    let (Some(rate), Some(currency)) = (&overage.rate, catalog.currency) else {
        return Some(Marginal::NotStated);
    };
    let price = Money::new(rate.price, currency);
    let into_block = (so_far - quota) % rate.per;
    Some(match rate.rounding {
        Rounding::Exact => Marginal::Price(Money::new(price.amount / Decimal::from(rate.per), currency)),
        Rounding::StartedBlock if into_block == 0 => {
            Marginal::Block { price, next_at: so_far.saturating_add(rate.per).saturating_add(1) }
        }
        Rounding::StartedBlock => {
            Marginal::Free { next_at: Some((so_far - into_block).saturating_add(rate.per).saturating_add(1)) }
        }
    })
}
