//! planguard keeps a chat app inside its plan.

pub mod model;
pub mod net;
pub mod port;
pub mod store;
pub mod time;

pub use model::{
    BadInstant, BadMonth, BillingDay, BillingMonth, BillingZone, CatalogId, EditionId, Feature, GroupId,
    GroupType, IdError, LimitId, Max, Platform, Scope, SdkAppId, ServiceId, Support, Timestamp, UnknownId,
    UnknownZone, UserId, Window,
};
