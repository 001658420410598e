//! The modules of the public surface, by what an app does. Nothing is defined here.

/// Whether a feature is in the plan, and why: the answers of
/// [`feature`](crate::Planguard::feature) and [`explain_feature`](crate::Planguard::explain_feature).
pub mod features {
    pub use crate::model::{
        Condition, EffectiveFeature, FeatureAssessment, FeatureContext, FeatureDecision, FeatureEvidence,
        FeatureReason, IdSet, Platform, SdkVariant, SdkVersion, SdkVersionError, Support,
    };
}

/// Whether an action fits the plan's limits, and what that rests on: the answers of
/// [`check`](crate::Planguard::check) and [`assess`](crate::Planguard::assess), and how strictly limits are kept.
pub mod limits {
    pub use crate::client::Committed;
    pub use crate::model::{
        Assessment, Authority, Decision, DecisionPolicy, EffectiveLimit, Enforcement, EnforcementByLimit,
        Evidence, InvalidAction, LimitCheck, LimitChecks, LimitStatus, LimitUse, Max, Pseudonym, Scope,
        Subject, UsageOrigin, Verdict, VerdictReason, Window,
    };
    pub use crate::store::{BadPermitId, PermitId};
}

/// Logging in: requests, outcomes, tickets and sessions, and which logins reach the chat SDK.
pub mod login {
    pub use crate::client::login::*;
    pub use crate::model::{SessionMode, SessionState};
}

/// What the provider's error codes mean: the answers of
/// [`report_rejection`](crate::Planguard::report_rejection).
pub mod rejections {
    pub use crate::model::{Advice, Correction, Rejection, RejectionClass, RejectionContext, Retry};
}

/// What the app is entitled to, and where its plan stands.
pub mod plan {
    pub use crate::model::{
        ChangePath, Entitlements, EntitlementsDocument, Finding, IdError, Lifecycle, ReportedUsage,
        ServiceGrant, ServiceId, ServiceInForce, Standing, Subscription, SuspensionCause, UnknownId,
        UnknownLocale,
    };
}

/// Price lists: the provider's, and an owner's own.
pub mod catalog {
    pub use crate::model::catalog::*;
}

/// What a month costs, what a move to another edition would do, and what is refunded.
///
/// [`forecast`](crate::Planguard::forecast) bills the running month from what the guard knows; these functions take
/// everything as arguments, for a server that makes bills or a tool that compares editions.
pub mod billing {
    pub use crate::decide::bill::*;
    pub use crate::decide::change::{
        ChangePreview, ChangeRefusal, ChangeRequest, Comparison, LimitChange, NeedlessService, OverUse,
        PreviewError, compare, preview,
    };
    pub use crate::decide::forecast::{
        Forecast, ForecastError, LeftOut, Marginal, forecast, marginal_mau_price,
    };
    pub use crate::decide::refund::*;
    pub use crate::model::{Currency, Money};
}

/// The billing endpoint: when to ask it, what came back, who asks (credentials) and how requests are sent
/// ([`Transport`](sync::Transport)).
pub mod sync {
    pub use crate::client::{
        FetchPolicy, Flushed, LinkTimeouts, Older, Staleness, SyncError, SyncOutcome, UsageEvent,
    };
    pub use crate::model::AppPhase;
    pub use crate::net::{
        BadCredential, BadEndpointUrl, Credential, CredentialError, CredentialProvider, DocumentError,
        EncodingError, Request, Response, SCHEMA, SignatureError, StaticCredential, Transport,
        TransportError, http, parse_document,
    };
    #[cfg(all(feature = "http", not(target_arch = "wasm32")))]
    pub use crate::net::{ReqwestTransport, Timeouts};
}

/// What the guard reports without being asked.
pub mod events {
    pub use crate::client::{Event, EventStream, Lagged};
    pub use crate::store::Corruption;
    pub use crate::time::ClockJump;
}
