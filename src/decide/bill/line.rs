//! A bill: lines, total, when it is deducted, and what it rests on.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::model::catalog::Source;
use crate::model::{BillingMonth, CatalogId, Currency, EditionId, Money};

use super::assumption::Assumption;

/// When a line is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Due {
    /// When the period it is for is bought.
    InAdvance,
    /// Day by day.
    Daily,
    /// With the bill of the month, in the deduction window.
    NextMonth,
}

impl Due {
    /// Its text id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InAdvance => "in_advance",
            Self::Daily => "daily",
            Self::NextMonth => "next_month",
        }
    }
}

/// The part of a month that a line is charged for, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    /// Days charged.
    pub days: u32,
    /// Days of the month.
    pub of: u32,
}

/// One position of a bill. Its amount is quantity × unit price × share, rounded to cents only where there is a
/// share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// What is charged: `plan:`, `service:` or `overage:` and an id, for example `overage:mau`.
    pub item: String,
    /// How many units: users, blocks, seats, packs, or 1 for a fee.
    pub quantity: Decimal,
    pub(super) unit_price: Option<Decimal>,
    /// The part of the month; `None` for the whole.
    pub share: Option<Share>,
    pub(super) amount: Option<Decimal>,
    pub(super) currency: Option<Currency>,
    /// When it is paid.
    pub due: Due,
    /// The document that states the price.
    pub source: Source,
    /// True where the documents leave the rounding or the proportion open and this is planguard's reading.
    pub reading: bool,
}

impl BillLine {
    /// The price of one unit; `None` where the price list gives none, or names no currency.
    pub fn unit_price(&self) -> Option<Money> {
        money(self.unit_price, self.currency)
    }

    /// The charge; `None` where the price list gives no price, or names no currency.
    pub fn amount(&self) -> Option<Money> {
        money(self.amount, self.currency)
    }
}

fn money(amount: Option<Decimal>, currency: Option<Currency>) -> Option<Money> {
    Some(Money::new(amount?, currency?))
}

/// The days on which what is due for the month is deducted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deduction {
    /// The first of these days.
    pub first: Date,
    /// The last of these days.
    pub last: Date,
    pub(super) amount: Option<Decimal>,
    pub(super) currency: Option<Currency>,
}

impl Deduction {
    /// What is deducted; `None` where a price or the currency is missing.
    pub fn amount(&self) -> Option<Money> {
        money(self.amount, self.currency)
    }
}

/// What a month costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// The price list.
    pub catalog: CatalogId,
    /// The edition.
    pub edition: EditionId,
    /// The month.
    pub month: BillingMonth,
    /// The currency of every amount; `None` where the price list has no prices.
    pub currency: Option<Currency>,
    /// The lines, plan first, then services, then usage beyond them.
    pub lines: Vec<BillLine>,
    pub(super) total: Option<Decimal>,
    /// When the usage and the plans billed afterwards are deducted.
    pub deduction: Deduction,
    /// What the bill rests on besides the request.
    pub assumptions: Vec<Assumption>,
}

impl Bill {
    /// The sum of all lines; `None` where a price is missing, without which it would be too small, or the price list
    /// names no currency.
    pub fn total(&self) -> Option<Money> {
        money(self.total, self.currency)
    }

    /// The items whose price the price list does not give; empty when the total is whole.
    pub fn unpriced(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter(|line| line.amount.is_none()).map(|line| line.item.as_str())
    }

    /// The JSON form: amounts and quantities as exact strings.
    pub fn to_json(&self) -> Value {
        json!({
            "catalog": self.catalog,
            "edition": self.edition,
            "month": self.month.to_string(),
            "currency": self.currency,
            "lines": self.lines.iter().map(line).collect::<Value>(),
            "total": text(self.total),
            "unpriced": self.unpriced().collect::<Value>(),
            "deduction": {
                "first_day": self.deduction.first.to_string(),
                "last_day": self.deduction.last.to_string(),
                "amount": text(self.deduction.amount),
            },
            "assumptions": self.assumptions.iter().map(Assumption::to_json).collect::<Value>(),
        })
    }
}

fn line(line: &BillLine) -> Value {
    json!({
        "item": line.item,
        "quantity": text(Some(line.quantity)),
        "unit_price": text(line.unit_price),
        "share": line.share.map(|share| format!("{}/{}", share.days, share.of)),
        "amount": text(line.amount),
        "due": line.due.as_str(),
        "source": {
            "id": line.source.id,
            "document": line.source.name(),
            "date": line.source.date.map(|date| date.to_string()),
        },
        "reading": line.reading,
    })
}

fn text(amount: Option<Decimal>) -> Option<String> {
    amount.map(|amount| amount.normalize().to_string())
}
