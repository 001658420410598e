//! Random histories of one install, month after month, against a plain model of what the provider may have counted.

use std::time::Duration;

use planguard::login::{DeferReason, DenyReason, LoginIntent, LoginOutcome, LoginPolicy, LoginReport};
use planguard::store::MemoryStore;
use planguard::time::{Clock as _, ManualClock};
use planguard::{Enforcement, Planguard, SessionMode, SessionState};
use proptest::prelude::*;
use support::{HOUR, Outcome, Upstream, clock, error, local, now, open, request, settle, spawn, user, with};

use super::model::{Model, NAMES};

/// A callback of the chat SDK.
#[derive(Clone, Copy, Debug)]
enum Callback {
    Connected,
    Disconnected,
    KickedOff,
    UserSigExpired,
    LoggedOut,
}

/// Something that happens to an install over the months.
#[derive(Clone, Debug)]
enum Happens {
    Login(usize, LoginIntent, i32),
    /// The upstream login is sent and its caller goes away.
    GivesUp(usize),
    Calls(usize, Callback),
    Passes(u32),
    /// The wall clock is set back this many hours.
    SetBack(u32),
    /// The wall clock is set ahead this many hours.
    SetAhead(u32),
    /// A clock that was set far back is right: it runs on, and the app is looked at every few hours.
    RunsOn(u32),
    Restart,
}

fn happens() -> impl Strategy<Value = Happens> {
    let intent = proptest::sample::select(LoginIntent::ALL);
    // A success, refusals of several kinds, a kick, and ends that are not known.
    let code = prop_oneof![
        6 => Just(0), 1 => Just(9506), 1 => Just(70_001), 1 => Just(6208), 1 => Just(7501), 1 => Just(6012)
    ];
    let callback = proptest::sample::select(vec![
        Callback::Connected,
        Callback::Disconnected,
        Callback::KickedOff,
        Callback::UserSigExpired,
        Callback::LoggedOut,
    ]);
    prop_oneof![
        8 => (0..4_usize, intent, code).prop_map(|(who, intent, code)| Happens::Login(who, intent, code)),
        1 => (0..4_usize).prop_map(Happens::GivesUp),
        3 => (0..4_usize, callback).prop_map(|(who, callback)| Happens::Calls(who, callback)),
        3 => (1..400_u32).prop_map(Happens::Passes),
        1 => (1..1_000_u32).prop_map(Happens::SetBack),
        1 => (1..1_500_u32).prop_map(Happens::SetAhead),
        1 => (20..60_u32).prop_map(Happens::RunsOn),
        1 => Just(Happens::Restart),
    ]
}

const fn hours(hours: u32) -> Duration {
    Duration::from_secs(hours as u64 * 3_600)
}

async fn calls(guard: &Planguard, who: usize, callback: Callback) {
    let id = user(NAMES[who]);
    let session = guard.session(id);
    match callback {
        Callback::Connected => session.connected().await,
        Callback::Disconnected => session.disconnected().await,
        Callback::KickedOff => session.kicked_off().await,
        Callback::UserSigExpired => session.user_sig_expired().await,
        Callback::LoggedOut => session.logged_out().await,
    }
}

/// One install and its model, side by side.
struct Life {
    clock: ManualClock,
    store: MemoryStore,
    mode: SessionMode,
    policy: LoginPolicy,
    guard: Planguard,
    model: Model,
}

impl Life {
    async fn begin(mode: SessionMode, budget: Option<u64>) -> Self {
        let (clock, store) = (clock(), MemoryStore::new());
        let policy = LoginPolicy {
            loop_max: 10_000,
            mau_budget: budget,
            on_budget: Some(Enforcement::Enforce),
            ..LoginPolicy::default()
        };
        let guard = open(&clock, &store, mode, policy.clone()).await;
        let mut model = Model::new(mode, budget);
        model.opens(clock.now(), clock.elapsed());
        Self { clock, store, mode, policy, guard, model }
    }

    fn state(&self, who: usize) -> SessionState {
        self.guard.session(user(NAMES[who])).state()
    }

    /// Whether a request needs more than a look at the session: only then does the guard look at the clock.
    fn looks(&mut self, who: usize, intent: LoginIntent) {
        self.model.now(self.clock.now());
        if self.state(who) != SessionState::LoggedIn || intent == LoginIntent::RenewUserSig {
            self.model.looks(self.clock.now(), self.clock.elapsed());
        }
    }

    async fn happens(&mut self, event: &Happens) {
        let (wall, elapsed) = (self.clock.now(), self.clock.elapsed());
        match *event {
            Happens::Login(who, intent, code) => {
                let before = self.state(who);
                let others: Vec<_> = (0..NAMES.len()).filter(|other| *other != who).collect();
                let other = others.into_iter().any(|other| {
                    matches!(self.state(other), SessionState::LoggedIn | SessionState::SigExpired)
                });
                self.looks(who, intent);
                let answer = if code == 0 { Ok(1) } else { Err(error(code)) };
                let outcome = now(&self.guard, with(NAMES[who], intent), answer).await;
                self.model.asks();
                self.check(who, intent, code, (before, other), &outcome);
            }
            Happens::GivesUp(who) => {
                self.looks(who, LoginIntent::OpenChat);
                let sdk = Upstream::default();
                let task = spawn(&self.guard, request(NAMES[who]), &sdk);
                settle().await;
                self.model.asks();
                if sdk.running() == 1 {
                    self.model.sent(who);
                    self.model.unknown(who, elapsed);
                }
                task.abort();
                settle().await;
            }
            Happens::Calls(who, callback) => {
                calls(&self.guard, who, callback).await;
                match callback {
                    Callback::KickedOff => self.model.kicked[who] = true,
                    Callback::LoggedOut => self.model.logged_out[who] = true,
                    _ => {}
                }
            }
            Happens::Passes(time) => self.clock.advance(hours(time)),
            Happens::SetBack(time) => self.clock.set(wall.minus(hours(time))),
            Happens::SetAhead(time) => self.clock.set(wall.plus(hours(time))),
            Happens::RunsOn(time) => {
                for _ in 0..time / 4 {
                    self.clock.advance(4 * HOUR);
                    // A request that is put off or denied looks as well.
                    let push = with(NAMES[3], LoginIntent::AfterKick { confirmed: false });
                    self.looks(3, LoginIntent::AfterKick { confirmed: false });
                    let outcome = now(&self.guard, push, Ok(1)).await.unwrap();
                    assert!(!matches!(outcome, LoginOutcome::Executed { .. }));
                    self.model.asks();
                }
            }
            Happens::Restart => {
                // A start takes its time; what the last process did a moment ago was not this one's.
                self.clock.advance(Duration::from_secs(1));
                self.guard = open(&self.clock, &self.store, self.mode, self.policy.clone()).await;
                self.model.opens(self.clock.now(), self.clock.elapsed());
            }
        }
    }

    fn check(
        &mut self,
        who: usize,
        intent: LoginIntent,
        code: i32,
        (before, other): (SessionState, bool),
        outcome: &Outcome,
    ) {
        let (model, person, elapsed) = (&mut self.model, intent.by_person(false), self.clock.elapsed());
        let counted = model.is_counted(who);
        let not_device_user = model.is_other_device(who);
        match outcome {
            Ok(LoginOutcome::Executed { mau, .. }) => {
                if model.remembers() {
                    assert_eq!(mau.new_in_month, !counted, "counted twice, or forgotten");
                    assert!(counted || person, "{intent:?} made an active user");
                }
                assert!(before != SessionState::LoggedIn || intent == LoginIntent::RenewUserSig);
                if !person {
                    assert!(!model.kicked[who], "{intent:?} after a kick");
                    assert!(!model.logged_out[who], "{intent:?} after a log-out");
                    assert!(!not_device_user, "{intent:?} of somebody else's device");
                }
                model.sent(who);
                model.counts(who, mau.new_in_month);
            }
            Ok(LoginOutcome::AlreadyLoggedIn) => assert_eq!(before, SessionState::LoggedIn),
            Ok(LoginOutcome::Joined | LoginOutcome::Shed) => panic!("nobody else is there: {outcome:?}"),
            Ok(LoginOutcome::Deferred { reason, .. }) => {
                assert!(!person, "a person is never put off");
                match reason {
                    DeferReason::WouldCreateActiveUser => {
                        assert!(!counted || !model.remembers(), "the user is counted");
                        model.defers(who);
                    }
                    DeferReason::OtherUserActive => assert!(self.mode == SessionMode::Device && other),
                    DeferReason::NotDeviceUser => assert!(not_device_user),
                    DeferReason::LoggedOut => assert!(model.logged_out[who]),
                }
            }
            Ok(LoginOutcome::Denied { reason, .. }) => match reason {
                DenyReason::KickedOff => assert!(
                    intent == LoginIntent::AfterKick { confirmed: false } || !person && model.kicked[who]
                ),
                DenyReason::BudgetUsedUp => {
                    assert!(!counted || !model.remembers(), "who is counted takes no room");
                    assert!(model.is_full(who, elapsed), "there is room");
                }
                DenyReason::BackingOff { .. } | DenyReason::CredentialRefused { .. } => {}
                other => panic!("{other:?}"),
            },
            Err(failure) => {
                assert_eq!(failure.code, code);
                model.sent(who);
                match code {
                    7501 | 6012 => model.unknown(who, elapsed),
                    6208 => model.kicked[who] = true,
                    _ => {}
                }
            }
        }
    }

    async fn report(&self, month: planguard::BillingMonth) -> LoginReport {
        self.guard.login_report(month).await.unwrap()
    }

    /// The guard agrees with the model, on time and on every month that is kept.
    async fn agrees(&mut self, after: &Happens) {
        let trusted = self.model.now(self.clock.now());
        assert_eq!(self.guard.now(), trusted, "{after:?}");
        for month in self.model.months_kept() {
            let report = self.report(month).await;
            let expected = self.model.month(month);
            assert_eq!(report.active_users, expected.active, "active in {month} after {after:?}");
            assert_eq!(report.uncertain, expected.uncertain, "uncertain in {month} after {after:?}");
            assert_eq!(report.asked(), expected.asked, "asked in {month} after {after:?}");
            assert_eq!(report.deferred_users, expected.deferred, "put off in {month} after {after:?}");
            assert_eq!(
                report.deferred_users_never_active, expected.never_active,
                "never active in {month} after {after:?}"
            );
        }
    }
}

async fn live(history: &[Happens], mode: SessionMode, budget: Option<u64>) {
    let mut life = Life::begin(mode, budget).await;
    for event in history {
        life.happens(event).await;
        life.agrees(event).await;
    }
}

#[test]
fn who_was_counted_before_a_clock_ran_two_months_ahead_is_counted_once_it_is_put_right() {
    let open_chat = |who| Happens::Login(who, LoginIntent::OpenChat, 0);
    let ahead = [Happens::SetAhead(1_300), Happens::RunsOn(28), Happens::SetBack(1_300)];
    // The clock is looked at, runs for a day, and is believed.
    let right = [open_chat(0), Happens::Passes(24), Happens::Login(2, LoginIntent::AppLaunch, 0)];
    for restart in [None, Some(Happens::Restart)] {
        let begin = vec![Happens::Login(2, LoginIntent::OpenChat, 0), Happens::Restart];
        let history: Vec<_> =
            begin.into_iter().chain(ahead.clone()).chain(restart).chain(right.clone()).collect();
        local(live(&history, SessionMode::MultiUser, None));
    }
}

#[test]
fn a_user_on_the_way_whom_a_correction_moves_to_a_month_that_counted_him_takes_one_place() {
    let history = [
        Happens::Passes(218),
        Happens::Login(3, LoginIntent::AfterKick { confirmed: true }, 0),
        Happens::Passes(258),
        Happens::RunsOn(40),
        Happens::SetBack(609),
        Happens::GivesUp(1),
        Happens::SetBack(608),
        Happens::GivesUp(3),
        Happens::SetAhead(473),
        Happens::Login(0, LoginIntent::OpenChat, 0),
    ];
    local(live(&history, SessionMode::Device, Some(3)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..crate::drawn::cases(256) })]

    #[test]
    fn no_history_counts_a_user_twice_in_a_month_or_forgets_one(
        history in proptest::collection::vec(happens(), 1..80),
        server in any::<bool>(),
        budget in proptest::option::of(1..4_u64),
    ) {
        let mode = if server { SessionMode::MultiUser } else { SessionMode::Device };
        local(live(&history, mode, budget));
    }
}
