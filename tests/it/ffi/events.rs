//! Streams and listeners.

use std::sync::Arc;

use planguard::ffi::{Event, Next};
use planguard::{Locale, LoginIntent, Observation};
use support::{SECOND, ada, bob, clock, settle};

use super::hosts::{Does, Ear, Handler, MISBEHAVES, befriend, open};

#[tokio::test]
async fn a_stream_brings_what_happens_and_ends_with_the_guard() {
    let guard = open(&clock()).await;
    let stream = guard.subscribe().unwrap();
    guard.login(ada(), LoginIntent::OpenChat, Handler::that(Does::Works)).await.unwrap();
    let mut heard = Vec::new();
    while let Some(next) = stream.try_next() {
        let Next::Happened { event } = next else { panic!("{next:?}") };
        assert!(!event.explain(Locale::En).is_empty() && !event.explain(Locale::ZhHans).is_empty());
        heard.push(event);
    }
    let executed = heard.iter().find(|event| matches!(event, Event::LoginExecuted { .. })).unwrap();
    assert!(guard.is_about(executed.clone(), ada()).unwrap());
    assert!(!guard.is_about(executed.clone(), bob()).unwrap());
    let waiting = stream.next();
    let ending = async {
        settle().await;
        guard.shutdown();
    };
    assert_eq!(futures::join!(waiting, ending).0, None);
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_stream_that_is_stopped_ends_whoever_waits() {
    let guard = open(&clock()).await;
    let stream = guard.subscribe().unwrap();
    while stream.try_next().is_some() {}
    let stopping = async {
        settle().await;
        stream.stop();
    };
    assert_eq!(futures::join!(stream.next(), stopping).0, None);
    assert!(guard.lifecycle().is_ok());
}

#[tokio::test]
async fn a_listener_that_misbehaves_misses_one_event_only() {
    for does in MISBEHAVES {
        let clock = clock();
        let guard = open(&clock).await;
        let ear = Ear::that(does);
        let listening = tokio::spawn({
            let (guard, ear) = (Arc::clone(&guard), Arc::clone(&ear));
            async move { guard.on_event(ear).await }
        });
        settle().await;
        guard.observe(Observation::Friends { user: ada(), count: 2_400 }).await.unwrap();
        guard.record(befriend()).await.unwrap();
        settle().await;
        *ear.does.lock().unwrap() = Does::Works;
        clock.advance(10 * SECOND);
        settle().await;
        guard.login(bob(), LoginIntent::OpenChat, Handler::that(Does::Works)).await.unwrap();
        settle().await;
        let words = ear.words();
        assert!(words.iter().any(|word| word == "login_executed"), "{does:?}: {words:?}");
        guard.shutdown();
        listening.await.unwrap().unwrap();
    }
}
