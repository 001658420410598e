//! A bill: lines, total, when it is deducted, and what it rests on.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::catalog::Source;
use crate::model::{BillingMonth, CatalogId, Currency, EditionId, LimitId, Max, Money};

use super::assumption::Assumption;

/// When a line is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
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
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
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
    /// How much one unit stands for: 10,000 where usage is charged in blocks of 10,000, else 1.
    pub per: u64,
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

    /// Whether the price list says that it costs nothing, which needs no currency.
    pub fn is_free(&self) -> bool {
        self.amount.is_some_and(|amount| amount.is_zero())
    }
}

fn money(amount: Option<Decimal>, currency: Option<Currency>) -> Option<Money> {
    Some(Money::new(amount?, currency?))
}

/// How much of a metered quota was used. It costs nothing: what is charged beyond the quota has a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncludedUsage {
    /// The quota.
    pub limit: LimitId,
    /// How much was used; of daily users and groups the month's peak, of what is included day by day the day with the
    /// most. `None` where it is not known.
    pub used: Option<u64>,
    /// How much is included; `None` where the price list does not state it.
    pub included: Option<Max>,
    /// The document that states the quota; `None` where the billing endpoint set it or nothing states it.
    pub source: Option<Source>,
}

impl IncludedUsage {
    /// How much of the usage lies beyond the quota; `None` where one of the two is not known.
    pub fn beyond(&self) -> Option<u64> {
        match self.included? {
            Max::Of(max) => Some(self.used?.saturating_sub(max)),
            Max::Unlimited => self.used.map(|_| 0),
        }
    }
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

    /// Whether there is nothing to deduct, which needs no currency.
    pub fn is_free(&self) -> bool {
        self.amount.is_some_and(|amount| amount.is_zero())
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
    /// Usage beside what the plan and the plugins held include of it. No amount is in it: what is charged beyond has
    /// a line.
    pub included: Vec<IncludedUsage>,
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

    /// Whether the price list says that the whole month costs nothing, which needs no currency.
    pub fn is_free(&self) -> bool {
        self.total.is_some_and(|total| total.is_zero())
    }
}
