//! When the next request may be made: what must be remembered of failures.

use crate::decide::backoff::MAX_RETRY_AFTER;
use crate::decide::sync_step::Pause;
use crate::model::Timestamp;
use crate::store::SyncState;

/// The pauses in force.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// What outlives a restart.
    state: SyncState,
    /// The pause after a lost connection, which a restart ends: the app may have been restarted because of it.
    network: Option<Timestamp>,
}

impl Pace {
    pub(super) fn new(state: SyncState) -> Self {
        Self { state, network: None }
    }

    pub(super) fn failures(&self) -> u32 {
        self.state.failures
    }

    /// Until when no request may be made, `None` when one may be made at `now`.
    pub(super) fn blocked_until(&self, now: Timestamp, on_purpose: bool) -> Option<Timestamp> {
        // No pause is longer than this; one that seems to be stems from a clock that has been corrected since.
        let live = |until: &Timestamp| now < *until && until.since(now) <= MAX_RETRY_AFTER;
        let network = self.network.filter(|_| !on_purpose);
        self.state.not_before.filter(live).max(network.filter(live))
    }

    pub(super) fn is_refused(&self, fingerprint: &str) -> bool {
        self.state.refused_credential.as_deref() == Some(fingerprint)
    }

    /// The endpoint was reached.
    pub(super) fn reached(&mut self) {
        self.network = None;
    }

    /// All is well again. Returns what to persist, if it changed. A pause that is still in force was asked for in an
    /// answer to another request meanwhile, and stays.
    pub(super) fn succeed(&mut self, now: Timestamp) -> Option<SyncState> {
        self.reached();
        let not_before = self.blocked_until(now, true);
        self.replace(SyncState { not_before, ..SyncState::default() })
    }

    /// A request failed at `now`. Returns what to persist, if it changed, and when to come back.
    pub(super) fn fail(
        &mut self,
        pause: Pause,
        now: Timestamp,
        fingerprint: &str,
    ) -> (Option<SyncState>, Timestamp) {
        let mut next = SyncState { failures: self.state.failures.saturating_add(1), ..self.state.clone() };
        let retry_at = match pause {
            Pause::Endpoint(wait) => {
                let until = now.plus(wait);
                next.not_before = Some(until);
                until
            }
            Pause::Network(wait) => {
                let until = now.plus(wait);
                self.network = Some(until);
                until
            }
            Pause::Credential => {
                next = SyncState { refused_credential: Some(fingerprint.to_owned()), ..SyncState::default() };
                now
            }
        };
        (self.replace(next), retry_at)
    }

    fn replace(&mut self, next: SyncState) -> Option<SyncState> {
        if self.state == next {
            return None;
        }
        self.state = next.clone();
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn s(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_endpoints_pause_holds_for_all_and_the_networks_only_for_what_is_not_on_purpose() {
        let mut pace = Pace::default();
        let (kept, retry_at) = pace.fail(Pause::Network(MINUTE), s(1000), "a");
        assert_eq!(
            (kept.map(|state| (state.failures, state.not_before)), retry_at),
            (Some((1, None)), s(1060))
        );
        assert_eq!(pace.blocked_until(s(1059), false), Some(s(1060)));
        assert_eq!(pace.blocked_until(s(1059), true), None);
        assert_eq!(pace.blocked_until(s(1060), false), None);
        let (kept, _) = pace.fail(Pause::Endpoint(MINUTE), s(1000), "a");
        assert_eq!(Pace::new(kept.unwrap()).blocked_until(s(1059), true), Some(s(1060)));
        let (failures, not_before) = (0, Some(s(1060)));
        assert_eq!(pace.succeed(s(1059)), Some(SyncState { not_before, failures, ..SyncState::default() }));
        assert_eq!(pace.succeed(s(1060)), Some(SyncState::default()));
        assert_eq!(pace.blocked_until(s(1000), false), None);
        assert_eq!(pace.succeed(s(1060)), None);
    }

    #[test]
    fn a_pause_from_a_clock_that_ran_ahead_does_not_last() {
        let mut pace = Pace::default();
        pace.fail(Pause::Endpoint(MINUTE), s(100_000), "a");
        assert_eq!(pace.blocked_until(s(1000), true), None);
    }

    #[test]
    fn a_refused_credential_is_refused_until_it_changes_or_works() {
        let mut pace = Pace::default();
        pace.fail(Pause::Credential, s(1000), "a");
        assert!(pace.is_refused("a") && !pace.is_refused("b"));
        assert_eq!(pace.blocked_until(s(1000), false), None);
        pace.succeed(s(1000));
        assert!(!pace.is_refused("a"));
    }
}
