//! What the generated price lists are written with: the names they use, and short forms of what recurs.

pub(super) use jiff::civil::{Date, Time};
pub(super) use rust_decimal::Decimal;

pub(super) use crate::model::catalog::edition::{Edition, FeatureFigure, LimitFigure, Validity};
pub(super) use crate::model::catalog::overage::{Overage, Rate, Rounding};
pub(super) use crate::model::catalog::policy::{
    ChangeCharge, ChangeFrequency, DayWindow, FreeTrial, Move, MoveKind, Payment, PeriodRule, Policies,
    PurchaseLength, RefundRule, Reminders, Retention, UsedBasis,
};
pub(super) use crate::model::catalog::service::{
    ActivationCharge, BillingCycle, Effect, Service, ServiceCategory, ServiceNote, ServicePrice,
};
pub(super) use crate::model::catalog::source::{
    Difference, Note, Source, SourceId, Stated, Statement, Subject,
};
pub(super) use crate::model::catalog::{BillingModel, Catalog, List, Meter, Text};
pub(super) use crate::model::feature::{GroupType, Platform, Support};
pub(super) use crate::model::{
    CatalogId, Condition, Currency, EditionId, Feature, IdSet, LimitId, Max, SdkVariant, SdkVersion,
    ServiceId,
};

pub(super) const fn text(text: &'static str) -> Text {
    Text::Borrowed(text)
}

pub(super) const fn rows<T: Clone>(rows: &'static [T]) -> List<T> {
    List::Borrowed(rows)
}

/// `units` of the currency's 10 to the power of minus `scale`: 449.99 is `price(44_999, 2)`.
pub(super) const fn price(units: u32, scale: u32) -> Decimal {
    Decimal::from_parts(units, 0, 0, false, scale)
}

pub(super) const fn limit(max: Max, source: u16) -> LimitFigure {
    LimitFigure { max, source: SourceId(source) }
}

pub(super) const fn stated<T: Copy>(value: T, note: Option<Text>, reading: bool, source: u16) -> Stated<T> {
    Stated { value, reading, note, source: SourceId(source) }
}
