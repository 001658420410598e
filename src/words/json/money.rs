//! Bills, forecasts, refunds and moves between editions, as JSON. Amounts and quantities are exact strings.

use rust_decimal::Decimal;
use serde::ser::{Serialize, Serializer};

use super::{Fields, by_word, kind, ms, opt_ms};
use crate::decide::bill::{
    Assumption, AssumptionId, Bill, BillLine, Deduction, Due, IncludedUsage, MonthUsage, Share,
};
use crate::decide::change::{ChangePreview, Comparison, LimitChange, NeedlessService, OverUse};
use crate::decide::forecast::{Forecast, LeftOut, Marginal};
use crate::decide::refund::Refund;
use crate::model::Locale;
use crate::model::catalog::{ChangeCharge, Source};

by_word!(AssumptionId, Due);

fn text(number: Decimal) -> String {
    number.normalize().to_string()
}

/// The document of a figure: its id, name and date.
struct Document<'a>(&'a Source);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(source) = self;
        Fields::new(serializer)?
            .put("id", &source.id)?
            .put("document", &source.name())?
            .put("date", &source.date.map(|date| date.to_string()))?
            .end()
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?.put("days", &self.days)?.put("of", &self.of)?.end()
    }
}

impl Serialize for BillLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("item", &self.item)?
            .put("quantity", &text(self.quantity))?
            .put("per", &self.per)?
            .put("unit_price", &self.unit_price())?
            .put("share", &self.share)?
            .put("amount", &self.amount())?
            .put("free", &self.is_free())?
            .put("due", &self.due)?
            .put("source", &Document(&self.source))?
            .put("reading", &self.reading)?
            .end()
    }
}

impl Serialize for IncludedUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("limit", &self.limit)?
            .put("used", &self.used)?
            .put("included", &self.included)?
            .put("beyond", &self.beyond())?
            .put("source", &self.source.as_ref().map(Document))?
            .end()
    }
}

impl Serialize for Deduction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("first_day", &self.first.to_string())?
            .put("last_day", &self.last.to_string())?
            .put("amount", &self.amount())?
            .end()
    }
}

impl Serialize for Assumption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("id", &self.id)?
            .put("about", &self.about)?
            .put("text", &self.id.explain(Locale::En))?
            .end()
    }
}

impl Serialize for Bill {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("catalog", &self.catalog)?
            .put("edition", &self.edition)?
            .put("month", &self.month.to_string())?
            .put("currency", &self.currency)?
            .put("lines", &self.lines)?
            .put("included", &self.included)?
            .put("total", &self.total())?
            .put("free", &self.is_free())?
            .put("unpriced", &self.unpriced().collect::<Vec<_>>())?
            .put("deduction", &self.deduction)?
            .put("assumptions", &self.assumptions)?
            .end()
    }
}

impl Serialize for MonthUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("mau", &self.mau)?
            .put("peak_dau", &self.peak_dau)?
            .put("peak_groups", &self.peak_groups)?
            .put("push_calls_by_day", &self.push_calls_by_day)?
            .put("push_messages", &self.push_messages)?
            .put("search_stored", &self.search_stored)?
            .put("search_requests", &self.search_requests)?
            .end()
    }
}

impl Serialize for Forecast {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("as_of_ms", &ms(self.as_of))?
            .put("low", &self.low)?
            .put("linear", &self.linear)?
            .put("linear_usage", &self.linear_usage)?
            .put("marginal", &self.marginal)?
            .put("assumptions", &self.assumptions)?
            .put("left_out", &self.left_out)?
            .end()
    }
}

impl Serialize for LeftOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("service", &self.service.id)?
            .put("tier", &self.service.tier)?
            .put("quantity", &self.service.quantity)?
            .put("expires_at_ms", &opt_ms(self.service.expires_at))?
            .put("error", &self.error)?
            .end()
    }
}

impl Serialize for Marginal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::Free { next_at } => fields.put("next_at", next_at)?,
            Self::Price(price) => fields.put("price", price)?,
            Self::Block { price, next_at } => fields.put("price", price)?.put("next_at", next_at)?,
            Self::NotPossible | Self::NotStated | Self::NotKnown => fields,
        }
        .end()
    }
}

impl Serialize for Refund {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("effective", &self.effective)?
            .put("not_yet_effective", &self.not_yet_effective)?
            .put("used", &self.used)?
            .put("refund", &self.refund)?
            .put("cash", &self.cash)?
            .put("credit", &self.credit)?
            .put("vouchers_lost", &self.vouchers_lost)?
            .put("basis", self.basis.as_str())?
            .put("suspends", &self.suspends)?
            .put("still_charges_overage", &self.still_charges_overage)?
            .end()
    }
}

impl Serialize for LimitChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("limit", &self.limit)?
            .put("before", &self.before)?
            .put("before_by", &self.before_by)?
            .put("after", &self.after)?
            .end()
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("limits_gained", &self.limits_gained)?
            .put("limits_lost", &self.limits_lost)?
            .put("features_gained", &self.features_gained)?
            .put("features_lost", &self.features_lost)?
            .put("extra_per_month", &self.extra_per_month)?
            .end()
    }
}

/// Whose usage it is: its kind alone.
impl Serialize for OverUse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("limit", &self.limit)?
            .put("subject", &self.subject)?
            .put("used", &self.used)?
            .put("max", &self.max)?
            .put("subjects", &self.subjects)?
            .end()
    }
}

impl Serialize for NeedlessService {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("service", &self.service)?
            .put("tier", &self.tier)?
            .put("price_per_month", &self.price)?
            .put("refunded", &self.refunded)?
            .put("unavailable", &self.unavailable)?
            .end()
    }
}

impl Serialize for ChangePreview {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("from", &self.from)?
            .put("to", &self.to)?
            .put("allowed", &self.allowed.is_ok())?
            .put("path", &self.allowed.as_ref().ok())?
            .put("refusal", &self.allowed.as_ref().err())?
            .put("lifecycle", &self.lifecycle)?
            .put("immediate", &self.immediate)?
            .put("suspends", &self.suspends)?
            .put("charge", &self.charge.map(ChangeCharge::as_str))?
            .put("comparison", &self.comparison)?
            .put("over", &self.over)?
            .put("needless_services", &self.needless_services)?
            .end()
    }
}
