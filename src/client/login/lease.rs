//! Single flight across processes: the right to log a user in, held in the store.

use std::time::Duration;

use super::answer::Answer;
use super::lead::Lead;
use super::wait::or_timeout;
use crate::decide::login::LoginIntent;
use crate::model::SessionState;
use crate::port::BoxFuture;
use crate::store::{Lease, LeaseAnswer, LeaseEnd};

/// What one look at the lease showed.
pub(super) enum LeaseStep {
    /// It is ours, or the store failed and the login goes ahead without it.
    Ours(Lead),
    /// Another process's login of this user runs.
    Running(Lead, Lease),
    /// Another process's login answered this one.
    Answered(Answer),
}

impl Lead {
    /// A login that another process finished within this time answers this one. None does after a kick, an
    /// expiry or for a renewal: those are about this process's session.
    fn settle_for(&self) -> Duration {
        let about_this_session =
            matches!(self.request.intent, LoginIntent::RenewUserSig | LoginIntent::AfterKick { .. })
                || self.flight.before.is_some_and(|session| session.state != SessionState::LoggedOut);
        if about_this_session { Duration::ZERO } else { self.shared.policy.debounce }
    }

    /// Asks once. A store that fails stands in nobody's way.
    pub(super) fn try_lease(mut self) -> LeaseStep {
        let mut settle_for = self.settle_for();
        // Each round takes one obstacle of our own away.
        for _ in 0..3 {
            let core = &self.shared.core;
            let policy = &self.shared.policy;
            let ttl = if self.flight.expires.is_some() { policy.ticket_ttl } else { policy.lease_ttl };
            match core.store.acquire_lease(self.user, core.owner, core.now(), ttl, settle_for) {
                Ok(LeaseAnswer::Granted { fence }) => {
                    self.fence = Some(fence);
                    break;
                }
                Ok(LeaseAnswer::Held(lease)) => match lease.ended {
                    // A login of ours that was superseded and still runs upstream.
                    None if lease.owner == core.owner => self.break_lease(&lease),
                    None => {
                        self.watched = true;
                        return LeaseStep::Running(self, lease);
                    }
                    // This process knows better than its lease whether it is logged in.
                    Some(_) if lease.owner == core.owner => settle_for = Duration::ZERO,
                    // It ended before this process began (or in a time that a clock set back has undone), so it
                    // logged another process in, not this one: the app was started again.
                    Some(LeaseEnd::Succeeded(at) | LeaseEnd::Failed(at, _))
                        if !self.watched && (at <= self.shared.opened_at || at > core.now()) =>
                    {
                        settle_for = Duration::ZERO;
                    }
                    Some(LeaseEnd::Succeeded(at)) => return LeaseStep::Answered(self.joined_elsewhere(at)),
                    Some(LeaseEnd::Failed(_, answer)) => {
                        return LeaseStep::Answered(self.failed_elsewhere(answer));
                    }
                    Some(LeaseEnd::Abandoned(_)) => settle_for = Duration::ZERO,
                },
                Err(error) => {
                    core.store_failed("take a login lease", &error);
                    break;
                }
            }
        }
        // Another user may have been logged in meanwhile, here or while another process was waited for.
        match self.flight.shed_by() {
            None => LeaseStep::Ours(self),
            Some(newer) => LeaseStep::Answered(Answer::Shed { newer }),
        }
    }

    /// Waits until the lease is ours, or another process's login has answered, or this caller's time is up.
    pub(super) async fn hold_lease(self, timer: &mut BoxFuture<'static, ()>) -> Result<Self, Answer> {
        let mut lead = self;
        let mut watched: Option<(u64, Duration)> = None;
        loop {
            let lease = match lead.try_lease() {
                LeaseStep::Ours(lead) => return Ok(lead),
                LeaseStep::Answered(answer) => return Err(answer),
                LeaseStep::Running(held, lease) => {
                    lead = held;
                    lease
                }
            };
            if let Some(newer) = lead.flight.shed_by() {
                return Err(Answer::Shed { newer });
            }
            // Trusted time stands still after the clock was set back, and with it the lease of a process that
            // died. Time that was waited through has passed all the same.
            let (poll, ttl) = (lead.shared.policy.lease_poll, lead.shared.policy.ticket_ttl);
            let waited = match watched {
                Some((until, waited)) if until == lease_mark(&lease) => waited,
                _ => Duration::ZERO,
            };
            if waited > ttl {
                lead.break_lease(&lease);
                watched = None;
                continue;
            }
            watched = Some((lease_mark(&lease), waited.saturating_add(poll)));
            let sleep = lead.shared.core.clock.sleep(poll);
            if or_timeout(sleep, timer).await.is_none() {
                return Err(Answer::TIMED_OUT);
            }
        }
    }

    /// Prolongs the lease while the login runs. Losing it stops nothing: the login is on its way, and its answer
    /// is counted all the same.
    pub(super) fn renew_lease(&self) {
        let core = &self.shared.core;
        let Some(fence) = self.fence else { return };
        let until = core.now().plus(self.shared.policy.lease_ttl);
        match core.store.renew_lease(self.user, fence, until) {
            Ok(true) => {}
            Ok(false) => tracing::debug!("a login outlived its lease; another process may have taken over"),
            Err(error) => core.store_failed("prolong a login lease", &error),
        }
    }

    fn break_lease(&self, lease: &Lease) {
        let core = &self.shared.core;
        let end = LeaseEnd::Abandoned(core.now());
        if let Err(error) = core.store.end_lease(self.user, lease.fence, end) {
            core.store_failed("end a login lease", &error);
        }
    }
}

/// Changes whenever the holder acquires or prolongs its lease.
fn lease_mark(lease: &Lease) -> u64 {
    let until = u64::try_from(lease.until.as_millis()).unwrap_or(0);
    lease.fence.rotate_left(32) ^ until
}
