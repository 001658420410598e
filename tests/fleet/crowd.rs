//! Eight processes of eight tasks each on one server, all at once: users who log in, and room that is reserved.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use planguard::login::{LoginOutcome, LoginPolicy, ProviderError};
use planguard::store::Store;
use planguard::store::contract::block_on;
#[cfg(feature = "redis")]
use planguard::store::{RedisOptions, RedisStore};
use planguard::{Action, CatalogId, EditionId, Observation, Planguard, SessionMode};
use planguard_servers::Postgres;
use support::{Patient, Process, ada, app, request, say, strict, user, wait_for_word};

use crate::tools::open;

const URL: &str = "PLANGUARD_TEST_FLEET_CROWD";
const DIR: &str = "PLANGUARD_TEST_FLEET_CALLS";
const PROCESSES: usize = 8;
const TASKS: usize = 8;
const USERS: usize = 6;
/// The Free Trial allows so many friends.
const FRIENDS: u64 = 20;
const ROOM: u64 = 10;

/// The store on the server at that URL, of either kind.
async fn store(url: &str) -> Arc<dyn Store> {
    #[cfg(feature = "redis")]
    if url.starts_with("redis") {
        let options = RedisOptions::new(url, app()).deadline(Duration::from_secs(60));
        return Arc::new(RedisStore::connect(options).await.unwrap());
    }
    open(url)
}

async fn guard(url: &str) -> Planguard {
    const LONG: Duration = Duration::from_secs(3_600);
    // However long one is held up, its right to log in does not lapse, and its answer stays one.
    let policy = LoginPolicy { lease_ttl: LONG, debounce: LONG, ..LoginPolicy::default() };
    Planguard::builder(app())
        .clock(Patient)
        .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
        .session_mode(SessionMode::MultiUser)
        .decisions(strict())
        .logins(policy)
        .shared_store(store(url).await)
        .open()
        .await
        .unwrap()
}

/// What one task does: it logs everybody in, and asks for friends of ada's. Gives how many it got.
async fn take_part(guard: Planguard, dir: PathBuf, nth: usize) -> usize {
    let mut granted = 0;
    for n in 0..USERS {
        let id = format!("user {}", (n + nth) % USERS);
        let (name, calls) = (id.clone(), dir.join("calls"));
        let login = guard.login_with(request(&id), || async move {
            let mut file = std::fs::OpenOptions::new().append(true).create(true).open(calls).unwrap();
            file.write_all(format!("{name}\n").as_bytes()).unwrap();
            Ok::<_, ProviderError>(())
        });
        let outcome: LoginOutcome<()> = login.await.unwrap();
        assert!(outcome.is_logged_in(), "{outcome:?}");
        if n % 3 == 0 {
            let peer = user(&format!("{} {nth} {n}", std::process::id()));
            if let Some(permit) = guard.reserve(&Action::AddFriend { user: ada(), peer }).await.permit() {
                permit.commit().await;
                granted += 1;
            }
        }
    }
    granted
}

/// What a process does that was started for a crowd; nothing in any other.
pub(crate) fn join() {
    let (Ok(url), Ok(dir)) = (std::env::var(URL), std::env::var(DIR).map(PathBuf::from)) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let granted: usize = runtime.block_on(async {
        let guard = guard(&url).await;
        say("ready");
        wait_for_word();
        let tasks: Vec<_> =
            (0..TASKS).map(|nth| tokio::spawn(take_part(guard.clone(), dir.clone(), nth))).collect();
        let mut granted = 0;
        for task in tasks {
            granted += task.await.unwrap();
        }
        granted
    });
    say(&format!("granted {granted}"));
}

fn calls(dir: &Path) -> Vec<String> {
    let mut calls: Vec<_> =
        std::fs::read_to_string(dir.join("calls")).unwrap().lines().map(str::to_owned).collect();
    calls.sort();
    calls
}

#[test]
fn eight_processes_of_eight_tasks_make_one_call_a_user_and_grant_what_there_is() {
    meet(&Postgres::shared().database("crowd"));
}

#[cfg(feature = "redis")]
#[test]
fn the_same_crowd_does_the_same_on_redis() {
    meet(&planguard_servers::Redis::shared().database());
}

/// Has a crowd meet on an empty store.
fn meet(url: &str) {
    let dir = tempfile::tempdir().unwrap();
    let first = block_on(guard(url));
    block_on(first.observe(&Observation::Friends { user: ada(), count: FRIENDS - ROOM }));
    let environment = [(URL, url), (DIR, dir.path().to_str().unwrap())];
    let mut crowd: Vec<_> = (0..PROCESSES).map(|_| Process::start(environment)).collect();
    crowd.iter_mut().for_each(Process::tell);
    let granted: u64 = crowd
        .iter_mut()
        .map(|process| process.hear().strip_prefix("granted ").unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(granted, ROOM, "of {} that were asked for", PROCESSES * TASKS * 2);
    let everybody: Vec<_> = (0..USERS).map(|n| format!("user {n}")).collect();
    assert_eq!(calls(dir.path()), everybody, "one call of the chat SDK for each user");

    let last = block_on(guard(url));
    let report = block_on(last.login_report(last.billing_month())).unwrap();
    let asked = u64::try_from(PROCESSES * TASKS * USERS).unwrap();
    assert_eq!((report.active_users, report.executed, report.uncertain), (USERS as u64, USERS as u64, 0));
    assert_eq!(report.asked(), asked, "every request is in one class");
    let assessed = last.assess(&Action::AddFriend { user: ada(), peer: user("last") });
    assert_eq!(assessed.checks.iter().map(|check| check.evidence.used).max(), Some(FRIENDS));
}

#[test]
fn what_another_process_writes_is_known_without_asking() {
    hear_news(&Postgres::shared().database("news"));
    #[cfg(feature = "redis")]
    hear_news(&planguard_servers::Redis::shared().database());
}

fn hear_news(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (one, other) = (guard(url).await, guard(url).await);
        one.observe(&Observation::Friends { user: ada(), count: FRIENDS }).await;
        let add = Action::AddFriend { user: ada(), peer: user("peer") };
        // It reads its memory and nothing else; the test's own time-out is what ends it where nobody tells.
        while other.check(&add).may_proceed() {
            tokio::task::yield_now().await;
        }
    });
}
