//! What is asked of the guard.

use std::time::Duration;

use crate::decide::login::LoginIntent;
use crate::model::UserId;

/// A request to log a user in. Small, inline and `Copy`: making one allocates nothing.
///
/// ```
/// use planguard::login::LoginRequest;
/// use planguard::LoginIntent;
/// use planguard::UserId;
/// let request = LoginRequest::new(UserId::new("ada")?, LoginIntent::PushWake);
/// # let _ = request;
/// # Ok::<(), planguard::plan::IdError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a request does nothing until it is passed to `login`"]
pub struct LoginRequest {
    pub(super) user: UserId,
    pub(super) intent: LoginIntent,
    pub(super) timeout: Option<Duration>,
    pub(super) known_to_provider: bool,
    pub(super) no_wait: bool,
}

impl LoginRequest {
    /// A request to log `user` in. The intent says whether a person asks for it, which the guard cannot see.
    pub fn new(user: impl Into<UserId>, intent: LoginIntent) -> Self {
        Self { user: user.into(), intent, timeout: None, known_to_provider: true, no_wait: false }
    }

    /// Does not wait for another login of this user that is under way, where a login is begun in two steps. The store
    /// may be waited for, within a quarter of the time-out.
    pub const fn no_wait(mut self) -> Self {
        self.no_wait = true;
        self
    }

    /// How long this caller waits for its outcome; the policy says how long by default.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Whether the provider knows the user id. The first login of an unknown id registers it, which some plans
    /// limit. Default `true`: the guard cannot know, and refusing somebody who is registered would be worse than
    /// a refusal by the provider.
    pub const fn known_to_provider(mut self, known: bool) -> Self {
        self.known_to_provider = known;
        self
    }
}
