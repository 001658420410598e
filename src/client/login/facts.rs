//! What every operation of the login guard shares, and the facts that a decision rests on.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use super::flight::Flights;
use super::report::{Taken, Tally, Totals};
use super::request::LoginRequest;
use crate::client::core::Core;
use crate::client::plan::current;
use crate::decide::login::{
    LoginDecision, LoginPolicy, LoginRoom, Look, MemoryView, Room, SessionOf, at_once, billing_model, decide,
    hangs_on_the_month, login_room,
};
use crate::lock::Mutex;
use crate::model::catalog::BillingModel;
use crate::model::{
    BillingDay, BillingMonth, Counted, Elapsed, Lifecycle, Moment, Pseudonym, SessionLook, SessionMode,
    SessionState, Snapshot, User, UserFacts,
};

/// Users with a deferral in a month; the month as it was after so many corrections of time.
type Deferred = (Option<(u64, BillingMonth)>, HashSet<Pseudonym>);

/// What every operation of the login guard shares.
pub(super) struct Shared {
    pub(super) core: Arc<Core>,
    pub(super) policy: LoginPolicy,
    /// When this guard was opened: a login of another process that ended before logged in that process, not this one.
    pub(super) opened: Elapsed,
    pub(super) flights: Mutex<Flights>,
    pub(super) totals: Arc<Totals>,
    /// Users whose deferral in a month is in the store already.
    pub(super) deferred: Mutex<Deferred>,
    /// The month in which a refused user id was warned of last.
    pub(super) warned_of_rejected: AtomicI32,
}

/// How far a login has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is asked for.
    Asked,
    /// Its lease, room, note and execution are in the store: they do not speak against it.
    Prepared,
}

/// What a decision rested on, for what is done because of it.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    pub(super) now: Moment,
    pub(super) day: BillingDay,
    pub(super) month: BillingMonth,
    /// The durable facts about the user.
    pub(super) facts: UserFacts,
    /// The room that the login takes.
    pub(super) room: LoginRoom,
    /// The login registers the user id with the provider.
    pub(super) registers: bool,
    /// Whether the user was counted already.
    pub(super) counted: Counted,
}

/// A decision and what it rested on.
pub(super) struct Decided {
    pub(super) decision: LoginDecision,
    pub(super) basis: Basis,
    /// It would be carried out if the user were counted in this month.
    pub(super) hangs_on_the_month: bool,
}

/// Counts one request, once: as what came of it, or as cancelled when its caller goes away before that.
pub(super) struct Filing {
    shared: Arc<Shared>,
    pub(super) filed: Arc<AtomicBool>,
}

/// A request that needs more than a look at the session.
pub(super) struct Asked {
    pub(super) user: Pseudonym,
    pub(super) filing: Filing,
    /// Its place among all requests, once it has one.
    pub(super) order: Option<u64>,
}

impl Filing {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self { shared: Arc::clone(shared), filed: Arc::default() }
    }

    pub(super) fn file(&self, tally: Tally) {
        self.shared.file(&self.filed, tally);
    }
}

impl Drop for Filing {
    fn drop(&mut self) {
        self.file(Tally::Cancelled);
    }
}

impl Shared {
    /// Counts in the month that is now.
    pub(super) fn count(&self, tally: Tally) {
        let (_, month) = self.core.periods(self.core.now());
        self.totals.count(month, tally);
    }

    /// What was counted and is not written yet.
    pub(super) fn take_totals(&self) -> Taken {
        let (_, month) = self.core.periods(self.core.now());
        self.totals.take(month)
    }

    /// Counts a request that was not counted yet.
    pub(super) fn file(&self, filed: &AtomicBool, tally: Tally) {
        if !filed.swap(true, Ordering::AcqRel) {
            self.count(tally);
        }
    }

    /// Whether this very user is logged in, which is the answer to most requests, and in which month it is counted: no
    /// lock, no allocation, no I/O.
    pub(super) fn already_logged_in(&self, user: &Pseudonym, request: &LoginRequest) -> Option<BillingMonth> {
        let core = &self.core;
        let seen = current::seen(core, core.now_coarse()).filter(|seen| seen.serves())?;
        let snapshot = core.snapshot();
        if snapshot.generation != seen.generation {
            return None;
        }
        let look = snapshot.ledger.session(user);
        let session = self.session_of(&snapshot, user, &look, false);
        // Of where the plan stands only that it serves matters.
        let logged_in = session == SessionOf::Asker(SessionState::LoggedIn)
            && at_once(request.intent, session, look.kicked_off, Lifecycle::Active)
                == Some(LoginDecision::AlreadyLoggedIn);
        logged_in.then_some(seen.month)
    }

    /// Whose session there is; `look` is that of `user`. `other_person`: a person's login of somebody else is under
    /// way.
    fn session_of(
        &self,
        snapshot: &Snapshot,
        user: &Pseudonym,
        look: &SessionLook,
        other_person: bool,
    ) -> SessionOf {
        if self.core.session_mode == SessionMode::MultiUser {
            return SessionOf::Asker(look.state());
        }
        match snapshot.current_user {
            _ if other_person => SessionOf::Other(SessionState::LoggingIn),
            Some(other) if other != *user => SessionOf::Other(snapshot.ledger.session(&other).state()),
            _ => SessionOf::Asker(look.state()),
        }
    }

    /// Whether the plan counts active users by the month.
    pub(super) fn bills_months(&self) -> bool {
        billing_model(&self.core.snapshot().entitlements) == BillingModel::Mau
    }

    /// Whether a person asks.
    pub(super) fn by_person(&self, request: &LoginRequest) -> bool {
        request.intent.by_person(self.policy.launch_is_person)
    }

    /// Reads everything and decides. No lock and no I/O.
    pub(super) fn decide(
        &self,
        user: &Pseudonym,
        request: &LoginRequest,
        flights: &Flights,
        stage: Stage,
    ) -> Decided {
        let core = &self.core;
        let now = core.moment();
        let snapshot = core.snapshot();
        let other_person = flights.has_other_person(user, now.elapsed);
        let session = self.session_of(&snapshot, user, &snapshot.ledger.session(user), other_person);
        let of_device = core.session_mode == SessionMode::Device;
        let (day, month) = core.periods(now.at);
        let User { active, facts } = snapshot.ledger.user(user).unwrap_or_default();
        let facts = facts.map(Arc::unwrap_or_clone).unwrap_or_default();
        // Its own execution is in the store by then and does not speak against it.
        let without_own = (stage == Stage::Prepared).then(|| {
            let mut facts = facts.clone();
            facts.memory.executions.clear();
            facts
        });
        let known = Look {
            intent: request.intent,
            known_to_provider: request.known_to_provider,
            session,
            other_device_user: of_device && snapshot.device_user.is_some_and(|other| other != *user),
            active: &active,
            facts: without_own.as_ref().unwrap_or(&facts),
            entitlements: &snapshot.entitlements,
            usage: &snapshot.usage,
            lifecycle: current::lifecycle(core, &snapshot, now.at),
            zone: &core.zone,
            now,
            day,
            month,
        };
        let mut login = known.look(&self.policy, &core.policy);
        if stage == Stage::Prepared {
            login.budget.room = Room::Within;
        }
        let decision = decide(&login, &self.policy);
        let hangs_on_the_month = stage == Stage::Asked && hangs_on_the_month(&login, &self.policy);
        let basis = Basis {
            now,
            day,
            month,
            room: login_room(&known.input(), &self.policy, &core.policy),
            registers: known.registers(),
            counted: login.counted,
            facts,
        };
        Decided { decision, basis, hangs_on_the_month }
    }

    /// How the memory of failures is looked at for `request`.
    pub(super) fn view(&self, request: &LoginRequest, now: Moment, plan_revision: u64) -> MemoryView {
        MemoryView::at(self.by_person(request), now, &self.core.zone, plan_revision)
    }
}

/// What nobody wrote yet is written; the last clone is gone.
impl Drop for Shared {
    fn drop(&mut self) {
        let mut taken = self.take_totals();
        if !taken.is_empty() {
            self.core.submit(move |tx| taken.write(tx));
        }
    }
}
