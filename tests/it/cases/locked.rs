//! A database that another process has locked, and futures given up midway.

use std::path::Path;
use std::pin::pin;

use planguard::client::Committed;
use planguard::store::{SqliteStore, Store, StoreError, Work};
use planguard::time::{Clock as _, ManualClock, SystemClock};
use planguard::{Action, EditionId, LimitId, Observation, Planguard};
use support::{MINUTE, SECOND, ada, add_friend, clock, local, request, settle, user};

use crate::cases::rig::{figures, plain, reached, used};

/// Another connection that holds the database's write lock until this is dropped.
struct Lock {
    release: Option<std::sync::mpsc::Sender<()>>,
    _store: SqliteStore,
}

impl Lock {
    fn take(path: &Path) -> Self {
        let store = SqliteStore::open(path).unwrap();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (locked, is_locked) = std::sync::mpsc::channel();
        drop(store.transact(Work::write(move |_, _| {
            locked.send(()).unwrap();
            let _ = released.recv();
            Err(StoreError::Busy)
        })));
        is_locked.recv().unwrap();
        Self { release: Some(release), _store: store }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before the store, which waits for its works.
        self.release = None;
    }
}

/// Polls `future` so often, letting time pass in between, then gives it up; says whether it had ended.
async fn given_up<F: Future>(clock: &ManualClock, polls: usize, future: F) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        if futures::future::poll_immediate(future.as_mut()).await.is_some() {
            return true;
        }
        settle().await;
        clock.advance(SECOND / 2);
    }
    false
}

/// Waits for `future` while time passes, at most so many seconds of it.
async fn within<F: Future>(clock: &ManualClock, seconds: u32, future: F) -> F::Output {
    let (begun, mut future) = (clock.now(), pin!(future));
    // A watchdog, which never runs out in a good build.
    let begun_for_real = SystemClock.elapsed();
    loop {
        if let Some(output) = futures::future::poll_immediate(future.as_mut()).await {
            return output;
        }
        settle().await;
        if clock.now().since(begun) < seconds * SECOND {
            clock.advance(SECOND / 10);
        } else {
            // What the database has begun is carried through; that takes as long as its thread takes, and no time passes.
            std::thread::yield_now();
            assert!(SystemClock.elapsed().since(begun_for_real) < 2 * MINUTE, "it goes on after {seconds} s");
        }
    }
}

/// Waits until the database has taken everything.
async fn recovered(guard: &Planguard) {
    while figures(guard, "2024-08").await.is_err() {
        settle().await;
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_futures_are_given_up_on_a_locked_database() {
    local(async {
        for polls in [0, 1, 2, 4, 5, 8, 12] {
            let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
            let path = dir.path().join("planguard.db");
            let open =
                || async { plain(&clock, SqliteStore::open(&path).unwrap(), EditionId::FREE_TRIAL).await };
            let guard = open().await;
            guard.observe(&Observation::Friends { user: ada(), count: 5 }).await;
            let permits = [guard.reserve(&add_friend()).await, guard.reserve(&add_friend()).await];
            let [first, second] = permits.map(|held| held.permit().unwrap());
            let lock = Lock::take(&path);
            let _ = given_up(&clock, polls, first.commit()).await;
            let recorded = given_up(&clock, polls, guard.record(&Action::RegisterUser)).await;
            let ada_in = given_up(&clock, polls, reached(&guard, request("ada").timeout(4 * SECOND))).await;
            // Later calls end in time.
            within(&clock, 3, second.commit()).await;
            within(&clock, 3, guard.record(&Action::RegisterUser)).await;
            let bob_in = within(&clock, 5, reached(&guard, request("bob").timeout(4 * SECOND))).await;
            assert!(bob_in, "after {polls} polls");
            drop(lock);
            recovered(&guard).await;
            let of_month = figures(&guard, "2024-08").await.unwrap();
            drop(guard);
            let guard = open().await;
            // A commit counts from its call on.
            assert_eq!(used(&guard, LimitId::FriendsPerUser), 9, "after {polls} polls");
            let users = used(&guard, LimitId::MaxUsers);
            assert!((1 + u64::from(recorded)..=2).contains(&users), "after {polls} polls: {users}");
            assert_eq!(figures(&guard, "2024-08").await.unwrap(), of_month);
            let [uncertain, active, _] = of_month;
            assert!(
                (1 + u64::from(ada_in)..=2).contains(&(active + uncertain)),
                "after {polls}: {of_month:?}"
            );
        }
    });
}

#[test]
fn a_reservation_given_up_on_a_database_gives_its_room_back_in_time() {
    local(async {
        for locked in [false, true] {
            for polls in [0, 1, 2, 5, 12] {
                let (clock, dir) = (clock(), tempfile::tempdir().unwrap());
                let path = dir.path().join("planguard.db");
                let open = || async {
                    plain(&clock, SqliteStore::open(&path).unwrap(), EditionId::FREE_TRIAL).await
                };
                let (one, two) = (open().await, open().await);
                one.observe(&Observation::Friends { user: ada(), count: 19 }).await;
                let lock = locked.then(|| Lock::take(&path));
                let begun = clock.now();
                let _ = given_up(&clock, polls, one.reserve(&add_friend())).await;
                drop(lock);
                recovered(&one).await;
                clock.advance(MINUTE + SECOND);
                assert!(clock.now().since(begun) < 2 * MINUTE);
                let next = Action::AddFriend { user: ada(), peer: user("cy") };
                for guard in [&two, &one] {
                    let room = guard.reserve(&next).await.permit();
                    assert!(room.is_some(), "locked {locked}, after {polls} polls");
                    drop(room);
                    // The other process sees the room once the database has it.
                    recovered(guard).await;
                }
                assert_eq!(one.reserve(&next).await.permit().unwrap().commit().await, Committed::InTime);
                assert!(two.reserve(&next).await.permit().is_none(), "oversold");
            }
        }
    });
}

#[tokio::test]
async fn who_opens_waits_for_a_locked_store_as_long_as_opening_may_take() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("planguard.db");
    let store = std::sync::Arc::new(SqliteStore::open(&path).unwrap());
    let lock = Lock::take(&path);
    let (clock, began) = (clock(), SystemClock.elapsed());
    let mut opening = pin!(support::builder(&clock).shared_store(store).open());
    // Longer than any other work waits for another process.
    while SystemClock.elapsed().since(began) < 2 * SECOND + SECOND / 4 {
        let given_up = futures::future::poll_immediate(opening.as_mut()).await;
        assert!(given_up.is_none(), "after {:?}", SystemClock.elapsed().since(began));
        tokio::task::yield_now().await;
    }
    drop(lock);
    assert!(opening.await.is_ok());
}
