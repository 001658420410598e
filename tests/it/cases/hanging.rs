//! A store that hangs or fails in the midst of things, beside a second process, a turn of the month, a reboot, or late
//! callbacks.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use planguard::login::{Begun, LoginIntent, LoginPolicy};
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::store::{Fault, FaultyStore, MemoryStore, Store};
use planguard::time::{Clock as _, ManualClock};
use planguard::{
    Action, CatalogId, EditionId, Enforcement, LimitId, Observation, Planguard, SessionMode, SessionState,
};
use serde_json::{Value, json};
use support::{
    HOUR, MINUTE, SECOND, Upstream, ada, add_friend, bob, builder, clock, clock_at, local, request, settle,
    spawn, strict, user, with,
};

use crate::cases::rig::{HangingStore, Wire, body, but, doc, figures, ok, online, plain, reached, used};

/// Waits for `future` while time passes.
async fn meanwhile<F: Future>(clock: &ManualClock, future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Some(output) = futures::future::poll_immediate(future.as_mut()).await {
            return output;
        }
        settle().await;
        clock.advance(SECOND / 10);
    }
}

/// A guard of a server with room for so many active users.
async fn server(clock: &ManualClock, store: Arc<dyn Store>, users: u64) -> Planguard {
    let policy = LoginPolicy {
        mau_budget: Some(users),
        on_budget: Some(Enforcement::Enforce),
        ..LoginPolicy::default()
    };
    builder(clock)
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .session_mode(SessionMode::MultiUser)
        .logins(policy)
        .shared_store(store)
        .open()
        .await
        .unwrap()
}

/// An endpoint to which every third connection is lost after the batch has arrived.
#[derive(Clone, Default)]
struct Lossy(Arc<Mutex<(HashSet<String>, u32)>>);

impl Transport for Lossy {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let events: Vec<Value> = serde_json::from_slice(request.body()).unwrap();
        let mut state = self.0.lock().unwrap();
        state.0.extend(events.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        state.1 += 1;
        let receipt = json!({ "accepted": events.len(), "duplicates": 0 });
        let answer = match state.1 % 3 {
            2 => Err(TransportError::Unreachable("the cable is cut".to_owned())),
            _ => Ok(body(202, "application/json", receipt.to_string())),
        };
        Box::pin(std::future::ready(answer))
    }
}

#[test]
fn no_event_is_lost_or_doubled_when_two_processes_deliver_and_one_store_hangs() {
    local(async {
        for after in 0..14 {
            let (clock, memory, endpoint) = (clock(), MemoryStore::new(), Lossy::default());
            let store = HangingStore::new(memory.clone());
            let open = async |store: Arc<dyn Store>| {
                builder(&clock)
                    .endpoint("https://billing.example")
                    .transport(endpoint.clone())
                    .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
                    .session_mode(SessionMode::MultiUser)
                    .shared_store(store)
                    .open()
                    .await
                    .unwrap()
            };
            let (one, two) = (open(Arc::new(store.clone())).await, open(Arc::new(memory)).await);
            store.hang_after(after);
            for n in 0..3 {
                assert!(meanwhile(&clock, reached(&one, request(&format!("u{n}")))).await);
                meanwhile(&clock, one.flush()).await;
                meanwhile(&clock, two.flush()).await;
            }
            store.recover();
            one.record(&Action::RegisterUser).await;
            for guard in [&two, &one, &two, &one] {
                clock.advance(HOUR);
                guard.flush().await;
            }
            let left = two.flush().await;
            let arrived = endpoint.0.lock().unwrap().0.len();
            assert_eq!((arrived, left.waiting, left.dropped), (3, 0, 0), "hanging after {after}");
        }
    });
}

#[test]
fn an_outage_over_the_turn_of_the_month_counts_each_login_in_its_own() {
    local(async {
        let (clock, memory) = (clock_at("2024-08-31T15:59:00Z"), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let one = server(&clock, Arc::new(store.clone()), 2).await;
        let two = server(&clock, Arc::new(memory), 2).await;
        store.fail_next(u64::MAX, Fault::DiskFull);
        assert!(reached(&one, request("u1")).await);
        assert!(reached(&two, request("u2")).await);
        clock.advance(2 * MINUTE);
        assert!(reached(&one, request("u3")).await);
        store.recover();
        one.record(&Action::RegisterUser).await;
        assert_eq!(figures(&two, "2024-08").await.unwrap(), [0, 2, 0]);
        assert_eq!(figures(&two, "2024-09").await.unwrap(), [0, 1, 0]);
        assert!(reached(&two, request("u4")).await);
        assert!(!reached(&one, request("u5")).await);
        one.session(user("u1")).ended().await;
        assert!(!reached(&one, with("u1", LoginIntent::PushWake)).await);
    });
}

#[test]
fn a_callback_that_is_given_up_while_the_store_hangs_binds_after_a_restart() {
    local(async {
        for (kicked, after) in [(true, 0), (true, 1), (false, 0), (false, 1)] {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = HangingStore::new(memory.clone());
            let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
            assert!(reached(&guard, request("ada")).await);
            store.hang_after(after);
            let ada = ada();
            let session = guard.session(ada);
            let _ = if kicked {
                futures::future::poll_immediate(pin!(session.kicked_off())).await
            } else {
                futures::future::poll_immediate(pin!(session.logged_out())).await
            };
            clock.set(clock.now().minus(HOUR));
            store.recover();
            guard.record(&Action::RegisterUser).await;
            drop(guard);
            let guard = plain(&clock, memory, EditionId::STANDARD).await;
            assert!(!reached(&guard, with("ada", LoginIntent::PushWake)).await, "{kicked}, after {after}");
        }
    });
}

#[test]
fn who_is_told_to_be_counted_while_the_login_runs_and_the_store_fails_is_counted_once() {
    local(async {
        for after in 0..8 {
            let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
            let store = FaultyStore::new(memory.clone());
            let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
            let usage = json!({ "as_of": clock.now(), "mau": 50 });
            wire.then(ok(&but(doc(1, "free_trial", clock.now()), "usage", usage), clock.now()));
            guard.sync(planguard::client::FetchPolicy::Fetch).await.unwrap();
            clock.advance(MINUTE);
            let Begun::Ticket(ticket) = guard.begin_login_with(request("ada")).await.unwrap() else {
                panic!()
            };
            store.fail_later(after, 3, Fault::Busy);
            guard.known_active(&ada()).await;
            assert!(ticket.succeed().await.is_logged_in());
            store.recover();
            guard.record(&Action::RegisterUser).await;
            drop(guard);
            let guard = online(&clock, memory, &wire).open().await.unwrap();
            assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 1, 0]);
            assert_eq!(used(&guard, LimitId::FreeMau), 50, "failing after {after}");
        }
    });
}

#[test]
fn two_processes_tickets_of_one_user_count_and_register_once_wherever_a_store_hangs() {
    local(async {
        for after in 0..10 {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = HangingStore::new(memory.clone());
            let one = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
            let two = plain(&clock, memory, EditionId::FREE_TRIAL).await;
            let login = request("ada").known_to_provider(false);
            let Begun::Ticket(first) = one.begin_login_with(login).await.unwrap() else { panic!() };
            store.hang_after(after);
            clock.advance(61 * SECOND);
            let Begun::Ticket(second) = two.begin_login_with(login).await.unwrap() else { panic!() };
            let _ = meanwhile(&clock, first.succeed()).await;
            let _ = second.succeed().await;
            store.recover();
            for guard in [&one, &two] {
                guard.record(&Action::Search).await;
            }
            for guard in [&one, &two] {
                let counted = (used(guard, LimitId::FreeMau), used(guard, LimitId::MaxUsers));
                assert_eq!(counted, (1, 1), "hanging after {after}");
            }
        }
    });
}

#[test]
fn a_reboot_under_a_clock_that_was_set_back_frees_every_room() {
    local(async {
        for back in [0, 1, 400] {
            let (clock, memory) = (clock(), MemoryStore::new());
            let policy = LoginPolicy {
                mau_budget: Some(1),
                on_budget: Some(Enforcement::Enforce),
                ..LoginPolicy::default()
            };
            let open = async || {
                let free_trial = builder(&clock).fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL);
                let strict = free_trial.decisions(strict()).logins(policy.clone());
                strict.store(memory.clone()).open().await.unwrap()
            };
            let guard = open().await;
            guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
            std::mem::forget(guard.reserve(&add_friend()).await);
            std::mem::forget(guard.begin_login_with(request("ada")).await.unwrap());
            clock.reboot();
            clock.set(clock.now().minus(back * HOUR));
            let guard = open().await;
            clock.advance(2 * MINUTE);
            assert!(guard.reserve(&add_friend()).await.permit().is_some(), "back by {back} hours");
            assert!(reached(&guard, request("bob")).await, "back by {back} hours");
        }
    });
}

#[test]
fn the_latest_user_wins_wherever_the_store_hangs_and_after_a_restart() {
    local(async {
        for after in 0..12 {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = HangingStore::new(memory.clone());
            let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
            let sdk = Upstream::default();
            store.hang_after(after);
            let logins = ["ada", "bob"].map(|name| spawn(&guard, request(name).timeout(8 * SECOND), &sdk));
            let answering = async {
                loop {
                    tokio::task::yield_now().await;
                    let _ = sdk.answer(Ok(1));
                }
            };
            let both = pin!(futures::future::join_all(logins));
            meanwhile(&clock, futures::future::select(both, pin!(answering))).await;
            assert_eq!(guard.session(bob()).state(), SessionState::LoggedIn, "hanging after {after}");
            assert_eq!(guard.session(ada()).state(), SessionState::LoggedOut, "hanging after {after}");
            store.recover();
            guard.record(&Action::RegisterUser).await;
            drop(guard);
            clock.advance(MINUTE);
            let guard = plain(&clock, memory, EditionId::STANDARD).await;
            assert!(!reached(&guard, with("ada", LoginIntent::PushWake)).await, "hanging after {after}");
            assert!(reached(&guard, with("bob", LoginIntent::PushWake)).await, "hanging after {after}");
        }
    });
}

#[test]
fn a_permit_dropped_while_the_store_hangs_gives_its_room_to_another_process() {
    local(async {
        for after in 0..3 {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = HangingStore::new(memory.clone());
            let one = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
            let two = plain(&clock, memory, EditionId::FREE_TRIAL).await;
            one.observe(&Observation::Friends { user: ada(), count: 19 }).await;
            let permit = one.reserve(&add_friend()).await.permit().unwrap();
            assert!(two.reserve(&add_friend()).await.permit().is_none());
            store.hang_after(after);
            drop(permit);
            store.recover();
            one.record(&Action::Search).await;
            assert!(two.reserve(&add_friend()).await.permit().is_some(), "hanging after {after}");
        }
    });
}

#[test]
fn a_permit_that_was_refused_while_the_store_hung_holds_nothing_once_it_is_back() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let one = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
        let two = plain(&clock, memory, EditionId::FREE_TRIAL).await;
        one.observe(&Observation::Friends { user: ada(), count: 19 }).await;
        store.hang();
        // Both are decided on before either holds the room.
        let action = add_friend();
        let both = futures::future::join(one.reserve(&action), one.reserve(&action));
        let (first, second) = meanwhile(&clock, Box::pin(both)).await;
        let permits = [first.permit(), second.permit()];
        assert_eq!(permits.iter().flatten().count(), 1);
        store.recover();
        one.record(&Action::Search).await;
        assert!(two.reserve(&action).await.permit().is_none());
        drop(permits);
        one.record(&Action::Search).await;
        assert!(two.reserve(&action).await.permit().is_some());
    });
}
