//! The domain's words as data: no clock, no lock, no I/O.
//!
//! Every other module depends on this one and this one depends on none of them.

mod action;
pub mod catalog;
mod condition;
mod decision;
mod document;
mod elapsed;
mod entitlements;
mod feature;
mod feature_decision;
mod ids;
mod instant;
pub(crate) mod json;
mod ledger;
mod lifecycle;
mod limit;
mod money;
mod named;
mod period;
mod phase;
mod plan_period;
mod policy;
mod rejection;
mod remedy;
mod session;
mod snapshot;
mod usage;

pub use action::{Action, Demand, Demands, Observation, Pseudonyms, group_count_limit};
pub use catalog::{BillingModel, Catalog, CatalogError};
pub use condition::{Condition, SdkVersion, SdkVersionError};
pub use decision::{Assessment, Evidence, LimitCheck, LimitChecks, LimitStatus, Verdict, VerdictReason};
pub use document::{EntitlementsDocument, Finding, ReportedUsage, ServiceGrant, Subscription};
pub use elapsed::Elapsed;
pub use entitlements::{Authority, EffectiveFeature, EffectiveLimit, Entitlements, ServiceInForce, Standing};
pub use feature::{Feature, GroupType, Platform, Support};
pub use feature_decision::{FeatureContext, FeatureDecision, FeatureEvidence, FeatureReason};
pub use ids::{CatalogId, EditionId, GroupId, IdError, SdkAppId, ServiceId, UserId};
pub use instant::{BadInstant, Timestamp};
pub use ledger::{ActiveUser, Counted, Ledger};
pub use lifecycle::{Lifecycle, SuspensionCause};
pub use limit::{LimitId, Max, Scope, Window};
pub use money::{Currency, Money};
pub use named::UnknownId;
pub use period::{BadMonth, BillingDay, BillingMonth, BillingZone, UnknownZone};
pub use phase::AppPhase;
pub use plan_period::{Period, PlanPeriods};
pub use policy::{DecisionPolicy, Enforcement};
pub use rejection::{Advice, Correction, Rejection, RejectionClass, RejectionContext, Retry};
pub use remedy::{ChangePath, Remedy};
pub use session::{Session, SessionMode, SessionState, Sessions};
pub use snapshot::Snapshot;
pub use usage::{Counter, CounterKey, Pseudonym, Subject, Usage, UsageOrigin};
