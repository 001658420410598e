//! Logins while the store fails or hangs, and futures that are dropped.

use std::sync::Arc;

use planguard::store::{Fault, FaultyStore};

use super::*;

async fn on(store: &FaultyStore, clock: &ManualClock) -> Planguard {
    Planguard::builder(SdkAppId::new(1_400_000_001).unwrap())
        .clock(clock.clone())
        .shared_store(Arc::new(store.clone()))
        .session_mode(SessionMode::MultiUser)
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .open()
        .await
        .unwrap()
}

#[test]
fn a_hanging_store_costs_a_share_of_the_callers_time() {
    local(async {
        let (clock, store, sdk) = (clock(), FaultyStore::new(MemoryStore::new()), Sdk::default());
        let guard = on(&store, &clock).await;
        store.hang();
        let login = spawn(&guard, of("ada", OpenChat).timeout(SECOND), &sdk);
        let step = Duration::from_millis(50);
        let mut waited = Duration::ZERO;
        while sdk.started() == 0 && waited < 5 * SECOND {
            settle().await;
            clock.advance(step);
            waited += step;
        }
        assert!(waited <= Duration::from_millis(550), "{waited:?}");
        sdk.answer(Ok(1));
        while !login.is_finished() && waited < 5 * SECOND {
            settle().await;
            clock.advance(step);
            waited += step;
        }
        assert!(waited <= SECOND, "{waited:?}");
        assert!(matches!(login.await.unwrap().unwrap(), LoginOutcome::Executed { .. }));
        store.recover();
        settle().await;
        assert_eq!(report_of(&guard, "2024-08").await.active_users, 1);
    });
}

#[test]
fn a_full_disk_loses_neither_a_login_nor_its_count() {
    local(async {
        let (clock, store) = (clock(), FaultyStore::new(MemoryStore::new()));
        let guard = on(&store, &clock).await;
        store.fail_next(u64::MAX, Fault::DiskFull);
        for n in 0..30 {
            assert!(reached(&guard, of(&format!("u{n}"), OpenChat)).await);
        }
        store.recover();
        assert!(reached(&guard, of("u30", OpenChat)).await);
        let report = report_of(&guard, "2024-08").await;
        assert_eq!((report.executed, report.active_users, report.uncertain), (31, 31, 0));
    });
}

#[test]
fn a_fault_at_any_transaction_of_a_login_loses_nothing() {
    local(async {
        for position in 0..12 {
            let (clock, store) = (clock(), FaultyStore::new(MemoryStore::new()));
            let guard = on(&store, &clock).await;
            store.fail_later(position, 1, Fault::Busy);
            assert!(reached(&guard, of("ada", OpenChat)).await, "{position}");
            assert!(reached(&guard, of("bob", OpenChat)).await, "{position}");
            store.recover();
            let report = report_of(&guard, "2024-08").await;
            let found = (report.executed, report.active_users, report.new_active_users, report.uncertain);
            assert_eq!(found, (2, 2, 2, 0), "{position}");
        }
    });
}

#[test]
fn a_login_dropped_at_any_point_leaves_the_next_one_free() {
    local(async {
        for polls in 0..12 {
            let (clock, store) = (clock(), MemoryStore::new());
            let (guard, sdk) = (device(&clock, &store).await, Sdk::default());
            let mut login = Box::pin(guard.login_with(of("ada", OpenChat), || sdk.clone().login()));
            let mut done = false;
            for _ in 0..polls {
                done = done || futures::poll!(&mut login).is_ready();
                settle().await;
                if polls % 2 == 0 {
                    sdk.answer(Ok(1));
                }
            }
            drop(login);
            settle().await;
            clock.advance(5 * SECOND);
            assert!(now(&guard, of("ada", OpenChat), Ok(1)).await.unwrap().is_logged_in(), "{polls}");
            let report = report_of(&guard, "2024-08").await;
            assert_eq!((report.active_users, report.new_active_users), (1, 1), "{polls}");
            assert_eq!(report.asked(), if polls == 0 { 1 } else { 2 }, "{polls} {report:?}");
        }
    });
}

#[test]
fn who_is_logged_in_is_answered_without_a_lock() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        assert!(reached(&guard, of("ada", OpenChat)).await);
        let again = guard.login_with(of("ada", OpenChat), || async { Answer::Ok(1) });
        let outcome = planguard::lock::without_locks(|| futures::FutureExt::now_or_never(again));
        assert_eq!(outcome.unwrap().unwrap(), LoginOutcome::AlreadyLoggedIn);
    });
}

#[test]
fn a_user_is_counted_together_with_the_event_that_tells_of_it() {
    local(async {
        for position in 0..12 {
            let (clock, kept) = (clock(), MemoryStore::new());
            let store = FaultyStore::new(kept.clone());
            let guard = builder(&clock, &kept)
                .shared_store(Arc::new(store.clone()))
                .endpoint("http://127.0.0.1:9")
                .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
                .open()
                .await
                .unwrap();
            // From some transaction on nothing is kept any more: the process is killed.
            store.fail_later(position, u64::MAX, Fault::DiskFull);
            assert!(reached(&guard, of("ada", OpenChat)).await);
            std::mem::forget(guard);
            let found = Arc::new(std::sync::Mutex::new((0, 0)));
            let slot = Arc::clone(&found);
            let month = "2024-08".parse().unwrap();
            let look = Work::read(move |tx| {
                let told =
                    tx.oldest(100)?.iter().filter(|event| event.body.contains("\"new_mau\":1")).count();
                *slot.lock().unwrap() = (tx.month_users(month)?.active, u64::try_from(told).unwrap());
                Ok(())
            });
            kept.transact(look).await.unwrap();
            let (counted, told) = *found.lock().unwrap();
            assert_eq!(counted, told, "{position}");
        }
    });
}
