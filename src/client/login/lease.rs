//! Single flight across processes: the right to log a user in, held in the store.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::answer::Answer;
use super::deadline::Deadline;
use super::facts::Stage;
use super::lead::{Lead, NotSent, Step};
use super::ledger::{Preparation, Prepared, Start};
use super::surroundings::Surroundings;
use crate::decide::login::{LoginDecision, LoginIntent};
use crate::model::{LimitId, SessionMode, SessionState, Wait};

/// What came of preparing a login.
pub(super) enum Attempt {
    /// It was sent: the chat SDK must be called now.
    Sent(Box<Lead>),
    /// It is not to be carried out by this caller.
    Answered(Answer),
    /// It has to be decided again from the start. Names the limit in which the store had no room.
    Again(Option<LimitId>),
    /// Another process's login runs, and this caller does not wait.
    Running,
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

    fn preparation(&self, limit: Duration) -> Preparation {
        let (core, policy, now) = (&self.shared.core, &self.shared.policy, self.basis.now.elapsed);
        let (lease, hold) = match self.flight.lapse {
            Some(_) => (policy.ticket_ttl, policy.ticket_ttl),
            None => (policy.lease_ttl, limit),
        };
        Preparation {
            names: self.names,
            basis: self.basis.clone(),
            owner: core.owner,
            lease: Wait::new(now, lease),
            hold: Wait::new(now, hold),
            settle_for: self.settle_for(),
            since: (!self.watched).then_some(self.shared.opened),
            compare: self.compare,
            of_device: core.session_mode == SessionMode::Device,
            policy: policy.clone(),
            answered: None,
        }
    }

    /// Takes lease and room, and waits for another process's login if `patient`. Each look decides anew: a decision is
    /// never used later than it was made.
    pub(super) async fn prepare(
        mut self: Box<Self>,
        deadline: &mut Deadline,
        limit: Duration,
        patient: bool,
        around: &impl Surroundings,
    ) -> Attempt {
        let shared = Arc::clone(&self.shared);
        let core = &shared.core;
        loop {
            if self.flight.is_shed() {
                return Attempt::Answered(Answer::Shed);
            }
            self.step = Step::Preparing;
            let (mut preparation, slot) = (self.preparation(limit), self.prepared.clone());
            let start = core
                .write(deadline.store_wait(core), move |tx| {
                    let start = preparation.run(tx)?;
                    if let Start::Ready(prepared) = start {
                        slot.put(&**tx, prepared);
                    }
                    Ok(start)
                })
                .await;
            match start {
                Start::Ready(prepared) => {
                    // The last decision is made by what other processes kept.
                    if core.has_news() {
                        deadline.look_after(core, around.follow()).await;
                    }
                    self.execution = shared.priced_before(&self, prepared.again);
                    let not_sent = match self.send() {
                        Ok(()) => return Attempt::Sent(self),
                        Err(not_sent) => not_sent,
                    };
                    self.take_back(deadline.store_wait(core)).await;
                    return match not_sent {
                        NotSent::Shed => Attempt::Answered(Answer::Shed),
                        NotSent::Aged => Attempt::Again(None),
                    };
                }
                Start::Full(limit) => {
                    self.step = Step::Waiting;
                    return Attempt::Again(Some(limit));
                }
                Start::Changed => {
                    self.step = Step::Waiting;
                    return Attempt::Again(None);
                }
                Start::Joined => return Attempt::Answered(self.joined()),
                Start::Running => {
                    self.step = Step::Waiting;
                    self.watched = true;
                }
            }
            if !patient {
                return Attempt::Running;
            }
            if deadline.run(core.clock.sleep(shared.policy.lease_poll)).await.is_none() {
                return Attempt::Answered(Answer::TIMED_OUT);
            }
            if !self.decide_again() {
                return Attempt::Again(None);
            }
        }
    }

    /// Decides anew while another process's login runs; says whether this one is still to be carried out.
    fn decide_again(&mut self) -> bool {
        let user = self.user();
        let decided = {
            let flights = self.shared.flights.lock();
            self.shared.decide(&user, &self.request, &flights, Stage::Asked)
        };
        self.basis = decided.basis;
        match decided.decision {
            LoginDecision::Execute(execution) => {
                self.execution = execution;
                true
            }
            _ => false,
        }
    }

    /// The upstream login, its lease prolonged at a third of its life; `None` once the caller's time is up.
    pub(super) async fn upstream<F: Future>(&self, login: F, deadline: &mut Deadline) -> Option<F::Output> {
        let clock = Arc::clone(&self.shared.core.clock);
        let third = (self.shared.policy.lease_ttl / 3).max(Duration::from_millis(1));
        let mut login = pin!(login);
        let mut tick = clock.sleep(third);
        deadline
            .run(poll_fn(move |cx| {
                if let Poll::Ready(output) = login.as_mut().poll(cx) {
                    return Poll::Ready(output);
                }
                while tick.as_mut().poll(cx).is_ready() {
                    self.renew_lease();
                    tick = clock.sleep(third);
                }
                Poll::Pending
            }))
            .await
    }

    /// Prolongs the lease while the login runs. Losing it stops nothing: the login is on its way, and its answer
    /// is counted all the same.
    fn renew_lease(&self) {
        let prepared = self.prepared.clone();
        let core = &self.shared.core;
        let (user, wait) = (self.user(), Wait::new(core.clock.elapsed(), self.shared.policy.lease_ttl));
        core.submit(move |tx| {
            let Some(Prepared { fence, .. }) = prepared.on(&**tx) else { return Ok(()) };
            if !tx.renew_lease(user, fence, wait)? {
                tracing::debug!("a login outlived its lease; another process may have taken over");
            }
            Ok(())
        });
    }
}
