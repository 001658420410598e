//! What the return of a prepaid plan or service pays back (the list of 2024).
//!
//! Refund = effective orders + orders not yet effective − used value, never below zero. Vouchers are not
//! returned; the rest comes back as cash and credit in the proportion in which it was paid.
//!
//! The documents measure the used value of "this month" only: by days in English, by time in Chinese. planguard
//! reads the month as the paid month that runs, which in the month of purchase is the same; months of an order
//! that have run out entirely are used entirely.

use std::sync::Arc;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::model::catalog::{BillingCycle, Catalog, PeriodRule, UsedBasis};
use crate::model::{
    BillingZone, CatalogId, Currency, EditionId, Money, Period, PlanPeriods, ServiceId, Timestamp,
};

/// What was bought with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Ordered {
    /// A plan.
    Plan(EditionId),
    /// A prepaid service or plugin on an edition.
    Service {
        /// The edition it was bought on.
        edition: EditionId,
        /// The service or plugin.
        id: ServiceId,
        /// Its tier, where it has tiers.
        tier: Option<String>,
        /// How many were ordered.
        quantity: u32,
    },
}

/// A prepaid order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Order {
    /// What was bought.
    pub item: Ordered,
    /// When it takes effect, to the second.
    pub starts_at: Timestamp,
    /// The months bought.
    pub months: u32,
    /// Paid in cash, after discounts.
    pub cash: Money,
    /// Paid with credit that the provider gave.
    pub credit: Money,
    /// Paid with vouchers, which are not returned.
    pub voucher: Money,
}

/// A return of prepaid orders.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct RefundRequest {
    /// The price list.
    pub catalog: Arc<Catalog>,
    /// The orders returned.
    pub orders: Vec<Order>,
    /// How the used value is measured; `None` takes the price list's default (days, as the newer document says).
    pub basis: Option<UsedBasis>,
    /// The billing zone.
    pub zone: BillingZone,
    /// When they are returned.
    pub now: Timestamp,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Refund {
    /// Paid for orders in effect, without vouchers.
    pub effective: Money,
    /// Paid for orders not yet in effect, without vouchers.
    pub not_yet_effective: Money,
    /// The value used, in cents rounded half up.
    pub used: Money,
    /// What comes back: the sum of cash and credit.
    pub refund: Money,
    /// Of this, in cash: its share rounded half up to cents.
    pub cash: Money,
    /// Of this, as credit: the rest.
    pub credit: Money,
    /// Paid with vouchers, and lost.
    pub vouchers_lost: Money,
    /// How the used value was measured.
    pub basis: UsedBasis,
    /// Whether the app is suspended by the return.
    pub suspends: bool,
    /// Whether usage beyond the plan in this month is charged all the same.
    pub still_charges_overage: bool,
}

/// Why a refund cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefundError {
    /// The price list has no refunds.
    #[error("catalog: `{catalog}` states no refund; only intl-2024 does")]
    NotOffered {
        /// The price list.
        catalog: CatalogId,
    },
    /// A negative amount, or one with parts of a cent.
    #[error("{field}: {value} is not an amount paid: zero or more, in whole cents")]
    BadAmount {
        /// The path of the field.
        field: String,
        /// The amount given.
        value: Money,
    },
    /// An amount in a currency that the price list has no prices in.
    #[error("{field}: {value} is not in {currency}, the currency of the price list")]
    OtherCurrency {
        /// The path of the field.
        field: String,
        /// The amount given.
        value: Money,
        /// The currency of the price list.
        currency: Currency,
    },
    /// Months outside what can be bought at once.
    #[error("{field}: {months} months; from {min} to {max} can be bought at once")]
    PurchaseLength {
        /// The path of the field.
        field: String,
        /// The months given.
        months: u32,
        /// The fewest.
        min: u32,
        /// The most.
        max: u32,
    },
    /// The price list has no monthly price for what was ordered.
    #[error(
        "{field}: `{catalog}` has no prepaid monthly price for it; return only what was paid ahead by the month"
    )]
    NoMonthlyPrice {
        /// The path of the field.
        field: String,
        /// The price list.
        catalog: CatalogId,
    },
    /// An amount beyond what an exact decimal holds.
    #[error("{field}: the amount exceeds what an exact decimal holds")]
    TooLarge {
        /// The path of the field.
        field: String,
    },
}

/// Computes a refund by the request's price list.
pub fn refund(request: &RefundRequest) -> Result<Refund, RefundError> {
    let not_offered = RefundError::NotOffered { catalog: request.catalog.id };
    let catalog = &*request.catalog;
    let (Some(rule), Some(currency)) = (catalog.policies.refund.as_ref().map(|s| s.value), catalog.currency)
    else {
        return Err(not_offered);
    };
    let basis = request.basis.unwrap_or(rule.used_basis);
    let mut sums = Sums::default();
    for (index, order) in request.orders.iter().enumerate() {
        let field = format!("orders[{index}]");
        check(catalog, currency, &field, order)?;
        let (price, rule) = monthly(catalog, &order.item)
            .ok_or_else(|| RefundError::NoMonthlyPrice { field: field.clone(), catalog: catalog.id })?;
        let periods = PlanPeriods::new(rule, order.starts_at, request.zone.clone());
        let use_of = |period| used_part(basis, period, request);
        sums.add(order, price, &periods, request.now, use_of).ok_or(RefundError::TooLarge { field })?;
    }
    let too_large = || RefundError::TooLarge { field: "orders".to_owned() };
    let used = cents(sums.used);
    let paid = sums.effective.checked_add(sums.later).ok_or_else(too_large)?;
    let total = paid.checked_sub(used).ok_or_else(too_large)?.max(Decimal::ZERO);
    // total <= paid, so the quotient comes last and the product is bounded by paid squared.
    let in_cash = if paid.is_zero() {
        Decimal::ZERO
    } else {
        cents(total.checked_mul(sums.cash).ok_or_else(too_large)? / paid).min(sums.cash)
    };
    let money = |amount| Money::new(amount, currency);
    Ok(Refund {
        effective: money(sums.effective),
        not_yet_effective: money(sums.later),
        used: money(used),
        refund: money(total),
        cash: money(in_cash),
        credit: money(total - in_cash),
        vouchers_lost: money(sums.voucher),
        basis,
        suspends: rule.suspends,
        still_charges_overage: rule.still_charges_overage,
    })
}

#[derive(Default)]
struct Sums {
    effective: Decimal,
    later: Decimal,
    used: Decimal,
    cash: Decimal,
    voucher: Decimal,
}

impl Sums {
    /// Adds an order; what has run out entirely brings nothing back. `None` on overflow.
    fn add(
        &mut self,
        order: &Order,
        price: Decimal,
        periods: &PlanPeriods,
        now: Timestamp,
        use_of: impl Fn(Period) -> (u64, u64),
    ) -> Option<()> {
        if periods.span(order.months).end <= now {
            return Some(());
        }
        let paid = order.cash.amount.checked_add(order.credit.amount)?;
        self.cash = self.cash.checked_add(order.cash.amount)?;
        self.voucher = self.voucher.checked_add(order.voucher.amount)?;
        let Some((whole, period)) = periods.containing(now) else {
            self.later = self.later.checked_add(paid)?;
            return Some(());
        };
        self.effective = self.effective.checked_add(paid)?;
        let months = Decimal::from(whole).checked_mul(price)?;
        let (part, of) = use_of(period);
        let running = price.checked_mul(Decimal::from(part))?.checked_div(Decimal::from(of))?;
        self.used = self.used.checked_add(months)?.checked_add(running)?;
        Some(())
    }
}

/// The used part of the paid month that runs, as a fraction: in days, the day of purchase and the day of return
/// both counted, or in whole seconds.
fn used_part(basis: UsedBasis, period: Period, request: &RefundRequest) -> (u64, u64) {
    match basis {
        UsedBasis::Time => {
            let used = request.now.since(period.start).as_secs();
            (used, (period.millis() / 1000).max(1))
        }
        UsedBasis::Days => {
            let day = |at| i64::from(request.zone.day(at).number());
            let first = day(period.start);
            let total = u64::try_from(day(period.end) - first).unwrap_or(0).max(1);
            let used = u64::try_from(day(request.now) - first + 1).unwrap_or(0);
            (used.min(total), total)
        }
    }
}

/// The monthly price of what was ordered, and which days its months cover.
fn monthly(catalog: &Catalog, item: &Ordered) -> Option<(Decimal, PeriodRule)> {
    let plan_rule = catalog.policies.plan_period.value;
    match item {
        Ordered::Plan(edition) => {
            let edition = catalog.edition(*edition).filter(|edition| edition.paid)?;
            Some((edition.price_per_month?, plan_rule))
        }
        Ordered::Service { edition, id, tier, quantity } => {
            let row = catalog.service(*id)?.price(*edition, tier.as_deref())?;
            let rule = match row.cycle {
                BillingCycle::PrepaidMonth => plan_rule,
                BillingCycle::PluginMonth => catalog.policies.plugin_period.as_ref()?.value,
                _ => return None,
            };
            Some((row.price?.checked_mul(Decimal::from(*quantity))?, rule))
        }
    }
}

fn check(catalog: &Catalog, currency: Currency, field: &str, order: &Order) -> Result<(), RefundError> {
    for (name, value) in [("cash", order.cash), ("credit", order.credit), ("voucher", order.voucher)] {
        if value.currency != currency {
            return Err(RefundError::OtherCurrency { field: format!("{field}.{name}"), value, currency });
        }
        let amount = value.amount;
        if amount.is_sign_negative() && !amount.is_zero() || amount.normalize().scale() > 2 {
            return Err(RefundError::BadAmount { field: format!("{field}.{name}"), value });
        }
    }
    let stated = catalog.policies.purchase_length.as_ref().map(|stated| stated.value);
    let (min, max) = stated.map_or((1, u32::MAX), |length| (length.min_months, length.max_months));
    if (min..=max).contains(&order.months) {
        return Ok(());
    }
    Err(RefundError::PurchaseLength { field: format!("{field}.months"), months: order.months, min, max })
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}
