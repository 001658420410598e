//! Memory follows the store row by row: whatever becomes of the file, of the log of changes, and of works that are
//! committed together, it shows what a process reads that opens the store anew.

use std::collections::BTreeMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::channel;

use planguard::client::FetchPolicy;
use planguard::model::{BillingZone, Counter, CounterKey, CounterOp, Pseudonym, Subject, User};
use planguard::store::{MemoryStore, Pass, SqliteStore, Store, StoreError, Work};
use planguard::time::{Clock as _, ManualClock};
use planguard::{Action, CatalogId, EditionId, LimitId, Observation, Planguard, SessionMode};
use support::{DAY, ada, add_friend, builder, clock, local, request, user};

use crate::cases::rig::{Wire, doc, ok, online, plain, reached, used};

type Rows = (BTreeMap<CounterKey, Counter>, BTreeMap<Pseudonym, User>);

fn rows(guard: &Planguard) -> Rows {
    let snapshot = guard.snapshot();
    let counters = snapshot.usage.iter().filter(|(_, counter)| *counter != Counter::default());
    (counters.collect(), snapshot.ledger.iter().collect())
}

async fn server(clock: &ManualClock, store: Arc<dyn Store>) -> Planguard {
    let server = builder(clock).fallback(CatalogId::INTL_2024, EditionId::STANDARD);
    server.session_mode(SessionMode::MultiUser).shared_store(store).open().await.unwrap()
}

fn database(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path).unwrap())
}

#[cfg(unix)]
#[test]
fn a_file_that_took_the_place_of_the_one_that_was_open_is_followed_like_it() {
    local(async {
        for copied in [true, false] {
            let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
            let (path, other) = (folder.path().join("planguard.db"), folder.path().join("other.db"));
            let open = async |path: &Path| {
                plain(&clock, SqliteStore::open(path).unwrap(), EditionId::FREE_TRIAL).await
            };
            open(&path).await.observe(&Observation::Friends { user: ada(), count: 5 }).await;
            if copied {
                std::fs::copy(&path, &other).unwrap();
            } else {
                drop(open(&other).await);
            }
            let guard = open(&path).await;
            for _ in 0..10 {
                guard.record(&add_friend()).await;
            }
            for suffix in ["-wal", "-shm"] {
                std::fs::remove_file(folder.path().join(format!("planguard.db{suffix}"))).unwrap();
            }
            std::fs::rename(&other, &path).unwrap();
            guard.record(&add_friend()).await;
            let (seen, read) =
                (used(&guard, LimitId::FriendsPerUser), used(&open(&path).await, LimitId::FriendsPerUser));
            assert_eq!((seen, read), if copied { (7, 7) } else { (2, 2) });
        }
    });
}

#[test]
fn who_follows_from_before_the_beginning_of_the_log_misses_nothing() {
    local(async {
        for (writes, rows_each) in [(1_u64, 9_000_u64), (260, 40), (2, 8_192), (33, 1)] {
            let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
            let path = folder.path().join("planguard.db");
            let one = server(&clock, database(&path)).await;
            one.record(&add_friend()).await;
            let (day, month) = (BillingZone::default().day(clock.now()), one.billing_month());
            let other = database(&path);
            for write in 0..writes {
                let work = Work::write(move |tx, _| {
                    for row in 0..rows_each {
                        let id = Pseudonym((u128::from(write * 7 + row * 13 + 1) << 64).to_be_bytes());
                        let key = CounterKey {
                            limit: LimitId::FriendsPerUser,
                            subject: Subject::User(id),
                            bucket: 0,
                        };
                        tx.apply(&[CounterOp::Add {
                            key,
                            delta: 1,
                            at: support::at("2024-08-01T00:00:00Z"),
                        }])?;
                        if row % 3 == 0 {
                            tx.count_active(
                                id,
                                day,
                                month,
                                support::at("2024-08-01T00:00:00Z"),
                                Pass::First,
                            )?;
                        }
                    }
                    Ok(())
                });
                other.transact(work).await.unwrap();
            }
            one.record(&add_friend()).await;
            let anew = server(&clock, database(&path)).await;
            assert!(rows(&one) == rows(&anew), "{writes} writes of {rows_each} rows");
        }
    });
}

#[test]
fn of_works_committed_together_one_that_fails_takes_nothing_of_the_others_along() {
    local(async {
        for panics in [false, true] {
            let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
            let path = folder.path().join("planguard.db");
            let store = database(&path);
            let (one, two) =
                (server(&clock, Arc::clone(&store)).await, server(&clock, Arc::clone(&store)).await);
            let (release, released) = channel::<()>();
            let lock = store.transact(Work::write(move |_, _| {
                let _ = released.recv();
                Err(StoreError::Busy)
            }));
            let (mut calls, mut bad) = (Vec::<Pin<Box<dyn Future<Output = ()>>>>::new(), Vec::new());
            for n in 0..40 {
                let guard = if n % 2 == 0 { one.clone() } else { two.clone() };
                let mut call = Box::pin(async move {
                    guard.record(&Action::AddFriend { user: ada(), peer: user(&format!("p{n}")) }).await;
                    reached(&guard, request(&format!("u{}", n % 30))).await;
                });
                assert!(futures::future::poll_immediate(call.as_mut()).await.is_none());
                calls.push(call);
                if n % 7 == 3 {
                    bad.push(store.transact(Work::write(move |tx, _| {
                        tx.set_device_user(Some(Pseudonym([9; 16])))?;
                        if panics { panic!("on purpose") } else { Err(StoreError::DiskFull) }
                    })));
                }
            }
            drop(release);
            lock.await.unwrap_err();
            futures::future::join_all(calls).await;
            for bad in bad {
                bad.await.unwrap_err();
            }
            one.flush().await;
            two.flush().await;
            one.flush().await;
            let anew = server(&clock, database(&path)).await;
            assert_eq!((rows(&one) == rows(&anew), rows(&two) == rows(&anew)), (true, true));
            let report = anew.login_report("2024-08".parse().unwrap()).await.unwrap();
            assert_eq!((report.asked(), report.active_users), (40, 30));
            assert_eq!((used(&anew, LimitId::FreeMau), used(&anew, LimitId::FriendsPerUser)), (30, 80));
            assert_eq!(anew.snapshot().device_user, None);
        }
    });
}

#[test]
fn that_a_clock_was_put_right_reaches_a_process_that_did_not_see_it() {
    local(async {
        let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
        let real = clock.now();
        clock.set(real.minus(38 * DAY));
        let one = online(&clock, memory.clone(), &wire).open().await.unwrap();
        let two = online(&clock, memory, &Wire::default()).open().await.unwrap();
        wire.then(ok(&doc(1, "standard", real), real));
        one.sync(FetchPolicy::Fetch).await.unwrap();
        two.record(&Action::Search).await;
        assert_eq!((one.now(), two.now()), (real, real));
        // Right for a moment, which only the one notices, and then two weeks behind.
        clock.set(real);
        one.record(&Action::Search).await;
        clock.set(real.minus(14 * DAY));
        for guard in [&two, &one, &two] {
            guard.record(&Action::Search).await;
        }
        assert_eq!((one.now(), two.now()), (real, real));
    });
}
