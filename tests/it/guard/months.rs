//! Months pass: what no decision and no report needs any more is forgotten, and nothing else.

use planguard::client::FetchPolicy;
use planguard::login::{LoginIntent, LoginOutcome, ProviderError};
use planguard::model::{CounterKey, LimitId, Subject};
use planguard::store::MemoryStore;
use planguard::store::contract::read;
use planguard::time::{Clock, ManualClock};
use planguard::{Action, BillingMonth, BillingZone, CatalogId, EditionId, Planguard, SessionMode};
use planguard_endpoint_faults::{Endpoint, Options};
use support::{APP, DAY, clock_at, with};

fn builder(clock: &ManualClock, store: &MemoryStore) -> planguard::client::Builder {
    support::builder(clock).fallback(CatalogId::INTL_2024, EditionId::STANDARD).store(store.clone())
}

async fn login(guard: &Planguard, id: &str, intent: LoginIntent) -> LoginOutcome<()> {
    let request = with(id, intent);
    guard.login_with(request, || async { Ok::<_, ProviderError>(()) }).await.unwrap()
}

/// How many users the store has counted in that month.
fn active(store: &MemoryStore, month: &str) -> u64 {
    let month: BillingMonth = month.parse().unwrap();
    read(store, move |t| t.month_users(month)).unwrap().active
}

#[tokio::test]
async fn a_guard_that_lives_for_months_keeps_the_last_ones_only() {
    let (clock, store) = (clock_at("2024-01-10T02:00:00Z"), MemoryStore::new());
    let guard = builder(&clock, &store).session_mode(SessionMode::MultiUser).open().await.unwrap();
    for month in 0..8 {
        let id = format!("user{month}");
        assert!(login(&guard, &id, LoginIntent::OpenChat).await.is_logged_in());
        // A month is forgotten once the next has lasted a day, with the next write.
        clock.advance(2 * DAY);
        guard.record(&Action::RegisterUser).await;
        clock.advance(29 * DAY);
    }
    assert!(login(&guard, "last", LoginIntent::OpenChat).await.is_logged_in());
    clock.advance(2 * DAY);
    guard.record(&Action::RegisterUser).await;
    // It is mid-September: memory knows August and September, the store three months more.
    assert_eq!(guard.billing_month(), "2024-09".parse::<BillingMonth>().unwrap());
    assert_eq!(guard.snapshot().ledger.iter().count(), 2);
    let kept = ["2024-03", "2024-04", "2024-05", "2024-06", "2024-07", "2024-08", "2024-09"]
        .map(|month| active(&store, month));
    assert_eq!(kept, [0, 0, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn a_clock_that_ran_years_ahead_forgets_nobody_whom_the_endpoint_s_time_still_needs() {
    let (clock, store) = (clock_at("2024-01-10T02:00:00Z"), MemoryStore::new());
    let true_time = clock.now();
    let now = jiff::Timestamp::from_millisecond(true_time.as_millis()).unwrap();
    let document = planguard_endpoint_faults::default_document(APP, now);
    let clock_of_endpoint = planguard_endpoint_faults::Clock::fixed(now);
    let options = Options { clock: clock_of_endpoint, document, ..Options::default() };
    let endpoint = Endpoint::start(options).await.unwrap();
    let open = async || builder(&clock, &store).endpoint(endpoint.url()).open().await.unwrap();
    let guard = open().await;
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    assert!(matches!(login(&guard, "ada", LoginIntent::OpenChat).await, LoginOutcome::Executed { .. }));
    drop(guard);

    clock.advance(700 * DAY);
    let guard = open().await;
    // Opening and a login are writes: each of them tidies by what the endpoint said last, not by this clock.
    assert!(
        !login(&guard, "bob", LoginIntent::PushWake).await.is_logged_in(),
        "the plan is over by this clock"
    );
    // One answer alone moves time by a day at most; the second agrees.
    for _ in 0..2 {
        guard.sync(FetchPolicy::Fetch).await.unwrap();
    }
    assert_eq!(
        guard.billing_month(),
        "2024-01".parse::<BillingMonth>().unwrap(),
        "the endpoint took it back"
    );
    match login(&guard, "ada", LoginIntent::PushWake).await {
        LoginOutcome::Executed { mau, .. } => assert!(!mau.new_in_month, "counted before"),
        other => panic!("a user who is counted may be logged in by a push: {other:?}"),
    }
    assert_eq!(active(&store, "2024-01"), 1);
    endpoint.shutdown().await;
}

#[tokio::test]
async fn what_a_clock_two_months_ahead_had_memory_forget_is_known_again_once_time_is_taken_back() {
    let (clock, store) = (clock_at("2024-08-10T02:00:00Z"), MemoryStore::new());
    let open = async || builder(&clock, &store).session_mode(SessionMode::MultiUser).open().await.unwrap();
    let (first, second) = (open().await, open().await);
    assert!(login(&first, "ada", LoginIntent::OpenChat).await.is_logged_in());
    let begun = first.now();
    let counted = CounterKey::at(LimitId::FreeMau, Subject::App, begun, &BillingZone::default());
    let knows = |guard: &Planguard| {
        let snapshot = guard.snapshot();
        (snapshot.ledger.iter().count(), snapshot.usage.get(&counted).used())
    };

    clock.advance(60 * DAY);
    // Opened in a month that has not begun, a process reads nothing of the one that is running.
    let third = open().await;
    let look = async |guard: &Planguard| guard.record(&Action::RegisterUser).await;
    for guard in [&first, &second, &third] {
        look(guard).await;
    }
    clock.advance(2 * DAY);
    for guard in [&first, &second, &third] {
        look(guard).await;
        assert_eq!(knows(guard), (0, 0));
    }

    clock.set(begun.plus(DAY));
    look(&first).await;
    clock.advance(DAY);
    for guard in [&first, &second, &third] {
        look(guard).await;
        assert_eq!(guard.billing_month(), "2024-08".parse::<BillingMonth>().unwrap());
        assert_eq!(knows(guard), (1, 1));
    }
    for guard in [&second, &third] {
        match login(guard, "ada", LoginIntent::PushWake).await {
            LoginOutcome::Executed { mau, .. } => assert!(!mau.new_in_month, "counted before"),
            LoginOutcome::Joined => {}
            other => panic!("a user who is counted may be logged in by a push: {other:?}"),
        }
    }
    assert_eq!(active(&store, "2024-08"), 1);
}
