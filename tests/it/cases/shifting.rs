//! Time and limits that shift while something is held or remembered.

use std::time::Duration;

use planguard::client::{FetchPolicy, Permit};
use planguard::login::{Begun, LoginPolicy};
use planguard::store::MemoryStore;
use planguard::time::{Clock as _, ManualClock};
use planguard::{
    Action, CatalogId, EditionId, Enforcement, GroupType, LimitId, Planguard, SessionMode, Timestamp,
};
use serde_json::json;
use support::{
    DAY, HOUR, MINUTE, SECOND, Upstream, ada, clock, group, local, request, settle, spawn, strict, user,
};

use crate::cases::rig::{Wire, but, doc, figures, ok, online, reached, used};

/// Has the endpoint say what time it is until it is believed.
async fn told_the_time(guard: &Planguard, wire: &Wire, real: Timestamp) {
    for _ in 0..3 {
        wire.then(ok(&doc(guard.entitlements().revision() + 1, "standard", real), real));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
    }
    assert_eq!(guard.now(), real);
}

async fn two_users(clock: &ManualClock, store: MemoryStore, wire: &Wire) -> Planguard {
    let policy =
        LoginPolicy { mau_budget: Some(2), on_budget: Some(Enforcement::Enforce), ..LoginPolicy::default() };
    online(clock, store, wire).session_mode(SessionMode::MultiUser).logins(policy).open().await.unwrap()
}

/// How many of four new users pass after a login that ended so, the month's uncertain and active users, and how many
/// pass in the month after; the login was begun so far ahead of the time that it was.
async fn after_a_login_begun(ahead: Duration, end: &str, restart: bool, before: u64) -> (u64, [u64; 3], u64) {
    let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
    let real = clock.now();
    let mut guard = two_users(&clock, memory.clone(), &wire).await;
    for n in 0..before {
        assert!(reached(&guard, request(&format!("early{n}"))).await);
    }
    clock.set(real.plus(ahead));
    let sdk = Upstream::default();
    let (mut ticket, mut task) = (None, None);
    if matches!(end, "task" | "abort") {
        task = Some(spawn(&guard, request("ada"), &sdk));
        settle().await;
        assert_eq!(sdk.started(), 1);
    } else {
        let Begun::Ticket(begun) = guard.begin_login_with(request("ada")).await.unwrap() else { panic!() };
        ticket = Some(begun);
    }
    told_the_time(&guard, &wire, real).await;
    match (end, ticket, task) {
        ("succeed", Some(ticket), _) => assert!(ticket.succeed().await.is_logged_in()),
        ("fail", Some(ticket), _) => drop(ticket.fail(6206, "").await),
        ("drop", Some(ticket), _) => drop(ticket),
        ("lost", Some(ticket), _) => std::mem::forget(ticket),
        ("task", _, Some(task)) => {
            assert!(sdk.answer(Ok(1)));
            assert!(task.await.unwrap().is_ok());
        }
        (_, _, Some(task)) => {
            task.abort();
            settle().await;
        }
        _ => panic!("{end}"),
    }
    clock.advance(10 * MINUTE);
    if restart {
        drop(guard);
        guard = two_users(&clock, memory, &wire).await;
    }
    let passed = passing(&guard, "u").await;
    let of_month = figures(&guard, "2024-08").await.unwrap();
    clock.set(real.plus(25 * DAY));
    told_the_time(&guard, &wire, real.plus(25 * DAY)).await;
    (passed, of_month, passing(&guard, "v").await)
}

/// How many of four users pass.
async fn passing(guard: &Planguard, name: &str) -> u64 {
    let mut passed = 0;
    for n in 0..4 {
        passed += u64::from(reached(guard, request(&format!("{name}{n}"))).await);
    }
    passed
}

#[test]
fn a_login_begun_in_a_month_ahead_and_ended_in_the_one_it_is_leaves_the_budget_right() {
    local(async {
        for end in ["succeed", "fail", "drop", "task", "abort", "lost"] {
            for (restart, before) in [(false, 0), (true, 0), (false, 1), (true, 1)] {
                let plain = after_a_login_begun(Duration::ZERO, end, restart, before).await;
                let ahead = after_a_login_begun(40 * DAY, end, restart, before).await;
                assert_eq!(ahead, plain, "{end}, restart {restart}, {before} before");
                let takes = u64::from(matches!(end, "succeed" | "task"));
                assert_eq!(
                    (plain.0, plain.2),
                    (2 - before - takes, 2),
                    "{end}, restart {restart}, {before} before: {plain:?}"
                );
            }
        }
    });
}

#[test]
fn a_login_under_way_in_a_month_ahead_holds_its_room_in_the_one_it_is() {
    local(async {
        for ahead in [Duration::ZERO, 40 * DAY] {
            for ends_well in [true, false] {
                let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
                let real = clock.now();
                clock.set(real.plus(ahead));
                let guard = two_users(&clock, memory.clone(), &wire).await;
                let sdk = Upstream::default();
                let task = spawn(&guard, request("ada"), &sdk);
                settle().await;
                told_the_time(&guard, &wire, real).await;
                let meanwhile = passing(&guard, "u").await;
                assert!(sdk.answer(if ends_well { Ok(1) } else { Err(support::error(6206)) }));
                let _ = task.await.unwrap();
                let passed = meanwhile + passing(&guard, "v").await;
                let context = format!("ahead by {ahead:?}, {ends_well}: {meanwhile} meanwhile");
                assert_eq!(passed + u64::from(ends_well), 2, "{context}");
                assert_eq!(figures(&guard, "2024-08").await.unwrap()[1], 2, "{context}");
            }
        }
    });
}

fn join() -> Action {
    Action::JoinGroup { user: ada(), group: group("g"), kind: GroupType::Public }
}

/// What a happening, told in the first moment and again in the end, counts.
async fn counted_after(start: Timestamp, days: u64, told_again_at: &[u64]) -> Vec<u64> {
    let (clock, memory, wire) = (ManualClock::at(start), MemoryStore::new(), Wire::default());
    let real = clock_now();
    let open = || {
        let builder =
            online(&clock, memory.clone(), &wire).fallback(CatalogId::INTL_2024, EditionId::STANDARD);
        builder.session_mode(SessionMode::MultiUser).open()
    };
    let guard = open().await.unwrap();
    assert!(guard.record_once("notice-17", &join()).await);
    drop(guard);
    clock.set(real);
    let mut guard = open().await.unwrap();
    let mut counted = Vec::new();
    for day in 0..days {
        for revision in 1..4 {
            let now = real.plus(u32::try_from(day).unwrap() * DAY);
            wire.then(ok(&doc(day * 3 + revision, "standard", now), now));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
        }
        guard.record(&Action::RegisterUser).await;
        if told_again_at.contains(&day) {
            drop(guard);
            guard = open().await.unwrap();
            let _ = guard.record_once("notice-17", &join()).await;
            counted.push(used(&guard, LimitId::GroupsPerUser));
        }
        clock.advance(DAY);
    }
    counted
}

fn clock_now() -> Timestamp {
    clock().now()
}

#[test]
fn a_happening_told_under_a_clock_set_far_ahead_is_counted_once_over_pruning() {
    local(async {
        for ahead in [HOUR, 40 * DAY, 400 * DAY, 3650 * DAY] {
            let counted = counted_after(clock_now().plus(ahead), 48, &[0, 1, 2, 20, 30, 47]).await;
            assert_eq!(counted, [1; 6], "ahead by {ahead:?}");
        }
    });
}

#[test]
fn a_happening_told_under_a_clock_set_back_is_counted_once_over_pruning() {
    local(async {
        for behind in [HOUR, 40 * DAY] {
            let counted = counted_after(clock_now().minus(behind), 48, &[0, 1, 2, 20, 30, 47]).await;
            assert_eq!(counted, [1; 6], "behind by {behind:?}");
        }
    });
}

fn create(n: u64) -> Action {
    Action::CreateGroup { owner: user(&format!("u{n}")), kind: GroupType::Work, initial_members: 0 }
}

/// As many permits as are to be had, up to `most`.
async fn held(guard: &Planguard, most: u64) -> Vec<Permit> {
    let mut permits = Vec::new();
    for n in 0..most {
        permits.extend(guard.reserve(&create(n)).await.permit());
    }
    permits
}

#[test]
fn a_limit_that_moves_while_permits_are_held_is_kept_and_gives_its_room_afterwards() {
    local(async {
        for limits in [[10, 3, 6], [10, 0, 10], [3, 10, 5], [5, 1, 0], [4, 20, 2]] {
            for commit in 0..=4 {
                let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
                let open = || {
                    let builder = online(&clock, memory.clone(), &wire).session_mode(SessionMode::MultiUser);
                    builder.decisions(strict()).open()
                };
                let guard = open().await.unwrap();
                let two = open().await.unwrap();
                let mut revision = 0;
                let (mut in_use, mut permits): (u64, Vec<Permit>) = (0, Vec::new());
                for max in limits {
                    revision += 1;
                    clock.advance(20 * SECOND);
                    let document = but(
                        doc(revision, "standard", clock.now()),
                        "limits",
                        json!({ "non_av_groups": max }),
                    );
                    wire.then(ok(&document, clock.now()));
                    guard.sync(FetchPolicy::Fetch).await.unwrap();
                    // The other process follows with its next write.
                    two.record(&Action::RegisterUser).await;
                    let before = permits.len() as u64;
                    for guard in [&two, &guard] {
                        permits.extend(held(guard, 4).await);
                    }
                    let context = format!("{limits:?}, {commit}, at {max}: {in_use} used, {before} held");
                    let taken = permits.len() as u64 - before;
                    let room = max_of(max).saturating_sub(in_use + before);
                    assert_eq!(taken, room.min(8), "{context}");
                    for permit in permits.drain(..permits.len().min(commit)) {
                        let _ = permit.commit().await;
                        in_use += 1;
                    }
                    permits.truncate(permits.len() / 2 + 1);
                    guard.record(&Action::RegisterUser).await;
                    assert_eq!(used(&guard, LimitId::NonAvGroups), in_use, "{context}");
                }
                drop(permits);
                guard.record(&Action::RegisterUser).await;
                let last = max_of(limits[2]);
                let room = held(&guard, 12).await;
                assert_eq!(room.len() as u64, last.saturating_sub(in_use).min(12), "{limits:?}, {commit}");
                drop(room);
                drop((guard, two));
                let guard = open().await.unwrap();
                assert_eq!(used(&guard, LimitId::NonAvGroups), in_use);
                assert_eq!(held(&guard, 12).await.len() as u64, last.saturating_sub(in_use).min(12));
            }
        }
    });
}

fn max_of(max: i32) -> u64 {
    u64::try_from(max).unwrap()
}
