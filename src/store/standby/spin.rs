//! Waiting for the store for a moment before the caller's task sleeps.
//!
//! To wake a sleeping thread takes as long as a small transaction. The answer to the only write under way is therefore
//! looked for a bounded number of times first. Other tasks of this thread come before: their writes are committed together
//! with this one, and where there are any nobody looks.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{LazyLock, Weak};
use std::task::{Context, Poll};

use super::shared::Shared;

/// How often the answer is looked for: a tenth of a millisecond in all, which two or three transactions take.
const LOOKS: u32 = 3_000;

/// On a single processor the store could not go on meanwhile.
static SEVERAL_PROCESSORS: LazyLock<bool> =
    LazyLock::new(|| std::thread::available_parallelism().is_ok_and(|n| n.get() > 1));

enum Turn {
    /// Not polled yet.
    First,
    /// The thread's other tasks have had their turn.
    Second,
    /// Woken by the store.
    Asleep,
}

/// An answer of the store, looked for before it is slept for.
pub struct Spun<F> {
    answer: F,
    shared: Weak<Shared>,
    turn: Turn,
}

impl<F> Spun<F> {
    pub(super) const fn new(answer: F, shared: Weak<Shared>) -> Self {
        Self { answer, shared, turn: Turn::First }
    }
}

impl<F> fmt::Debug for Spun<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spun").finish_non_exhaustive()
    }
}

impl<F: Future + Unpin> Future for Spun<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        if let Poll::Ready(answer) = Pin::new(&mut self.answer).poll(cx) {
            return Poll::Ready(answer);
        }
        match self.turn {
            // Whoever else is at this thread may have a work, too.
            Turn::First if *SEVERAL_PROCESSORS => {
                self.turn = Turn::Second;
                cx.waker().wake_by_ref();
            }
            Turn::Second => {
                self.turn = Turn::Asleep;
                let alone =
                    self.shared.upgrade().is_some_and(|shared| shared.core.lock().in_flight.len() <= 1);
                for _ in 0..if alone { LOOKS } else { 0 } {
                    std::hint::spin_loop();
                    if let Poll::Ready(answer) = Pin::new(&mut self.answer).poll(cx) {
                        return Poll::Ready(answer);
                    }
                }
            }
            Turn::First | Turn::Asleep => {}
        }
        Poll::Pending
    }
}
