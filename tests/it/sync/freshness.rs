//! How long a document is fresh, by whose clock, and what each policy makes of it.

use std::time::Duration;

use mockito::Server;
use planguard::ClockJump;
use planguard::client::{Event, FetchPolicy, SyncOutcome};

use super::mocked::{cached, dated, good};
use super::rig::{Build, Rig, document, http_date, image, start};

#[tokio::test]
async fn the_documents_own_freshness_wins_and_no_store_means_none() {
    for (cache_control, own, expected) in [
        ("max-age=600", Some(30), Some(30)),
        ("max-age=600", None, Some(600)),
        ("no-store", None, Some(0)),
        ("no-cache, max-age=600", None, Some(0)),
        ("private", None, None),
    ] {
        let mut server = Server::new_async().await;
        let rig = Rig::at(&server.url()).await;
        let mut body = document(1);
        body["fresh_for_secs"] = own.into();
        cached(&mut server, &rig, 1, cache_control).with_body(body.to_string()).create_async().await;
        rig.fetch().await.unwrap();
        assert_eq!(rig.guard.entitlements().fresh_for, expected, "{cache_control} {own:?}");
        assert!(image(&rig.store).document.is_some(), "kept for a start without network: {cache_control}");
    }
}

#[tokio::test]
async fn the_endpoints_date_corrects_the_clock_and_its_age_counts() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    let ahead = start().plus(Duration::from_secs(7200));
    dated(&mut server, 1, &http_date(ahead)).with_header("age", "40").create_async().await;
    rig.fetch().await.unwrap();
    // It was current when the cache got it; the time is as much later.
    assert_eq!(rig.guard.entitlements().fetched_at, Some(ahead));
    let to = ahead.plus(Duration::from_secs(40));
    assert_eq!(image(&rig.store).time.confirmed_at(), Some(to));
    let jumped = |from, to| Event::ClockJumped(ClockJump { from, to });
    assert_eq!(jumps(&rig), [jumped(start(), to)]);

    // A clock that had run a year ahead is taken back, in the store too.
    let mut server = Server::new_async().await;
    let build = Build::new(&server.url());
    build.clock.advance(Duration::from_secs(365 * 86_400));
    let rig = build.open().await;
    let before = rig.guard.now();
    assert_eq!(image(&rig.store).time.high_water, before);
    dated(&mut server, 1, &http_date(start())).create_async().await;
    rig.fetch().await.unwrap();
    assert_eq!(jumps(&rig), [jumped(before, start())]);
    rig.sync(FetchPolicy::CacheOnly).await.unwrap();
    assert_eq!(jumps(&rig), [], "told once");
    assert_eq!(image(&rig.store).time.high_water, start());
}

fn jumps(rig: &Rig) -> Vec<Event> {
    rig.told().into_iter().filter(|event| matches!(event, Event::ClockJumped(_))).collect()
}

#[tokio::test]
async fn every_policy_does_what_it_says() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    assert!(matches!(rig.sync(FetchPolicy::CacheOnly).await, Ok(SyncOutcome::NoDocument)));
    let mock = good(&mut server, &rig, 1).expect(1).create_async().await;
    assert!(matches!(rig.sync(FetchPolicy::StaleWhileRevalidate).await, Ok(SyncOutcome::UpdatedTo { .. })));
    for policy in [FetchPolicy::CacheOnly, FetchPolicy::FreshOrFetch, FetchPolicy::StaleWhileRevalidate] {
        let outcome = rig.sync(policy).await.unwrap();
        assert!(
            matches!(&outcome, SyncOutcome::FromCache { staleness, revalidate: false, .. } if staleness.fresh),
            "{policy:?} {outcome:?}"
        );
    }
    rig.clock.advance(Duration::from_secs(601));
    for (policy, wants) in [(FetchPolicy::CacheOnly, false), (FetchPolicy::StaleWhileRevalidate, true)] {
        let outcome = rig.sync(policy).await.unwrap();
        assert!(
            matches!(&outcome, SyncOutcome::FromCache { staleness, revalidate, .. }
                if !staleness.fresh && *revalidate == wants),
            "{policy:?} {outcome:?}"
        );
    }
    mock.assert_async().await;
}
