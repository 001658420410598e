//! The domain's words as data: no clock, no lock, no I/O.
//!
//! Every other module depends on this one and this one depends on none of them.

mod action;
mod active_user;
mod additions;
mod calendar;
pub mod catalog;
mod condition;
mod counter;
mod counter_key;
mod decision;
mod document;
pub(crate) mod echo;
mod entitlements;
mod feature;
mod feature_decision;
mod happening;
mod hold;
mod horizon;
mod id_error;
mod id_set;
mod ids;
mod inline;
mod instant;
pub(crate) mod json;
mod lease;
mod ledger;
mod lifecycle;
mod limit;
mod locale;
mod login_memory;
mod moment;
mod money;
pub(crate) mod named;
mod open_name;
mod period;
mod permit_terms;
mod phase;
mod plan_period;
mod policy;
mod rejection;
mod remedy;
mod session;
mod snapshot;
mod suspension;
mod time_record;
mod usage;
mod user_facts;
mod verdict;
mod zone;

#[cfg(feature = "testing")]
pub use action::group_count_limit;
pub use action::{Action, Demand, Demands, InvalidAction, Observation, Pseudonyms};
pub use active_user::{ActiveUser, Counted, CountedLogin, LoginId};
pub use additions::Additions;
#[cfg(feature = "testing")]
pub use catalog::{BillingModel, CatalogError};
pub use catalog::{Catalog, Catalogs};
pub use condition::{Condition, SdkVariant, SdkVersion, SdkVersionError};
pub use counter::{Account, Ceiling, CeilingOrigin, Counter, CounterOp, HeldSince, HoldItem, first_full};
pub use counter_key::{CounterKey, Pseudonym, Subject, UsageOrigin};
pub use decision::{Assessment, Decision, Evidence, LimitCheck, LimitChecks, LimitStatus, VerdictReason};
pub use document::{EntitlementsDocument, Finding, ReportedUsage, ServiceGrant, Subscription};
pub use entitlements::{Authority, EffectiveFeature, EffectiveLimit, Entitlements, ServiceInForce, Standing};
pub use feature::{Feature, GroupType, Platform, Support};
pub use feature_decision::{FeatureAssessment, FeatureContext, FeatureEvidence, FeatureReason};
pub(crate) use happening::members;
pub use hold::Hold;
pub use horizon::Horizon;
pub use id_error::IdError;
pub use id_set::IdSet;
#[cfg(feature = "testing")]
pub use id_set::SmallId;
pub use ids::{CatalogId, EditionId, GroupId, SdkAppId, ServiceId, UserId};
pub use instant::{BadInstant, Timestamp};
pub use lease::{Lease, LeaseAnswer, LeaseEnd, LeaseEnded, Owner};
pub use ledger::{Ledger, User, UserSource};
pub use lifecycle::{Lifecycle, SuspensionCause};
pub use limit::{LimitId, Max, Scope, Window};
pub use locale::{Locale, UnknownLocale};
pub use login_memory::{HeldBack, LoginMemory};
pub use moment::{Elapsed, Moment, Wait};
pub use money::{Currency, Money};
pub use named::UnknownId;
pub(crate) use named::named_enum;
pub use period::{BadMonth, BillingDay, BillingMonth};
pub use permit_terms::{GroupTerms, NewGroup, PermitTerms};
pub use phase::AppPhase;
pub use plan_period::{Period, PlanPeriods};
pub use policy::{DecisionPolicy, Enforcement, EnforcementByLimit};
pub use rejection::{Advice, Correction, Rejection, RejectionClass, RejectionContext, Retry};
pub use remedy::{ChangePath, Remedy};
pub use session::{Session, SessionLook, SessionMode, SessionState};
pub use snapshot::Snapshot;
pub use suspension::ReportedSuspension;
pub(crate) use time_record::time_reading;
#[cfg(not(feature = "testing"))]
pub(crate) use time_record::{ClockBehind, TimeAnswer};
#[cfg(feature = "testing")]
pub use time_record::{ClockBehind, TimeAnswer};
pub use time_record::{ClockFinding, ClockJump, Lesson, TimeCorrection, TimeRecord};
pub use usage::{CounterSource, Usage};
pub use user_facts::UserFacts;
pub use verdict::{FeatureDecision, LimitUse, Verdict};
pub use zone::{BillingZone, UnknownZone};
