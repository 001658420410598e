//! Random schedules of concurrent logins, and random histories against a plain model.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use planguard::login::{LoginIntent, LoginOutcome, LoginPolicy, SessionEvent};
use planguard::store::MemoryStore;
use planguard::{BillingMonth, BillingZone, Planguard, SessionMode, SessionState};
use proptest::prelude::*;
use support::{Outcome, Upstream, clock, error, local, now, open, request, settle, spawn, user, with};

/// A step of a schedule.
#[derive(Clone, Debug)]
enum Step {
    Ask,
    Cancel(usize),
    Answer,
    Run(u8),
    Wait(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Ask),
        3 => (0..32_usize).prop_map(Step::Cancel),
        1 => Just(Step::Answer),
        4 => (0..6_u8).prop_map(Step::Run),
        // Shorter than a lease outlives its process: a process that runs renews its lease in time.
        2 => (0..4_000_u16).prop_map(Step::Wait),
    ]
}

/// Plays a schedule against one guard or two on one store, and returns what went wrong, if anything.
async fn play(steps: &[Step], guards: usize) {
    let (clock, store) = (clock(), MemoryStore::new());
    let policy = LoginPolicy {
        loop_max: 1_000,
        timeout: Duration::from_secs(100_000),
        debounce: Duration::from_secs(100_000),
        ..LoginPolicy::default()
    };
    let guards: Vec<Planguard> =
        (0..guards).map(|_| open(&clock, &store, SessionMode::Device, policy.clone())).collect();
    clock.advance(Duration::from_millis(1));
    let sdk = Upstream::default();
    let mut tasks = Vec::new();
    for step in steps {
        match step {
            Step::Ask => {
                tasks.push(spawn(&guards[tasks.len() % guards.len()], request("ada"), &sdk));
            }
            Step::Cancel(n) if !tasks.is_empty() => {
                let n = n % tasks.len();
                tasks[n].abort();
            }
            Step::Cancel(_) => {}
            Step::Answer => {
                sdk.answer(Ok(1));
            }
            Step::Run(turns) => {
                for _ in 0..*turns {
                    tokio::task::yield_now().await;
                }
            }
            Step::Wait(millis) => {
                settle().await;
                clock.advance(Duration::from_millis(u64::from(*millis)));
                settle().await;
            }
        }
        assert!(sdk.running() <= 1, "two logins of one user at once");
    }
    // Whatever still runs is answered; time passes for those who wait on the other process.
    for _ in 0..200 {
        settle().await;
        if tasks.iter().all(tokio::task::JoinHandle::is_finished) {
            break;
        }
        sdk.answer(Ok(1));
        clock.advance(Duration::from_secs(1));
    }
    let mut executed = 0;
    let mut answered = 0;
    for task in tasks {
        assert!(task.is_finished(), "a caller was left without an outcome");
        match task.await {
            Ok(Ok(LoginOutcome::Executed { .. })) => executed += 1,
            Ok(Ok(LoginOutcome::Joined | LoginOutcome::AlreadyLoggedIn)) => answered += 1,
            Ok(other) => panic!("{other:?}"),
            Err(gone) => assert!(gone.is_cancelled()),
        }
    }
    assert!(executed <= 1 && sdk.most_running() <= 1);
    assert!(answered == 0 || sdk.started() > 0);
    // Every login that was started either was the one, or its caller went away while it ran.
    assert!(executed + answered == 0 || sdk.started() == sdk.abandoned() + 1);
    assert!(sdk.started() <= sdk.abandoned() + 1);
    let report = guards[0].login_report("2024-08".parse().unwrap()).unwrap();
    let needed = sdk.started() - sdk.abandoned();
    assert_eq!(report.active_users, needed as u64);
    assert_eq!(report.uncertain, u64::from(needed == 0 && sdk.abandoned() > 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn concurrent_logins_make_one_call_and_everybody_gets_one_outcome(
        steps in proptest::collection::vec(step(), 1..60)
    ) {
        local(play(&steps, 1));
    }

    #[test]
    fn two_processes_make_one_call_between_them(steps in proptest::collection::vec(step(), 1..60)) {
        local(play(&steps, 2));
    }
}

/// Something that happens to an install over the months.
#[derive(Clone, Debug)]
enum Happens {
    Login(usize, LoginIntent, i32),
    /// The upstream login is sent and its caller goes away.
    GivesUp(usize),
    Event(usize, SessionEvent),
    Passes(u32),
    /// The wall clock is set back this many hours.
    SetBack(u32),
    Restart,
}

fn happens() -> impl Strategy<Value = Happens> {
    let intent = proptest::sample::select(LoginIntent::ALL);
    let code =
        prop_oneof![6 => Just(0), 1 => Just(9506), 1 => Just(70_001), 1 => Just(6208), 1 => Just(7501)];
    prop_oneof![
        8 => (0..4_usize, intent, code).prop_map(|(who, intent, code)| Happens::Login(who, intent, code)),
        1 => (0..4_usize).prop_map(Happens::GivesUp),
        3 => (0..4_usize, proptest::sample::select(SessionEvent::ALL))
            .prop_map(|(who, event)| Happens::Event(who, event)),
        3 => (1..400_u32).prop_map(Happens::Passes),
        1 => (1..1_000_u32).prop_map(Happens::SetBack),
        1 => Just(Happens::Restart),
    ]
}

/// What must be true, kept in the plainest way.
#[derive(Default)]
struct Model {
    /// Per user the months in which the provider counted them.
    counted: BTreeMap<usize, BTreeSet<BillingMonth>>,
    /// Users with a login of unknown end, and its month.
    uncertain: BTreeMap<usize, BillingMonth>,
}

/// How many months before the running one are kept for reports.
const MONTHS_KEPT: i32 = 3;

const NAMES: [&str; 4] = ["ada", "bob", "cleo", "dora"];

async fn live(history: &[Happens], mode: SessionMode) {
    let (clock, store, zone) = (clock(), MemoryStore::new(), BillingZone::default());
    let policy = LoginPolicy { loop_max: 10_000, ..LoginPolicy::default() };
    let mut guard = open(&clock, &store, mode, policy.clone());
    let mut model = Model::default();
    let mut months = BTreeSet::new();
    for event in history {
        let month = zone.month(guard.now());
        months.insert(month);
        match event {
            Happens::Login(who, intent, code) => {
                let before = guard.session_state(&user(NAMES[*who]));
                let answer = if *code == 0 { Ok(1) } else { Err(error(*code)) };
                let outcome = now(&guard, with(NAMES[*who], *intent), answer).await;
                check(&mut model, *who, *intent, month, before, &outcome);
                if let Err(failure) = &outcome
                    && failure.source.is_some()
                    && *code == 7501
                {
                    model.uncertain.insert(*who, month);
                }
            }
            Happens::GivesUp(who) => {
                let sdk = Upstream::default();
                let task = spawn(&guard, request(NAMES[*who]), &sdk);
                settle().await;
                if sdk.running() == 1 {
                    model.uncertain.insert(*who, month);
                }
                task.abort();
                settle().await;
            }
            Happens::Event(who, event) => guard.session_event_of(&user(NAMES[*who]), *event),
            Happens::Passes(hours) => clock.advance(Duration::from_secs(u64::from(*hours) * 3_600)),
            Happens::SetBack(hours) => {
                use planguard::time::Clock as _;
                clock.set(clock.now().minus(Duration::from_secs(u64::from(*hours) * 3_600)));
            }
            Happens::Restart => {
                drop(guard);
                // A start takes its time; what the last process did a moment ago was not this one's.
                clock.advance(Duration::from_secs(1));
                guard = open(&clock, &store, mode, policy.clone());
            }
        }
        let report = guard.login_report(month).unwrap();
        let expected = model.counted.values().filter(|months| months.contains(&month)).count();
        assert_eq!(report.active_users, expected as u64, "{month} after {event:?}");
        let kept = month.before(MONTHS_KEPT);
        let recent = model.uncertain.values().filter(|&&noted| noted >= kept).count() as u64;
        let all = model.uncertain.len() as u64;
        assert!((recent..=all).contains(&report.uncertain), "{} after {event:?}", report.uncertain);
    }
    let kept = zone.month(guard.now()).before(MONTHS_KEPT);
    for month in months.into_iter().filter(|&month| month >= kept) {
        let expected = model.counted.values().filter(|months| months.contains(&month)).count();
        assert_eq!(guard.login_report(month).unwrap().active_users, expected as u64, "{month}");
    }
}

fn check(
    model: &mut Model,
    who: usize,
    intent: LoginIntent,
    month: BillingMonth,
    before: SessionState,
    outcome: &Outcome,
) {
    let months = model.counted.entry(who).or_default();
    // A month that lies before one already counted reopens for nobody.
    let known = months.last().is_some_and(|&last| last >= month);
    match outcome {
        Ok(LoginOutcome::Executed { mau, .. }) => {
            assert_eq!(mau.new_in_month, !known, "counted twice, or forgotten");
            assert!(known || intent.by_person(false), "{intent:?} made an active user");
            assert!(before != SessionState::LoggedIn || intent == LoginIntent::RenewUserSig);
            if !known {
                months.insert(month);
            }
            model.uncertain.remove(&who);
        }
        Ok(LoginOutcome::AlreadyLoggedIn) => assert_eq!(before, SessionState::LoggedIn),
        Ok(LoginOutcome::Joined | LoginOutcome::Shed { .. }) => panic!("nobody else is there: {outcome:?}"),
        Ok(LoginOutcome::Deferred { .. }) => assert!(!intent.by_person(false)),
        Ok(LoginOutcome::Denied { .. }) | Err(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_history_counts_a_user_twice_in_a_month_or_forgets_one(
        history in proptest::collection::vec(happens(), 1..80),
        server in any::<bool>(),
    ) {
        let mode = if server { SessionMode::MultiUser } else { SessionMode::Device };
        local(live(&history, mode));
    }
}
