//! What logins leave behind for the next one: pure steps of [`LoginMemory`].
//!
//! Waits run on elapsed time and keep their length; what is decided from them is said in trusted time.

use std::time::Duration;

use super::facts::FailureState;
use super::failure::FailureClass;
use super::policy::LoginPolicy;
use crate::decide::fetch::backoff::{Backoff, Jitter};
use crate::model::catalog::BillingModel;
use crate::model::{BillingDay, BillingMonth, Elapsed, HeldBack, LoginMemory, Moment, Timestamp, Wait};

/// The provider's lockout after refused credentials.
const LOCKOUT: Duration = Duration::from_secs(60);
/// What a new plan takes to come into force at the provider.
const SUSPENDED_FOR: Duration = Duration::from_secs(300);
/// The `UserSig` that expired is the first strike, or the login that was refused for it; the next is the last.
const STRIKES: u32 = 2;

/// What is known at the time of a failure.
#[derive(Clone, Copy, Debug)]
pub struct FailureContext {
    /// A person had asked for the login.
    pub by_person: bool,
    /// The time.
    pub now: Moment,
    /// The billing day.
    pub day: BillingDay,
    /// The billing month.
    pub month: BillingMonth,
    /// The revision of the document held; 0 without one.
    pub plan_revision: u64,
    /// A random fraction for the backoff.
    pub jitter: Jitter,
}

/// Who looks at the memory, and when.
#[derive(Clone, Copy, Debug)]
pub struct MemoryView {
    /// A person asks.
    pub by_person: bool,
    /// The time.
    pub now: Moment,
    /// The billing day.
    pub day: BillingDay,
    /// The billing month.
    pub month: BillingMonth,
    /// When the next billing day begins.
    pub day_turns: Timestamp,
    /// When the next billing month begins.
    pub month_turns: Timestamp,
    /// The revision of the document held; 0 without one.
    pub plan_revision: u64,
}

/// What stands in the way of the next login.
pub fn failure_state(memory: &LoginMemory, view: &MemoryView, policy: &LoginPolicy) -> FailureState {
    let until = |wait: &Wait| view.now.at.plus(wait.left(view.now.elapsed));
    let running = |wait: &Wait| !wait.is_over(view.now.elapsed);
    let still = |revision: Option<u64>| revision.is_none_or(|held| view.plan_revision <= held);
    match memory.held_back {
        Some(HeldBack::BackingOff { code, wait, person, plan_revision, .. }) if still(plan_revision) => {
            let wait = if view.by_person { person } else { Some(wait) };
            if let Some(wait) = wait.filter(running) {
                return FailureState::BackingOff { until: until(&wait), code };
            }
        }
        Some(HeldBack::Refused { code, users_full, wait, plan_revision })
            if running(&wait) && still(plan_revision) =>
        {
            return if users_full {
                FailureState::UsersRefused { code }
            } else {
                FailureState::Permanent { code }
            };
        }
        Some(HeldBack::CredentialRefused { code }) => return FailureState::CredentialRefused { code },
        Some(HeldBack::QuotaRefused { code, month, day, plan_revision }) if still(plan_revision) => {
            if month == Some(view.month) {
                return FailureState::QuotaRefused { until: view.month_turns, code };
            }
            if day == Some(view.day) {
                return FailureState::QuotaRefused { until: view.day_turns, code };
            }
        }
        _ => {}
    }
    let looping = looping(memory, view.now.elapsed, policy);
    looping.map_or(FailureState::Clear, |wait| FailureState::LoopBroken { until: until(&wait) })
}

/// The wait that a loop is broken for.
fn looping(memory: &LoginMemory, now: Elapsed, policy: &LoginPolicy) -> Option<Wait> {
    let window = |at: &Elapsed| Wait::new(*at, policy.loop_window);
    let mut recent = memory.executions.iter().map(window).filter(|wait| !wait.is_over(now));
    let first = recent.next()?;
    (recent.count().saturating_add(1) >= most(policy)).then_some(first)
}

fn most(policy: &LoginPolicy) -> usize {
    usize::try_from(policy.loop_max).unwrap_or(usize::MAX).max(1)
}

/// A login is sent.
pub fn executed(memory: &mut LoginMemory, now: Elapsed, policy: &LoginPolicy) {
    memory.executions.retain(|at| !Wait::new(*at, policy.loop_window).is_over(now));
    memory.executions.push(now);
    let excess = memory.executions.len().saturating_sub(most(policy));
    memory.executions.drain(..excess);
    memory.loop_reported = false;
}

/// A login that was prepared at `at` was not sent after all.
pub fn not_executed(memory: &mut LoginMemory, at: Elapsed) {
    if let Some(position) = memory.executions.iter().rposition(|execution| *execution == at) {
        memory.executions.remove(position);
    }
}

/// A login succeeded: nothing stands in the way any more, but the executions stay counted.
pub fn succeeded(memory: &mut LoginMemory) {
    let executions = std::mem::take(&mut memory.executions);
    *memory = LoginMemory { executions, loop_reported: memory.loop_reported, ..LoginMemory::default() };
}

/// A login failed.
pub fn failed(
    memory: &mut LoginMemory,
    class: FailureClass,
    code: i32,
    context: &FailureContext,
    policy: &LoginPolicy,
) {
    memory.in_a_row = memory.in_a_row.saturating_add(1);
    if context.by_person {
        memory.person_in_a_row = memory.person_in_a_row.saturating_add(1);
    }
    let mut last_strike = false;
    if class == FailureClass::CredentialExpired {
        memory.strikes = memory.strikes.saturating_add(1);
        // The new UserSig itself was refused: it is not sent again.
        last_strike = std::mem::take(&mut memory.new_user_sig) || memory.strikes >= STRIKES;
    }
    memory.held_back = held_back(memory, class, code, last_strike, context, policy);
}

fn held_back(
    memory: &LoginMemory,
    class: FailureClass,
    code: i32,
    last_strike: bool,
    context: &FailureContext,
    policy: &LoginPolicy,
) -> Option<HeldBack> {
    let now = context.now.elapsed;
    let plan_revision = class.is_about_the_plan().then_some(context.plan_revision);
    let backoff = |failures| policy.backoff().after(failures, context.jitter);
    let wait = |length: Duration| Wait::new(now, length.max(policy.debounce));
    // A tenth of jitter, so that those who were held back together do not return together.
    let spread = |length: Duration| length + context.jitter.of(length / 10);
    let by_provider = |length| {
        let wait = wait(length);
        Some(HeldBack::BackingOff { code, wait, person: Some(wait), by_provider: true, plan_revision })
    };
    let passing = |length, for_person| {
        let person = if context.by_person { Some(wait(for_person)) } else { person_wait(memory, now) };
        Some(HeldBack::BackingOff { code, wait: wait(length), person, by_provider: false, plan_revision })
    };
    match class {
        FailureClass::RateLimited => by_provider(backoff(memory.in_a_row)),
        FailureClass::LockedOut => by_provider(spread(LOCKOUT)),
        FailureClass::Suspended => by_provider(spread(SUSPENDED_FOR)),
        FailureClass::Other
        | FailureClass::TimedOut
        | FailureClass::OutcomeUnknown
        | FailureClass::AppFailed
        | FailureClass::NeverSent => passing(backoff(memory.in_a_row), backoff(memory.person_in_a_row)),
        FailureClass::NotReady | FailureClass::InProgress => passing(policy.debounce, policy.debounce),
        FailureClass::CredentialExpired if last_strike => Some(HeldBack::CredentialRefused { code }),
        // The one renewal may go at once; a kick is a fact of its own.
        FailureClass::CredentialExpired | FailureClass::KickedOff => None,
        FailureClass::Permanent | FailureClass::UsersFull => Some(HeldBack::Refused {
            code,
            users_full: class == FailureClass::UsersFull,
            wait: Wait::new(now, policy.refusal_kept),
            plan_revision,
        }),
        FailureClass::QuotaUsedUp(billing) => Some(HeldBack::QuotaRefused {
            code,
            month: (billing == BillingModel::Mau).then_some(context.month),
            day: (billing == BillingModel::DauPeakGroups).then_some(context.day),
            plan_revision,
        }),
    }
}

/// What a person waits for already, which a machine's failure neither ends nor prolongs.
fn person_wait(memory: &LoginMemory, now: Elapsed) -> Option<Wait> {
    match memory.held_back {
        Some(HeldBack::BackingOff { person, .. }) => person.filter(|wait| !wait.is_over(now)),
        _ => None,
    }
}

/// The chat SDK said that the `UserSig` expired: the first strike.
pub fn user_sig_expired(memory: &mut LoginMemory) {
    memory.strikes = memory.strikes.max(1);
    memory.new_user_sig = false;
}

/// The app has a new `UserSig`: what was refused for the old one may be tried again, at once the first time, and after
/// a growing wait when new ones were refused before.
pub fn new_user_sig(memory: &mut LoginMemory, now: Elapsed, jitter: Jitter, policy: &LoginPolicy) {
    memory.new_user_sig = true;
    let Some(HeldBack::CredentialRefused { code } | HeldBack::Refused { code, users_full: false, .. }) =
        memory.held_back
    else {
        return;
    };
    memory.held_back = (memory.in_a_row > 1).then(|| {
        let wait = Wait::new(now, policy.backoff().after(memory.in_a_row, jitter).max(policy.debounce));
        HeldBack::BackingOff { code, wait, person: Some(wait), by_provider: true, plan_revision: None }
    });
}

/// The chat SDK is connected: what was put off for the network need not wait. Says whether anything changed.
pub fn connected(memory: &mut LoginMemory) -> bool {
    let waits = matches!(memory.held_back, Some(HeldBack::BackingOff { by_provider: false, .. }));
    if waits {
        memory.held_back = None;
    }
    waits
}

impl LoginPolicy {
    const fn backoff(&self) -> Backoff {
        Backoff { base: self.backoff_base, cap: self.backoff_max }
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
