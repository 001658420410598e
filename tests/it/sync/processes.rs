//! Two processes on one store: what one of them fetched and learnt, the other follows without asking.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use planguard::client::{Event, FetchPolicy, SyncOutcome};
use planguard::{
    Action, ClockJump, GroupType, LimitId, Max, Observation, Planguard, RejectionContext, Timestamp,
};
use support::{HOUR, MINUTE, SECOND, ada, add_friend, builder, error, now, request};

use super::played::{DAY, Played, plan, played};
use super::rig::{Build, Rig, start};

fn create() -> Action {
    Action::CreateGroup { owner: ada(), kind: GroupType::Work, initial_members: 0 }
}

const WRITES: [&str; 9] = [
    "reserve",
    "record",
    "record_once",
    "observe",
    "report_rejection",
    "login",
    "failed login",
    "flush",
    "known_active",
];

/// A write of that kind.
async fn write(guard: &Planguard, kind: &str) {
    match kind {
        "reserve" => drop(guard.reserve(&create()).await),
        "record" => guard.record(&create()).await,
        "record_once" => assert!(guard.record_once("notice 7", &add_friend()).await),
        "observe" => guard.observe(&Observation::Friends { user: ada(), count: 3 }).await,
        "report_rejection" => {
            guard.report_rejection(10_037, "", &RejectionContext::default()).await;
        }
        "login" => {
            assert!(now(guard, request("ada"), Ok(1)).await.unwrap().is_logged_in());
        }
        "failed login" => {
            now(guard, request("bob"), Err(error(6_026))).await.unwrap_err();
        }
        "flush" => drop(guard.flush().await),
        "known_active" => guard.known_active(&ada()).await,
        other => unreachable!("{other}"),
    }
}

fn groups_per_user(guard: &Planguard) -> (Option<u64>, Option<Max>) {
    let held = guard.entitlements();
    let document = held.document.as_ref();
    (
        document.map(|document| document.revision),
        document.and_then(|document| document.limits.get(&LimitId::GroupsPerUser).copied()),
    )
}

#[tokio::test]
async fn any_write_follows_the_document_another_process_fetched() {
    for kind in WRITES {
        let (endpoint, build) = played();
        let first = build.open().await;
        let second = build.open().await;
        first.fetch().await.unwrap();
        write(&second.guard, kind).await;
        assert_eq!(groups_per_user(&second.guard), (Some(1), Some(Max::Of(1))), "{kind}");

        endpoint.pass(&build.clock, HOUR);
        endpoint.set(|script| script.document = plan(2));
        first.fetch().await.unwrap();
        let asked = endpoint.asked();
        second.told();
        let third = build.open().await;
        for guard in [&second, &third] {
            // Once more the same would write nothing.
            let kind = match kind {
                "login" | "record_once" => "record",
                "failed login" => "login",
                other => other,
            };
            write(&guard.guard, kind).await;
            assert_eq!(groups_per_user(&guard.guard), (Some(2), Some(Max::Of(2))), "{kind}");
            assert_eq!(guard.guard.entitlements().fetched_at, Some(endpoint.now()), "{kind}");
            assert_eq!(guard.fresh(), Some(true), "{kind}");
        }
        let told = second.told();
        assert!(
            told.iter().any(|event| matches!(event, Event::EntitlementsChanged { revision: Some(2), .. })),
            "{kind}"
        );
        if kind != "flush" {
            assert_eq!(endpoint.asked(), asked, "{kind}: nobody asked");
        }
        // And the cache that a sync answers from is the same.
        let outcome = second.sync(FetchPolicy::CacheOnly).await.unwrap();
        assert!(
            matches!(&outcome, SyncOutcome::FromCache { document, .. } if document.revision == 2),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_process_without_an_endpoint_follows_the_one_that_has_it() {
    let (endpoint, build) = played();
    let first = build.open().await;
    let extension = builder(&build.clock).store(build.store.clone()).open().await.unwrap();
    for revision in 1..=3 {
        endpoint.pass(&build.clock, MINUTE);
        endpoint.set(|script| script.document = plan(revision));
        first.fetch().await.unwrap();
        extension.record(&create()).await;
        assert_eq!(groups_per_user(&extension), (Some(revision), Some(Max::Of(revision))));
    }
}

#[tokio::test]
async fn a_confirmation_of_another_process_makes_the_copy_fresh_here() {
    let (endpoint, build) = played();
    let (first, second) = (build.open().await, build.open().await);
    first.fetch().await.unwrap();
    write(&second.guard, "record").await;
    endpoint.pass(&build.clock, 2 * HOUR);
    assert_eq!(second.fresh(), Some(false));
    assert!(matches!(first.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
    write(&second.guard, "record").await;
    assert_eq!(second.fresh(), Some(true));
}

#[tokio::test]
async fn an_older_document_of_another_process_replaces_nothing() {
    let (endpoint, build) = played();
    let (first, second) = (build.open().await, build.open().await);
    endpoint.set(|script| script.document = plan(5));
    first.fetch().await.unwrap();
    // The second process knows nothing yet, and a replica serves it an old document.
    endpoint.set(|script| script.document = plan(3));
    let outcome = second.fetch().await.unwrap();
    assert_eq!(outcome.document().unwrap().revision, 5);
    for rig in [&first, &second, &build.open().await] {
        write(&rig.guard, "record").await;
        assert_eq!(rig.revision(), Some(5));
    }
}

fn jumps(rig: &Rig) -> Vec<(Timestamp, Timestamp)> {
    let jump =
        |event| if let Event::ClockJumped(ClockJump { from, to }) = event { Some((from, to)) } else { None };
    rig.told().into_iter().filter_map(jump).collect()
}

/// Two processes of which the first was misled by ten years, and the second followed.
async fn both_misled() -> (Played, Build, Rig, Rig) {
    let (endpoint, build) = played();
    let (first, second) = (build.open().await, build.open().await);
    first.fetch().await.unwrap();
    endpoint.set(|script| script.off_secs = 315_360_000);
    first.fetch().await.unwrap();
    first.fetch().await.unwrap();
    write(&second.guard, "record").await;
    write(&second.guard, "record").await;
    assert!(second.guard.now() > start().plus(3_000 * DAY));
    assert_eq!(jumps(&second).len(), 1);
    (endpoint, build, first, second)
}

#[tokio::test]
async fn a_correction_that_another_process_learnt_is_followed_and_told_once() {
    let (endpoint, build, first, second) = both_misled().await;
    endpoint.mended();
    first.fetch().await.unwrap();
    endpoint.pass(&build.clock, SECOND);
    first.fetch().await.unwrap();
    for _ in 0..3 {
        write(&second.guard, "record").await;
    }
    assert!(endpoint.error_of(&second) <= 2 * SECOND, "{}", second.guard.now());
    assert_eq!(jumps(&second).len(), 1, "told once");
    assert_eq!(second.guard.lifecycle(), planguard::Lifecycle::Active);
    // It brings no false time back to the first.
    write(&first.guard, "record").await;
    assert!(endpoint.error_of(&first) <= 2 * SECOND, "{}", first.guard.now());
}

#[tokio::test]
async fn a_pause_of_one_process_does_not_keep_out_the_others_document() {
    let (endpoint, build) = played();
    let (first, second) = (build.open().await, build.open().await);
    endpoint.set(|script| script.instead = Some(|| super::scripted::status(503)));
    second.fetch().await.unwrap_err();
    endpoint.mended();
    first.fetch().await.unwrap();
    write(&second.guard, "record").await;
    assert_eq!(second.revision(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_threads_that_follow_at_once_end_at_the_newest_document() {
    let (endpoint, build) = played();
    let (first, second) = (build.open().await, build.open().await);
    for round in 1..=10 {
        let done = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..6)
            .map(|_| {
                let (guard, over) = (second.guard.clone(), Arc::clone(&done));
                tokio::spawn(async move {
                    while !over.load(Ordering::SeqCst) {
                        guard.record(&create()).await;
                    }
                })
            })
            .collect();
        for revision in 20 * round..20 * round + 20 {
            endpoint.set(|script| script.document = plan(revision));
            first.fetch().await.unwrap();
        }
        done.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.unwrap();
        }
        second.guard.record(&create()).await;
        assert_eq!(second.revision(), Some(20 * round + 19));
    }
}
