//! Where a plan stands: derived from its dates on every read, never stored.

use super::instant::Timestamp;

/// Why a service is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum SuspensionCause {
    /// A prepaid plan expired and was not renewed in the grace period.
    Expired,
    /// The trial period ended and was not extended.
    TrialEnded,
    /// A bill stayed unpaid.
    Arrears,
    /// The provider answered that the service is stopped (a rejection), ahead of the dates known here.
    Reported,
}

/// Where the plan stands at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Lifecycle {
    /// No dates are known.
    Unknown,
    /// In force.
    Active,
    /// In force, and the reminder period before expiry has begun.
    ExpiringSoon {
        /// Whole days until the day of expiry; 0 on that day.
        days_left: u32,
        /// When it expires.
        expires_at: Timestamp,
    },
    /// Expired or in arrears, not suspended yet.
    Grace {
        /// What will be the cause of the suspension.
        cause: SuspensionCause,
        /// When the suspension begins; [`Timestamp::MAX`] where the price list does not say.
        until: Timestamp,
    },
    /// Every feature and login is refused by the provider.
    Suspended {
        /// Why service stopped.
        cause: SuspensionCause,
        /// When it began.
        since: Timestamp,
        /// When the provider reclaims the app's resources, for good; [`Timestamp::MAX`] where the price list
        /// does not say.
        reclaim_at: Timestamp,
    },
    /// The app's resources are gone.
    Reclaimed {
        /// When it began.
        since: Timestamp,
    },
}

impl Lifecycle {
    /// Whether the provider serves the app.
    pub const fn serves(self) -> bool {
        !matches!(self, Self::Suspended { .. } | Self::Reclaimed { .. })
    }
}
