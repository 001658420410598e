//! A store that the host keeps.

use std::sync::Arc;

use planguard::LoginIntent;
use planguard::ffi::{Event, LoginOutcome, Next, Planguard};
use planguard::time::ManualClock;
use support::{MINUTE, SECOND, ada, clock, settle};

use super::hosts::{Does, Handler, MISBEHAVES, Shelf, befriend, builder, friends, options};

async fn open(clock: &ManualClock, shelf: &Shelf) -> Arc<Planguard> {
    let builder = builder(options(), clock);
    builder.store(Arc::new(shelf.clone()));
    builder.open().await.unwrap()
}

#[tokio::test]
async fn what_a_guard_counted_is_there_after_a_restart() {
    let (clock, shelf) = (clock(), Shelf::default());
    let guard = open(&clock, &shelf).await;
    guard.record(befriend()).await.unwrap();
    let guest = guard.stable_guest_id().unwrap();
    guard.login(ada(), LoginIntent::OpenChat, Handler::that(Does::Works)).await.unwrap();
    guard.shutdown();
    assert!(shelf.version() > 0);
    let again = open(&clock, &shelf).await;
    assert_eq!((friends(&again), again.stable_guest_id().unwrap()), ((1, 0), guest));
    let woken = again.login(ada(), LoginIntent::PushWake, Handler::that(Does::Works)).await.unwrap();
    let LoginOutcome::Executed { mau } = woken else { panic!("{woken:?}") };
    assert!(!mau.new_in_month);
}

#[tokio::test]
async fn two_guards_share_one_store() {
    let (clock, shelf) = (clock(), Shelf::default());
    let (app, extension) = (open(&clock, &shelf).await, open(&clock, &shelf).await);
    for _ in 0..5 {
        app.record(befriend()).await.unwrap();
        extension.record(befriend()).await.unwrap();
    }
    assert_eq!(friends(&extension), (10, 0));
    app.record(befriend()).await.unwrap();
    assert_eq!(friends(&app), (11, 0));
}

#[tokio::test]
async fn a_store_that_misbehaves_stops_nothing_and_catches_up() {
    for does in MISBEHAVES {
        let (clock, shelf) = (clock(), Shelf::default());
        let guard = open(&clock, &shelf).await;
        let stream = guard.subscribe().unwrap();
        guard.record(befriend()).await.unwrap();
        shelf.does(does);
        let turning = async {
            for _ in 0..30 {
                settle().await;
                clock.advance(SECOND);
            }
        };
        let (recorded, ()) = futures::join!(guard.record(befriend()), turning);
        recorded.unwrap();
        assert_eq!(friends(&guard), (2, 0), "{does:?}: counted in memory");
        shelf.does(Does::Works);
        for _ in 0..10 {
            clock.advance(MINUTE);
            guard.record(befriend()).await.unwrap();
            settle().await;
        }
        let mut heard = Vec::new();
        while let Some(Next::Happened { event }) = stream.try_next() {
            heard.push(event);
        }
        assert!(heard.iter().any(|event| matches!(event, Event::StoreFailed { .. })), "{does:?}: {heard:?}");
        assert!(
            heard.iter().any(|event| matches!(event, Event::StoreRecovered { .. })),
            "{does:?}: {heard:?}"
        );
        guard.shutdown();
        assert_eq!(friends(&*open(&clock, &shelf).await), (12, 0), "{does:?}: nothing was lost");
    }
}
