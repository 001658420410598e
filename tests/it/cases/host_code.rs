//! The app's own code, called by the guard: a credential that never comes, a listener that does not return.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use futures::executor::block_on;
use planguard::client::{Event, FetchPolicy, SyncError};
use planguard::net::{Credential, CredentialError, CredentialProvider};
use planguard::port::BoxFuture;
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::{Clock as _, ManualClock};
use planguard::{Action, CatalogId, EditionId, Observation, SessionMode};
use support::{MINUTE, SECOND, ada, add_friend, builder, clock, local, request, settle, strict};

use crate::cases::rig::{Wire, doc, ok, online, reached};

/// A provider that gives no answer for as long as it hangs.
#[derive(Clone, Default)]
struct Silent(Arc<AtomicBool>);

impl CredentialProvider for Silent {
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        if self.0.load(Ordering::SeqCst) {
            return Box::pin(std::future::pending());
        }
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// What `future` gives, and how long it took.
async fn timed<F: Future>(clock: &ManualClock, future: F) -> (F::Output, Duration) {
    let (begun, mut future) = (clock.now(), pin!(future));
    loop {
        if let Some(output) = futures::future::poll_immediate(future.as_mut()).await {
            return (output, clock.now().since(begun));
        }
        settle().await;
        clock.advance(SECOND / 4);
        assert!(clock.now().since(begun) < 5 * MINUTE, "it does not end");
    }
}

#[test]
fn a_credential_that_never_comes_holds_neither_a_sync_nor_a_flush() {
    local(async {
        let (clock, wire, silent) = (clock(), Wire::default(), Silent::default());
        let guard =
            online(&clock, MemoryStore::new(), &wire).credentials(silent.clone()).open().await.unwrap();
        wire.then(ok(&doc(1, "standard", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert!(reached(&guard, request("ada")).await);
        silent.0.store(true, Ordering::SeqCst);
        let no_credential = |error: &SyncError| matches!(error, SyncError::CredentialUnavailable { .. });
        for _ in 0..2 {
            let together =
                async { futures::join!(guard.sync(FetchPolicy::Fetch), guard.sync(FetchPolicy::Fetch)) };
            let ((one, two), waited) = timed(&clock, together).await;
            assert!(waited <= 11 * SECOND, "{waited:?}");
            assert!(no_credential(&one.unwrap_err()) && no_credential(&two.unwrap_err()));
            let (flushed, waited) = timed(&clock, guard.flush()).await;
            assert!(waited <= 11 * SECOND, "{waited:?}");
            assert!(flushed.stopped.as_ref().is_some_and(no_credential), "{flushed:?}");
            assert_eq!((flushed.waiting, wire.posted()), (1, 0));
            let (login, waited) = timed(&clock, reached(&guard, request("ada"))).await;
            assert!(!login && waited == Duration::ZERO);
        }
        // Given up while it waits: the next one waits no longer for it.
        for _ in 0..2 {
            assert!(futures::future::poll_immediate(pin!(guard.sync(FetchPolicy::Fetch))).await.is_none());
            assert!(futures::future::poll_immediate(pin!(guard.flush())).await.is_none());
        }
        silent.0.store(false, Ordering::SeqCst);
        let (flushed, waited) = timed(&clock, guard.flush()).await;
        assert_eq!((flushed.delivered, flushed.waiting, waited), (1, 0, Duration::ZERO));
        wire.then(ok(&doc(2, "premium", clock.now()), clock.now()));
        let (synced, waited) = timed(&clock, guard.sync(FetchPolicy::Fetch)).await;
        assert!(synced.is_ok() && waited == Duration::ZERO, "{synced:?}");
    });
}

#[test]
fn a_listener_that_does_not_return_holds_no_other_caller() {
    let kinds: [fn(&Event) -> bool; 6] = [
        |event| matches!(event, Event::ActiveUserCounted { .. }),
        |event| matches!(event, Event::LoginExecuted { .. }),
        |event| matches!(event, Event::StoreFailed { .. }),
        |event| matches!(event, Event::StoreRecovered { .. }),
        |event| matches!(event, Event::LimitDenied { .. }),
        |event| matches!(event, Event::ClockJumped(_)),
    ];
    for (number, kind) in kinds.into_iter().enumerate() {
        let (clock, store) = (clock(), FaultyStore::new(MemoryStore::new()));
        let opening = builder(&clock)
            .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
            .decisions(strict())
            .session_mode(SessionMode::MultiUser)
            .store(store.clone())
            .open();
        let guard = block_on(opening).unwrap();
        block_on(guard.observe(&Observation::Friends { user: ada(), count: 20 }));
        let (entered, is_entered) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let (first, released) = (AtomicBool::new(true), Mutex::new(released));
        guard.on_event(move |event| {
            if kind(event) && first.swap(false, Ordering::SeqCst) {
                entered.send(()).unwrap();
                let _ = released.lock().unwrap().recv();
            }
        });
        let (one, two, wall) = (guard.clone(), guard.clone(), clock.clone());
        let blocked = std::thread::spawn(move || {
            block_on(async {
                assert!(reached(&one, request("ada")).await);
                assert!(one.reserve(&add_friend()).await.permit().is_none());
                store.fail_next(u64::MAX, Fault::Busy);
                one.record(&Action::RegisterUser).await;
                store.recover();
                one.record(&Action::RegisterUser).await;
                wall.set(wall.now().minus(10 * MINUTE));
                one.record(&Action::RegisterUser).await;
            });
        });
        is_entered
            .recv_timeout(Duration::from_secs(20))
            .unwrap_or_else(|_| panic!("kind {number} is not told"));
        let (done, is_done) = mpsc::channel();
        let other = std::thread::spawn(move || {
            block_on(async {
                assert!(reached(&two, request("bob")).await);
                two.record(&Action::RegisterUser).await;
                let _ = two.reserve(&add_friend()).await.permit();
                let _ = two.login_report("2024-08".parse().unwrap()).await;
                let _ = two.flush().await;
                let _ = two.check(&add_friend());
                // The user whose own event it is, too.
                let _ = reached(&two, request("ada")).await;
            });
            done.send(()).unwrap();
        });
        let ended = is_done.recv_timeout(Duration::from_secs(20));
        drop(release);
        blocked.join().unwrap();
        other.join().unwrap();
        assert!(ended.is_ok(), "kind {number} held another caller");
    }
}
