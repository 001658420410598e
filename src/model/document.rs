//! The entitlements document of the billing endpoint, checked and in the domain's words.

use std::collections::BTreeMap;

use super::feature::{Feature, Support};
use super::ids::{CatalogId, EditionId, SdkAppId, ServiceId};
use super::instant::Timestamp;
use super::limit::{LimitId, Max};

/// What the billing endpoint says about one app.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct EntitlementsDocument {
    /// Rises with every change; a lower one than the one held is refused.
    pub revision: u64,
    /// The app it speaks of.
    pub sdk_app_id: SdkAppId,
    /// The price list; `None` when this version of planguard does not know it.
    pub catalog: Option<CatalogId>,
    /// The edition; `None` when this version of planguard does not know it.
    pub edition: Option<EditionId>,
    /// The prepaid plan or trial period.
    pub subscription: Option<Subscription>,
    /// When the bill that is in arrears was pushed; `None` when nothing is owed.
    pub arrears_since: Option<Timestamp>,
    /// Services and plugins bought.
    pub value_added: Vec<ServiceGrant>,
    /// Applications that the provider approved, by feature.
    pub applications: BTreeMap<Feature, Timestamp>,
    /// Limits that override the catalog's.
    pub limits: BTreeMap<LimitId, Max>,
    /// Features that override the catalog's.
    pub features: BTreeMap<Feature, Support>,
    /// App-wide usage as the endpoint knows it.
    pub usage: Option<ReportedUsage>,
    /// When the endpoint made the document.
    pub issued_at: Timestamp,
    /// For how many seconds it counts as fresh; `None` leaves it to `Cache-Control` and the defaults.
    pub fresh_for_secs: Option<u64>,
    /// Entries that this version of planguard does not know or could not use: kept and reported, never fatal.
    pub findings: Vec<Finding>,
}

/// The period a plan was bought for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Subscription {
    /// The instant of purchase, which anchors the plan's periods.
    pub starts_at: Timestamp,
    /// The end of what is paid; `None` for a plan without end (the older free edition, postpaid plans).
    pub expires_at: Option<Timestamp>,
    /// When the plan or its services were last modified, which the list of 2022 allows once in a calendar month;
    /// `None` when never, or not known.
    pub changed_at: Option<Timestamp>,
}

/// A value-added service or plugin that was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct ServiceGrant {
    /// The service or plugin.
    pub id: ServiceId,
    /// Its tier, where it has tiers.
    pub tier: Option<String>,
    /// How many were bought.
    pub quantity: u32,
    /// Until when; `None` when it does not end by itself.
    pub expires_at: Option<Timestamp>,
}

/// App-wide usage at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct ReportedUsage {
    /// When the numbers were true.
    pub as_of: Timestamp,
    /// The numbers, by the limit they count against.
    pub counts: BTreeMap<LimitId, u64>,
}

/// Something in a document that was not usable, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Finding {
    /// The JSON pointer of the entry, for example `/limits/friends_per_user`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
    /// What was done instead and what would fix it.
    pub remedy: String,
}
