//! Four processes of eight threads each on one store, all at once: users who log in, and room that is reserved.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::executor::block_on;
use planguard::login::{LoginOutcome, LoginPolicy, ProviderError};
use planguard::store::SqliteStore;
use planguard::{Action, CatalogId, EditionId, Observation, Planguard, SessionMode};
use support::{Patient, Process, ada, app, request, say, strict, user, wait_for_word};

const DIR: &str = "PLANGUARD_TEST_CROWD_DIR";
const PROCESSES: usize = 4;
const THREADS: usize = 8;
const USERS: usize = 6;
/// The Free Trial allows so many friends.
const FRIENDS: u64 = 20;
const ROOM: u64 = 10;

fn open(dir: &Path) -> Planguard {
    const LONG: Duration = Duration::from_secs(3_600);
    // However long one is held up, its right to log in does not lapse, and its answer stays one.
    let policy = LoginPolicy { lease_ttl: LONG, debounce: LONG, ..LoginPolicy::default() };
    let opening = Planguard::builder(app())
        .clock(Patient)
        .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
        .session_mode(SessionMode::MultiUser)
        .decisions(strict())
        .logins(policy)
        .store(SqliteStore::open(dir.join("planguard.db")).unwrap())
        .open();
    block_on(opening).unwrap()
}

/// What one thread does: it logs everybody in, and asks for two friends of ada's. Gives how many it got.
fn take_part(guard: &Planguard, dir: &Path, nth: usize) -> usize {
    let upstream = |id: String| async move {
        let calls = dir.join("calls");
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(calls).unwrap();
        file.write_all(format!("{id}\n").as_bytes()).unwrap();
        Ok::<_, ProviderError>(())
    };
    let mut granted = 0;
    for n in 0..USERS {
        let id = format!("user {}", (n + nth) % USERS);
        let login = guard.login_with(request(&id), || upstream(id.clone()));
        let outcome: LoginOutcome<()> = block_on(login).unwrap();
        assert!(outcome.is_logged_in(), "{outcome:?}");
        if n % 3 == 0 {
            let peer = user(&format!("{} {nth} {n}", std::process::id()));
            if let Some(permit) = block_on(guard.reserve(&Action::AddFriend { user: ada(), peer })).permit() {
                block_on(permit.commit());
                granted += 1;
            }
        }
    }
    granted
}

/// What a process does that was started for a crowd; nothing in any other.
pub(crate) fn join_the_crowd() {
    let Ok(dir) = std::env::var(DIR).map(PathBuf::from) else { return };
    let guard = open(&dir);
    say("ready");
    wait_for_word();
    let granted: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|nth| {
                scope.spawn({
                    let (guard, dir) = (&guard, &dir);
                    move || take_part(guard, dir, nth)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    say(&format!("granted {granted}"));
}

/// Starts them all, and checks what they did.
pub(crate) fn meet() {
    let dir = tempfile::tempdir().unwrap();
    let guard = open(dir.path());
    block_on(guard.observe(&Observation::Friends { user: ada(), count: FRIENDS - ROOM }));
    let environment = [(DIR, dir.path().to_str().unwrap().to_owned())];
    let mut crowd: Vec<_> = (0..PROCESSES).map(|_| Process::start(environment.clone())).collect();
    crowd.iter_mut().for_each(Process::tell);
    let granted: u64 = crowd
        .iter_mut()
        .map(|process| process.hear().strip_prefix("granted ").unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(granted, ROOM, "of {} that were asked for", PROCESSES * THREADS * 2);

    let mut calls: Vec<_> =
        std::fs::read_to_string(dir.path().join("calls")).unwrap().lines().map(str::to_owned).collect();
    calls.sort();
    let everybody: Vec<_> = (0..USERS).map(|n| format!("user {n}")).collect();
    assert_eq!(calls, everybody, "one call of the chat SDK for each user");

    let guard = open(dir.path());
    let report = block_on(guard.login_report(guard.billing_month())).unwrap();
    let asked = u64::try_from(PROCESSES * THREADS * USERS).unwrap();
    assert_eq!((report.active_users, report.executed, report.uncertain), (USERS as u64, USERS as u64, 0));
    assert_eq!(report.asked(), asked, "every request is in one class");
    let last = Action::AddFriend { user: ada(), peer: user("last") };
    let assessed = guard.assess(&last);
    assert_eq!(assessed.checks.iter().map(|check| check.evidence.used).max(), Some(FRIENDS));
    assert!(!guard.check(&last).may_proceed());
}
