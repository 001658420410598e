//! Waits on a clock that can stand still: a time in the past that was seen once must not keep a wait from ending.

use std::time::Duration;

use planguard::client::{FetchPolicy, SyncError};
use planguard::login::{Begun, LoginIntent, LoginOutcome};
use planguard::store::MemoryStore;
use planguard::{Action, EditionId, GroupType, Observation};
use support::{
    DAY, HOUR, MINUTE, SECOND, Upstream, ada, add_friend, clock, error, group, local, now, request, settle,
    spawn, with,
};

use crate::cases::rig::{Wire, dated, doc, ok, online, plain, reached, status, undated};

/// A wall clock that ran ahead for a while and was set right: trusted time stands still from here on.
const AHEAD: Duration = DAY;

#[test]
fn a_lost_connection_pauses_syncs_for_seconds_though_time_stands_still() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        let real = planguard::time::Clock::now(&clock);
        clock.set(real.plus(AHEAD));
        guard.observe(&Observation::Friends { user: ada(), count: 1 }).await;
        clock.set(real);
        wire.then_lost();
        guard.sync(FetchPolicy::FreshOrFetch).await.unwrap_err();
        wire.then(ok(&doc(1, "standard", real), real.plus(6 * HOUR)));
        clock.advance(6 * HOUR);
        // Trusted time is still ahead of the wall clock: the good answer mends it.
        guard.sync(FetchPolicy::FreshOrFetch).await.unwrap();
        assert_eq!(wire.asked(), 2);
    });
}

#[test]
fn a_bare_503_pauses_no_longer_than_it_says_though_the_clock_was_a_month_ahead() {
    local(async {
        let (clock, wire, store) = (clock(), Wire::default(), MemoryStore::new());
        let real = planguard::time::Clock::now(&clock);
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        clock.set(real.plus(30 * DAY));
        wire.then(status(503));
        guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        clock.set(real.plus(HOUR));
        clock.advance(DAY);
        drop(guard);
        let guard = online(&clock, store, &wire).open().await.unwrap();
        clock.advance(MINUTE);
        wire.then(undated(&doc(1, "standard", real)));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
    });
}

#[test]
fn a_503_from_a_year_ahead_is_over_once_its_length_has_passed_in_each_later_process() {
    local(async {
        let (clock, wire, store) = (clock(), Wire::default(), MemoryStore::new());
        let real = planguard::time::Clock::now(&clock);
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        wire.then(ok(&doc(1, "standard", real), real));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        clock.set(real.plus(365 * DAY));
        wire.then(status(503));
        guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        drop(guard);
        for day in [0, 1, 30, 200] {
            clock.set(real.plus(day * DAY));
            let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
            clock.advance(HOUR);
            let before = wire.asked();
            wire.then(status(503));
            guard.sync(FetchPolicy::Fetch).await.unwrap_err();
            assert_eq!(wire.asked(), before + 1, "day {day}");
        }
    });
}

#[test]
fn a_pause_that_was_begun_under_a_learnt_offset_ends_when_the_clock_is_mended() {
    local(async {
        for bad in [status(503), status(404), status(418)] {
            let (clock, wire) = (clock(), Wire::default());
            let real = planguard::time::Clock::now(&clock);
            let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
            // The device's clock is a week behind, and the endpoint says so.
            let right = real.plus(7 * DAY);
            wire.then(ok(&doc(1, "standard", right), right));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            wire.then(bad);
            guard.sync(FetchPolicy::Fetch).await.unwrap_err();
            clock.set(right);
            clock.advance(DAY);
            wire.then(ok(&doc(2, "standard", right), right.plus(DAY)));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            assert_eq!(guard.entitlements().revision(), 2);
        }
    });
}

#[test]
fn a_503_with_a_long_pause_is_waited_for_by_the_clock_that_cannot_be_set() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let real = planguard::time::Clock::now(&clock);
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        wire.then(crate::cases::rig::header(status(503), "retry-after", "600"));
        guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        // A year ahead is no reason to ask early, a year back none to ask late.
        clock.set(real.plus(365 * DAY));
        assert!(matches!(guard.sync(FetchPolicy::Fetch).await, Err(SyncError::NotYet { .. })));
        clock.set(real.minus(365 * DAY));
        clock.advance(9 * MINUTE);
        assert!(matches!(guard.sync(FetchPolicy::Fetch).await, Err(SyncError::NotYet { .. })));
        clock.advance(HOUR);
        guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        assert_eq!(wire.asked(), 2);
    });
}

#[test]
fn a_forgotten_permit_lapses_after_its_minute_though_the_clock_was_set_back() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
        guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
        // The process that held it is gone.
        std::mem::forget(guard.reserve(&add_friend()).await);
        clock.set(planguard::time::Clock::now(&clock).minus(6 * HOUR));
        let next = plain(&clock, store, EditionId::FREE_TRIAL).await;
        assert!(next.reserve(&add_friend()).await.permit().is_none());
        clock.advance(MINUTE);
        assert!(next.reserve(&add_friend()).await.permit().is_some());
        assert!(guard.check(&add_friend()).may_proceed());
    });
}

#[test]
fn a_forgotten_permit_lapses_though_an_answer_took_a_month_back() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let real = planguard::time::Clock::now(&clock);
        clock.set(real.plus(30 * DAY));
        let guard = online(&clock, MemoryStore::new(), &wire)
            .fallback(planguard::CatalogId::INTL_2024, EditionId::FREE_TRIAL)
            .decisions(support::strict())
            .open()
            .await
            .unwrap();
        guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
        std::mem::forget(guard.reserve(&add_friend()).await);
        wire.then(ok(&doc(1, "free_trial", real), real));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        clock.advance(MINUTE);
        assert!(guard.reserve(&add_friend()).await.permit().is_some());
    });
}

#[test]
fn a_lost_ticket_lapses_for_who_does_not_wait_though_the_clock_was_set_back() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        std::mem::forget(guard.begin_login_with(request("ada").no_wait()).await.unwrap());
        clock.set(planguard::time::Clock::now(&clock).minus(DAY));
        assert!(matches!(guard.begin_login_with(request("ada").no_wait()).await.unwrap(), Begun::InFlight));
        clock.advance(MINUTE);
        assert!(matches!(guard.begin_login_with(request("ada").no_wait()).await.unwrap(), Begun::Ticket(_)));
    });
}

#[test]
fn what_held_a_user_back_before_a_reboot_does_not_hold_again_when_the_machine_has_run_as_long() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        clock.advance(2 * HOUR);
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        // A refusal that repeating does not change is believed for a day.
        let error = || planguard::ProviderError { code: 70_051, message: String::new() };
        guard.login_with(request("ada"), || async { Err::<(), _>(error()) }).await.unwrap_err();
        assert!(!reached(&guard, request("ada")).await);
        drop(guard);
        clock.reboot();
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        // By now elapsed time reads as it did when the login was refused.
        clock.advance(3 * HOUR);
        assert!(reached(&guard, request("ada")).await);
    });
}

#[test]
fn a_dead_processs_login_holds_its_user_up_for_seconds_whatever_the_clock_is_set_to() {
    local(async {
        for back in [Duration::ZERO, HOUR, 30 * DAY] {
            let (clock, store) = (clock(), MemoryStore::new());
            let dead = plain(&clock, store.clone(), EditionId::STANDARD).await;
            let sdk = Upstream::default();
            // Held by a future that nobody polls any more, as after a kill.
            let mut stuck = Box::pin(dead.login_with(request("ada"), || sdk.clone().login()));
            assert!(futures::poll!(&mut stuck).is_pending());
            while sdk.started() == 0 {
                settle().await;
                assert!(futures::poll!(&mut stuck).is_pending());
            }
            std::mem::forget(stuck);
            clock.set(planguard::time::Clock::now(&clock).minus(back));
            let next = plain(&clock, store, EditionId::STANDARD).await;
            let second = spawn(&next, request("ada"), &sdk);
            for _ in 0..30 {
                settle().await;
                clock.advance(Duration::from_millis(200));
            }
            settle().await;
            assert_eq!(sdk.started(), 2, "{back:?}");
            second.abort();
        }
    });
}

#[test]
fn a_refused_login_waits_its_seconds_though_the_clock_goes_back_and_forth() {
    local(async {
        let clock = clock();
        let real = planguard::time::Clock::now(&clock);
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        now(&guard, request("ada"), Err(error(9506))).await.unwrap_err();
        clock.set(real.plus(365 * DAY));
        guard.observe(&Observation::Friends { user: ada(), count: 1 }).await;
        assert!(!reached(&guard, request("ada")).await);
        clock.set(real.minus(DAY));
        clock.advance(4 * SECOND);
        assert!(reached(&guard, request("ada")).await);
    });
}

#[test]
fn a_loop_is_let_go_after_its_minute_though_the_clock_was_set_back_and_the_app_restarted() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let mut guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        while reached(&guard, request("ada")).await {
            guard.session(ada()).disconnected().await;
            guard.session(ada()).user_sig_expired().await;
        }
        clock.set(planguard::time::Clock::now(&clock).minus(DAY));
        drop(guard);
        guard = plain(&clock, store, EditionId::STANDARD).await;
        let looped = now(&guard, request("ada"), Ok(1)).await.unwrap();
        assert!(matches!(looped, LoginOutcome::Denied { .. }), "{looped:?}");
        clock.advance(MINUTE);
        assert!(reached(&guard, with("ada", LoginIntent::OpenChat)).await);
    });
}

#[test]
fn a_permit_of_another_process_lapses_by_elapsed_time_while_the_wall_clock_runs_wild() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let one = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
        let two = plain(&clock, store, EditionId::FREE_TRIAL).await;
        let add = Action::AddMembers { group: group("g"), kind: GroupType::Public, count: 1 };
        one.observe(&Observation::Group { group: group("g"), members: 19, own_max: None }).await;
        std::mem::forget(one.reserve(&add).await);
        let real = planguard::time::Clock::now(&clock);
        for set in [real.plus(365 * DAY), real.minus(365 * DAY), real] {
            clock.set(set);
            assert!(two.reserve(&add).await.permit().is_none());
            clock.advance(15 * SECOND);
        }
        clock.advance(15 * SECOND);
        assert!(two.reserve(&add).await.permit().is_some());
    });
}

#[test]
fn a_503_that_carries_a_good_date_leaves_no_wait_beyond_its_own() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let real = planguard::time::Clock::now(&clock);
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        clock.set(real.plus(AHEAD));
        guard.observe(&Observation::Friends { user: ada(), count: 1 }).await;
        clock.set(real);
        wire.then(dated(status(503), real));
        guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        clock.advance(MINUTE);
        wire.then(ok(&doc(1, "standard", real), real.plus(MINUTE)));
        guard.sync(FetchPolicy::FreshOrFetch).await.unwrap();
    });
}
