//! What a restart must not forget about a user: a kick, a log-out on purpose.

use futures::executor::block_on;
use planguard::login::{DeferReason, DenyReason, LoginIntent, LoginOutcome, LoginRequest, ProviderError};
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{Planguard, UserId};
use support::{ada, builder, clock_at};

fn open(clock: &ManualClock, store: &MemoryStore) -> Planguard {
    block_on(builder(clock).store(store.clone()).open()).unwrap()
}

fn login(guard: &Planguard, user: UserId, intent: LoginIntent) -> LoginOutcome<()> {
    block_on(guard.login(LoginRequest::new(user, intent), || async { Ok::<_, ProviderError>(()) })).unwrap()
}

#[test]
fn a_push_after_a_restart_logs_in_nobody_who_was_kicked_off() {
    let (clock, store) = (clock_at("2024-08-20T02:00:00Z"), MemoryStore::new());
    let guard = open(&clock, &store);
    assert!(login(&guard, ada(), LoginIntent::OpenChat).is_logged_in());
    block_on(guard.session(&ada()).kicked_off());
    drop(guard);

    let guard = open(&clock, &store);
    let woken = login(&guard, ada(), LoginIntent::PushWake);
    assert!(matches!(woken, LoginOutcome::Denied { reason: DenyReason::KickedOff, .. }), "{woken:?}");
    assert!(login(&guard, ada(), LoginIntent::AfterKick { confirmed: true }).is_logged_in());
    drop(guard);

    // A person came back: from here on a push may.
    assert!(login(&open(&clock, &store), ada(), LoginIntent::PushWake).is_logged_in());
}

#[test]
fn a_push_after_a_restart_logs_in_nobody_who_logged_out() {
    let (clock, store) = (clock_at("2024-08-20T02:00:00Z"), MemoryStore::new());
    let guard = open(&clock, &store);
    assert!(login(&guard, ada(), LoginIntent::OpenChat).is_logged_in());
    block_on(guard.session(&ada()).logged_out());
    drop(guard);

    let guard = open(&clock, &store);
    let woken = login(&guard, ada(), LoginIntent::PushWake);
    assert!(matches!(woken, LoginOutcome::Deferred { reason: DeferReason::LoggedOut, .. }), "{woken:?}");
    assert!(login(&guard, ada(), LoginIntent::OpenChat).is_logged_in());
}

#[test]
fn a_session_that_ended_without_a_log_out_leaves_the_user_as_before() {
    let (clock, store) = (clock_at("2024-08-20T02:00:00Z"), MemoryStore::new());
    let guard = open(&clock, &store);
    assert!(login(&guard, ada(), LoginIntent::OpenChat).is_logged_in());
    block_on(guard.session(&ada()).ended());
    let woken = login(&guard, ada(), LoginIntent::PushWake);
    assert!(matches!(woken, LoginOutcome::Executed { .. }), "{woken:?}");

    // It undoes no kick.
    block_on(guard.session(&ada()).kicked_off());
    block_on(guard.session(&ada()).ended());
    assert!(!login(&guard, ada(), LoginIntent::PushWake).is_logged_in());
}
