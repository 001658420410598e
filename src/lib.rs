//! planguard keeps a chat app inside its plan.

pub mod model;

pub use model::{
    CatalogId, EditionId, Feature, GroupId, GroupType, IdError, LimitId, Max, Platform, Scope, SdkAppId,
    ServiceId, Support, UnknownId, UserId, Window,
};
