//! Bills and previews of moves as records: their amounts are worked out by methods in the core.

use super::error::Explanation;
use crate::decide::bill::{
    Assumption, Bill as CoreBill, BillLine as CoreLine, Deduction as CoreDeduction, Due,
    IncludedUsage as CoreUsage, Share,
};
use crate::decide::change::{
    ChangePreview as CorePreview, ChangeRefusal as CoreRefusal, Comparison, NeedlessService, OverUse,
};
use crate::model::catalog::ChangeCharge;
use crate::model::{
    BillingMonth, CatalogId, ChangePath, Currency, EditionId, Lifecycle, LimitId, Locale, Max, Money,
};
use rust_decimal::Decimal;

/// One position of a bill.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BillLine {
    /// What is charged: `plan:`, `service:` or `overage:` and an id.
    pub item: String,
    /// How many units.
    pub quantity: Decimal,
    /// How much one unit stands for.
    pub per: u64,
    /// The price of one unit; none where the price list gives none.
    pub unit_price: Option<Money>,
    /// The part of the month; none for the whole.
    pub share: Option<Share>,
    /// The charge; none where the price list gives no price.
    pub amount: Option<Money>,
    /// Whether the price list says that it costs nothing.
    pub is_free: bool,
    /// When it is paid.
    pub due: Due,
    /// The document that states the price.
    pub source: String,
    /// Whether the documents leave something open, and this is planguard's reading.
    pub reading: bool,
    /// The same for a screen.
    pub explanation: Explanation,
}

impl From<&CoreLine> for BillLine {
    fn from(core: &CoreLine) -> Self {
        Self {
            item: core.item.clone(),
            quantity: core.quantity,
            per: core.per,
            unit_price: core.unit_price(),
            share: core.share,
            amount: core.amount(),
            is_free: core.is_free(),
            due: core.due,
            source: core.source.name().to_owned(),
            reading: core.reading,
            explanation: Explanation::of(|locale| core.explain(locale)),
        }
    }
}

/// How much of a metered quota was used.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct IncludedUsage {
    /// The quota.
    pub limit: LimitId,
    /// How much was used; none where it is not known.
    pub used: Option<u64>,
    /// How much is included; none where the price list does not state it.
    pub included: Option<Max>,
    /// How much lies beyond; none where one of the two is not known.
    pub beyond: Option<u64>,
    /// The document that states the quota.
    pub source: Option<String>,
    /// The same for a screen.
    pub explanation: Explanation,
}

impl From<&CoreUsage> for IncludedUsage {
    fn from(core: &CoreUsage) -> Self {
        Self {
            limit: core.limit,
            used: core.used,
            included: core.included,
            beyond: core.beyond(),
            source: core.source.as_ref().map(|source| source.name().to_owned()),
            explanation: Explanation::of(|locale| core.explain(locale)),
        }
    }
}

/// The days on which what is due for the month is deducted.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Deduction {
    /// The first of these days, such as `2024-09-01`.
    pub first: String,
    /// The last of these days.
    pub last: String,
    /// What is deducted; none where a price is missing.
    pub amount: Option<Money>,
    /// Whether there is nothing to deduct.
    pub is_free: bool,
}

impl From<&CoreDeduction> for Deduction {
    fn from(core: &CoreDeduction) -> Self {
        Self {
            first: core.first.to_string(),
            last: core.last.to_string(),
            amount: core.amount(),
            is_free: core.is_free(),
        }
    }
}

/// What a month costs.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Bill {
    /// The price list.
    pub catalog: CatalogId,
    /// The edition.
    pub edition: EditionId,
    /// The month.
    pub month: BillingMonth,
    /// The currency of every amount; none where the price list has no prices.
    pub currency: Option<Currency>,
    /// The lines, plan first, then services, then usage beyond them.
    pub lines: Vec<BillLine>,
    /// Usage beside what the plan and the plugins held include of it.
    pub included: Vec<IncludedUsage>,
    /// The sum of all lines; none where a price is missing.
    pub total: Option<Money>,
    /// The items whose price the price list does not give.
    pub unpriced: Vec<String>,
    /// Whether the price list says that the whole month costs nothing.
    pub is_free: bool,
    /// When the usage and the plans billed afterwards are deducted.
    pub deduction: Deduction,
    /// What the bill rests on besides the request.
    pub assumptions: Vec<Assumption>,
    /// The same for a screen.
    pub explanation: Explanation,
}

impl From<&CoreBill> for Bill {
    fn from(core: &CoreBill) -> Self {
        Self {
            catalog: core.catalog,
            edition: core.edition,
            month: core.month,
            currency: core.currency,
            lines: core.lines.iter().map(BillLine::from).collect(),
            included: core.included.iter().map(IncludedUsage::from).collect(),
            total: core.total(),
            unpriced: core.unpriced().map(str::to_owned).collect(),
            is_free: core.is_free(),
            deduction: Deduction::from(&core.deduction),
            assumptions: core.assumptions.clone(),
            explanation: Explanation::of(|locale| core.explain(locale)),
        }
    }
}

/// Why the provider does not allow a move.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ChangeRefusal {
    /// A fixed word for it.
    pub word: String,
    /// For logs, in English.
    pub reason: String,
    /// For a screen.
    pub explanation: Explanation,
}

impl From<&CoreRefusal> for ChangeRefusal {
    fn from(core: &CoreRefusal) -> Self {
        Self {
            word: core.as_str().to_owned(),
            reason: core.to_string(),
            explanation: Explanation::of(|locale| core.explain(locale)),
        }
    }
}

/// What a move to another edition would do to the app.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ChangePreview {
    /// The edition left.
    pub from: EditionId,
    /// The edition entered.
    pub to: EditionId,
    /// Where the plan stands.
    pub lifecycle: Lifecycle,
    /// How the app moves to it, where it may.
    pub path: Option<ChangePath>,
    /// Why it may not, where it may not.
    pub refusal: Option<ChangeRefusal>,
    /// Whether it takes effect at once.
    pub immediate: bool,
    /// Whether the app is suspended in between.
    pub suspends: bool,
    /// How the month of the move is charged.
    pub charge: Option<ChangeCharge>,
    /// What is gained and lost.
    pub comparison: Comparison,
    /// What would be over a new limit.
    pub over: Vec<OverUse>,
    /// Services that would be needless.
    pub needless_services: Vec<NeedlessService>,
    /// The same for a screen.
    pub explanation: Explanation,
}

impl From<&CorePreview> for ChangePreview {
    fn from(core: &CorePreview) -> Self {
        Self {
            from: core.from,
            to: core.to,
            lifecycle: core.lifecycle,
            path: core.allowed.as_ref().ok().copied(),
            refusal: core.allowed.as_ref().err().map(ChangeRefusal::from),
            immediate: core.immediate,
            suspends: core.suspends,
            charge: core.charge,
            comparison: core.comparison.clone(),
            over: core.over.clone(),
            needless_services: core.needless_services.clone(),
            explanation: Explanation::of(|locale| core.explain(locale)),
        }
    }
}

macro_rules! explained {
    ($($name:ident),+) => { $(
        #[uniffi::export]
        impl $name {
            /// The same in sentences for a screen.
            pub fn explain(&self, locale: Locale) -> String {
                self.explanation.text(locale)
            }
        }
    )+ };
}

explained!(BillLine, IncludedUsage, Bill, ChangeRefusal, ChangePreview);
