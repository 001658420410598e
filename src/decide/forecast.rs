//! Where the running month is going: its bill at the end, and what one more active user costs now.

use crate::model::catalog::{BillingModel, Catalog, Meter, Rounding, builtin};
use crate::model::{EditionId, Max, Money, Timestamp};

use super::bill::{Assumption, AssumptionId, Bill, BillError, BillRequest, MonthUsage, bill_by};

/// The bill of a running month, twice: if nothing is added, and if usage goes on at its pace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The month as it is used so far: nothing is added until it ends.
    pub low: Bill,
    /// What adds up (users, messages, requests, push calls) goes on at the pace so far; peaks stay as they are.
    pub linear: Bill,
    /// The usage that [`Self::linear`] bills.
    pub linear_usage: MonthUsage,
    /// What the forecast takes for granted, besides what each bill does.
    pub assumptions: Vec<Assumption>,
}

/// Forecasts the bill of `request.month` from the usage that `request` carries, which was true at `as_of`.
///
/// `push_calls_by_day` holds the days so far; the linear bill fills the rest of the month with their average,
/// rounded up. At the end of the month and after it both bills are the same.
pub fn forecast(request: &BillRequest, as_of: Timestamp) -> Result<Forecast, BillError> {
    let catalog =
        builtin(request.catalog).map_err(|error| BillError::Catalog { reason: error.to_string() })?;
    let start = request.zone.start_of(request.month.first_date());
    let end = request.zone.start_of(request.month.next().first_date());
    if as_of < start {
        return Err(BillError::BeforeMonth { as_of: as_of.to_string(), month: request.month });
    }
    let whole = end.since(start).as_millis();
    let elapsed = as_of.since(start).as_millis().min(whole);
    let mut assumptions = vec![
        Assumption::new(AssumptionId::NoMoreGrowth, "low"),
        Assumption::new(AssumptionId::LinearFlow, "linear"),
        Assumption::new(AssumptionId::LinearMauOverstates, "usage.mau"),
    ];
    for peak in ["usage.peak_dau", "usage.peak_groups", "usage.search_stored"] {
        assumptions.push(Assumption::new(AssumptionId::PeakStays, peak));
    }
    let linear_usage = if elapsed == 0 {
        assumptions.push(Assumption::new(AssumptionId::NothingElapsed, "as_of"));
        request.usage.clone()
    } else {
        at_pace(request, elapsed, whole)?
    };
    let linear = BillRequest { usage: linear_usage.clone(), ..request.clone() };
    Ok(Forecast {
        low: bill_by(catalog, request)?,
        linear: bill_by(catalog, &linear)?,
        linear_usage,
        assumptions,
    })
}

/// The usage at the end of the month: whole / elapsed times that of now, rounded up.
fn at_pace(request: &BillRequest, elapsed: u128, whole: u128) -> Result<MonthUsage, BillError> {
    let scale = |field: &'static str, count: u64| {
        let too_large = || BillError::TooLarge { field: field.to_owned() };
        let product = u128::from(count).checked_mul(whole).ok_or_else(too_large)?;
        u64::try_from(product.div_ceil(elapsed)).map_err(|_| too_large())
    };
    let now = &request.usage;
    Ok(MonthUsage {
        mau: scale("usage.mau", now.mau)?,
        push_messages: scale("usage.push_messages", now.push_messages)?,
        search_requests: scale("usage.search_requests", now.search_requests)?,
        push_calls_by_day: fill(
            &now.push_calls_by_day,
            if elapsed < whole { request.month.days() } else { 0 },
        ),
        ..now.clone()
    })
}

/// The days so far, and their average, rounded up, for each day left.
fn fill(days: &[u64], month: u32) -> Vec<u64> {
    let total: u128 = days.iter().map(|&calls| u128::from(calls)).sum();
    let average = total.div_ceil((days.len() as u128).max(1));
    let average = u64::try_from(average).unwrap_or(u64::MAX);
    let left = (month as usize).saturating_sub(days.len());
    days.iter().copied().chain(std::iter::repeat_n(average, left)).collect()
}

/// What one more active user costs at this point of the month (of the day, where daily users are counted).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// What the next active user costs, `so_far` being counted already: users of the month on the list of 2024, the
/// month's peak of daily users on the others.
///
/// `quota` is the endpoint's word on the free quota; `None` takes the edition's. `None` comes back for an edition
/// of another price list.
///
/// ```
/// use planguard::decide::forecast::{Marginal, marginal_mau_price};
/// use planguard::{EditionId, catalog};
/// let list = catalog::builtin(EditionId::Standard.catalog())?;
/// let next = marginal_mau_price(list, EditionId::Standard, 10_000, None);
/// assert!(matches!(next, Some(Marginal::Price(price)) if price.amount_text() == "0.015"));
/// # Ok::<(), &'static planguard::CatalogError>(())
/// ```
pub fn marginal_mau_price(
    catalog: &Catalog,
    edition: EditionId,
    so_far: u64,
    quota: Option<Max>,
) -> Option<Marginal> {
    let edition = catalog.edition(edition)?;
    let meter = match catalog.billing_model {
        BillingModel::Mau => Meter::Mau,
        BillingModel::DauPeakGroups => Meter::Dau,
    };
    let stated = edition.limit(meter.quota()).map(|figure| figure.max);
    let Some(Max::Of(quota)) = quota.or(stated) else { return Some(Marginal::Free { next_at: None }) };
    let overage = edition.overage(meter).filter(|overage| overage.supported);
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
        Rounding::Exact => {
            Marginal::Price(Money::new(price.amount / rust_decimal::Decimal::from(rate.per), currency))
        }
        Rounding::StartedBlock if into_block == 0 => {
            Marginal::Block { price, next_at: so_far.saturating_add(rate.per).saturating_add(1) }
        }
        Rounding::StartedBlock => {
            Marginal::Free { next_at: Some((so_far - into_block).saturating_add(rate.per).saturating_add(1)) }
        }
    })
}
