//! Who is logged in to the chat SDK in this process, as far as the guard was told.

use super::instant::Timestamp;
use super::named::named_enum;
use super::user_facts::UserFacts;

/// Where one user's session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum SessionState {
    /// Never logged in, or logged out.
    LoggedOut,
    /// A login is under way.
    LoggingIn,
    /// Logged in. A lost network does not change that: the chat SDK reconnects by itself.
    LoggedIn,
    /// Kicked off by another device.
    KickedOff,
    /// The `UserSig` expired.
    SigExpired,
}

impl SessionState {
    /// Every state, for tables that must cover all.
    pub const ALL: &'static [Self] =
        &[Self::LoggedOut, Self::LoggingIn, Self::LoggedIn, Self::KickedOff, Self::SigExpired];

    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::LoggingIn => "logging_in",
            Self::LoggedIn => "logged_in",
            Self::KickedOff => "kicked_off",
            Self::SigExpired => "sig_expired",
        }
    }
}

/// One user's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Where it stands.
    pub state: SessionState,
    /// When it began.
    pub since: Timestamp,
    /// Whether the chat SDK said that it is connected. Does not decide about logins.
    pub connected: bool,
    /// How many kicks of this user were known when its login was sent
    /// ([`UserFacts::kicks`](super::UserFacts::kicks)): more than that, and it was kicked off too.
    pub kicks: u32,
}

named_enum! {
    /// Whether one user at a time is logged in, or many.
    #[derive(Default)]
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum SessionMode as "session_mode" {
        /// A device: logging in as somebody else logs the former user out.
        #[default]
        Device = "device",
        /// A server: every user has a session of their own.
        MultiUser = "multi_user",
    }
}

/// The session of one user in this process, and what binds it in every process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionLook {
    /// The session, if one was begun in this process.
    pub session: Option<Session>,
    /// Kicked off by another device, and not logged in again since
    /// ([`UserFacts::kicked_off`](super::UserFacts::kicked_off)).
    pub kicked_off: bool,
    /// How many kicks there were so far ([`UserFacts::kicks`](super::UserFacts::kicks)).
    pub kicks: u32,
}

impl SessionLook {
    /// What `facts` say of a user without a session in this process.
    pub const fn without_session(facts: &UserFacts) -> Self {
        Self { session: None, kicked_off: facts.kicked_off.is_some(), kicks: facts.kicks }
    }

    /// Where the session stands. One that began before a kick was kicked off too, whichever process was told.
    pub fn state(&self) -> SessionState {
        let Some(session) = self.session else { return SessionState::LoggedOut };
        match session.state {
            SessionState::LoggedIn | SessionState::SigExpired if self.kicks > session.kicks => {
                SessionState::KickedOff
            }
            state => state,
        }
    }
}
