//! Random schedules of concurrent logins: one call for all who ask, nobody without an outcome, no bound oversold.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use planguard::login::{LoginOutcome, LoginPolicy, LoginReport};
use planguard::store::MemoryStore;
use planguard::{Enforcement, Planguard, SessionMode};
use proptest::prelude::*;
use support::{Answer, Outcome, Upstream, clock, error, local, open, request, settle};
use tokio::task::JoinHandle;

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

/// The report of all of them: what each has counted in memory is written by its own look.
async fn in_all(guards: &[Planguard]) -> LoginReport {
    let mut report = LoginReport::default();
    for guard in guards.iter().chain(guards) {
        report = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
    }
    report
}

/// Opens as many guards on one store.
async fn guards(
    clock: &planguard::time::ManualClock,
    count: usize,
    mode: SessionMode,
    policy: &LoginPolicy,
) -> Vec<Planguard> {
    let (store, mut guards) = (MemoryStore::new(), Vec::new());
    for _ in 0..count {
        guards.push(open(clock, &store, mode, policy.clone()).await);
    }
    clock.advance(Duration::from_millis(1));
    guards
}

/// What the report must say in all, given how every request ended. Each is in exactly one class.
#[derive(Debug, Default, PartialEq, Eq)]
struct Classes {
    executed: u64,
    joined: u64,
    already: u64,
    denied: u64,
    failed: u64,
    timed_out: u64,
    cancelled: u64,
}

impl Classes {
    fn of_report(report: &LoginReport) -> Self {
        assert_eq!(report.deferred.values().sum::<u64>() + report.shed + report.in_flight, 0);
        Self {
            executed: report.executed,
            joined: report.joined,
            already: report.suppressed.values().sum(),
            denied: report.denied.values().sum(),
            failed: report.failed,
            timed_out: report.timed_out,
            cancelled: report.cancelled,
        }
    }

    fn add(&mut self, ended: Result<Outcome, tokio::task::JoinError>) {
        use planguard::login::FailureClass;
        let class = match ended {
            Err(gone) => {
                assert!(gone.is_cancelled());
                &mut self.cancelled
            }
            Ok(Ok(LoginOutcome::Executed { .. })) => &mut self.executed,
            Ok(Ok(LoginOutcome::Joined)) => &mut self.joined,
            Ok(Ok(LoginOutcome::AlreadyLoggedIn)) => &mut self.already,
            Ok(Ok(LoginOutcome::Denied { .. })) => &mut self.denied,
            Ok(Err(failure)) if failure.class == FailureClass::TimedOut => &mut self.timed_out,
            Ok(Err(_)) => &mut self.failed,
            Ok(Ok(other)) => panic!("{other:?}"),
        };
        *class += 1;
    }
}

/// The requests of a schedule.
#[derive(Default)]
struct Asked {
    tasks: Vec<JoinHandle<Outcome>>,
    /// How many were polled: one that was aborted before never asked.
    polled: Rc<Cell<u64>>,
}

impl Asked {
    fn ask(&mut self, guards: &[Planguard], id: &str, sdk: &Upstream) {
        let (guard, sdk) = (guards[self.tasks.len() % guards.len()].clone(), sdk.clone());
        let (request, polled) = (request(id), Rc::clone(&self.polled));
        self.tasks.push(tokio::task::spawn_local(async move {
            polled.set(polled.get() + 1);
            guard.login_with(request, || sdk.login()).await
        }));
    }

    fn cancel(&self, n: usize) {
        if !self.tasks.is_empty() {
            self.tasks[n % self.tasks.len()].abort();
        }
    }

    /// How every one of them ended.
    async fn classes(self) -> Classes {
        let mut classes = Classes::default();
        let never = self.tasks.len() as u64 - self.polled.get();
        for task in self.tasks {
            assert!(task.is_finished(), "a caller was left without an outcome");
            classes.add(task.await);
        }
        classes.cancelled -= never;
        classes
    }
}

/// Plays a schedule of one user's logins against one guard or two on one store.
async fn play(steps: &[Step], count: usize) {
    let clock = clock();
    let policy = LoginPolicy {
        loop_max: 1_000,
        timeout: Duration::from_secs(100_000),
        debounce: Duration::from_secs(100_000),
        ..LoginPolicy::default()
    };
    let guards = guards(&clock, count, SessionMode::Device, &policy).await;
    let sdk = Upstream::default();
    let mut asked = Asked::default();
    for step in steps {
        match step {
            Step::Ask => asked.ask(&guards, "ada", &sdk),
            Step::Cancel(n) => asked.cancel(*n),
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
        if asked.tasks.iter().all(JoinHandle::is_finished) {
            break;
        }
        sdk.answer(Ok(1));
        clock.advance(Duration::from_secs(1));
    }
    let report = in_all(&guards).await;
    let classes = asked.classes().await;
    assert_eq!(Classes::of_report(&report), classes);
    let answered = classes.joined + classes.already;
    assert!(classes.executed <= 1 && sdk.most_running() <= 1);
    assert!(answered == 0 || sdk.started() > 0);
    // Every login that was started either was the one, or its caller went away while it ran.
    assert!(classes.executed + answered == 0 || sdk.started() == sdk.abandoned() + 1);
    assert!(sdk.started() <= sdk.abandoned() + 1);
    let needed = sdk.started() - sdk.abandoned();
    assert_eq!(report.active_users, needed as u64);
    assert_eq!(report.new_active_users, needed as u64);
    assert_eq!(report.uncertain, u64::from(needed == 0 && sdk.abandoned() > 0));
}

/// A step of a schedule of several users on a server whose budget is bounded.
#[derive(Clone, Debug)]
enum Rush {
    Ask(usize),
    Cancel(usize),
    Answer(usize, i32),
    Run(u8),
    Wait(u32),
}

const USERS: [&str; 5] = ["ada", "bob", "cleo", "dora", "eve"];

fn rush() -> impl Strategy<Value = Rush> {
    // A success, a refusal, and an outcome that is not known.
    let code = prop_oneof![3 => Just(0), 1 => Just(9518), 1 => Just(6012)];
    prop_oneof![
        5 => (0..USERS.len()).prop_map(Rush::Ask),
        2 => (0..32_usize).prop_map(Rush::Cancel),
        3 => (0..USERS.len(), code).prop_map(|(who, code)| Rush::Answer(who, code)),
        4 => (0..6_u8).prop_map(Rush::Run),
        2 => (0..40_000_u32).prop_map(Rush::Wait),
    ]
}

/// Who holds room: the provider has counted them, their login runs, or its end is not known and its time not up.
#[derive(Default)]
struct Room {
    counted: BTreeSet<usize>,
    started: BTreeMap<usize, usize>,
    held_until: BTreeMap<usize, u64>,
}

/// How long a login holds its room: the time that its caller has.
const HOLD: u64 = 60_000;

impl Room {
    /// Looks at the chat SDK of each user.
    fn look(&mut self, sdks: &[Upstream], now: u64) {
        for (who, sdk) in sdks.iter().enumerate() {
            if self.started.insert(who, sdk.started()) != Some(sdk.started()) && sdk.started() > 0 {
                self.held_until.insert(who, now + HOLD);
            }
        }
    }

    fn taken(&self, sdks: &[Upstream], now: u64) -> usize {
        let holds = |who: &usize| {
            self.counted.contains(who)
                || sdks[*who].running() > 0
                || self.held_until.get(who).is_some_and(|until| now < *until)
        };
        (0..USERS.len()).filter(holds).count()
    }
}

/// Plays a rush on a budget of `budget` active users, and says how many it let in.
async fn play_rush(steps: &[Rush], count: usize, budget: u64) {
    use planguard::time::Clock as _;
    let clock = clock();
    let policy = LoginPolicy {
        mau_budget: Some(budget),
        on_budget: Some(Enforcement::Enforce),
        loop_max: 1_000,
        backoff_base: Duration::ZERO,
        debounce: Duration::ZERO,
        ..LoginPolicy::default()
    };
    let guards = guards(&clock, count, SessionMode::MultiUser, &policy).await;
    let sdks: Vec<Upstream> = USERS.iter().map(|_| Upstream::default()).collect();
    let elapsed = || clock.elapsed().0;
    let mut room = Room::default();
    let mut asked = Asked::default();
    for step in steps {
        match step {
            Rush::Ask(who) => asked.ask(&guards, USERS[*who], &sdks[*who]),
            Rush::Cancel(n) => asked.cancel(*n),
            Rush::Answer(who, code) => {
                settle().await;
                room.look(&sdks, elapsed());
                let answer: Answer = if *code == 0 { Ok(1) } else { Err(error(*code)) };
                if sdks[*who].answer(answer) {
                    settle().await;
                    match code {
                        0 => drop(room.counted.insert(*who)),
                        9518 => drop(room.held_until.remove(who)),
                        _ => {}
                    }
                    // Whoever waited took over.
                    if *code != 0 && sdks[*who].running() > 0 {
                        room.held_until.insert(*who, elapsed() + HOLD);
                    }
                }
            }
            Rush::Run(turns) => {
                for _ in 0..*turns {
                    tokio::task::yield_now().await;
                }
            }
            Rush::Wait(millis) => {
                settle().await;
                room.look(&sdks, elapsed());
                // In steps, so that the leases of logins that run are renewed.
                for _ in 0..=millis / 1_500 {
                    clock.advance(Duration::from_millis(u64::from(*millis).min(1_500)));
                    settle().await;
                    room.look(&sdks, elapsed());
                }
            }
        }
        room.look(&sdks, elapsed());
        let taken = room.taken(&sdks, elapsed());
        assert!(taken as u64 <= budget, "{taken} of {budget} after {step:?}");
        assert!(sdks.iter().all(|sdk| sdk.running() <= 1), "two logins of one user at once");
    }
    for task in &asked.tasks {
        task.abort();
    }
    settle().await;
    let report = in_all(&guards).await;
    assert_eq!(report.active_users, room.counted.len() as u64, "nobody is counted twice or forgotten");
    assert_eq!(report.new_active_users, report.active_users);
    let classes = asked.classes().await;
    assert_eq!(Classes::of_report(&report), classes);
    // Whoever was left with a login of unknown end and is not counted is uncertain.
    let lost = |who: &usize| !room.counted.contains(who) && sdks[*who].abandoned() > 0;
    assert!(report.uncertain >= (0..USERS.len()).filter(lost).count() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..crate::drawn::cases(256) })]

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

    #[test]
    fn no_rush_oversells_a_budget(
        steps in proptest::collection::vec(rush(), 1..60),
        count in 1..3_usize,
        budget in 1..4_u64,
    ) {
        local(play_rush(&steps, count, budget));
    }
}
