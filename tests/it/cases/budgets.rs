//! Check and take in one step: what logins may use up is held while they run, whoever else asks meanwhile.

use planguard::client::FetchPolicy;
use planguard::login::{DenyReason, LoginFailure, LoginIntent, LoginOutcome, LoginPolicy, LoginRequest};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::{Clock as _, ManualClock};
use planguard::{DecisionPolicy, Planguard, SessionMode};
use serde_json::{Value, json};
use support::{
    DAY, MINUTE, Outcome, Upstream, clock, error, local, now, request, settle, spawn, strict, with,
};
use tokio::task::JoinHandle;

use crate::cases::rig::{Wire, but, doc, executed, ok, online, reached};

/// A server's guard with that document, freshly fetched.
async fn server(
    clock: &ManualClock,
    store: impl planguard::store::Store + 'static,
    policy: LoginPolicy,
    document: &Value,
) -> Planguard {
    server_with(clock, store, policy, DecisionPolicy::default(), document).await
}

async fn server_with(
    clock: &ManualClock,
    store: impl planguard::store::Store + 'static,
    policy: LoginPolicy,
    decisions: DecisionPolicy,
    document: &Value,
) -> Planguard {
    let wire = Wire::default();
    let builder = online(clock, store, &wire).session_mode(SessionMode::MultiUser);
    let guard = builder.logins(policy).decisions(decisions).open().await.unwrap();
    wire.then(ok(document, clock.now()));
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    guard
}

fn budget(users: u64) -> LoginPolicy {
    LoginPolicy { mau_budget: Some(users), ..LoginPolicy::default() }
}

/// Starts all of these logins and lets them come as far as they do.
async fn at_once(
    guards: &[&Planguard],
    users: std::ops::Range<u32>,
    sdk: &Upstream,
    known: bool,
) -> Vec<JoinHandle<Outcome>> {
    let logins = users
        .flat_map(|n| {
            let request = request(&format!("u{n}")).known_to_provider(known);
            guards.iter().map(move |guard| (n, *guard, request)).take(1)
        })
        .map(|(_, guard, request)| spawn(guard, request, sdk))
        .collect();
    settle().await;
    logins
}

/// How many of them were carried out, once all have been answered.
async fn carried_out(logins: Vec<JoinHandle<Outcome>>, sdk: &Upstream) -> usize {
    while sdk.answer(Ok(1)) {
        settle().await;
    }
    let mut count = 0;
    for login in logins {
        count += usize::from(executed(&login.await.unwrap()));
    }
    count
}

fn free_trial(clock: &ManualClock, mau: u64) -> Value {
    let usage = json!({ "as_of": clock.now(), "mau": mau });
    but(doc(1, "free_trial", clock.now()), "usage", usage)
}

/// The free edition of 2022, which registers at most 100 users.
fn free_2022(clock: &ManualClock, registered: u64) -> Value {
    let usage = json!({ "as_of": clock.now(), "registered_users": registered });
    but(but(doc(1, "free", clock.now()), "catalog", json!("intl-2022")), "usage", usage)
}

#[test]
fn five_new_users_at_once_do_not_go_over_a_budget_of_one() {
    local(async {
        let (clock, sdk) = (clock(), Upstream::default());
        let guard = server(&clock, MemoryStore::new(), budget(1), &doc(1, "standard", clock.now())).await;
        let logins = at_once(&[&guard], 0..5, &sdk, true).await;
        assert_eq!(sdk.started(), 1);
        assert_eq!(carried_out(logins, &sdk).await, 1);
    });
}

#[test]
fn five_new_users_at_once_do_not_go_over_the_trials_quota() {
    local(async {
        let (clock, sdk) = (clock(), Upstream::default());
        let guard = server(&clock, MemoryStore::new(), LoginPolicy::default(), &free_trial(&clock, 99)).await;
        let logins = at_once(&[&guard], 0..5, &sdk, true).await;
        assert_eq!(sdk.started(), 1);
        assert_eq!(carried_out(logins, &sdk).await, 1);
    });
}

#[test]
fn five_unknown_ids_at_once_do_not_register_beyond_the_plan() {
    local(async {
        let (clock, sdk) = (clock(), Upstream::default());
        let guard = server(&clock, MemoryStore::new(), LoginPolicy::default(), &free_2022(&clock, 99)).await;
        let logins = at_once(&[&guard], 0..5, &sdk, false).await;
        assert_eq!(carried_out(logins, &sdk).await, 1);
    });
}

#[test]
fn each_login_of_an_unknown_id_uses_a_registration_up() {
    local(async {
        let clock = clock();
        let guard = server(&clock, MemoryStore::new(), LoginPolicy::default(), &free_2022(&clock, 99)).await;
        let mut sent = 0;
        for n in 0..5 {
            sent += u32::from(reached(&guard, request(&format!("n{n}")).known_to_provider(false)).await);
        }
        assert_eq!(sent, 1);
        // Whom the provider knows is registered already.
        assert!(reached(&guard, request("known")).await);
    });
}

#[test]
fn a_hundred_registrations_are_a_hundred_when_no_figure_is_known() {
    local(async {
        let clock = clock();
        let document = but(doc(1, "free", clock.now()), "catalog", json!("intl-2022"));
        let policy = LoginPolicy::default();
        let guard = server_with(&clock, MemoryStore::new(), policy, strict(), &document).await;
        let mut sent = 0;
        for n in 0..105 {
            sent += u32::from(reached(&guard, request(&format!("p{n}")).known_to_provider(false)).await);
        }
        assert_eq!(sent, 100);
    });
}

#[test]
fn two_processes_share_one_budget() {
    local(async {
        let (clock, store, sdk) = (clock(), MemoryStore::new(), Upstream::default());
        let document = doc(1, "standard", clock.now());
        let one = server(&clock, store.clone(), budget(3), &document).await;
        let two = server(&clock, store, budget(3), &document).await;
        let mut logins = at_once(&[&one], 0..5, &sdk, true).await;
        logins.extend(at_once(&[&two], 5..10, &sdk, true).await);
        assert_eq!(sdk.started(), 3);
        assert_eq!(carried_out(logins, &sdk).await, 3);
    });
}

#[test]
fn a_login_that_failed_gives_its_room_to_the_next() {
    local(async {
        let (clock, sdk) = (clock(), Upstream::default());
        let guard = server(&clock, MemoryStore::new(), budget(1), &doc(1, "standard", clock.now())).await;
        let first = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let denied = now(&guard, request("bob"), Ok(1)).await.unwrap();
        let LoginOutcome::Denied { reason: DenyReason::BudgetUsedUp, .. } = denied else {
            panic!("{denied:?}")
        };
        sdk.answer(Err(error(9506)));
        let failure: LoginFailure<_> = first.await.unwrap().unwrap_err();
        assert_eq!(failure.code, 9506);
        assert!(reached(&guard, request("bob")).await);
        assert!(!reached(&guard, request("cy")).await);
    });
}

#[test]
fn a_login_of_unknown_end_keeps_its_room_for_as_long_as_it_may_have_made_a_user() {
    local(async {
        let clock = clock();
        let guard = server(&clock, MemoryStore::new(), budget(2), &doc(1, "standard", clock.now())).await;
        now(&guard, request("ada"), Err(error(6012))).await.unwrap_err();
        assert!(reached(&guard, request("bob")).await);
        clock.advance(MINUTE);
        // Ada may be the second active user: whether room is left for a third is known once she has logged in.
        assert!(reached(&guard, request("ada")).await);
        assert!(!reached(&guard, request("cy")).await);
    });
}

#[test]
fn a_store_that_fails_between_decision_and_login_sells_no_room_twice() {
    local(async {
        for after in 0..12 {
            let (clock, memory, sdk) = (clock(), MemoryStore::new(), Upstream::default());
            let store = FaultyStore::new(memory.clone());
            let guard = server(&clock, store.clone(), budget(2), &doc(1, "standard", clock.now())).await;
            store.fail_later(after, 1, Fault::Busy);
            let logins = at_once(&[&guard], 0..5, &sdk, true).await;
            assert_eq!(carried_out(logins, &sdk).await, 2, "after {after}");
            store.recover();
            let report = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
            assert_eq!(report.active_users, 2, "after {after}");
        }
    });
}

#[test]
fn counted_users_need_no_room_and_take_none() {
    local(async {
        let clock = clock();
        let guard = server(&clock, MemoryStore::new(), budget(1), &doc(1, "standard", clock.now())).await;
        assert!(reached(&guard, request("ada")).await);
        guard.session(support::ada()).user_sig_expired().await;
        assert!(reached(&guard, with("ada", LoginIntent::RenewUserSig)).await);
        assert!(!reached(&guard, request("bob")).await);
        clock.advance(30 * DAY);
        assert!(reached(&guard, request("bob")).await);
    });
}

#[test]
fn after_the_providers_refusal_every_new_active_user_waits_for_the_month() {
    local(async {
        for code in [72_002, 70_398] {
            let clock = clock();
            let registering = but(doc(1, "free", clock.now()), "catalog", json!("intl-2022"));
            let document = if code == 70_398 { registering } else { doc(1, "free_trial", clock.now()) };
            let guard = server(&clock, MemoryStore::new(), LoginPolicy::default(), &document).await;
            let mut sent = 0;
            for n in 0..20 {
                let asked: LoginRequest = request(&format!("u{n}")).known_to_provider(code != 70_398);
                sent += u32::from(now(&guard, asked, Err(error(code))).await.is_err());
            }
            assert!(sent <= 1, "{code}: {sent}");
        }
    });
}
