//! What a login decision rests on.

use super::budget::Budget;
use super::intent::LoginIntent;
use crate::model::catalog::BillingModel;
use crate::model::{Counted, Lifecycle, SessionState, Timestamp};

/// Whose session this process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// That of the user who asks, or nobody's when it is [`SessionState::LoggedOut`].
    Mine(SessionState),
    /// On a device, that of somebody else: logging in would log them out.
    Other(SessionState),
}

/// What earlier logins of this user left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum FailureState {
    /// Nothing.
    #[default]
    Clear,
    /// The last one failed in a way that may pass: not before `until`.
    BackingOff {
        /// Until when.
        until: Timestamp,
        /// The provider's code.
        code: i32,
    },
    /// The last one failed in a way that repeating does not change.
    Permanent {
        /// The provider's code.
        code: i32,
    },
    /// The `UserSig` was refused, and so was its one renewal: a new one is needed.
    CredentialRefused {
        /// The provider's code.
        code: i32,
    },
    /// The provider refused a new active user: its quota is used up, whatever is known here.
    QuotaRefused {
        /// When the quota starts again.
        until: Timestamp,
        /// The provider's code.
        code: i32,
    },
    /// Too many logins were carried out in a short time: something logs in over and over.
    LoopBroken {
        /// Until when none is carried out.
        until: Timestamp,
    },
}

/// Everything that one login decision depends on, besides the app's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginFacts {
    /// Why the login is asked for.
    pub intent: LoginIntent,
    /// Whose session there is.
    pub standing: Standing,
    /// Whether the user is counted already.
    pub counted: Counted,
    /// A login of this user was sent in this period and its end was never seen.
    pub uncertain: bool,
    /// What the plan counts active users by.
    pub billing: BillingModel,
    /// Where the plan stands.
    pub lifecycle: Lifecycle,
    /// What room there is for one more active user.
    pub budget: Budget,
    /// What earlier logins left behind.
    pub failure: FailureState,
    /// The time of the decision.
    pub now: Timestamp,
    /// When the next billing day begins.
    pub day_turns: Timestamp,
    /// When the next billing month begins.
    pub month_turns: Timestamp,
}

impl LoginFacts {
    /// Whether the plan counts this user already, in the period it bills by.
    pub const fn is_counted(&self) -> bool {
        match self.billing {
            BillingModel::Mau => self.counted.this_month,
            BillingModel::DauPeakGroups => self.counted.today,
        }
    }

    /// When the period that the plan bills by starts again.
    pub const fn period_turns(&self) -> Timestamp {
        match self.billing {
            BillingModel::Mau => self.month_turns,
            BillingModel::DauPeakGroups => self.day_turns,
        }
    }
}
