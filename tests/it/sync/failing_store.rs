//! The endpoint while the store fails: documents, times, pauses and usage events that were accepted meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use planguard::client::{Event, FetchPolicy, SyncError, SyncOutcome};
use planguard::store::{Fault, FaultyStore};
use planguard::{Action, GroupType};
use serde_json::Value;
use support::{HOUR, MINUTE, SECOND, ada, now, request};

use super::played::{Played, plan, played};
use super::rig::{Build, Rig, image, stored};
use super::scripted::status;

/// As [`played`], on a store with a switch.
fn switched() -> (Played, Build, FaultyStore) {
    let (endpoint, build) = played();
    let switch = FaultyStore::new(build.store.clone());
    (endpoint, Build { switch: Some(switch.clone()), ..build }, switch)
}

fn outages(rig: &Rig) -> (usize, usize) {
    let told = rig.told();
    let failed = told.iter().filter(|event| matches!(event, Event::StoreFailed { .. })).count();
    let recovered =
        told.iter().filter(|event| matches!(event, Event::StoreRecovered { dropped: 0, .. })).count();
    (failed, recovered)
}

#[tokio::test]
async fn a_document_taken_while_the_store_fails_is_kept_once_it_recovers() {
    for fault in [Fault::DiskFull, Fault::Busy, Fault::Unwritable, Fault::Backend] {
        let (endpoint, build, switch) = switched();
        let rig = build.open().await;
        rig.told();
        switch.fail_next(u64::MAX, fault);
        for revision in 1..=3 {
            endpoint.set(|script| script.document = plan(revision));
            endpoint.pass(&build.clock, MINUTE);
            let outcome = rig.fetch().await.unwrap();
            assert!(matches!(outcome, SyncOutcome::UpdatedTo { .. }), "{fault:?} {outcome:?}");
            assert_eq!((rig.revision(), rig.fresh()), (Some(revision), Some(true)), "{fault:?}");
        }
        assert_eq!(image(&rig.store).document, None, "{fault:?}");
        switch.recover();
        rig.reject(0..1).await;
        assert_eq!(outages(&rig), (1, 1), "{fault:?}");
        assert_eq!((stored(&rig.store).revision, rig.revision()), (3, Some(3)), "{fault:?}");
        assert_eq!(stored(&rig.store).fetched_at, endpoint.now(), "{fault:?}");
        assert_eq!(build.open().await.revision(), Some(3), "{fault:?}");
        assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }), "{fault:?}");
    }
}

#[tokio::test]
async fn a_document_is_taken_though_the_store_hangs_and_kept_once_it_goes_on() {
    let (endpoint, build, switch) = switched();
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    rig.told();
    switch.hang();
    endpoint.set(|script| script.document = plan(2));
    let guard = rig.guard.clone();
    let fetch = tokio::spawn(async move { guard.sync(FetchPolicy::Fetch).await });
    let begun = endpoint.now();
    while !fetch.is_finished() {
        if build.clock.sleepers() > 0 {
            endpoint.pass(&build.clock, SECOND);
        }
        tokio::task::yield_now().await;
    }
    fetch.await.unwrap().unwrap();
    assert!(endpoint.now().since(begun) <= 5 * SECOND, "waited until {}", endpoint.now());
    assert_eq!((rig.revision(), stored(&rig.store).revision), (Some(2), 1));
    switch.recover();
    // What hung is let go of before the next write is asked for.
    tokio::task::yield_now().await;
    rig.reject(0..2).await;
    assert_eq!((rig.revision(), stored(&rig.store).revision), (Some(2), 2));
    assert_eq!(outages(&rig), (1, 1));
    assert_eq!(rig.guard.flush().await.delivered, 2);
}

#[tokio::test]
async fn a_newer_document_of_another_process_survives_the_recovery() {
    let (endpoint, build, switch) = switched();
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    switch.fail_next(u64::MAX, Fault::DiskFull);
    endpoint.set(|script| script.document = plan(3));
    rig.fetch().await.unwrap();
    endpoint.set(|script| script.document = plan(5));
    let other = Build { switch: None, ..build.clone() }.open().await;
    other.fetch().await.unwrap();
    switch.recover();
    rig.reject(0..1).await;
    assert_eq!(stored(&rig.store).revision, 5);
    rig.reject(1..2).await;
    assert_eq!(rig.revision(), Some(5));
    assert_eq!(build.open().await.revision(), Some(5));
}

#[tokio::test]
async fn time_learnt_and_pauses_begun_while_the_store_fails_are_kept() {
    let (endpoint, build, switch) = switched();
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    switch.fail_next(u64::MAX, Fault::Busy);
    endpoint.set(|script| script.off_secs = 3_600);
    rig.fetch().await.unwrap();
    endpoint.set(|script| script.instead = Some(|| status(503)));
    let retry_at = rig.fetch().await.unwrap_err().retry_at().unwrap();
    assert_eq!(rig.guard.now(), endpoint.now().plus(HOUR));
    switch.recover();
    rig.reject(0..1).await;
    let again = build.open().await;
    assert_eq!(again.guard.now(), endpoint.now().plus(HOUR));
    assert_eq!(again.fetch().await.unwrap_err(), SyncError::NotYet { retry_at });
}

/// What usage events an app makes: of logins, refusals and counts, with a delivery in between.
async fn busy_day(rig: &Rig) {
    rig.reject(0..2).await;
    assert!(now(&rig.guard, request("ada"), Ok(1)).await.unwrap().is_logged_in());
    let create = Action::CreateGroup { owner: ada(), kind: GroupType::Work, initial_members: 0 };
    rig.guard.record(&create).await;
    rig.guard.flush().await;
    rig.reject(2..4).await;
    rig.guard.session(ada()).logged_out().await;
    assert!(now(&rig.guard, request("bob"), Ok(1)).await.unwrap().is_logged_in());
    rig.guard.flush().await;
}

/// How often each event was received, by what it says and not by its id.
fn received(endpoint: &Played) -> BTreeMap<String, usize> {
    let mut events = BTreeMap::new();
    endpoint.set(|script| {
        for event in &script.received {
            let said = |member: &str| event["data"].get(member).map(Value::to_string).unwrap_or_default();
            // Pseudonyms differ from install to install.
            let told = format!("{} {} {}", event["type"], said("code"), said("new_mau"));
            *events.entry(told).or_default() += 1;
        }
    });
    events
}

async fn a_day_with(fail: impl Fn(&FaultyStore), restart: bool) -> (BTreeMap<String, usize>, usize) {
    let (endpoint, build, switch) = switched();
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    fail(&switch);
    busy_day(&rig).await;
    switch.recover();
    endpoint.pass(&build.clock, HOUR);
    rig.reject(9..10).await;
    let rig = if restart { build.open().await } else { rig };
    for _ in 0..2 {
        let flushed = rig.guard.flush().await;
        assert_eq!((flushed.waiting, flushed.dropped, flushed.refused, flushed.stopped), (0, 0, 0, None));
    }
    assert_eq!(image(&rig.store).outbox_dropped, 0);
    let bob_and_ada = image(&rig.store).users.iter().filter(|(_, user)| user.active.month.is_some()).count();
    (received(&endpoint), bob_and_ada)
}

#[tokio::test]
async fn a_store_that_fails_anywhere_loses_no_event_and_sends_none_under_two_ids() {
    let good = a_day_with(|_| {}, false).await;
    assert_eq!(good.0.values().sum::<usize>(), 8, "{good:?}");
    for fault in [Fault::DiskFull, Fault::Busy] {
        for restart in [false, true] {
            for after in 0..40 {
                for times in [1, 2, u64::MAX] {
                    let day = a_day_with(|switch| switch.fail_later(after, times, fault), restart).await;
                    assert_eq!(day, good, "{times} failed after {after}, restart: {restart}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_event_whose_receipt_could_not_be_noted_is_sent_again_under_its_id() {
    let (endpoint, build, switch) = switched();
    let rig = build.open().await;
    rig.reject(0..3).await;
    let mut repeated = 0;
    for after in 1..6 {
        switch.fail_later(after, u64::MAX, Fault::DiskFull);
        let flushed = rig.guard.flush().await;
        // The process ends before the store is back: what it knew of the receipt is gone.
        switch.recover();
        repeated += u64::from(flushed.delivered > 0);
        let again = build.open().await;
        again.guard.flush().await;
        rig.reject(3 * i32::try_from(after).unwrap()..3 * i32::try_from(after).unwrap() + 3).await;
    }
    rig.guard.flush().await;
    assert!(repeated > 0);
    endpoint.set(|script| {
        let ids: BTreeSet<_> = script.received.iter().map(|event| event["id"].to_string()).collect();
        assert_eq!((script.received.len(), ids.len()), (18, 18));
        assert!(script.repeated > 0, "sent again, and known by its id");
        let codes: BTreeSet<_> =
            script.received.iter().map(|event| event["data"]["code"].as_i64().unwrap()).collect();
        assert_eq!(codes, (0..18).collect());
    });
}

#[tokio::test]
async fn while_the_store_fails_a_flush_says_so_and_sends_nothing() {
    let (endpoint, build, switch) = switched();
    let rig = build.open().await;
    switch.fail_next(u64::MAX, Fault::DiskFull);
    rig.reject(0..3).await;
    let flushed = rig.guard.flush().await;
    assert!(matches!(flushed.stopped, Some(SyncError::StoreFailed { .. })), "{flushed:?}");
    assert_eq!((flushed.delivered, endpoint.asked()), (0, 0));
    switch.recover();
    endpoint.pass(&build.clock, SECOND);
    assert_eq!(rig.guard.flush().await.delivered, 3);
}
