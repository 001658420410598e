//! What kind of failure a login met.

use crate::decide::rejection::classify;
use crate::model::catalog::BillingModel;
use crate::model::{Advice, LimitId, RejectionClass, RejectionContext};

/// What kind of failure a login met, by what it means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum FailureClass {
    /// Too many requests, or the provider is overloaded: later, with a growing wait.
    RateLimited,
    /// The provider locked the user out for a minute, after refused credentials.
    LockedOut,
    /// The `UserSig` has expired: log in once more with a new one.
    CredentialExpired,
    /// Repeating does not help: a `UserSig` that does not match, a blocked or unknown account.
    Permanent,
    /// The plan's quota of active users is used up at the provider.
    QuotaUsedUp(BillingModel),
    /// The provider has as many registered users as the plan allows.
    UsersFull,
    /// The app's service is stopped at the provider; after a purchase it takes about 5 minutes to return.
    Suspended,
    /// Kicked off by another device: ask the person before logging in again.
    KickedOff,
    /// The chat SDK is not initialised, or the call came at a wrong moment.
    NotReady,
    /// The chat SDK is busy with another login or logout.
    InProgress,
    /// The request was sent, wholly or in part, and no answer came: whether the login succeeded is not known.
    OutcomeUnknown,
    /// The chat SDK gave up before the request was sent.
    NeverSent,
    /// The app's own login call failed before the chat SDK answered: whether the login succeeded is not known.
    AppFailed,
    /// This caller's time ran out; whether the login succeeded is not known.
    TimedOut,
    /// Anything else.
    Other,
}

impl FailureClass {
    /// The class of a provider code.
    pub fn of(code: i32) -> Self {
        // No other code of the provider locks a user out for a minute.
        if code == 70_050 {
            return Self::LockedOut;
        }
        let rejection = classify(code, "", &RejectionContext::default());
        // The cause ends with an update of the app, which no kept refusal may outlive.
        if rejection.advice == Advice::UpdateSdk {
            return Self::Other;
        }
        match (rejection.class, rejection.limit) {
            (_, Some(LimitId::FreeMau)) => Self::QuotaUsedUp(BillingModel::Mau),
            (_, Some(LimitId::FreeDau)) => Self::QuotaUsedUp(BillingModel::DauPeakGroups),
            (_, Some(LimitId::MaxUsers)) => Self::UsersFull,
            (RejectionClass::CredentialInvalid | RejectionClass::Permanent, _) => Self::Permanent,
            (RejectionClass::RateLimited, _) => Self::RateLimited,
            (RejectionClass::CredentialExpired, _) => Self::CredentialExpired,
            (RejectionClass::Suspended, _) => Self::Suspended,
            (RejectionClass::KickedOff, _) => Self::KickedOff,
            (RejectionClass::Precondition, _) => Self::NotReady,
            (RejectionClass::InFlight, _) => Self::InProgress,
            (RejectionClass::OutcomeUnknown, _) => Self::OutcomeUnknown,
            (RejectionClass::NeverSent, _) => Self::NeverSent,
            // What no login is refused for: limits of groups, features, permissions.
            (
                RejectionClass::LimitReached
                | RejectionClass::FeatureNotInPlan
                | RejectionClass::ConsoleSwitch
                | RejectionClass::NotAPlanProblem
                | RejectionClass::Unknown,
                _,
            ) => Self::Other,
        }
    }

    /// Whether the provider certainly did not log the user in. Where it may have, the user stays uncertain.
    pub const fn certainly_failed(self) -> bool {
        !matches!(self, Self::InProgress | Self::TimedOut | Self::OutcomeUnknown | Self::AppFailed)
    }

    /// Whether the refusal speaks of the plan, so that a newer document ends it.
    pub const fn is_about_the_plan(self) -> bool {
        matches!(self, Self::QuotaUsedUp(_) | Self::UsersFull | Self::Suspended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_an_answer_has_no_known_outcome() {
        for code in [6012, 9520, 9524, 9521, 9525, 9514, 9517, 9508, 2800, 0] {
            assert_eq!(FailureClass::of(code), FailureClass::OutcomeUnknown, "{code}");
            assert!(!FailureClass::of(code).certainly_failed(), "{code}");
        }
        for code in [9518, 9519, 9523] {
            assert_eq!(FailureClass::of(code), FailureClass::NeverSent, "{code}");
            assert!(FailureClass::of(code).certainly_failed(), "{code}");
        }
    }

    #[test]
    fn what_the_provider_refused_certainly_failed() {
        for (code, class) in [
            (9506, FailureClass::RateLimited),
            (70_050, FailureClass::LockedOut),
            (70_001, FailureClass::CredentialExpired),
            (70_051, FailureClass::Permanent),
            (70_398, FailureClass::UsersFull),
            (72_002, FailureClass::QuotaUsedUp(BillingModel::Mau)),
            (22_007, FailureClass::QuotaUsedUp(BillingModel::DauPeakGroups)),
            (60_020, FailureClass::Suspended),
            (6208, FailureClass::KickedOff),
            (123_456, FailureClass::Other),
        ] {
            assert_eq!(FailureClass::of(code), class, "{code}");
            assert!(class.certainly_failed(), "{code}");
        }
    }
}
