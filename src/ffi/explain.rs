//! `explain(locale)` on every type that crosses as it is.

use crate::client::Committed;
use crate::client::login::{
    ActiveUserEffect, Alternative, DeferReason, DenyReason, FailureClass, IdentityWarning, LoginWarning,
    Until,
};
use crate::decide::bill::{Assumption, AssumptionId};
use crate::decide::change::{Comparison, LimitChange, NeedlessService, OverUse};
use crate::decide::forecast::Marginal;
use crate::decide::refund::Refund;
use crate::model::{
    Advice, ClockJump, Condition, Evidence, Feature, FeatureDecision, FeatureReason, Finding, InvalidAction,
    Lifecycle, LimitCheck, Locale, RejectionClass, Remedy, Retry, Verdict, VerdictReason,
};

macro_rules! explains {
    ($($name:ident),+ $(,)?) => { $(
        #[uniffi::export]
        impl $name {
            /// The same in sentences for a screen.
            #[uniffi::method(name = "explain")]
            pub fn explain_in(&self, locale: Locale) -> String {
                self.explain(locale)
            }
        }
    )+ };
}

explains! {
    ActiveUserEffect, Advice, Alternative, Assumption, AssumptionId, ClockJump, Committed, Comparison, Condition,
    DeferReason, DenyReason, Evidence, FailureClass, FeatureDecision, Finding, IdentityWarning, InvalidAction, Lifecycle,
    LimitChange, LimitCheck, LoginWarning, Marginal, NeedlessService, OverUse, Refund, RejectionClass, Remedy, Retry,
    Until, Verdict, VerdictReason,
}

#[uniffi::export]
impl FeatureReason {
    /// Why `feature` is granted or not, in sentences for a screen.
    #[uniffi::method(name = "explain")]
    pub fn explain_in(&self, feature: Feature, locale: Locale) -> String {
        self.explain(feature, locale)
    }
}
