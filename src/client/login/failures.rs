//! What earlier logins of a user left behind: waits, refusals, and how often logins were carried out.
//!
//! Waits run on the wall clock, not on trusted time: trusted time stands still after the clock was set back,
//! and nobody must stay locked out for that. A wall clock found before the moment a wait began ends the wait.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use crate::decide::fetch::backoff::Jitter;
use crate::decide::login::{FailureClass, FailureContext, FailureState, LoginPolicy, after_failure};
use crate::model::{Pseudonym, Timestamp};

/// Past this many users, those whose records have lapsed are forgotten.
const SWEEP_FROM: usize = 1024;

#[derive(Debug, Default)]
struct Record {
    in_a_row: u32,
    strikes: u32,
    state: FailureState,
    /// The wall clock when `state` began.
    since: Timestamp,
    /// The wall clock at the latest executions, oldest first.
    executions: VecDeque<Timestamp>,
    loop_told: bool,
}

/// The two clocks and the periods at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Trusted time.
    pub(super) now: Timestamp,
    pub(super) wall: Timestamp,
    pub(super) day_turns: Timestamp,
    pub(super) month_turns: Timestamp,
}

/// What earlier logins left behind, for every user who has something.
#[derive(Debug, Default)]
pub(super) struct Failures {
    records: Mutex<HashMap<Pseudonym, Record>>,
    /// How many records there may be before the next sweep: twice what the last one left, so that a sweep costs
    /// each login a constant share of it.
    sweep_at: AtomicUsize,
}

impl Moment {
    /// What trusted time will be when the wall clock says `wall`.
    fn trusted(&self, wall: Timestamp) -> Timestamp {
        self.now.plus(wall.since(self.wall))
    }
}

impl Failures {
    /// What stands in the way of the next login of `user`, in trusted time.
    pub(super) fn state(&self, user: &Pseudonym, moment: &Moment, policy: &LoginPolicy) -> FailureState {
        let (wall, records) = (moment.wall, self.records.lock());
        let Some(record) = records.get(user) else { return FailureState::Clear };
        match record.state {
            FailureState::Clear => {}
            FailureState::BackingOff { until, code } => {
                if record.since <= wall && wall < until {
                    return FailureState::BackingOff { until: moment.trusted(until), code };
                }
            }
            lasting => return lasting,
        }
        record
            .looping_until(wall, policy)
            .map_or(FailureState::Clear, |until| FailureState::LoopBroken { until: moment.trusted(until) })
    }

    /// Notes that a login is carried out.
    pub(super) fn executed(&self, user: Pseudonym, wall: Timestamp, policy: &LoginPolicy) {
        let mut records = self.records.lock();
        if records.len() >= self.sweep_at.load(Ordering::Relaxed).max(SWEEP_FROM) {
            records.retain(|_, record| !record.lapsed(wall, policy));
            self.sweep_at.store(records.len().saturating_mul(2), Ordering::Relaxed);
        }
        let record = records.entry(user).or_default();
        while record.executions.len() >= usize::try_from(policy.loop_max).unwrap_or(usize::MAX).max(1) {
            record.executions.pop_front();
        }
        record.executions.push_back(wall);
        record.loop_told = false;
    }

    /// Whether the app was not told yet that this loop is broken.
    pub(super) fn tell_loop(&self, user: &Pseudonym) -> bool {
        self.records
            .lock()
            .get_mut(user)
            .is_some_and(|record| !std::mem::replace(&mut record.loop_told, true))
    }

    /// A login succeeded: nothing stands in the way any more, but the execution stays counted.
    pub(super) fn succeeded(&self, user: &Pseudonym) {
        if let Some(record) = self.records.lock().get_mut(user) {
            record.in_a_row = 0;
            record.strikes = 0;
            record.state = FailureState::Clear;
        }
    }

    /// A login failed. Returns when the next one can be carried out, if waiting is what it takes.
    pub(super) fn failed(
        &self,
        user: Pseudonym,
        class: FailureClass,
        code: i32,
        moment: &Moment,
        policy: &LoginPolicy,
    ) -> Option<Timestamp> {
        let mut records = self.records.lock();
        let record = records.entry(user).or_default();
        record.in_a_row = record.in_a_row.saturating_add(1);
        if class == FailureClass::CredentialExpired {
            record.strikes = record.strikes.saturating_add(1);
        }
        let context = FailureContext {
            in_a_row: record.in_a_row,
            strikes: record.strikes,
            now: moment.wall,
            day_turns: moment.day_turns,
            month_turns: moment.month_turns,
            jitter: Jitter::from_random(fastrand::u32(..)),
        };
        record.state = after_failure(class, code, &context, policy);
        record.since = moment.wall;
        match record.state {
            FailureState::BackingOff { until, .. } => Some(moment.trusted(until)),
            FailureState::QuotaRefused { until, .. } => Some(until),
            _ => None,
        }
    }

    /// The chat SDK said that the `UserSig` expired: the first strike.
    pub(super) fn sig_expired(&self, user: Pseudonym) {
        let mut records = self.records.lock();
        let record = records.entry(user).or_default();
        record.strikes = record.strikes.max(1);
    }

    /// The app has a new `UserSig`: what was refused for the old one may be tried again.
    pub(super) fn new_credential(&self, user: &Pseudonym) {
        if let Some(record) = self.records.lock().get_mut(user) {
            record.strikes = 0;
            record.in_a_row = 0;
            if matches!(record.state, FailureState::CredentialRefused { .. } | FailureState::Permanent { .. })
            {
                record.state = FailureState::Clear;
            }
        }
    }

    /// Forgets everything about `user`.
    pub(super) fn forget(&self, user: &Pseudonym) {
        self.records.lock().remove(user);
    }
}

impl Record {
    /// Executions still inside the window; a clock set back leaves none.
    fn recent(&self, wall: Timestamp, policy: &LoginPolicy) -> impl Iterator<Item = &Timestamp> {
        let from = wall.minus(policy.loop_window);
        self.executions.iter().filter(move |&&at| from < at && at <= wall)
    }

    fn looping_until(&self, wall: Timestamp, policy: &LoginPolicy) -> Option<Timestamp> {
        let most = usize::try_from(policy.loop_max).unwrap_or(usize::MAX).max(1);
        let full = self.recent(wall, policy).count() >= most;
        full.then(|| self.recent(wall, policy).next().map(|first| first.plus(policy.loop_window))).flatten()
    }

    fn lapsed(&self, wall: Timestamp, policy: &LoginPolicy) -> bool {
        let idle = match self.state {
            FailureState::Clear => self.strikes == 0,
            FailureState::BackingOff { until, .. } => wall >= until || wall < self.since,
            _ => false,
        };
        idle && self.recent(wall, policy).next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u32) -> Pseudonym {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&n.to_le_bytes());
        Pseudonym(bytes)
    }

    #[test]
    fn users_who_have_nothing_left_are_forgotten() {
        let (failures, policy) = (Failures::default(), LoginPolicy::default());
        let held = || failures.records.lock().len();
        let start = Timestamp::from_secs(1_000_000);
        for n in 0..5_000 {
            failures.executed(user(n), start, &policy);
        }
        assert_eq!(held(), 5_000, "each still counts towards its loop breaker");
        let later = start.plus(policy.loop_window);
        for n in 5_000..10_000 {
            failures.executed(user(n), later, &policy);
        }
        assert!(held() <= 5_000, "{}", held());
        assert_eq!(failures.sweep_at.load(Ordering::Relaxed), 2 * (8_192 - 5_000));
    }
}
