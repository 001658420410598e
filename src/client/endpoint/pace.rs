//! When the next request may be made: what must be remembered of failures.
//!
//! Pauses run on elapsed time. A wall clock can be set and trusted time can stand still, and a pause that runs on them
//! might never end.

use std::time::Duration;

use crate::decide::fetch::backoff::MAX_RETRY_AFTER;
use crate::decide::fetch::judge::Wait;
use crate::model::{Elapsed, Timestamp};
use crate::store::{Pause, SyncState};

/// The pauses in force.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// What outlives a restart.
    state: SyncState,
    /// The end of the endpoint's pause, which holds for every request.
    endpoint: Option<Elapsed>,
    /// The end of the pause of the credential that was refused.
    credential: Option<Elapsed>,
    /// The end of the pause of usage events: that they are not taken says nothing of documents.
    events: Option<Elapsed>,
    /// The end of the pause after a lost connection, which a restart ends: the app may have been restarted because of
    /// it.
    network: Option<Elapsed>,
}

/// For how long a credential is not tried again that an earlier version found refused.
const CREDENTIAL_PAUSE: Duration = MAX_RETRY_AFTER;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// Documents and price lists.
    Documents,
    /// Usage events.
    UsageEvents,
}

/// Both clocks, read at the same moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) elapsed: Elapsed,
    /// The wall clock, which is kept with a pause: the other clock begins anew with the machine.
    pub(super) wall: Timestamp,
}

impl Pace {
    /// Goes on from what was remembered. Returns what to persist, if it changed.
    pub(super) fn resume(remembered: SyncState, at: Reading) -> (Self, Option<SyncState>) {
        let resumed = |kept: Option<Pause>| kept.and_then(|pause| pause.resumed(at.wall));
        let (pause, events) = (resumed(remembered.pause), resumed(remembered.events_pause));
        // One that an earlier version kept has none yet, and begins one.
        let anew = Pause { length: CREDENTIAL_PAUSE, begun: at.wall };
        let refused = remembered.refused_credential.is_some();
        let credential = resumed(remembered.credential_pause.or(refused.then_some(anew)));
        let end = |pause: Option<Pause>| pause.map(|pause| at.elapsed.plus(pause.rest(at.wall)));
        let mut pace = Self {
            state: remembered.clone(),
            endpoint: end(pause),
            events: end(events),
            credential: end(credential),
            network: None,
        };
        // A pause that is over is dropped with the next answer; one that was moved must be kept at once, or every
        // restart would move it again.
        let moved = |now: Option<Pause>, kept: Option<Pause>| now.is_some() && now != kept;
        let changed = if moved(pause, remembered.pause)
            || moved(events, remembered.events_pause)
            || moved(credential, remembered.credential_pause)
        {
            pace.replace(SyncState {
                pause,
                events_pause: events,
                credential_pause: credential,
                ..remembered
            })
        } else {
            None
        };
        (pace, changed)
    }

    pub(super) fn failures(&self, route: Route) -> u32 {
        match route {
            Route::Documents => self.state.failures,
            Route::UsageEvents => self.state.events_failures,
        }
    }

    /// How long no request for documents may be made, `None` when one may be made at `now`.
    pub(super) fn blocked(&self, now: Elapsed, on_purpose: bool) -> Option<Duration> {
        let network = self.network.filter(|_| !on_purpose);
        rest(self.endpoint.max(network), now)
    }

    /// How long no usage events may be sent, `None` when they may at `now`.
    pub(super) fn events_blocked(&self, now: Elapsed) -> Option<Duration> {
        rest(self.endpoint.max(self.events), now)
    }

    /// Whether this credential is not to be sent at `now`: it was refused, and that is not long ago.
    pub(super) fn is_refused(&self, fingerprint: &str, now: Elapsed) -> bool {
        self.state.refused_credential.as_deref() == Some(fingerprint) && rest(self.credential, now).is_some()
    }

    /// The endpoint was reached.
    pub(super) fn reached(&mut self) {
        self.network = None;
    }

    /// All is well again. Returns what to persist, if it changed. A pause that is still in force was asked for in an
    /// answer to another request meanwhile, and stays.
    pub(super) fn succeed(&mut self, now: Elapsed) -> Option<SyncState> {
        self.reached();
        let pause = self.pause_left(now);
        self.credential = None;
        self.replace(SyncState {
            pause,
            failures: 0,
            refused_credential: None,
            credential_pause: None,
            ..self.state.clone()
        })
    }

    /// Usage events were taken. Returns what to persist, if it changed.
    pub(super) fn events_taken(&mut self) -> Option<SyncState> {
        self.reached();
        self.events = None;
        self.replace(SyncState { events_pause: None, events_failures: 0, ..self.state.clone() })
    }

    fn pause_left(&self, now: Elapsed) -> Option<Pause> {
        self.state.pause.filter(|_| rest(self.endpoint, now).is_some())
    }

    /// A request failed. Returns what to persist, if it changed, and how long to wait.
    pub(super) fn fail(
        &mut self,
        route: Route,
        wait: Wait,
        at: Reading,
        fingerprint: &str,
    ) -> (Option<SyncState>, Duration) {
        let mut next = self.state.clone();
        let (end, kept, failures) = match route {
            Route::Documents => (&mut self.endpoint, &mut next.pause, &mut next.failures),
            Route::UsageEvents => (&mut self.events, &mut next.events_pause, &mut next.events_failures),
        };
        *failures = failures.saturating_add(1);
        let length = match wait {
            Wait::Endpoint(length) => {
                // An answer to a request that was sent before the pause does not cut it short.
                let length = length.max(rest(*end, at.elapsed).unwrap_or_default());
                *end = Some(at.elapsed.plus(length));
                *kept = Some(Pause { length, begun: at.wall });
                length
            }
            Wait::Network(length) => {
                self.network = Some(at.elapsed.plus(length));
                length
            }
            Wait::Credential(length) => {
                self.credential = Some(at.elapsed.plus(length));
                next.credential_pause = Some(Pause { length, begun: at.wall });
                *failures = 0;
                next.pause = self.pause_left(at.elapsed);
                next.refused_credential = Some(fingerprint.to_owned());
                Duration::ZERO
            }
        };
        (self.replace(next), length)
    }

    fn replace(&mut self, next: SyncState) -> Option<SyncState> {
        if self.state == next {
            return None;
        }
        self.state = next.clone();
        Some(next)
    }
}

/// What is left until `end`; `None` when that is over.
fn rest(end: Option<Elapsed>, now: Elapsed) -> Option<Duration> {
    let rest = end?.since(now);
    (!rest.is_zero()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Elapsed time in seconds, and a wall clock that agrees with it from second 1,000,000 on.
    fn at(secs: u64) -> Reading {
        Reading { elapsed: s(secs), wall: wall(secs) }
    }

    fn s(secs: u64) -> Elapsed {
        Elapsed(secs * 1_000)
    }

    fn wall(secs: u64) -> Timestamp {
        Timestamp::from_secs(1_000_000).plus(Duration::from_secs(secs))
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn the_networks_pause_holds_only_for_what_is_not_on_purpose() {
        let mut pace = Pace::default();
        let (kept, wait) = pace.fail(Route::Documents, Wait::Network(MINUTE), at(1000), "a");
        assert_eq!((kept.map(|state| (state.failures, state.pause)), wait), (Some((1, None)), MINUTE));
        assert_eq!(pace.blocked(s(1059), false), Some(secs(1)));
        assert_eq!(pace.blocked(s(1059), true), None);
        assert_eq!(pace.blocked(s(1060), false), None);
        pace.reached();
        assert_eq!(pace.blocked(s(1000), false), None);
    }

    #[test]
    fn the_endpoints_pause_holds_for_all_and_through_a_success() {
        let mut pace = Pace::default();
        let (kept, _) = pace.fail(Route::Documents, Wait::Endpoint(MINUTE), at(1000), "a");
        let pause = Some(Pause { length: MINUTE, begun: wall(1000) });
        assert_eq!(kept, Some(SyncState { pause, failures: 1, ..SyncState::default() }));
        assert_eq!(pace.blocked(s(1059), true), Some(secs(1)));
        assert_eq!(pace.succeed(s(1059)), Some(SyncState { pause, ..SyncState::default() }));
        assert_eq!(pace.succeed(s(1060)), Some(SyncState::default()));
        assert_eq!(pace.blocked(s(1060), false), None);
        assert_eq!(pace.succeed(s(1060)), None);
    }

    #[test]
    fn a_later_and_shorter_pause_does_not_cut_one_short() {
        let mut pace = Pace::default();
        pace.fail(Route::Documents, Wait::Endpoint(10 * MINUTE), at(1000), "a");
        let (_, wait) = pace.fail(Route::Documents, Wait::Endpoint(MINUTE), at(1060), "a");
        assert_eq!((wait, pace.blocked(s(1060), true)), (9 * MINUTE, Some(secs(540))));
    }

    #[test]
    fn a_kept_pause_goes_on_over_a_restart_and_never_beyond_its_length() {
        let kept = SyncState {
            pause: Some(Pause { length: MINUTE, begun: wall(1000) }),
            failures: 1,
            ..SyncState::default()
        };
        // The machine was restarted as well: elapsed time begins anew.
        let resumed = |secs| {
            let reading = Reading { elapsed: s(5), wall: wall(secs) };
            let (pace, changed) = Pace::resume(kept.clone(), reading);
            (pace.blocked(s(5), true), changed.and_then(|state| state.pause))
        };
        assert_eq!(resumed(1000), (Some(secs(60)), None));
        assert_eq!(resumed(1020), (Some(secs(40)), None));
        assert_eq!(resumed(1060), (None, None));
        assert_eq!(resumed(100_000), (None, None));
        // The clock ran ahead when the pause began. It begins anew, once.
        let moved = Pause { length: MINUTE, begun: wall(3) };
        assert_eq!(resumed(3), (Some(secs(60)), Some(moved)));
        assert_eq!(moved.resumed(wall(63)), None);
    }

    #[test]
    fn usage_events_that_are_not_taken_pause_nothing_else() {
        let mut pace = Pace::default();
        let (kept, wait) = pace.fail(Route::UsageEvents, Wait::Endpoint(10 * MINUTE), at(1000), "a");
        assert_eq!((wait, pace.blocked(s(1000), true)), (10 * MINUTE, None));
        assert_eq!(pace.events_blocked(s(1000)), Some(10 * MINUTE));
        assert_eq!((pace.failures(Route::UsageEvents), pace.failures(Route::Documents)), (1, 0));
        // A fetch that succeeds ends no pause of theirs, and a restart does not either.
        assert_eq!(pace.succeed(s(1060)), None);
        let (resumed, _) = Pace::resume(kept.unwrap(), at(1060));
        assert_eq!(
            (resumed.events_blocked(s(1060)), resumed.blocked(s(1060), true)),
            (Some(9 * MINUTE), None)
        );
        assert_eq!(pace.events_taken(), Some(SyncState::default()));
        assert_eq!(pace.events_blocked(s(1060)), None);
        // What the endpoint asks for itself holds for them, too.
        pace.fail(Route::Documents, Wait::Endpoint(MINUTE), at(1060), "a");
        assert_eq!(pace.events_blocked(s(1060)), Some(MINUTE));
    }

    #[test]
    fn a_refused_credential_is_refused_until_it_changes_or_works() {
        let mut pace = Pace::default();
        pace.fail(Route::Documents, Wait::Credential(MINUTE), at(1000), "a");
        assert!(pace.is_refused("a", s(1000)) && !pace.is_refused("b", s(1000)));
        assert_eq!(pace.blocked(s(1000), false), None);
        pace.succeed(s(1000));
        assert!(!pace.is_refused("a", s(1000)));
    }

    #[test]
    fn a_refused_credential_is_tried_again_after_its_pause_over_restarts() {
        let mut pace = Pace::default();
        let (kept, _) = pace.fail(Route::Documents, Wait::Credential(MINUTE), at(1000), "a");
        let refused = |pace: &Pace, secs| pace.is_refused("a", s(secs));
        assert_eq!((refused(&pace, 1059), refused(&pace, 1060)), (true, false));
        let (resumed, changed) = Pace::resume(kept.unwrap(), at(1050));
        assert_eq!((refused(&resumed, 1059), refused(&resumed, 1060), changed), (true, false, None));
        // An earlier version kept no pause: it begins with the first start of this one, once.
        let old = SyncState { refused_credential: Some("a".into()), ..SyncState::default() };
        let (resumed, changed) = Pace::resume(old, at(1000));
        assert_eq!((refused(&resumed, 4599), refused(&resumed, 4600)), (true, false));
        let (resumed, changed) = Pace::resume(changed.unwrap(), at(4600));
        assert_eq!((refused(&resumed, 4600), changed), (false, None));
    }
}
