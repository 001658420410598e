//! Servers and processes that are killed, stopped and started again in the middle.

use std::sync::Arc;
use std::time::Duration;

use planguard::store::{PostgresOptions, Store, StoreError, WhenLost};
use planguard::time::{Clock as _, SystemClock};
use planguard::{Action, CatalogId, EditionId, Observation, Planguard, VerdictReason};
use planguard_servers::Postgres;
use support::{Process, ada, app, request, say, strict, user, wait_for_word};

use crate::tools::{add, connect, open, reserve, used};

const URL: &str = "PLANGUARD_TEST_FLEET_COUNT";

/// What a process does that was started to count: it says what was acknowledged.
pub(crate) fn count_until_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = open(&url);
    say("ready");
    wait_for_word();
    loop {
        add(&*store).unwrap();
        say("one");
    }
}

#[test]
fn a_process_that_is_killed_loses_nothing_acknowledged() {
    let url = Postgres::shared().database("killed");
    let store = open(&url);
    let mut acknowledged = 0;
    for round in 0..5 {
        let mut process = Process::start([(URL, &url)]);
        process.tell();
        for _ in 0..20 + round {
            assert_eq!(process.hear(), "one");
            acknowledged += 1;
        }
        process.kill();
        // What it said last may lie in the pipe still.
        while process.hear_or_end().is_some() {
            acknowledged += 1;
        }
        // Its transaction ends with it, so the store is free again; one more may be committed than was told.
        let counted = used(&*store).unwrap();
        assert!((acknowledged..=acknowledged + 1).contains(&counted), "{counted} of {acknowledged}");
        acknowledged = counted;
    }
    assert_eq!(add(&*store).unwrap(), acknowledged + 1);
}

#[test]
fn a_server_that_is_killed_loses_nothing_acknowledged_and_counts_nothing_twice() {
    let server = Postgres::start();
    let url = server.database("killed");
    let store = connect(&url, PostgresOptions::new().deadline(Duration::from_millis(300))).unwrap();
    let (mut at_least, mut at_most) = (0, 0);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let server = &server;
        scope.spawn(move || {
            for _ in 0..3 {
                told.recv().unwrap();
                server.kill();
                server.restart();
            }
        });
        let mut kills = 0;
        while kills < 3 || at_least < 300 {
            if at_least >= 60 * (kills + 1) && kills < 3 {
                kills += 1;
                tell.send(()).unwrap();
            }
            at_most += 1;
            match add(&store) {
                Ok(_) => at_least += 1,
                Err(StoreError::Unreachable { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    });
    let counted = loop {
        // Until the server is there again.
        if let Ok(counted) = used(&store) {
            break counted;
        }
    };
    assert!((at_least..=at_most).contains(&counted), "{at_least} to {at_most}: {counted}");
    assert_eq!(used(&*open(&url)).unwrap(), counted);
}

#[test]
fn a_server_that_hangs_is_waited_for_no_longer_than_the_deadline() {
    let server = Postgres::start();
    let deadline = Duration::from_millis(400);
    let store = connect(&server.url(), PostgresOptions::new().deadline(deadline)).unwrap();
    add(&store).unwrap();
    server.freeze();
    let started = SystemClock.elapsed();
    let refused = add(&store).unwrap_err();
    let waited = SystemClock.elapsed().since(started);
    assert!(matches!(refused, StoreError::Unreachable { .. }), "{refused}");
    assert!(waited < deadline * 10, "{waited:?}");
    server.thaw();
    let counted = loop {
        if let Ok(counted) = add(&store) {
            break counted;
        }
    };
    assert!((2..=3).contains(&counted), "what was under way happened once or not at all: {counted}");
    assert_eq!(used(&store).unwrap(), counted);
}

/// A guard of one of eight processes.
async fn guard(store: Arc<dyn Store>) -> Planguard {
    Planguard::builder(app())
        .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
        .decisions(strict())
        .shared_store(store)
        .open()
        .await
        .unwrap()
}

fn befriend(n: u32) -> Action {
    Action::AddFriend { user: ada(), peer: user(&format!("peer {n}")) }
}

/// How many of forty are granted while the server is gone, with sixteen free; and what the last refusal says.
fn granted_alone(policy: WhenLost) -> (usize, VerdictReason) {
    let server = Postgres::start();
    let options = PostgresOptions::new().deadline(Duration::from_millis(200)).when_lost(policy);
    let store = Arc::new(connect(&server.url(), options).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let guard = guard(store).await;
        guard.observe(&Observation::Friends { user: ada(), count: 4 }).await;
        server.kill();
        let (mut granted, mut last) = (0, None);
        for n in 0..40 {
            match guard.reserve(&befriend(n)).await {
                planguard::Reservation::Held(permit) => {
                    permit.commit().await;
                    granted += 1;
                }
                planguard::Reservation::Denied(why) => last = Some(why.reason),
            }
        }
        // Nobody is kept out of the chat.
        let login =
            guard.login_with(request("bea"), || async { Ok::<_, planguard::login::ProviderError>(()) });
        assert!(login.await.unwrap().is_logged_in());
        server.restart();
        while guard.login_report(guard.billing_month()).await.is_err() {
            tokio::task::yield_now().await;
        }
        (granted, last.unwrap())
    })
}

#[test]
fn a_lost_server_grants_what_the_policy_says() {
    assert_eq!(granted_alone(WhenLost::Deny), (0, VerdictReason::StoreLost));
    let eighth = WhenLost::AllowWithinShare { numerator: 1, denominator: 8 };
    assert_eq!(granted_alone(eighth), (2, VerdictReason::StoreLost));
    assert_eq!(granted_alone(WhenLost::Allow), (16, VerdictReason::LimitReached));
}

#[test]
fn room_is_never_granted_twice_over_a_restart() {
    let server = Postgres::start();
    let (one, other) = (open(&server.url()), open(&server.url()));
    let now = SystemClock.elapsed();
    let first = (0..6).filter(|n| reserve(&*one, 100 + n, 10, now).unwrap()).count();
    server.kill();
    server.restart();
    let second = (0..10).filter(|n| reserve(&*other, 200 + n, 10, now).unwrap()).count();
    assert_eq!((first, second), (6, 4));
}
