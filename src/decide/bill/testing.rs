//! Bills and lines of any figures, for tests of their texts.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::line::{Bill, BillLine, Deduction, Due, Share};
use crate::model::{BillingMonth, CatalogId, Currency, EditionId, Money};

pub(crate) fn line(
    item: String,
    (quantity, per): (Decimal, u64),
    (unit_price, amount): (Option<Money>, Option<Money>),
    share: Option<Share>,
    due: Due,
    reading: bool,
) -> BillLine {
    let amount_of = |money: Option<Money>| money.map(|money| money.amount);
    BillLine {
        item,
        quantity,
        per,
        unit_price: amount_of(unit_price),
        share,
        amount: amount_of(amount),
        currency: Some(Currency::Usd),
        due,
        source: crate::model::catalog::intl_2024().sources[0].clone(),
        reading,
    }
}

/// A bill without lines, with a total and an amount to deduct between two days.
pub(crate) fn bill(
    edition: EditionId,
    month: BillingMonth,
    (first, last): (Date, Date),
    (total, deducted): (Option<Money>, Option<Money>),
) -> Bill {
    let (currency, deducted) = (Some(Currency::Usd), deducted.map(|money| money.amount));
    Bill {
        catalog: CatalogId::INTL_2024,
        edition,
        month,
        currency,
        lines: Vec::new(),
        included: Vec::new(),
        total: total.map(|money| money.amount),
        deduction: Deduction { first, last, amount: deducted, currency },
        assumptions: Vec::new(),
    }
}
