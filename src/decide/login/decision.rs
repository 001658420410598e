//! What comes of a request to log in.

use crate::model::{Evidence, Lifecycle, Money, Timestamp};

/// Whether a login makes one more active user of the billing period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NewActiveUser {
    /// No: the user is counted already. Repeated logins cost no active user.
    No,
    /// Yes.
    Yes,
    /// A login of unknown end may have made one already.
    Uncertain,
}

/// Something about a login that goes ahead which the app's owner may want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum LoginWarning {
    /// The quota that the plan fee covers is used to this threshold, in percent.
    NearQuota(u8),
    /// The quota is used up: this active user is charged on top.
    Charged,
    /// The quota of a plan without overage is used up by what is known here, which is old: the provider may
    /// refuse the login.
    QuotaUsedUp,
    /// The app's own budget is used up, and it is set to warn or the data is old.
    BudgetUsedUp,
    /// The plan's registered users are used up by what is known here, which is old.
    UsersFull,
}

/// A login that is to be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Whether it makes a new active user.
    pub creates: NewActiveUser,
    /// What that active user costs at the margin; zero inside the quota and for a user already counted, `None`
    /// when not known.
    pub price: Option<Money>,
    /// What to tell the app's owner.
    pub warning: Option<LoginWarning>,
    /// The usage and the limit that were compared; `None` for a user who is counted already, where nothing was.
    pub evidence: Option<Evidence>,
}

/// Why a login is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum DeferReason {
    /// It would make, or might make, a new active user, and no person asked for it.
    WouldCreateActiveUser,
    /// Another user is logged in on this device, and no person asked to switch.
    OtherUserActive,
    /// The device is another user's: the latest login asked for them, in this process or another.
    NotDeviceUser,
    /// The user was logged out on purpose, and no person opened chat since.
    LoggedOut,
}

impl DeferReason {
    /// The word for it in usage events and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WouldCreateActiveUser => "would_create_active_user",
            Self::OtherUserActive => "other_user_active",
            Self::NotDeviceUser => "not_device_user",
            Self::LoggedOut => "logged_out",
        }
    }
}

/// What a put-off login waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Until {
    /// A person opens chat.
    PersonOpensChat,
    /// A person switches users, or the other user logs out.
    PersonSwitchesUser,
}

/// What the app can do instead of logging in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Alternative {
    /// Show conversations and history from the chat SDK's local cache; they can be read without a login.
    CachedConversations,
    /// Join the audio-video group as a guest, without a login.
    JoinAvGroupAsGuest,
}

/// A login that is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deferral {
    /// Why the login is put off.
    pub reason: DeferReason,
    /// What it waits for.
    pub until: Until,
    /// What to do instead.
    pub alternative: Alternative,
}

/// Why a login is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum DenyReason {
    /// The provider refuses every login of the app.
    Suspended(Lifecycle),
    /// The user was kicked off by another device: ask the person, then log in with
    /// [`LoginIntent::AfterKick`](super::LoginIntent::AfterKick) confirmed.
    KickedOff,
    /// The `UserSig` and its one renewal were refused, or a new one was: get another and say so with `new_user_sig`.
    CredentialRefused {
        /// The provider's code.
        code: i32,
    },
    /// The provider refused in a way that repeating does not change.
    Permanent {
        /// The provider's code.
        code: i32,
    },
    /// The plan's quota of active users is used up, and the plan has no overage.
    QuotaUsedUp {
        /// The provider's code, when it was the provider who said so.
        code: Option<i32>,
    },
    /// The app's own budget of active users is used up.
    BudgetUsedUp,
    /// The provider registers no more users on this plan: the app said that the user is unknown to it, or the provider
    /// refused for that.
    UsersFull,
    /// The last login failed a short time ago.
    BackingOff {
        /// The provider's code.
        code: i32,
    },
    /// Too many logins were carried out in a short time.
    LoopBroken,
}

impl DenyReason {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Suspended(_) => "suspended",
            Self::KickedOff => "kicked_off",
            Self::CredentialRefused { .. } => "credential_refused",
            Self::Permanent { .. } => "permanent",
            Self::QuotaUsedUp { .. } => "quota_used_up",
            Self::BudgetUsedUp => "budget_used_up",
            Self::UsersFull => "users_full",
            Self::BackingOff { .. } => "backing_off",
            Self::LoopBroken => "loop_broken",
        }
    }
}

/// A login that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Why the login is refused.
    pub reason: DenyReason,
    /// When asking again can help; `None` when time alone changes nothing.
    pub retry_at: Option<Timestamp>,
    /// The usage and the limit that were compared, where a limit is the reason.
    pub evidence: Option<Evidence>,
}

/// What comes of a request to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a decision that nobody follows guards nothing"]
pub enum LoginDecision {
    /// Carry it out.
    Execute(Execution),
    /// This very user is logged in: nothing to do.
    AlreadyLoggedIn,
    /// A login of this user is under way: wait for it.
    Join,
    /// Put it off.
    Defer(Deferral),
    /// Refuse it.
    Deny(Denial),
}
