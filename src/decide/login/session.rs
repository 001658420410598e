//! What the chat SDK's callbacks do to a session.

use crate::model::{Session, SessionState, Timestamp};

/// Something the chat SDK told the app about a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionEvent {
    /// Connected to the provider.
    Connected,
    /// The connection was lost. The chat SDK reconnects by itself: this never causes a login.
    Disconnected,
    /// Kicked off by another device.
    KickedOff,
    /// The `UserSig` expired.
    UserSigExpired,
    /// Logged out, because the app asked for it.
    LoggedOut,
}

impl SessionEvent {
    /// Every event, for tables that must cover all.
    #[cfg(any(test, feature = "testing"))]
    pub const ALL: &'static [Self] =
        &[Self::Connected, Self::Disconnected, Self::KickedOff, Self::UserSigExpired, Self::LoggedOut];
}

/// The session after `event`, or `None` where the event means nothing in this state and changes nothing.
///
/// ```text
///              login sent               login succeeded
///  LoggedOut ─────────────▶ LoggingIn ──────────────────▶ LoggedIn ⟲ Connected, Disconnected
///      ▲  ▲                   │  │                         │  │  │
///      │  └──── LoggedOut ────┘  │ KickedOff     KickedOff │  │  │ UserSigExpired
///      │                         ▼                         │  │  ▼
///      │◀──────────────────── KickedOff ◀──────────────────┘  │ SigExpired
///      │◀──────────────────────────│──────────────────────────┘  │ │
///      │        LoggedOut          └◀──────── KickedOff ─────────┘ │
///      └◀───────────────────────────────────── LoggedOut ──────────┘
/// ```
///
/// A login is sent from every state but `LoggingIn`, as the decision table allows; when it fails, the session
/// is as it was before.
pub fn step(session: Session, event: SessionEvent, now: Timestamp) -> Option<Session> {
    use SessionState::{KickedOff, LoggedIn, LoggedOut, LoggingIn, SigExpired};
    let to = |state| Some(Session { state, since: now, connected: false, ..session });
    match (session.state, event) {
        (LoggedIn, SessionEvent::Connected) if !session.connected => {
            Some(Session { connected: true, ..session })
        }
        (LoggedIn, SessionEvent::Disconnected) if session.connected => {
            Some(Session { connected: false, ..session })
        }
        (LoggedIn | LoggingIn | SigExpired, SessionEvent::KickedOff) => to(KickedOff),
        // While a login runs, an expiry is that of the session it is about to replace.
        (LoggedIn, SessionEvent::UserSigExpired) => to(SigExpired),
        (LoggedIn | LoggingIn | SigExpired | KickedOff, SessionEvent::LoggedOut) => to(LoggedOut),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_that_is_not_listed_changes_nothing() {
        use SessionEvent as E;
        use SessionState as S;
        let valid = [
            (S::LoggedIn, E::KickedOff, S::KickedOff),
            (S::LoggedIn, E::UserSigExpired, S::SigExpired),
            (S::LoggedIn, E::LoggedOut, S::LoggedOut),
            (S::LoggingIn, E::KickedOff, S::KickedOff),
            (S::LoggingIn, E::LoggedOut, S::LoggedOut),
            (S::SigExpired, E::KickedOff, S::KickedOff),
            (S::SigExpired, E::LoggedOut, S::LoggedOut),
            (S::KickedOff, E::LoggedOut, S::LoggedOut),
        ];
        let (before, now) = (Timestamp::from_secs(1), Timestamp::from_secs(2));
        for &state in S::ALL {
            for &event in E::ALL {
                let session = Session { state, since: before, connected: false, kicks: 3 };
                let after = step(session, event, now);
                let expected = valid.iter().find(|(s, e, _)| (*s, *e) == (state, event)).map(|row| row.2);
                match (state, event) {
                    (S::LoggedIn, E::Connected) => {
                        assert_eq!(after, Some(Session { connected: true, ..session }));
                    }
                    _ => assert_eq!(
                        after,
                        expected.map(|state| Session { state, since: now, connected: false, kicks: 3 }),
                        "{state:?} {event:?}"
                    ),
                }
            }
        }
    }

    #[test]
    fn a_lost_connection_is_no_lost_login() {
        let at = Timestamp::from_secs(1);
        let session = Session { state: SessionState::LoggedIn, since: at, connected: true, kicks: 0 };
        let after = step(session, SessionEvent::Disconnected, Timestamp::from_secs(9)).unwrap();
        assert_eq!(after, Session { connected: false, ..session });
    }
}
