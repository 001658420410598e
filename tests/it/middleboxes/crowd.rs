//! A thousand clients after an outage: how they come back.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use planguard::Timestamp;
use planguard::client::FetchPolicy;
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::time::{Clock as _, ManualClock};
use support::SECOND;

use crate::sync::rig::{Build, Rig, document, start};
use crate::sync::scripted::{json, status, with};

const CLIENTS: usize = 1_000;

/// What the endpoint answers while it is down.
#[derive(Clone, Copy, Debug)]
enum Down {
    /// 503 with that `Retry-After`.
    Asks(&'static str),
    /// 503 and no word more.
    Bare,
    /// No connection.
    Gone,
}

/// An endpoint for all, that is down at first. It notes when requests come, in milliseconds from the start.
struct Outage {
    clock: ManualClock,
    down: Down,
    ends: Timestamp,
    /// Those during the outage, and those after it.
    asked: Mutex<[Vec<u64>; 2]>,
}

impl Transport for Outage {
    fn send(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let now = self.clock.now();
        let up = now >= self.ends;
        let at = u64::try_from(now.since(start()).as_millis()).unwrap();
        self.asked.lock().unwrap()[usize::from(up)].push(at);
        let answer = match self.down {
            _ if up => Ok(json(&document(1))),
            Down::Asks(after) => Ok(with(status(503), "retry-after", after)),
            Down::Bare => Ok(status(503)),
            Down::Gone => Err(TransportError::Unreachable("refused".to_owned())),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// How the clients came back.
#[derive(Debug)]
struct Spread {
    /// Requests while the endpoint was down, the first of each client included.
    requests: usize,
    /// The most of them in one second, the first second aside, in which all ask.
    most_during: usize,
    /// From the end of the outage, or the time asked for, to the first and to the last client.
    first: Duration,
    last: Duration,
    /// The most in one second, and in the instant.
    most: usize,
    same_instant: usize,
}

/// All ask in the same instant, at which the endpoint goes down for `lasts`; each comes again as soon as it may.
async fn crowd(down: Down, lasts: Duration, counted_from: Duration) -> Spread {
    let clock = ManualClock::at(start());
    let ends = start().plus(lasts);
    let endpoint = Arc::new(Outage { clock: clock.clone(), down, ends, asked: Mutex::default() });
    let mut clients: Vec<Rig> = Vec::new();
    let mut next = BinaryHeap::new();
    for n in 0..CLIENTS {
        let build = Build { clock: clock.clone(), ..Build::with(Arc::clone(&endpoint) as _) };
        clients.push(build.open().await);
        next.push(Reverse((start(), n)));
    }
    while let Some(Reverse((at, n))) = next.pop() {
        clock.advance(at.since(clock.now()));
        // As an app's upkeep does, not as a person who asks on purpose.
        if let Err(error) = clients[n].sync(FetchPolicy::FreshOrFetch).await {
            next.push(Reverse((error.retry_at().unwrap(), n)));
        }
    }
    let [during, after] = std::mem::take(&mut *endpoint.asked.lock().unwrap());
    assert_eq!(after.len(), CLIENTS, "each comes back once");
    let from = u64::try_from(counted_from.as_millis()).unwrap();
    let since = |at: u64| Duration::from_millis(at.checked_sub(from).expect("none comes too early"));
    Spread {
        requests: during.len(),
        most_during: most(during.iter().copied().filter(|at| *at >= 1_000), 1_000),
        first: since(*after.iter().min().unwrap()),
        last: since(*after.iter().max().unwrap()),
        most: most(after.iter().copied(), 1_000),
        same_instant: most(after.iter().copied(), 1),
    }
}

/// The most that fall into one stretch of so many milliseconds.
fn most(at: impl Iterator<Item = u64>, stretch: u64) -> usize {
    let mut count = BTreeMap::<u64, usize>::new();
    at.for_each(|at| *count.entry(at / stretch).or_default() += 1);
    count.into_values().max().unwrap_or(0)
}

/// Prints what the document says, and returns it to be bounded.
#[expect(clippy::print_stdout, reason = "the figures of the document")]
async fn measured(what: &str, down: Down, lasts: Duration, counted_from: Duration) -> Spread {
    let spread = crowd(down, lasts, counted_from).await;
    println!("{what}: {spread:?}");
    spread
}

// The jitter is the system's, not seeded. Each bound is further from its mean than seven standard deviations of the
// binomial distribution that the jitter makes.

#[tokio::test]
async fn a_thousand_clients_that_were_told_when_to_come_are_spread_over_a_tenth_of_it() {
    for (asked, secs, span, most) in
        [("120", 120, 12_000, 160), ("1", 1, 5_000, 300), ("3600", 3_600, 360_000, 18)]
    {
        let asked_for = Duration::from_secs(secs);
        let what = format!("Retry-After: {asked}");
        let spread = measured(&what, Down::Asks(asked), SECOND / 2, asked_for).await;
        assert_eq!(spread.requests, CLIENTS, "one each: {spread:?}");
        let span = Duration::from_millis(span);
        assert!(
            spread.first < span / 20 && spread.last <= span && spread.last > span * 19 / 20,
            "{spread:?}"
        );
        assert!(spread.most <= most && spread.same_instant <= 10, "{spread:?}");
    }
}

#[tokio::test]
async fn a_thousand_clients_that_were_told_nothing_are_spread_over_minutes() {
    let lasts = Duration::from_secs(600);
    for (what, down) in [("503 without Retry-After", Down::Bare), ("no connection", Down::Gone)] {
        let spread = measured(&format!("{what} for 10 minutes"), down, lasts, lasts).await;
        // 5 s doubling, half of it jitter: eight or nine requests in ten minutes.
        assert!((6 * CLIENTS..12 * CLIENTS).contains(&spread.requests), "{spread:?}");
        assert!(
            spread.last <= Duration::from_secs(640) && spread.last >= Duration::from_secs(200),
            "{spread:?}"
        );
        assert!(spread.most <= 30 && spread.same_instant <= 6, "{spread:?}");
        // Right after the beginning they are a crowd still: within the 2.5 s of the first jitter.
        assert!(spread.most_during <= 550, "{spread:?}");
    }
}
