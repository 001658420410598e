//! What a failed login means for the next one.

use std::time::Duration;

use super::facts::FailureState;
use super::policy::LoginPolicy;
use crate::decide::fetch::backoff::{Backoff, Jitter};
use crate::decide::rejection::classify;
use crate::model::catalog::BillingModel;
use crate::model::{LimitId, RejectionClass, RejectionContext, Timestamp};

/// What kind of failure a login met, by what it means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// The app's service is stopped at the provider; after a purchase it takes about 5 minutes to return.
    Suspended,
    /// Kicked off by another device: ask the person before logging in again.
    KickedOff,
    /// The chat SDK is not initialised, or the call came at a wrong moment.
    NotReady,
    /// The chat SDK is busy with another login or logout.
    InProgress,
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
        match (rejection.class, rejection.limit) {
            (_, Some(LimitId::FreeMau)) => Self::QuotaUsedUp(BillingModel::Mau),
            (_, Some(LimitId::FreeDau)) => Self::QuotaUsedUp(BillingModel::DauPeakGroups),
            (_, Some(LimitId::MaxUsers))
            | (RejectionClass::CredentialInvalid | RejectionClass::Permanent, _) => Self::Permanent,
            (RejectionClass::RateLimited, _) => Self::RateLimited,
            (RejectionClass::CredentialExpired, _) => Self::CredentialExpired,
            (RejectionClass::Suspended, _) => Self::Suspended,
            (RejectionClass::KickedOff, _) => Self::KickedOff,
            (RejectionClass::Precondition, _) => Self::NotReady,
            (RejectionClass::InFlight, _) => Self::InProgress,
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
        !matches!(self, Self::InProgress | Self::TimedOut)
    }
}

/// The provider's lockout after refused credentials.
const LOCKOUT: Duration = Duration::from_secs(60);
/// What a new plan takes to come into force at the provider.
const SUSPENDED_FOR: Duration = Duration::from_secs(300);
/// The `UserSig` that expired is the first strike, or the login that was refused for it; the next is the last.
const STRIKES: u32 = 2;

/// What is known at the time of a failure.
#[derive(Clone, Copy, Debug)]
pub struct FailureContext {
    /// How many logins have failed in a row, this one included.
    pub in_a_row: u32,
    /// How many times the `UserSig` was found expired without a success in between, this one included.
    pub strikes: u32,
    /// The time.
    pub now: Timestamp,
    /// When the next billing day begins.
    pub day_turns: Timestamp,
    /// When the next billing month begins.
    pub month_turns: Timestamp,
    /// A random fraction for the backoff.
    pub jitter: Jitter,
}

/// What a failure of `class` with `code` leaves behind for the next login.
pub fn after_failure(
    class: FailureClass,
    code: i32,
    context: &FailureContext,
    policy: &LoginPolicy,
) -> FailureState {
    let wait = |duration: Duration| FailureState::BackingOff {
        until: context.now.plus(duration.max(policy.debounce)),
        code,
    };
    let backoff = Backoff { base: policy.backoff_base, cap: policy.backoff_max };
    match class {
        FailureClass::RateLimited | FailureClass::Other | FailureClass::TimedOut => {
            wait(backoff.after(context.in_a_row, context.jitter))
        }
        // A tenth of jitter, so that those locked out together do not return together.
        FailureClass::LockedOut => wait(LOCKOUT + context.jitter.of(LOCKOUT / 10)),
        FailureClass::Suspended => wait(SUSPENDED_FOR + context.jitter.of(SUSPENDED_FOR / 10)),
        FailureClass::NotReady | FailureClass::InProgress => wait(policy.debounce),
        FailureClass::CredentialExpired if context.strikes >= STRIKES => {
            FailureState::CredentialRefused { code }
        }
        // The one renewal may go at once; a kick is kept in the session.
        FailureClass::CredentialExpired | FailureClass::KickedOff => FailureState::Clear,
        FailureClass::Permanent => FailureState::Permanent { code },
        FailureClass::QuotaUsedUp(BillingModel::Mau) => {
            FailureState::QuotaRefused { until: context.month_turns, code }
        }
        FailureClass::QuotaUsedUp(BillingModel::DauPeakGroups) => {
            FailureState::QuotaRefused { until: context.day_turns, code }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(in_a_row: u32, strikes: u32) -> FailureContext {
        FailureContext {
            in_a_row,
            strikes,
            now: Timestamp::from_secs(1_000),
            day_turns: Timestamp::from_secs(2_000),
            month_turns: Timestamp::from_secs(3_000),
            jitter: Jitter::NONE,
        }
    }

    #[test]
    fn each_class_leaves_its_own_wait() {
        let until = |secs, code| FailureState::BackingOff { until: Timestamp::from_secs(secs), code };
        let policy = LoginPolicy::default();
        for (code, in_a_row, strikes, expected) in [
            // Base 2 s, half of it fixed, but never below the debounce of 3 s.
            (9506, 1, 0, until(1_003, 9506)),
            // 2 s doubled four times is 32 s; half of it without jitter is 16 s.
            (72_010, 5, 0, until(1_016, 72_010)),
            (72_010, 99, 0, until(1_150, 72_010)),
            (70_050, 1, 0, until(1_060, 70_050)),
            (60_020, 1, 0, until(1_300, 60_020)),
            (70_001, 1, 1, FailureState::Clear),
            (70_001, 1, 2, FailureState::CredentialRefused { code: 70_001 }),
            (70_051, 1, 0, FailureState::Permanent { code: 70_051 }),
            (72_002, 1, 0, FailureState::QuotaRefused { until: Timestamp::from_secs(3_000), code: 72_002 }),
            (72_000, 1, 0, FailureState::QuotaRefused { until: Timestamp::from_secs(2_000), code: 72_000 }),
            (6208, 1, 0, FailureState::Clear),
            (6013, 1, 0, until(1_003, 6013)),
            (7501, 9, 0, until(1_003, 7501)),
            (123_456, 2, 0, until(1_003, 123_456)),
        ] {
            let state = after_failure(FailureClass::of(code), code, &context(in_a_row, strikes), &policy);
            assert_eq!(state, expected, "{code}");
        }
    }
}
