//! What the bill tests share.

use planguard::decide::bill::{AssumptionId, Bill, BillRequest, ServicePurchase};
use planguard::{Currency, EditionId, Money, ServiceId};
use rust_decimal::Decimal;
pub(crate) use support::at;
use support::home;

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn usd(text: &str) -> Money {
    Money::new(dec(text), Currency::Usd)
}

pub(crate) fn month(edition: EditionId, month: &str) -> BillRequest {
    BillRequest::new(home(edition), edition, month.parse().unwrap())
}

pub(crate) fn service(id: ServiceId, tier: Option<&str>, quantity: u64) -> ServicePurchase {
    ServicePurchase { tier: tier.map(str::to_owned), quantity, ..ServicePurchase::new(id) }
}

/// Item, quantity and amount of every line.
pub(crate) fn lines(bill: &Bill) -> Vec<(String, Decimal, Decimal)> {
    bill.lines
        .iter()
        .map(|l| (l.item.clone(), l.quantity.normalize(), l.amount().unwrap().amount.normalize()))
        .collect()
}

pub(crate) fn line(item: &str, quantity: &str, amount: &str) -> (String, Decimal, Decimal) {
    (item.to_owned(), dec(quantity), dec(amount))
}

pub(crate) fn assumed(bill: &Bill, id: AssumptionId) -> bool {
    bill.assumptions.iter().any(|assumption| assumption.id == id)
}
