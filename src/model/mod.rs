//! The domain's words as data: no clock, no lock, no I/O.
//!
//! Every other module depends on this one and this one depends on none of them.

pub mod document;
pub mod feature;
pub mod ids;
pub mod instant;
pub mod ledger;
pub mod limit;
mod named;
pub mod period;
pub mod usage;

pub use document::{EntitlementsDocument, Finding, ReportedUsage, ServiceGrant, Subscription};
pub use feature::{Feature, GroupType, Platform, Support};
pub use ids::{CatalogId, EditionId, GroupId, IdError, SdkAppId, ServiceId, UserId};
pub use instant::{BadInstant, Timestamp};
pub use ledger::{ActiveUser, Counted, Ledger};
pub use limit::{LimitId, Max, Scope, Window};
pub use named::UnknownId;
pub use period::{BadMonth, BillingDay, BillingMonth, BillingZone, UnknownZone};
pub use usage::{Counter, CounterKey, Pseudonym, Subject, Usage, UsageOrigin};
