//! The fixed words of the domain: as text where a program writes them down or logs them, and back.

use super::error::PlanguardError;
use crate::client::login::{
    Alternative, DeferReason, DenyReason, FailureClass, IdentityWarning, LoginIntent, LoginWarning, Until,
};
use crate::client::{Committed, FetchPolicy};
use crate::decide::bill::{AssumptionId, Due};
use crate::decide::forecast::Marginal;
use crate::model::catalog::{BillingModel, ChangeCharge, UsedBasis};
use crate::model::{
    Advice, AppPhase, Authority, ChangePath, Condition, Correction, Currency, Decision, Enforcement, Feature,
    FeatureReason, GroupType, InvalidAction, Lifecycle, LimitId, LimitStatus, Locale, Platform,
    RejectionClass, Remedy, Retry, SessionMode, SessionState, Standing, Subject, Support, SuspensionCause,
    UsageOrigin, VerdictReason,
};
use crate::store::ProcessRole;

macro_rules! worded {
    ($($name:ident),+ $(,)?) => { $(
        #[uniffi::export]
        impl $name {
            /// Its fixed word, the same in every language and version: for logs and documents.
            #[uniffi::method(name = "as_str")]
            pub fn word(&self) -> String {
                self.as_str().to_owned()
            }
        }
    )+ };
}

worded! {
    Advice, Alternative, AppPhase, AssumptionId, Authority, BillingModel, ChangeCharge, ChangePath, Committed, Condition,
    Correction, Currency, Decision, DeferReason, DenyReason, Due, Enforcement, FailureClass, Feature, FeatureReason,
    FetchPolicy, GroupType, IdentityWarning, InvalidAction, Lifecycle, LimitId, LimitStatus, Locale, LoginIntent,
    LoginWarning, Marginal, Platform, ProcessRole, RejectionClass, Remedy, Retry, SessionMode, SessionState, Standing,
    Subject, Support, SuspensionCause, Until, UsageOrigin, UsedBasis, VerdictReason,
}

macro_rules! parsed {
    ($($name:ident by $parse:ident),+ $(,)?) => { $(
        /// What a fixed word stands for; an error that lists the known ones where it is none of them.
        #[uniffi::export]
        pub fn $parse(text: String) -> Result<$name, PlanguardError> {
            Ok(text.parse::<$name>()?)
        }
    )+ };
}

parsed! { Feature by parse_feature, LimitId by parse_limit_id, GroupType by parse_group_type }

/// The locale for a BCP 47 tag, such as `zh-CN`.
#[uniffi::export]
pub fn parse_locale(tag: String) -> Result<Locale, PlanguardError> {
    Ok(tag.parse::<Locale>()?)
}

/// The version of planguard.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
