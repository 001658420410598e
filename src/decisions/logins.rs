//! Logins: what is decided, and what they leave behind.

use super::{Decisions, moment};
use crate::client::login::{ActiveUserEffect, LoginFailure, ProviderError};
use crate::decide::fetch::backoff::Jitter;
use crate::decide::lifecycle::{self, REPORT_BELIEVED_FOR};
use crate::decide::login::{
    Alternative, DeferReason, Deferral, Denial, DenyReason, Execution, FailureClass, FailureContext,
    LoginDecision, LoginFacts, LoginIntent, Look, MemoryView, NewActiveUser, SessionEvent, SessionOf, Until,
    connected, decide, executed, execution, failed, new_user_sig, retry_at, step, succeeded,
    user_sig_expired,
};
use crate::model::{
    ActiveUser, CounterKey, CounterOp, Evidence, LimitId, LoginMemory, Pseudonym, ReportedSuspension,
    Session, SessionLook, SessionMode, SessionState, Subject, Timestamp, UserFacts, UserId, Wait,
};

/// What is known of one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    pub(super) active: ActiveUser,
    pub(super) facts: UserFacts,
    /// The session since the start of the app.
    pub(super) session: Option<Session>,
    /// The login that is on its way.
    sent: Option<Sent>,
}

/// A login that was sent: what its answer is judged by.
#[derive(Clone, Debug)]
pub struct Sent {
    asked: LoginAsked,
    facts: UserFacts,
    execution: Execution,
    registers: bool,
    before: Option<Session>,
}

/// A request to log a user in.
#[derive(Clone, Copy, Debug)]
pub struct LoginAsked {
    /// Who is to be logged in.
    pub user: UserId,
    /// Why.
    pub intent: LoginIntent,
    /// Whether the provider knows the user id.
    pub known_to_provider: bool,
}

/// What the chat SDK or the app says of a user's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// Connected to the provider.
    Connected,
    /// The connection was lost.
    Disconnected,
    /// Kicked off by another device.
    KickedOff,
    /// The `UserSig` expired.
    UserSigExpired,
    /// Logged out on purpose.
    LoggedOut,
    /// The session ended without a log-out.
    Ended,
    /// The app has a new `UserSig`.
    NewUserSig {
        /// 32 random bits, for the wait where one is due.
        random: u32,
    },
    /// What failed logins left behind is forgotten.
    FailuresForgotten,
}

/// What is to be done about a login.
#[derive(Clone, Debug)]
pub enum LoginAnswer {
    /// Call the chat SDK, and say how it ended.
    Execute(ActiveUserEffect),
    /// A login of this user is on its way.
    UnderWay,
    /// This very user is logged in already.
    AlreadyLoggedIn,
    /// Put off, as [`LoginOutcome::Deferred`](crate::LoginOutcome::Deferred) says.
    Deferred {
        /// Why the login is put off.
        reason: DeferReason,
        /// What it waits for.
        until: Until,
        /// What to do instead.
        alternative: Alternative,
    },
    /// Refused, as [`LoginOutcome::Denied`](crate::LoginOutcome::Denied) says; what would lift it is not worked out.
    Denied {
        /// Why the login is refused.
        reason: DenyReason,
        /// When asking again can help; `None` when time alone changes nothing.
        retry_at: Option<Timestamp>,
        /// The usage and the limit that were compared, where a limit is the reason.
        evidence: Option<Evidence>,
    },
}

impl Decisions {
    /// Whether a login is to reach the chat SDK. Changes nothing.
    pub fn login(&self, asked: &LoginAsked, now: Timestamp) -> LoginAnswer {
        let (facts, _) = self.look(asked, now);
        match decide(&facts, &self.terms.logins) {
            LoginDecision::Execute(execution) => LoginAnswer::Execute(effect(&execution, &facts)),
            LoginDecision::Join => LoginAnswer::UnderWay,
            LoginDecision::AlreadyLoggedIn => LoginAnswer::AlreadyLoggedIn,
            LoginDecision::Defer(Deferral { reason, until, alternative }) => {
                LoginAnswer::Deferred { reason, until, alternative }
            }
            LoginDecision::Deny(Denial { reason, retry_at, evidence }) => {
                LoginAnswer::Denied { reason, retry_at, evidence }
            }
        }
    }

    /// The chat SDK is called now, as [`Self::login`] said. Other users' sessions on this device are over.
    pub fn sent(&mut self, asked: &LoginAsked, now: Timestamp) {
        let (facts, registers) = self.look(asked, now);
        let execution = match decide(&facts, &self.terms.logins) {
            LoginDecision::Execute(execution) => execution,
            // It was sent all the same, and is counted if it succeeds.
            _ => execution(&facts.budget, NewActiveUser::Uncertain),
        };
        let of_device = self.terms.session_mode == SessionMode::Device;
        let id = self.ids.of_user(&asked.user);
        let person = self.people.entry(id).or_default();
        let (before, sent_with) = (person.session, person.facts.clone());
        executed(&mut person.facts.memory, moment(now).elapsed, &self.terms.logins);
        person.active.uncertain = person.active.uncertain.max(Some(now));
        let renews = before.is_some_and(|session| session.state == SessionState::LoggedIn);
        if !renews {
            let kicks = sent_with.kicks;
            person.session =
                Some(Session { state: SessionState::LoggingIn, since: now, connected: false, kicks });
        }
        person.sent = Some(Sent { asked: *asked, facts: sent_with, execution, registers, before });
        if of_device {
            self.take_device(id);
        }
    }

    /// The login of this user that was sent last succeeded. Nothing changes, and there is no effect, where none is on its
    /// way.
    pub fn succeeded(&mut self, user: &UserId, now: Timestamp) -> Option<ActiveUserEffect> {
        let (day, month) = self.periods(now);
        let id = self.ids.of_user(user);
        let person = self.people.get_mut(&id)?;
        let Sent { facts: before, execution, registers, .. } = person.sent.take()?;
        let counted = person.active.count(day, month);
        person.active.uncertain = None;
        succeeded(&mut person.facts.memory);
        person.facts.answer(&before);
        person.session =
            Some(Session { state: SessionState::LoggedIn, since: now, connected: true, kicks: before.kicks });
        let mut ops: Vec<_> = counted.counters(day, month, now).collect();
        if counted.new_in_month && registers {
            let key = CounterKey { limit: LimitId::MaxUsers, subject: Subject::App, bucket: 0 };
            ops.push(CounterOp::Add { key, delta: 1, at: now });
        }
        self.apply(&ops);
        if self.terms.session_mode == SessionMode::Device {
            self.take_device(id);
        }
        Some(ActiveUserEffect {
            new_in_month: counted.new_in_month,
            new_on_day: counted.new_on_day,
            price: execution.price,
            warning: execution.warning,
            evidence: execution.evidence,
        })
    }

    /// The login of this user that was sent last failed with a code of the provider; `random` are 32 random bits. Nothing
    /// changes, and there is no failure, where none is on its way.
    pub fn failed(
        &mut self,
        user: &UserId,
        code: i32,
        random: u32,
        now: Timestamp,
    ) -> Option<LoginFailure<ProviderError>> {
        let (day, month) = self.periods(now);
        let revision = self.entitlements(now).revision();
        let class = FailureClass::of(code);
        let policy = &self.terms.logins;
        let person = self.people.get_mut(&self.ids.of_user(user))?;
        let Sent { asked, before, .. } = person.sent.take()?;
        let by_person = asked.intent.by_person(policy.launch_is_person);
        let context = FailureContext {
            by_person,
            now: moment(now),
            day,
            month,
            plan_revision: revision,
            jitter: Jitter::from_random(random),
        };
        failed(&mut person.facts.memory, class, code, &context, policy);
        if class.certainly_failed() {
            person.active.uncertain = None;
        }
        if class == FailureClass::KickedOff {
            person.facts.kick(now);
        }
        let kicked = (class == FailureClass::KickedOff).then_some(SessionState::KickedOff);
        person.session = match (kicked, person.session) {
            (Some(state), Some(session)) => Some(Session { state, since: now, connected: false, ..session }),
            _ => before,
        };
        let view = MemoryView::at(by_person, moment(now), &self.terms.zone, revision);
        let retry_at = retry_at(&person.facts.memory, &view, policy);
        if class == FailureClass::Suspended {
            let wait = Wait::new(moment(now).elapsed, REPORT_BELIEVED_FOR);
            self.suspension = Some(ReportedSuspension { at: now, wait, revision });
        }
        Some(LoginFailure { class, code, retry_at, source: None })
    }

    /// The chat SDK or the app says something of a user's session.
    pub fn session(&mut self, user: &UserId, change: SessionChange, now: Timestamp) {
        let id = self.ids.of_user(user);
        let policy = &self.terms.logins;
        let person = self.people.entry(id).or_default();
        let memory = &mut person.facts.memory;
        match change {
            SessionChange::Connected => {
                person.step(SessionEvent::Connected, now);
                connected(&mut person.facts.memory);
            }
            SessionChange::Disconnected => {
                person.step(SessionEvent::Disconnected, now);
            }
            SessionChange::KickedOff => {
                person.step(SessionEvent::KickedOff, now);
                person.facts.kick(now);
            }
            SessionChange::UserSigExpired => {
                if person.step(SessionEvent::UserSigExpired, now) {
                    user_sig_expired(&mut person.facts.memory);
                }
            }
            SessionChange::LoggedOut => {
                person.step(SessionEvent::LoggedOut, now);
                person.facts.logged_out = Some(now);
            }
            SessionChange::Ended => {
                person.step(SessionEvent::LoggedOut, now);
            }
            SessionChange::NewUserSig { random } => {
                new_user_sig(memory, moment(now).elapsed, Jitter::from_random(random), policy);
            }
            SessionChange::FailuresForgotten => *memory = LoginMemory::default(),
        }
        if person.session.is_none() && self.current_user == Some(id) {
            self.current_user = None;
        }
    }

    /// What a decision about this login depends on, and whether it registers the user.
    fn look(&self, asked: &LoginAsked, now: Timestamp) -> (LoginFacts, bool) {
        let id = self.ids.of_user(&asked.user);
        let nobody = Person::default();
        let person = self.people.get(&id).unwrap_or(&nobody);
        let entitlements = self.entitlements(now);
        let (day, month) = self.periods(now);
        let of_device = self.terms.session_mode == SessionMode::Device;
        let known = Look {
            intent: asked.intent,
            known_to_provider: asked.known_to_provider,
            session: self.session_of(id, person),
            other_device_user: of_device && self.device_user.is_some_and(|other| other != id),
            active: &person.active,
            facts: &person.facts,
            entitlements: &entitlements,
            usage: &self.usage,
            lifecycle: lifecycle::lifecycle(&entitlements, now, &self.terms.zone),
            zone: &self.terms.zone,
            now: moment(now),
            day,
            month,
        };
        (known.look(&self.terms.logins, &self.terms.decisions), known.registers())
    }

    fn session_of(&self, id: Pseudonym, person: &Person) -> SessionOf {
        match self.current_user {
            Some(other) if other != id && self.terms.session_mode == SessionMode::Device => {
                let state =
                    self.people.get(&other).map_or(SessionState::LoggedOut, |other| other.look().state());
                SessionOf::Other(state)
            }
            _ => SessionOf::Asker(person.look().state()),
        }
    }

    /// From here on the device is this user's, and the session of the former one is over.
    fn take_device(&mut self, id: Pseudonym) {
        let former = self.current_user.replace(id).filter(|former| *former != id);
        if let Some(former) = former.and_then(|former| self.people.get_mut(&former)) {
            former.session = None;
        }
        self.device_user = Some(id);
    }
}

impl Person {
    fn look(&self) -> SessionLook {
        SessionLook { session: self.session, ..SessionLook::without_session(&self.facts) }
    }

    /// Applies what the chat SDK says; says whether it changed anything.
    fn step(&mut self, event: SessionEvent, now: Timestamp) -> bool {
        let after = self.session.and_then(|session| step(session, event, now));
        if let Some(after) = after {
            self.session = (after.state != SessionState::LoggedOut).then_some(after);
        }
        after.is_some()
    }
}

/// What carrying the login out would do to the count of active users.
fn effect(execution: &Execution, facts: &LoginFacts) -> ActiveUserEffect {
    ActiveUserEffect {
        new_in_month: !facts.counted.this_month,
        new_on_day: !facts.counted.today,
        price: execution.price,
        warning: execution.warning,
        evidence: execution.evidence,
    }
}
