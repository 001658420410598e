//! What a login writes: one transaction before it is sent, one when it ends.

use std::time::Duration;

use super::churn::Identity;
use super::facts::Basis;
use super::outcome::ActiveUserEffect;
use super::report::{Taken, Tally};
use crate::client::by_line::ByLine;
use crate::client::events::Event;
use crate::client::tx::Tx;
use crate::client::usage::warn::Warner;
use crate::decide::login::{
    FailureClass, FailureContext, LoginIntent, LoginPolicy, MemoryView, executed, failed, not_executed,
    retry_at, succeeded,
};
use crate::model::{
    AccountName, BillingDay, BillingMonth, CountedLogin, CounterKey, HeldSince, LeaseAnswer, LeaseEnd,
    LimitId, LoginId, Moment, Owner, Pseudonym, Subject, Timestamp, UserFacts, Wait,
};
use crate::store::{Commit, Pass, PermitId, Reserve, ReserveAnswer, Sent, StoreError};

/// The names of one login.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    pub(super) user: Pseudonym,
    pub(super) login: LoginId,
    pub(super) permit: PermitId,
}

impl Names {
    /// Each login has a note of its own; the room is held for the user.
    pub(super) fn new(user: Pseudonym, login: u128) -> Self {
        Self { user, login: LoginId(login), permit: PermitId::of_logins(user) }
    }
}

/// What is there once a login may be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prepared {
    pub(super) fence: u64,
    pub(super) held: HeldSince,
    /// It took over room of an earlier login of this user, which has no known end and may yet need it.
    pub(super) again: bool,
}

/// What came of preparing a login. Only `Ready` has written anything.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    Ready(Prepared),
    /// Another process's login of this user runs.
    Running,
    /// Another process's login of this user succeeded a moment ago.
    Joined,
    /// There is no room in this limit any more.
    Full(LimitId),
    /// The facts are not those that were decided on.
    Changed,
}

/// The transaction before a login is sent: lease, room, note, execution, and whose device it is.
pub(super) struct Preparation {
    pub(super) names: Names,
    pub(super) basis: Basis,
    pub(super) owner: Owner,
    /// For how long the lease is taken.
    pub(super) lease: Wait,
    /// For how long the room is held.
    pub(super) hold: Wait,
    /// A success of another process within this time answers this login, if it came after `since`.
    pub(super) settle_for: Duration,
    pub(super) since: Option<crate::model::Elapsed>,
    /// Whether the facts must be those that were decided on.
    pub(super) compare: bool,
    pub(super) of_device: bool,
    pub(super) policy: LoginPolicy,
    /// What its caller was answered: that stands when it is run again.
    pub(super) answered: Option<Start>,
}

impl Preparation {
    pub(super) fn run(&mut self, tx: &mut Tx<'_>) -> Result<Start, StoreError> {
        if tx.pass() == Pass::Replay
            && let Some(not_sent) = self.answered.filter(|start| !matches!(start, Start::Ready(_)))
        {
            return Ok(not_sent);
        }
        let start = self.start(tx)?;
        self.answered = Some(start);
        Ok(start)
    }

    fn start(&self, tx: &mut Tx<'_>) -> Result<Start, StoreError> {
        let (Names { user, login, .. }, basis) = (self.names, &self.basis);
        let mut facts = tx.facts(user)?;
        let replay = tx.pass() == Pass::Replay;
        if !replay && self.compare && facts != basis.facts {
            return Ok(Start::Changed);
        }
        let fence = match self.lease(tx)? {
            Ok(fence) => fence,
            // It was sent long ago, with the leave of the store of those days.
            Err(_) if replay => 0,
            Err(start) => return Ok(start),
        };
        let (held, again) = match self.hold(tx)? {
            Ok(held) => held,
            Err(full) => {
                tx.end_lease(user, fence, LeaseEnd::Abandoned, basis.now)?;
                return Ok(Start::Full(full));
            }
        };
        tx.begin_login(&Sent { login, user, at: basis.now.at, month: basis.month })?;
        executed(&mut facts.memory, basis.now.elapsed, &self.policy);
        tx.save_facts(user, &facts)?;
        if self.of_device {
            tx.set_device_user(Some(user))?;
        }
        Ok(Start::Ready(Prepared { fence, held, again }))
    }

    fn lease(&self, tx: &mut Tx<'_>) -> Result<Result<u64, Start>, StoreError> {
        let (user, now) = (self.names.user, self.basis.now);
        let mut settle_for = self.settle_for;
        // From when it is taken, for what is left of it.
        let wait = Wait::new(tx.elapsed(), self.lease.left(tx.elapsed()));
        // Each round takes one obstacle of our own away.
        for _ in 0..3 {
            let lease = match tx.acquire_lease(user, self.owner, wait, settle_for)? {
                LeaseAnswer::Granted { fence } => return Ok(Ok(fence)),
                LeaseAnswer::Held(lease) => lease,
            };
            match lease.ended {
                // A login of ours that was superseded and still runs upstream.
                None if lease.owner == self.owner => {
                    tx.end_lease(user, lease.fence, LeaseEnd::Abandoned, now)?;
                }
                None => return Ok(Err(Start::Running)),
                Some(ended) => {
                    let ours = lease.owner == self.owner;
                    // The monotonic reading of another boot may look like one of a moment ago; its date does not.
                    let old = self.since.is_some_and(|since| ended.elapsed <= since)
                        || now.at.since(ended.at) > self.settle_for;
                    if ended.end == LeaseEnd::Succeeded && !ours && !old {
                        return Ok(Err(Start::Joined));
                    }
                    // This process knows better than its lease whether it is logged in; one that ended before this
                    // process began logged in another; and what a failure left behind is in the facts.
                    settle_for = Duration::ZERO;
                }
            }
        }
        Ok(Err(Start::Running))
    }

    /// Since when the room is held, and whether it was held already.
    fn hold(&self, tx: &mut Tx<'_>) -> Result<Result<(HeldSince, bool), LimitId>, StoreError> {
        let now = self.basis.now;
        if self.basis.room.is_empty() {
            return Ok(Ok((HeldSince::new(now, tx.seq()), false)));
        }
        let items = self.basis.room.to_vec();
        let pass = tx.pass();
        let now = Moment { elapsed: tx.elapsed(), ..now };
        let Preparation { owner, names: Names { permit, .. }, hold: wait, .. } = *self;
        let reserve = Reserve { permit, owner, items, wait, now, pass };
        Ok(match tx.reserve(&reserve)? {
            ReserveAnswer::Held { since, again } => Ok((since, again)),
            ReserveAnswer::Full { item, .. } | ReserveAnswer::Lost { item } => {
                Err(self.basis.room[item].key.limit)
            }
        })
    }
}

/// A login that was prepared is not sent after all: nothing of it stays.
pub(super) fn undo(
    tx: &mut Tx<'_>,
    names: Names,
    prepared: &ByLine<Prepared>,
    basis: &Basis,
    now: Moment,
) -> Result<(), StoreError> {
    let Some(prepared) = prepared.on(&**tx) else { return Ok(()) };
    tx.clear_login(names.user, names.login)?;
    if !prepared.again {
        tx.release(names.permit)?;
    }
    tx.end_lease(names.user, prepared.fence, LeaseEnd::Abandoned, now)?;
    let mut facts = tx.facts(names.user)?;
    not_executed(&mut facts.memory, basis.now.elapsed);
    tx.save_facts(names.user, &facts)
}

/// What a success is counted with, beside what every end has.
pub(super) struct Success {
    pub(super) day: BillingDay,
    pub(super) month: BillingMonth,
    pub(super) registers: bool,
    /// The facts when the login was sent; `None` when it was superseded and says nothing about the session.
    pub(super) sent: Option<UserFacts>,
    pub(super) identity: Identity,
    pub(super) intent: LoginIntent,
    pub(super) effect: ActiveUserEffect,
    pub(super) warner: Warner,
    /// What the billing endpoint calls the user.
    pub(super) account: Option<AccountName>,
}

/// How the provider refused, beside what every end has.
pub(super) struct Failure {
    pub(super) class: FailureClass,
    pub(super) code: i32,
    /// The chat SDK gave it; else the app's own code failed around the call.
    pub(super) is_answer: bool,
    pub(super) context: FailureContext,
    pub(super) view: MemoryView,
    /// The login was superseded: it says nothing about the session.
    pub(super) superseded: bool,
    /// No later login of this user needs the room.
    pub(super) alone: bool,
    pub(super) policy: LoginPolicy,
}

/// The transaction when a login ends: the count and its event, the room, the note, the lease, the facts, the totals.
pub(super) struct Finish {
    pub(super) names: Names,
    /// What it was given where it was prepared.
    pub(super) prepared: ByLine<Prepared>,
    /// When it was prepared.
    pub(super) sent: Moment,
    pub(super) now: Moment,
    pub(super) taken: Taken,
}

impl Finish {
    /// What it was given on the line of `tx`; of a login that was prepared nowhere, what ends nothing.
    fn prepared(&self, tx: &Tx<'_>) -> Prepared {
        let nothing = Prepared { fence: 0, held: HeldSince { at: self.sent.at, seq: 0 }, again: false };
        self.prepared.on(&**tx).unwrap_or(nothing)
    }

    pub(super) fn succeed(&mut self, tx: &mut Tx<'_>, success: &Success) -> Result<CountedLogin, StoreError> {
        let (Names { user, login, permit }, now) = (self.names, self.now);
        let Success { day, month, .. } = *success;
        tx.clear_login(user, login)?;
        let registered = CounterKey { limit: LimitId::MaxUsers, subject: Subject::App, bucket: 0 };
        let keys = [
            CounterKey { limit: LimitId::FreeMau, bucket: month.number(), ..registered },
            CounterKey { limit: LimitId::FreeDau, bucket: day.number(), ..registered },
            registered,
        ];
        let Prepared { fence, held, .. } = self.prepared(tx);
        let counted = success.warner.around(tx, &keys, |tx| {
            let pass = tx.pass();
            let counted = tx.count_active(user, day, month, now.at, pass)?;
            // Of several logins under way for one user the first registers it.
            if success.registers && counted.new_in_month {
                let items = vec![(registered, 1)];
                tx.commit(&Commit { permit, items, held, now: now.elapsed })?;
            } else {
                tx.release(permit)?;
            }
            Ok(counted)
        })?;
        tx.end_lease(user, fence, LeaseEnd::Succeeded, now)?;
        let mut facts = tx.facts(user)?;
        succeeded(&mut facts.memory);
        if let Some(sent) = &success.sent {
            facts.answer(sent);
        }
        tx.save_facts(user, &facts)?;
        success.identity.note(tx, month)?;
        self.taken.write(tx)?;
        let CountedLogin { new_in_month, new_on_day } = counted;
        for (new, tally) in [(new_in_month, Tally::NewInMonth), (new_on_day, Tally::NewOnDay)] {
            if new {
                tx.add_totals(month, &[(tally.key(), 1)])?;
            }
        }
        if new_in_month || new_on_day {
            tx.emit(Event::ActiveUserCounted { user, new_in_month, new_on_day })?;
        }
        let effect = ActiveUserEffect { new_in_month, new_on_day, ..success.effect };
        let executed = Event::LoginExecuted { user, intent: success.intent, effect };
        tx.emit_naming(executed, success.account)?;
        Ok(counted)
    }

    pub(super) fn fail(
        &mut self,
        tx: &mut Tx<'_>,
        failure: &Failure,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (Names { user, login, permit }, now) = (self.names, self.now);
        let Failure { class, code, .. } = *failure;
        if class.certainly_failed() {
            tx.clear_login(user, login)?;
        }
        // Where an answer leaves the end open the room is held until the permit lapses. Of the app's own failure no answer
        // is to come.
        let over = class.certainly_failed() || !failure.is_answer;
        if over && failure.alone && !self.prepared(tx).again {
            tx.release(permit)?;
        }
        let fence = self.prepared(tx).fence;
        tx.end_lease(user, fence, LeaseEnd::Failed(code), now)?;
        let mut facts = tx.facts(user)?;
        failed(&mut facts.memory, class, code, &failure.context, &failure.policy);
        if class == FailureClass::KickedOff && !failure.superseded {
            facts.kick(now.at);
        }
        tx.save_facts(user, &facts)?;
        self.taken.write(tx)?;
        let retry_at = retry_at(&facts.memory, &failure.view, &failure.policy);
        tx.emit(Event::LoginFailed { user, class, code, retry_at })?;
        Ok(retry_at)
    }

    /// Given up without an answer: the note stays, because the login may have succeeded; so does the room, unless the app
    /// gives it back.
    pub(super) fn abandon(&mut self, tx: &mut Tx<'_>, gives_back: bool) -> Result<(), StoreError> {
        let Prepared { fence, again, .. } = self.prepared(tx);
        if gives_back && !again {
            tx.release(self.names.permit)?;
        }
        tx.end_lease(self.names.user, fence, LeaseEnd::Abandoned, self.now)?;
        self.taken.write(tx)
    }
}
