//! Reads beside those of libraries that do a comparable job, in one run, as ratios.
//!
//! `cargo bench -p planguard-bench` prints nanoseconds per call (the median of interleaved rounds) and how often the peer's
//! time fits into ours. The peers answer a smaller question each: what is compared is the cost that an app pays for
//! asking planguard instead.
//!
//! Times are for people. What guards against a relapse is `tests/allocations.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures time and talks to a person"
)]

use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use governor::{Quota, RateLimiter};
use planguard::login::LoginRequest;
use planguard::store::MemoryStore;
use planguard::{Action, CatalogId, EditionId, Feature, Observation, Planguard, SdkAppId, UserId};
use planguard::{LoginIntent, ProviderError};

const ROUNDS: usize = 31;
const CALLS: u32 = 20_000;

/// One thing to measure.
struct Subject<'a> {
    name: &'static str,
    call: Box<dyn FnMut() + 'a>,
    rounds: Vec<Duration>,
}

impl<'a> Subject<'a> {
    fn new(name: &'static str, call: impl FnMut() + 'a) -> Self {
        Self { name, call: Box::new(call), rounds: Vec::new() }
    }

    fn round(&mut self) {
        let start = Instant::now();
        for _ in 0..CALLS {
            (self.call)();
        }
        self.rounds.push(start.elapsed());
    }

    fn nanoseconds(&mut self) -> f64 {
        self.rounds.sort();
        self.rounds[self.rounds.len() / 2].as_secs_f64() * 1e9 / f64::from(CALLS)
    }
}

/// Measures both in turns, so that a busy machine slows both.
fn compare(mut ours: Subject<'_>, mut peer: Subject<'_>) {
    for _ in 0..ROUNDS {
        ours.round();
        peer.round();
    }
    let (a, b) = (ours.nanoseconds(), peer.nanoseconds());
    println!("{:<34} {a:>8.0} ns   {:<44} {b:>8.0} ns   ratio {:>5.2}", ours.name, peer.name, a / b);
}

fn main() {
    let guard = block_on(
        Planguard::builder(SdkAppId::new(1_400_000_001).unwrap())
            .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
            .store(MemoryStore::new())
            .open(),
    )
    .unwrap();
    let (ada, bob) = (UserId::new("ada").unwrap(), UserId::new("bob").unwrap());
    // Neighbours, so that lookups are not in a map of one.
    for n in 0..1_000 {
        let user = UserId::new(format!("user{n}")).unwrap();
        block_on(guard.observe(&Observation::Friends { user, count: n }));
    }

    let cache = moka::sync::Cache::<Feature, bool>::new(100);
    for &feature in Feature::ALL {
        cache.insert(feature, true);
    }
    compare(
        Subject::new("feature", || {
            let _ = black_box(guard.feature(Feature::Community));
        }),
        Subject::new("moka: get a cached flag", || {
            black_box(cache.get(&Feature::Community));
        }),
    );

    let limiter = RateLimiter::keyed(Quota::per_second(NonZeroU32::MAX));
    for n in 0..1_000 {
        limiter.check_key(&format!("user{n}")).unwrap();
    }
    let keys = ["ada".to_owned(), "bob".to_owned()];
    let add = Action::AddFriend { user: ada, peer: bob };
    compare(
        Subject::new("check (both friends' limits)", || {
            let _ = black_box(guard.check(&add));
        }),
        Subject::new("governor: check_key of both", || {
            for key in &keys {
                let _ = black_box(limiter.check_key(key));
            }
        }),
    );

    let request = LoginRequest::new(ada, LoginIntent::OpenChat);
    let login = || guard.login_with(request, || async { Ok::<_, ProviderError>(()) });
    assert!(block_on(login()).unwrap().is_logged_in());
    let flights = moka::sync::Cache::<UserId, bool>::new(10_000);
    for n in 0..1_000 {
        flights.insert(UserId::new(format!("user{n}")).unwrap(), true);
    }
    compare(
        Subject::new("login of who is logged in", || {
            assert!(block_on(login()).unwrap().is_logged_in());
        }),
        Subject::new("moka: get_with (single flight) of a cached key", || {
            assert!(black_box(flights.get_with(ada, || true)));
        }),
    );
}
