//! What a plan meters and charges beyond its free quota.

use crate::model::LimitId;
use crate::model::catalog::BillingModel;
use crate::model::named::named_enum;

named_enum! {
    /// What a plan meters and charges beyond its free quota.
    pub enum Meter as "meter" {
        /// Monthly active users.
        Mau = "mau",
        /// The month's peak of daily active users.
        Dau = "dau",
        /// The month's peak of groups.
        PeakGroups = "peak_groups",
    }
}

impl BillingModel {
    /// What plans of this model meter: each edition says what goes beyond the quota of each.
    pub const fn meters(self) -> &'static [Meter] {
        match self {
            Self::Mau => &[Meter::Mau],
            Self::DauPeakGroups => &[Meter::Dau, Meter::PeakGroups],
        }
    }
}

impl Meter {
    /// The limit that holds the quota the plan fee covers.
    pub const fn quota(self) -> LimitId {
        match self {
            Self::Mau => LimitId::FreeMau,
            Self::Dau => LimitId::FreeDau,
            Self::PeakGroups => LimitId::FreePeakGroups,
        }
    }
}
