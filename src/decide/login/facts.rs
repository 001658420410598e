//! What a login decision rests on.

use super::budget::Budget;
use super::intent::LoginIntent;
use crate::model::catalog::BillingModel;
use crate::model::{Counted, Lifecycle, SessionState, Timestamp};

/// Whose session this process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionOf {
    /// That of the user who asks, or nobody's when it is [`SessionState::LoggedOut`].
    Asker(SessionState),
    /// On a device, that of somebody else, or a person's login of somebody else that is on its way: logging in would
    /// log them out.
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
    /// The provider has as many registered users as the plan allows, whatever is known here.
    UsersRefused {
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
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, and the table covers them all")]
pub struct LoginFacts {
    /// Why the login is asked for.
    pub intent: LoginIntent,
    /// Whose session there is.
    pub session: SessionOf,
    /// The user was kicked off by another device and not logged in again since, whatever process was told.
    pub kicked_off: bool,
    /// The user was logged out on purpose and not logged in again since.
    pub logged_out: bool,
    /// On a device, the latest login asked for somebody else.
    pub other_device_user: bool,
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
    /// What earlier logins left behind, for whoever asks now.
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
