//! A dead process holds nobody up for longer than its lease, and not at all where the next one has its role.

use std::time::Duration;

use planguard::login::{Begun, LoginIntent, LoginOutcome};
use planguard::store::contract::Whole;
use planguard::store::{MemoryStore, ProcessRole};
use planguard::time::{Clock as _, ManualClock};
use planguard::{CatalogId, EditionId, Elapsed, Planguard};
use support::{DAY, HOUR, SECOND, Upstream, add_friend, clock, local, request, settle, spawn, with};

use crate::cases::rig::{executed, plain, reached};

async fn app(clock: &ManualClock, store: &MemoryStore, role: ProcessRole) -> Planguard {
    let builder = support::builder(clock).fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL);
    let builder = builder.decisions(support::strict()).process_role(role);
    builder.store(store.clone()).open().await.unwrap()
}

/// The process is killed while its login runs: nobody polls it any more, and nothing is dropped in order.
async fn killed_in_a_login(guard: Planguard, ticket: bool) {
    if ticket {
        std::mem::forget(guard.begin_login_with(request("ada")).await.unwrap());
    } else {
        let sdk = Upstream::default();
        let other = guard.clone();
        let upstream = sdk.clone();
        let mut login = Box::pin(async move { other.login_with(request("ada"), || upstream.login()).await });
        while sdk.started() == 0 {
            assert!(futures::poll!(&mut login).is_pending());
            settle().await;
        }
        std::mem::forget(login);
    }
    std::mem::forget(guard);
}

#[test]
fn a_restarted_app_logs_its_user_in_at_once() {
    local(async {
        for (ticket, back) in
            [(false, Duration::ZERO), (true, Duration::ZERO), (true, HOUR), (false, 30 * DAY)]
        {
            let (clock, store) = (clock(), MemoryStore::new());
            killed_in_a_login(app(&clock, &store, ProcessRole::App).await, ticket).await;
            clock.set(clock.now().minus(back));
            let restarted = app(&clock, &store, ProcessRole::App).await;
            let begun = clock.elapsed();
            assert!(reached(&restarted, request("ada")).await, "ticket: {ticket}");
            assert_eq!(clock.elapsed(), begun);
        }
    });
}

#[test]
fn a_restarted_app_has_the_room_that_its_last_process_held() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = app(&clock, &store, ProcessRole::App).await;
        guard.observe(&planguard::Observation::Friends { user: support::ada(), count: 19 }).await;
        std::mem::forget(guard.reserve(&add_friend()).await);
        std::mem::forget(guard);
        let restarted = app(&clock, &store, ProcessRole::App).await;
        assert!(restarted.reserve(&add_friend()).await.permit().is_some());
    });
}

#[test]
fn an_extension_that_starts_takes_nothing_from_the_app_that_runs() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (guard, sdk) = (app(&clock, &store, ProcessRole::App).await, Upstream::default());
        let login = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let extension = app(&clock, &store, ProcessRole::Extension).await;
        assert!(matches!(
            extension.begin_login_with(request("ada").no_wait()).await.unwrap(),
            Begun::InFlight
        ));
        assert!(sdk.answer(Ok(1)));
        assert!(executed(&login.await.unwrap()));
        assert_eq!(sdk.started(), 1);
    });
}

#[test]
fn without_a_role_a_killed_login_holds_its_user_up_for_seconds_only() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        killed_in_a_login(plain(&clock, store.clone(), EditionId::STANDARD).await, false).await;
        let (next, sdk) = (plain(&clock, store, EditionId::STANDARD).await, Upstream::default());
        let login = spawn(&next, request("ada"), &sdk);
        let begun = clock.elapsed();
        while sdk.started() == 0 {
            settle().await;
            clock.advance(Duration::from_millis(200));
            assert!(clock.elapsed().since(begun) < 8 * SECOND);
        }
        assert!(sdk.answer(Ok(1)));
        assert!(executed(&login.await.unwrap()));
    });
}

#[test]
fn what_a_killed_process_left_running_is_forgotten_with_the_next_tidying() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let killed = plain(&clock, store.clone(), EditionId::STANDARD).await;
        let month = killed.billing_month();
        killed_in_a_login(killed, false).await;
        let lease = || {
            let read = planguard::store::contract::read(&store, move |t| {
                let [(ada, _)] = Whole::read(t, month, Elapsed(0))?.users[..] else { panic!("one user") };
                t.lease(ada)
            });
            read.unwrap()
        };
        assert!(lease().is_some());
        let next = plain(&clock, store.clone(), EditionId::STANDARD).await;
        clock.advance(2 * DAY);
        next.record(&planguard::Action::RegisterUser).await;
        assert_eq!(lease(), None);
    });
}

#[test]
fn a_reboot_frees_what_the_processes_before_it_held() {
    local(async {
        for ticket in [false, true] {
            let (clock, store) = (clock(), MemoryStore::new());
            clock.advance(10 * DAY);
            let guard = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
            guard.observe(&planguard::Observation::Friends { user: support::ada(), count: 19 }).await;
            std::mem::forget(guard.reserve(&add_friend()).await);
            killed_in_a_login(guard, ticket).await;
            clock.reboot();
            clock.advance(30 * SECOND);
            let next = plain(&clock, store, EditionId::FREE_TRIAL).await;
            assert!(next.reserve(&add_friend()).await.permit().is_some(), "ticket: {ticket}");
            assert!(reached(&next, request("ada")).await, "ticket: {ticket}");
        }
    });
}

#[test]
fn a_killed_login_leaves_its_user_uncertain_and_no_push_makes_it_certain() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        killed_in_a_login(app(&clock, &store, ProcessRole::App).await, false).await;
        let restarted = app(&clock, &store, ProcessRole::App).await;
        let push = support::now(&restarted, with("ada", LoginIntent::PushWake), Ok(1)).await.unwrap();
        assert!(matches!(push, LoginOutcome::Deferred { .. }), "{push:?}");
        let report = crate::cases::rig::figures(&restarted, "2024-08").await.unwrap();
        assert_eq!(report, [1, 0, 0]);
    });
}
