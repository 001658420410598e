//! The rules of a price list: periods, deduction, reminders, suspension, refunds, moves between editions.

use crate::model::EditionId;
use crate::model::named::named_enum;

use super::source::{SourceId, Stated};
use super::{List, Text};

named_enum! {
    /// When a fee is paid.
    pub enum Payment as "payment" {
        /// Before the period it is for.
        Prepaid = "prepaid",
        /// After the calendar month it is for.
        Postpaid = "postpaid",
    }
}

named_enum! {
    /// Which days a bought month covers, T being the day of purchase.
    pub enum PeriodRule as "period_rule" {
        /// T to T of the next month.
        ToSameDay = "to_same_day",
        /// T to T-1 of the next month.
        ToDayBefore = "to_day_before",
        /// The calendar month.
        CalendarMonth = "calendar_month",
    }
}

named_enum! {
    /// How an app gets from one edition to another.
    pub enum MoveKind as "move" {
        /// An upgrade in the console.
        Upgrade = "upgrade",
        /// A modification of the plan in the console, up or down.
        Modify = "modify",
        /// A downgrade whose procedure the documents do not describe.
        Downgrade = "downgrade",
        /// A refund of the plan, which suspends the app, and a new purchase.
        RefundAndRepurchase = "refund_and_repurchase",
        /// Not possible; a new app is needed.
        Forbidden = "forbidden",
    }
}

named_enum! {
    /// How the month in which a plan changes is charged.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum ChangeCharge as "change_charge" {
        /// Each edition by its days of that calendar month.
        ByDay = "by_day",
        /// The documents do not say.
        Unstated = "unstated",
    }
}

named_enum! {
    /// What the used part of a refunded month is measured in.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum UsedBasis as "used_basis" {
        /// Days used of the days of the calendar month (the English document).
        Days = "days",
        /// Time used of the time of the month of purchase (the Chinese document).
        Time = "time",
    }
}

/// A move between two editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The edition left.
    pub from: EditionId,
    /// The edition entered.
    pub to: EditionId,
    /// How the app moves to it.
    pub kind: MoveKind,
    /// Whether it takes effect at once; false when the documents do not say or a suspension lies between.
    pub immediate: bool,
    /// How the month of the move is charged.
    pub charge: ChangeCharge,
    /// Whether payments for services that the new edition makes needless are refunded.
    pub refunds_needless_services: bool,
    /// True where the documents only imply the move.
    pub reading: bool,
    /// The document's words.
    pub note: Text,
    /// The document.
    pub source: SourceId,
}

impl Move {
    /// Whether the app is suspended in between: a downgrade by refund stops the service until the repurchase.
    pub const fn suspends(&self) -> bool {
        matches!(self.kind, MoveKind::RefundAndRepurchase)
    }
}

/// Days of the month, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayWindow {
    /// The first day, 1 to 31.
    pub first_day: u8,
    /// The last day, 1 to 31.
    pub last_day: u8,
}

/// How many months can be bought at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseLength {
    /// The fewest months.
    pub min_months: u32,
    /// The most months.
    pub max_months: u32,
}

/// When the provider reminds of a plan's expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    /// Days of reminders up to the expiry.
    pub days_before: u32,
    /// Whether the day of expiry is one of them.
    pub includes_expiry_day: bool,
    /// Days of reminders after the expiry.
    pub days_after: u32,
}

/// How long a suspended app's data is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days until the data is reclaimed.
    pub days: u32,
    /// Whether the day of suspension is the first of them.
    pub counts_suspension_day: bool,
}

/// How long a free trial lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeTrial {
    /// Months from the app's creation.
    pub months: u32,
    /// Whether an extension can be applied for.
    pub extendable: bool,
}

/// How often a plan may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeFrequency {
    /// Changes in one calendar month, the plan and its services together.
    pub per_calendar_month: u32,
    /// Whether services count as well as the plan.
    pub includes_services: bool,
}

/// What a refund returns: current order + orders not yet effective - used value, never below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate clause of the refund policy")]
pub struct RefundRule {
    /// What the used value is measured in, unless the caller asks for the other document's basis.
    pub used_basis: UsedBasis,
    /// Whether vouchers are returned.
    pub returns_vouchers: bool,
    /// Whether cash and credit are returned in the proportion they were paid in.
    pub splits_cash_and_credit: bool,
    /// Whether the app is suspended by the refund.
    pub suspends: bool,
    /// Whether usage beyond the plan in the month of the refund is still charged.
    pub still_charges_overage: bool,
}

/// The rules of a price list. `None` where its documents are silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    /// When the plan fee is paid.
    pub plan_payment: Stated<Payment>,
    /// When usage beyond the plan is paid.
    pub overage_payment: Stated<Payment>,
    /// Which days a paid month of the plan covers.
    pub plan_period: Stated<PeriodRule>,
    /// Which days a paid month of a plugin covers.
    pub plugin_period: Option<Stated<PeriodRule>>,
    /// The days of the next month on which a month's fees are deducted.
    pub deduction: Stated<DayWindow>,
    /// The calendar month from which usage beyond the plan is charged is that of the plan's activation.
    pub overage_from_activation_month: Option<Stated<bool>>,
    /// How many months can be bought at once.
    pub purchase_length: Option<Stated<PurchaseLength>>,
    /// How often plan and services may be changed.
    pub change_frequency: Option<Stated<ChangeFrequency>>,
    /// The free trial's length.
    pub free_trial: Option<Stated<FreeTrial>>,
    /// Reminders of expiry.
    pub reminders: Option<Stated<Reminders>>,
    /// Hours after expiry until suspension.
    pub grace_hours: Option<Stated<u32>>,
    /// Hours in arrears, after the bill was pushed, until suspension.
    pub arrears_hours: Option<Stated<u32>>,
    /// How long a suspended app's data is kept.
    pub retention: Option<Stated<Retention>>,
    /// Days after which the data of an app that its owner disabled cannot be recovered.
    pub disabled_app_days: Option<Stated<u32>>,
    /// Whether the month of suspension is still charged in proportion to the time used.
    pub suspended_month_in_proportion: Option<Stated<bool>>,
    /// The most apps of one account.
    pub max_apps_per_account: Option<Stated<u32>>,
    /// The refund rule.
    pub refund: Option<Stated<RefundRule>>,
    /// Whether services are sold on paid editions only; a service that is the exception has a price row that says so.
    pub services_on_paid_editions_only: Option<Stated<bool>>,
    /// Moves between editions, one for each ordered pair of editions that the documents speak of.
    pub moves: List<Move>,
}

impl Policies {
    /// The rule for a move; `None` for a move to the same edition, between catalogs, or that is not stated.
    pub fn change(&self, from: EditionId, to: EditionId) -> Option<&Move> {
        self.moves.iter().find(|m| m.from == from && m.to == to)
    }
}
