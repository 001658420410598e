//! Single flight: however callers of one user overlap, in one process or two, one login is under way at a time, and one
//! that succeeds is enough.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use planguard::login::{LoginOutcome, LoginPolicy, ProviderError};
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{CatalogId, EditionId, LoginIntent, Planguard};
use shuttle::future::{spawn, yield_now};

use crate::world::{Threaded, builder, clock, orders, user};

/// The chat SDK: how many logins reached it, and how many are under way.
#[derive(Clone, Default)]
struct Sdk {
    started: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
}

impl Sdk {
    async fn login(self) -> Result<(), ProviderError> {
        struct Ended(Arc<AtomicUsize>);
        impl Drop for Ended {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.started.fetch_add(1, Ordering::SeqCst);
        assert_eq!(self.running.fetch_add(1, Ordering::SeqCst), 0, "two logins of one user at once");
        let _ended = Ended(self.running);
        for _ in 0..3 {
            yield_now().await;
        }
        Ok(())
    }
}

async fn open(clock: &ManualClock, store: &MemoryStore) -> Planguard {
    const LONG: Duration = Duration::from_secs(3_600);
    // However long one is held up, its right to log in does not lapse, and its answer stays one.
    let policy = LoginPolicy { lease_ttl: LONG, debounce: LONG, ..LoginPolicy::default() };
    builder(clock)
        .logins(policy)
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .store(Threaded::over(store.clone()))
        .open()
        .await
        .unwrap()
}

async fn login(guard: Planguard, sdk: Sdk) -> bool {
    let outcome: Result<LoginOutcome<()>, _> =
        guard.login(user("ada"), LoginIntent::OpenChat, || sdk.login()).await;
    outcome.unwrap().is_logged_in()
}

/// Time goes on for those who wait for another process; so slowly that nobody takes the store for one that hangs.
async fn tick(clock: ManualClock, done: Arc<AtomicUsize>, of: usize) {
    while done.load(Ordering::SeqCst) < of {
        yield_now().await;
        clock.advance(Duration::from_millis(5));
    }
}

#[test]
fn callers_of_one_process_make_one_login() {
    orders(|| async {
        let (clock, sdk) = (clock(), Sdk::default());
        let guard = open(&clock, &MemoryStore::new()).await;
        let callers: Vec<_> = (0..3).map(|_| spawn(login(guard.clone(), sdk.clone()))).collect();
        for caller in callers {
            assert!(caller.await.unwrap());
        }
        assert_eq!(sdk.started.load(Ordering::SeqCst), 1);
        let report = guard.login_report(guard.billing_month()).await.unwrap();
        assert_eq!((report.active_users, report.uncertain, report.asked()), (1, 0, 3));
    });
}

#[test]
fn a_caller_that_goes_away_is_followed_by_one_other() {
    orders(|| async {
        let (clock, sdk) = (clock(), Sdk::default());
        let guard = open(&clock, &MemoryStore::new()).await;
        let leaving = spawn(login(guard.clone(), sdk.clone()));
        let callers: Vec<_> = (0..2).map(|_| spawn(login(guard.clone(), sdk.clone()))).collect();
        yield_now().await;
        leaving.abort();
        for caller in callers {
            assert!(caller.await.unwrap());
        }
        assert!(sdk.started.load(Ordering::SeqCst) <= 2);
        let report = guard.login_report(guard.billing_month()).await.unwrap();
        assert_eq!((report.active_users, report.uncertain), (1, 0));
    });
}

#[test]
fn two_processes_make_one_login() {
    orders(|| async {
        let (clock, sdk, store) = (clock(), Sdk::default(), MemoryStore::new());
        let done = Arc::new(AtomicUsize::new(0));
        let ticking = spawn(tick(clock.clone(), Arc::clone(&done), 2));
        let mut callers = Vec::new();
        // Both are there before either logs in: a process that comes later has no session, and logs in itself.
        for guard in [open(&clock, &store).await, open(&clock, &store).await] {
            let (sdk, done) = (sdk.clone(), Arc::clone(&done));
            callers.push(spawn(async move {
                let logged_in = login(guard, sdk).await;
                done.fetch_add(1, Ordering::SeqCst);
                logged_in
            }));
        }
        for caller in callers {
            assert!(caller.await.unwrap());
        }
        ticking.await.unwrap();
        assert_eq!(sdk.started.load(Ordering::SeqCst), 1);
    });
}
