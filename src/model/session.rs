//! Who is logged in to the chat SDK in this process, as far as the guard was told.

use rpds::HashTrieMapSync;

use super::counter_key::Pseudonym;
use super::instant::Timestamp;
use super::named::named_enum;

/// Where one user's session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    pub enum SessionMode as "session mode" {
        /// A device: logging in as somebody else logs the former user out.
        #[default]
        Device = "device",
        /// A server: every user has a session of their own.
        MultiUser = "multi_user",
    }
}

/// All sessions of this process, as one immutable value.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    by_user: HashTrieMapSync<Pseudonym, Session>,
    /// On a device, the user of the latest login that was sent.
    current: Option<Pseudonym>,
}

impl Sessions {
    /// The session of `user`, if any was ever begun.
    pub fn get(&self, user: &Pseudonym) -> Option<Session> {
        self.by_user.get(user).copied()
    }

    /// The state of `user`'s session.
    pub fn state(&self, user: &Pseudonym) -> SessionState {
        self.get(user).map_or(SessionState::LoggedOut, |session| session.state)
    }

    /// On a device, the user of the latest login that was sent.
    pub const fn current(&self) -> Option<Pseudonym> {
        self.current
    }

    /// These sessions with one replaced. On a device only one is held: that of `user`, who is the current one.
    #[must_use]
    pub fn with(&self, user: Pseudonym, session: Session, mode: SessionMode) -> Self {
        match mode {
            SessionMode::Device => {
                Self { by_user: HashTrieMapSync::new_sync().insert(user, session), current: Some(user) }
            }
            SessionMode::MultiUser => Self { by_user: self.by_user.insert(user, session), current: None },
        }
    }

    /// These sessions without that of `user`.
    #[must_use]
    pub fn without(&self, user: &Pseudonym) -> Self {
        Self { by_user: self.by_user.remove(user), current: self.current.filter(|current| current != user) }
    }

    /// How many sessions are held.
    pub fn len(&self) -> usize {
        self.by_user.size()
    }

    /// Whether no session is held.
    pub fn is_empty(&self) -> bool {
        self.by_user.is_empty()
    }
}
