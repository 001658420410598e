//! A clock that only moves when told to: for planguard's tests and for those of the app that embeds it.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use parking_lot::Mutex;

use super::clock::Clock;
use crate::model::{Elapsed, Timestamp};
use crate::port::BoxFuture;

/// A clock turned by hand. Clones share the time.
///
/// ```
/// use std::time::Duration;
/// use planguard::time::{Clock, ManualClock};
/// let clock = ManualClock::at("2024-08-01T00:00:00Z".parse()?);
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now().to_string(), "2024-08-01T00:01:30Z");
/// # Ok::<(), planguard::time::BadInstant>(())
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    wall: Timestamp,
    /// Time that has passed, whatever the wall clock was set to: timers run on this.
    elapsed: Duration,
    /// What `elapsed` was at the last boot: the monotonic reading starts from here.
    booted: Duration,
    sleepers: Vec<(u64, Duration, Waker)>,
    next_id: u64,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            wall: start,
            elapsed: Duration::ZERO,
            booted: Duration::ZERO,
            sleepers: Vec::new(),
            next_id: 0,
        })))
    }

    /// Lets `duration` pass: wall clock and monotonic clock move, and due sleepers wake.
    pub fn advance(&self, duration: Duration) {
        let due: Vec<Waker> = {
            let mut inner = self.0.lock();
            inner.wall = inner.wall.plus(duration);
            inner.elapsed = inner.elapsed.saturating_add(duration);
            let elapsed = inner.elapsed;
            let (due, waiting) =
                inner.sleepers.drain(..).partition::<Vec<_>, _>(|(_, deadline, _)| *deadline <= elapsed);
            inner.sleepers = waiting;
            due.into_iter().map(|(_, _, waker)| waker).collect()
        };
        for waker in due {
            waker.wake();
        }
    }

    /// Sets the wall clock, forwards or backwards, as a user or the network may. The monotonic clock stays and no
    /// timer fires.
    pub fn set(&self, wall: Timestamp) {
        self.0.lock().wall = wall;
    }

    /// Starts the monotonic clock again from zero, as a reboot does. The wall clock stays, and so do sleepers: a
    /// test that keeps some has kept the process.
    pub fn reboot(&self) {
        let mut inner = self.0.lock();
        inner.booted = inner.elapsed;
    }

    /// How many sleepers are waiting: lets a test advance only once the code under test waits.
    pub fn sleepers(&self) -> usize {
        self.0.lock().sleepers.len()
    }
}

/// Takes the sleeper off the list when the future that waited is dropped.
struct Sleeper {
    clock: ManualClock,
    id: u64,
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.clock.0.lock().sleepers.retain(|(id, _, _)| *id != self.id);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.lock().wall
    }

    fn elapsed(&self) -> Elapsed {
        let inner = self.0.lock();
        Elapsed::default().plus(inner.elapsed.saturating_sub(inner.booted))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (id, deadline) = {
            let mut inner = self.0.lock();
            inner.next_id += 1;
            (inner.next_id, inner.elapsed.saturating_add(duration))
        };
        let sleeper = Sleeper { clock: self.clone(), id };
        Box::pin(poll_fn(move |cx| {
            let mut inner = sleeper.clock.0.lock();
            if inner.elapsed >= deadline {
                return Poll::Ready(());
            }
            inner.sleepers.retain(|(other, _, _)| *other != sleeper.id);
            inner.sleepers.push((sleeper.id, deadline, cx.waker().clone()));
            Poll::Pending
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reboot_takes_the_monotonic_clock_back() {
        let clock = ManualClock::at(Timestamp::from_secs(1_000));
        clock.advance(Duration::from_secs(5));
        clock.set(Timestamp::from_secs(10));
        assert_eq!(clock.elapsed(), Elapsed(5_000));
        clock.reboot();
        assert_eq!(clock.elapsed(), Elapsed(0));
        clock.clone().advance(Duration::from_secs(1));
        assert_eq!((clock.now(), clock.elapsed()), (Timestamp::from_secs(11), Elapsed(1_000)));
    }

    #[tokio::test]
    async fn sleepers_wake_when_their_time_has_passed_whatever_the_wall_clock_says() {
        let clock = ManualClock::at(Timestamp::from_secs(1_000));
        let task = tokio::spawn(clock.sleep(Duration::from_secs(10)));
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        clock.set(Timestamp::from_secs(9_000));
        clock.advance(Duration::from_secs(9));
        assert_eq!(clock.sleepers(), 1);
        clock.advance(Duration::from_secs(1));
        task.await.unwrap();
        assert_eq!(clock.sleepers(), 0);
    }

    #[test]
    fn only_advancing_counts_as_elapsed() {
        let clock = ManualClock::at(Timestamp::from_secs(1_000));
        clock.set(Timestamp::from_secs(9_000));
        assert_eq!(clock.elapsed(), Elapsed(0));
        clock.advance(Duration::from_millis(1_500));
        clock.set(Timestamp::from_secs(10));
        assert_eq!(clock.clone().elapsed(), Elapsed(1_500));
    }

    #[tokio::test]
    async fn a_dropped_sleeper_is_forgotten() {
        let clock = ManualClock::at(Timestamp::from_secs(1_000));
        let task = tokio::spawn(clock.sleep(Duration::from_secs(10)));
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert_eq!(clock.sleepers(), 0);
    }
}
