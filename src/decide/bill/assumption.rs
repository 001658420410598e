//! What a bill or forecast rests on besides what it was given.

/// Something taken for granted, with what it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Assumption {
    /// What is taken for granted.
    pub id: AssumptionId,
    /// The field or item it concerns.
    pub about: String,
}

macro_rules! assumptions {
    ($( $(#[$meta:meta])* $variant:ident = $id:literal; )+) => {
        /// What is taken for granted; the text ids are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
        pub enum AssumptionId { $( $(#[$meta])* $variant, )+ }

        impl AssumptionId {
            /// All of them.
            pub const ALL: &[Self] = &[$( Self::$variant, )+];

            /// Its text id.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $id, )+ }
            }
        }
    };
}

assumptions! {
    /// No date of purchase was given.
    InForceAllMonth = "in_force_all_month";
    /// A prepaid fee stands in the month in which the paid month starts.
    PrepaidFeeInMonthOfStart = "prepaid_fee_in_month_of_start";
    /// The paid month that covers this one started before it.
    PaidInEarlierMonth = "paid_in_earlier_month";
    /// Two prepaid months start in one calendar month.
    TwoPaidMonthsStart = "two_paid_months_start";
    /// A prepaid plan ran out.
    PlanEnded = "plan_ended";
    /// No renewal while suspended.
    NotRenewedSuspended = "not_renewed_suspended";
    /// A one-off purchase without a date.
    BoughtInMonth = "bought_in_month";
    /// The day on which a service or plan ends is not charged.
    ChargedUntilEnd = "charged_until_end";
    /// The new edition cannot have the service.
    EndedWithChange = "ended_with_change";
    /// Usage that is not known.
    UsageNotKnown = "usage_not_known";
    /// Months were given for a plan that is billed afterwards.
    MonthsNotUsed = "months_not_used";
    /// The day of an upgrade is a day of the new plan.
    DayOfChangeCounts = "day_of_change_counts";
    /// The day of suspension is not a day of use.
    SuspendedShare = "suspended_share";
    /// The price list does not say what suspension does to the month's usage fees.
    SuspensionNotStated = "suspension_not_stated";
    /// A limited offer still stands.
    OfferStands = "offer_stands";
    /// A limited offer has run out as tentatively announced.
    OfferEnded = "offer_ended";
    /// Usage that the price list does not meter.
    NotMetered = "not_metered";
    /// A quota, or what goes beyond it, that the price list does not state.
    QuotaNotStated = "quota_not_stated";
    /// Usage beyond a quota that ends the service instead of being charged.
    NotServed = "not_served";
    /// Usage of a plugin that the app does not hold.
    WithoutService = "without_service";
    /// No price in the documents.
    NoPrice = "no_price";
    /// Low forecast.
    NoMoreGrowth = "no_more_growth";
    /// Linear forecast of what adds up.
    LinearFlow = "linear_flow";
    /// MAU saturates.
    LinearMauOverstates = "linear_mau_overstates";
    /// Linear forecast of what is charged by the day.
    DailyAverage = "daily_average";
    /// Peaks.
    PeakStays = "peak_stays";
    /// Low forecast of a plan or service that ends.
    EndsInMonth = "ends_in_month";
    /// Linear forecast of a plan or service that ends.
    Renewed = "renewed";
    /// A suspended app uses nothing.
    SuspendedStays = "suspended_stays";
    /// What was in force before a modification is not known.
    BeforeChangeNotKnown = "before_change_not_known";
    /// No part of the month has passed.
    NothingElapsed = "nothing_elapsed";
}

impl Assumption {
    pub(crate) fn new(id: AssumptionId, about: impl Into<String>) -> Self {
        Self { id, about: about.into() }
    }
}
