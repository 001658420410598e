//! What a bill or forecast rests on besides what it was given.

use serde_json::{Value, json};

/// Something taken for granted, with what it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What is taken for granted.
    pub id: AssumptionId,
    /// The field or item it concerns.
    pub about: String,
}

macro_rules! assumptions {
    ($( $(#[$meta:meta])* $variant:ident = $id:literal, $text:literal; )+) => {
        /// What is taken for granted; the text ids are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum AssumptionId { $( $(#[$meta])* $variant, )+ }

        impl AssumptionId {
            /// Its text id.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $id, )+ }
            }

            /// What it says, in English.
            pub const fn explain(self) -> &'static str {
                match self { $( Self::$variant => $text, )+ }
            }
        }
    };
}

assumptions! {
    /// No date of purchase was given.
    InForceAllMonth = "in_force_all_month",
        "No date of purchase was given: taken as in force all month; one prepaid month starts in it.";
    /// A prepaid fee stands in the month in which the paid month starts.
    PrepaidFeeInMonthOfStart = "prepaid_fee_in_month_of_start",
        "Each prepaid month is billed in the calendar month in which it starts, also where several were paid at once.";
    /// The paid month that covers this one started before it.
    PaidInEarlierMonth = "paid_in_earlier_month",
        "The paid month that reaches into this calendar month started before it: no fee.";
    /// Two prepaid months start in one calendar month.
    TwoPaidMonthsStart = "two_paid_months_start",
        "Two paid months start in this calendar month, and none in the one before, which lacks day T: charged twice.";
    /// A prepaid plan ran out.
    PlanEnded = "plan_ended",
        "What was paid for the plan ended before this month: no fee.";
    /// No renewal while suspended.
    NotRenewedSuspended = "not_renewed_suspended",
        "A suspended app renews nothing: no fee for a paid month that would start after the suspension.";
    /// A one-off purchase without a date.
    BoughtInMonth = "bought_in_month",
        "No day of purchase was given: taken as bought in this month, and charged only in it.";
    /// The day on which a service or plan ends is not charged.
    ChargedUntilEnd = "charged_until_end",
        "Charged by the days before the day on which it ended. Rounded half up to cents.";
    /// The new edition cannot have the service.
    EndedWithChange = "ended_with_change",
        "The new edition cannot have this service: taken to have ended with the change, and charged by the days before.";
    /// Usage that is not known.
    UsageNotKnown = "usage_not_known",
        "This usage is charged beyond a quota, and it is not known how much there was: not charged.";
    /// Months were given for a plan that is billed afterwards.
    MonthsNotUsed = "months_not_used",
        "The plan is billed afterwards by the calendar month: months paid ahead have no effect.";
    /// The day of an upgrade is a day of the new plan.
    DayOfChangeCounts = "day_of_change_counts",
        "Charged by day: the day of purchase or change counts whole, for the new plan. Rounded half up to cents.";
    /// The day of suspension is not a day of use.
    SuspendedShare = "suspended_share",
        "Usage and fees billed afterwards are charged by the days before the day of suspension. Rounded half up to cents.";
    /// The price list does not say what suspension does to the month's usage fees.
    SuspensionNotStated = "suspension_not_stated",
        "The price list does not say that a month of suspension is charged in proportion: charged whole.";
    /// A limited offer still stands.
    OfferStands = "offer_stands",
        "The limited offer stands on the day of purchase: the price is waived.";
    /// A limited offer has run out as tentatively announced.
    OfferEnded = "offer_ended",
        "The limited offer is taken to have ended on the day tentatively announced; the official day was left open.";
    /// Usage that the price list does not meter.
    NotMetered = "not_metered",
        "The price list does not meter this usage: not charged.";
    /// A quota, or what goes beyond it, that the price list does not state.
    QuotaNotStated = "quota_not_stated",
        "The price list does not state this quota or the rate beyond it, so the bill has no total. Name the quota in `limits`.";
    /// Usage beyond a quota that ends the service instead of being charged.
    NotServed = "not_served",
        "This edition is not served beyond its quota: the usage beyond it is not charged.";
    /// Usage of a plugin that the app does not hold.
    WithoutService = "without_service",
        "The service that meters this usage is not held: not charged.";
    /// No price in the documents.
    NoPrice = "no_price",
        "The price list gives no price for this item, so the bill has no total.";
    /// Low forecast.
    NoMoreGrowth = "no_more_growth",
        "Low: nothing is added until the month ends.";
    /// Linear forecast of what adds up.
    LinearFlow = "linear_flow",
        "Linear: what adds up day by day goes on at the average pace of the part of the month that has passed.";
    /// MAU saturates.
    LinearMauOverstates = "linear_mau_overstates",
        "Linear: the number of distinct users flattens towards the end of a month, so this is an upper estimate.";
    /// Linear forecast of what is charged by the day.
    DailyAverage = "daily_average",
        "Linear: each day that is left is taken to have the average of the days so far. Days above the daily allowance are \
         charged by themselves, so where days differ this can be too low.";
    /// Peaks.
    PeakStays = "peak_stays",
        "A peak or a stored amount is taken to stay as it is until the month ends.";
    /// Low forecast of a plan or service that ends.
    EndsInMonth = "ends_in_month",
        "Low: what is paid for ends in this month and is not renewed.";
    /// Linear forecast of a plan or service that ends.
    Renewed = "renewed",
        "Linear: what is paid for ends in this month and is renewed.";
    /// A suspended app uses nothing.
    SuspendedStays = "suspended_stays",
        "The app is suspended and stays so: nothing is used or renewed until the month ends.";
    /// What was in force before a modification is not known.
    BeforeChangeNotKnown = "before_change_not_known",
        "Plan or services were modified in this month, and what was in force before is not known: charged as it is now.";
    /// No part of the month has passed.
    NothingElapsed = "nothing_elapsed",
        "No part of the month has passed yet: there is no pace to go on at.";
}

impl Assumption {
    pub(crate) fn new(id: AssumptionId, about: impl Into<String>) -> Self {
        Self { id, about: about.into() }
    }

    /// The JSON form: id, what it concerns, and its explanation.
    pub fn to_json(&self) -> Value {
        json!({ "id": self.id.as_str(), "about": self.about, "text": self.id.explain() })
    }
}
