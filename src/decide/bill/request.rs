//! What a bill is asked for: a plan, its services and a month of usage.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{
    BillingMonth, BillingZone, Catalog, Currency, EditionId, LimitId, Max, ServiceId, Timestamp,
};

/// A month to bill.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct BillRequest {
    /// The price list.
    pub catalog: Arc<Catalog>,
    /// The edition at the end of the month.
    pub edition: EditionId,
    /// The month.
    pub month: BillingMonth,
    /// The currency expected; `None` takes the price list's.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub currency: Option<Currency>,
    /// The zone in which days and months turn.
    pub zone: BillingZone,
    /// When the plan was bought; `None` takes it as in force all month, and a prepaid one as starting in it.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub plan: Option<PlanPurchase>,
    /// Services and plugins held.
    #[cfg_attr(feature = "ffi", uniffi(default = []))]
    pub value_added: Vec<ServicePurchase>,
    /// What was used.
    pub usage: MonthUsage,
    /// Quotas that the billing endpoint overrides.
    pub limits: BTreeMap<LimitId, Max>,
    /// When the app was suspended, if it was.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub suspended_at: Option<Timestamp>,
}

impl BillRequest {
    /// A whole month of an edition of a price list, without services and usage, in the default billing zone.
    pub fn new(catalog: &Arc<Catalog>, edition: EditionId, month: BillingMonth) -> Self {
        Self {
            catalog: Arc::clone(catalog),
            edition,
            month,
            currency: None,
            zone: BillingZone::default(),
            plan: None,
            value_added: Vec::new(),
            usage: MonthUsage::default(),
            limits: BTreeMap::new(),
            suspended_at: None,
        }
    }
}

/// When and for how long a plan was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct PlanPurchase {
    /// The instant of purchase, upgrade or modification.
    pub starts_at: Timestamp,
    /// The months paid ahead; `None` renews every month, unless it ends. A plan billed afterwards has no use for it.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub months: Option<u32>,
    /// When it ended or will end; `None` where `months` say so or nothing does.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub ends_at: Option<Timestamp>,
    /// The edition before, where the month of a modification charges both by their days.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub from: Option<EditionId>,
}

impl PlanPurchase {
    /// A plan bought at an instant that renews every month.
    pub const fn new(starts_at: Timestamp) -> Self {
        Self { starts_at, months: None, ends_at: None, from: None }
    }
}

/// A service or plugin that the app holds, or held in a part of the month.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct ServicePurchase {
    /// The service or plugin.
    pub id: ServiceId,
    /// Its tier, where it has tiers.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub tier: Option<String>,
    /// How many; of a service for the whole app, 1.
    #[cfg_attr(feature = "ffi", uniffi(default = 1))]
    pub quantity: u64,
    /// When it was bought; `None` takes it as bought with the plan or held all month, and a prepaid one as starting
    /// in the month.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub starts_at: Option<Timestamp>,
    /// The months paid ahead; `None` renews every month, unless it ends.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub months: Option<u32>,
    /// When it ended or will end; `None` where `months` say so or nothing does.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub ends_at: Option<Timestamp>,
}

impl ServicePurchase {
    /// One unit of a service without tiers, held all month.
    pub const fn new(id: ServiceId) -> Self {
        Self { id, tier: None, quantity: 1, starts_at: None, months: None, ends_at: None }
    }

    /// How its lines name it.
    pub(crate) fn item(&self) -> String {
        match &self.tier {
            Some(tier) => format!("service:{}:{tier}", self.id),
            None => format!("service:{}", self.id),
        }
    }
}

/// The usage of one calendar month. What is not known is `None`, never zero: it is not charged, and the bill says
/// so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct MonthUsage {
    /// Unique users that logged in.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub mau: Option<u64>,
    /// The highest number of unique users of a day.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub peak_dau: Option<u64>,
    /// The highest number of groups.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub peak_groups: Option<u64>,
    /// Calls to the all-staff or tag push interface, by day of the month from the 1st; empty where not known.
    #[cfg_attr(feature = "ffi", uniffi(default = []))]
    pub push_calls_by_day: Vec<u64>,
    /// All-staff or tag push messages.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub push_messages: Option<u64>,
    /// Searchable messages stored.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub search_stored: Option<u64>,
    /// Search requests.
    #[cfg_attr(feature = "ffi", uniffi(default = None))]
    pub search_requests: Option<u64>,
}
