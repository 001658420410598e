//! What the chat SDK's callbacks change.

use super::flight::tell_shed;
use super::guard::LoginGuard;
use crate::decide::login::{SessionEvent, step};
use crate::model::{Pseudonym, SessionState, Snapshot, UserId};

impl LoginGuard {
    /// Says what the chat SDK told about the session of this device's current user. On a server name the user:
    /// [`Self::session_event_of`]. Nothing here ever causes a login.
    pub fn session_event(&self, event: SessionEvent) {
        if let Some(user) = self.shared.core.snapshot().sessions.current() {
            self.on_event(user, event);
        }
    }

    /// Says what the chat SDK told about the session of `user`.
    pub fn session_event_of(&self, user: &UserId, event: SessionEvent) {
        self.on_event(self.shared.core.pseudonyms.user(user), event);
    }

    /// The state of this user's session.
    pub fn session_state(&self, user: &UserId) -> SessionState {
        let core = &self.shared.core;
        core.snapshot().sessions.state(&core.pseudonyms.user(user))
    }

    fn on_event(&self, user: Pseudonym, event: SessionEvent) {
        let core = &self.shared.core;
        let mut shed = None;
        {
            let mut flights = self.shared.flights.lock();
            let Some(session) = core.snapshot().sessions.get(&user) else { return };
            let Some(after) = step(session, event, core.now()) else { return };
            // A login that still runs must not land after this.
            if session.state == SessionState::LoggingIn {
                shed = flights.shed(&user);
            }
            let mode = core.session_mode;
            core.update(|snapshot| Snapshot {
                sessions: match after.state {
                    SessionState::LoggedOut => snapshot.sessions.without(&user),
                    _ => snapshot.sessions.with(user, after, mode),
                },
                ..snapshot.clone()
            });
            if after.state == SessionState::SigExpired {
                self.shared.failures.sig_expired(user);
            }
        }
        tell_shed(shed.into_iter().collect());
    }
}
