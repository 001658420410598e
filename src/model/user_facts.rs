//! What is kept about one user across processes and restarts, besides the ledger.

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;
use super::login_memory::LoginMemory;

/// Facts about one user's session and logins that outlive the process.
///
/// That a user is logged in is no such fact: every process logs its own chat SDK in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserFacts {
    /// Kicked off by another device, and not logged in again since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kicked_off: Option<Timestamp>,
    /// How many kicks there were so far. A session that began after fewer was kicked too, whoever was told.
    #[serde(skip_serializing_if = "is_zero")]
    pub kicks: u32,
    /// Logged out on purpose, and not logged in again since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged_out: Option<Timestamp>,
    /// What earlier logins left behind.
    pub memory: LoginMemory,
}

impl UserFacts {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether they bind when the months in which the user was active are forgotten. What logins that ended well leave
    /// behind for the next minutes does not.
    pub const fn are_lasting(&self) -> bool {
        self.kicked_off.is_some()
            || self.kicks > 0
            || self.logged_out.is_some()
            || self.memory.held_back.is_some()
    }

    /// Another device logged in as this user.
    pub const fn kick(&mut self, at: Timestamp) {
        self.kicked_off = Some(at);
        self.kicks = self.kicks.saturating_add(1);
    }

    /// A login succeeded that was sent while these facts were as in `sent`: it answers what was known then, and
    /// nothing that came later.
    pub fn answer(&mut self, sent: &Self) {
        if self.kicks == sent.kicks {
            self.kicked_off = None;
        }
        if self.logged_out == sent.logged_out {
            self.logged_out = None;
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references in")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::super::session::{Session, SessionLook, SessionState};
    use super::*;

    const AT: Timestamp = Timestamp::from_secs(1_000);

    /// Whether a session that began after so many kicks has ended by one.
    fn ended(facts: &UserFacts, kicks: u32) -> bool {
        let session = Session { state: SessionState::LoggedIn, since: AT, connected: true, kicks };
        let look = SessionLook { session: Some(session), ..SessionLook::without_session(facts) };
        look.state() == SessionState::KickedOff
    }

    #[test]
    fn a_kick_ends_every_session_that_began_before_it() {
        let mut facts = UserFacts::default();
        assert!(!ended(&facts, 0));
        facts.kick(AT);
        assert!(ended(&facts, 0) && !ended(&facts, 1));
        // Another process was logged in again; this one was kicked all the same.
        facts.answer(&facts.clone());
        assert_eq!(facts.kicked_off, None);
        assert!(ended(&facts, 0));
    }

    #[test]
    fn a_success_answers_only_what_was_known_when_it_was_sent() {
        let mut facts = UserFacts::default();
        facts.kick(AT);
        facts.logged_out = Some(AT);
        let sent = facts.clone();
        facts.kick(AT);
        facts.logged_out = Some(Timestamp::from_secs(2_000));
        let late = facts.clone();
        facts.answer(&sent);
        assert_eq!(facts, late);
        facts.answer(&late);
        assert_eq!((facts.kicked_off, facts.logged_out), (None, None));
    }
}
