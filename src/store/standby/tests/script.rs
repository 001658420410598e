//! A store that does what the test says, one step at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::lock::Mutex;
use futures_util::FutureExt as _;
use tokio::sync::oneshot;

use super::NOW;
use crate::model::{Counter, CounterKey, CounterOp, Timestamp};
use crate::port::BoxFuture;
use crate::store::state::State;
use crate::store::{Counters as _, Pass, Store, StoreError, Work};

/// What becomes of the works that arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// They are carried out at once.
    #[default]
    Serve,
    /// They fail before they run.
    Fail,
    /// They run, and their commit fails.
    FailCommit,
    /// They wait for [`Script::serve`] or [`Script::run`].
    Hang,
}

type Tell = oneshot::Sender<Result<(), StoreError>>;

#[derive(Default)]
struct Inside {
    state: State,
    mode: Mode,
    queue: VecDeque<(Work, Tell)>,
    /// Run, and not committed.
    open: Option<(State, Work, Tell)>,
}

#[derive(Clone, Default)]
pub(super) struct Script(Arc<Mutex<Inside>>);

impl Script {
    pub(super) fn set(&self, mode: Mode) {
        self.0.lock().mode = mode;
    }

    pub(super) fn counter(&self, key: CounterKey) -> Counter {
        self.0.lock().state.counter(&key, NOW).unwrap()
    }

    pub(super) fn waiting(&self) -> usize {
        self.0.lock().queue.len()
    }

    /// Begins the oldest work that waits, and leaves it there.
    pub(super) fn begin(&self) -> bool {
        self.0.lock().queue.front().is_some_and(|(work, _)| work.begin())
    }

    /// Runs the oldest work that waits, without its commit.
    pub(super) fn run(&self) {
        let (mut state, job) = {
            let mut inside = self.0.lock();
            if inside.open.is_some() {
                return;
            }
            (inside.state.clone(), inside.queue.pop_front())
        };
        let Some((mut work, tell)) = job else { return };
        if !work.begin() {
            return;
        }
        match state.transact(&mut work, Pass::First) {
            Ok(()) => self.0.lock().open = Some((state, work, tell)),
            Err(error) => {
                drop(work);
                drop(tell.send(Err(error)));
            }
        }
    }

    /// Commits what has run, or fails to.
    pub(super) fn finish(&self, end: Result<(), StoreError>) {
        let open = self.0.lock().open.take();
        let Some((state, mut work, tell)) = open else { return };
        if end.is_ok() {
            self.0.lock().state = state;
            work.committed();
        }
        drop(work);
        // Its caller may be gone.
        drop(tell.send(end));
    }

    /// Carries out everything that waits.
    pub(super) fn serve(&self) {
        self.finish(Ok(()));
        while self.waiting() > 0 {
            self.run();
            self.finish(Ok(()));
        }
    }

    /// Another process writes.
    pub(super) fn foreign(&self, key: CounterKey) {
        // The store has one writer at a time.
        if self.0.lock().open.is_some() {
            return;
        }
        let add = CounterOp::Add { key, delta: 1, at: Timestamp::from_secs(1_795_147_200) };
        let mut work = Work::write(move |t, _| t.apply(&[add]));
        self.0.lock().state.transact(&mut work, Pass::First).unwrap();
    }
}

impl Store for Script {
    fn transact(&self, mut work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        let mode = self.0.lock().mode;
        if mode == Mode::Fail {
            return Box::pin(async { Err(StoreError::DiskFull) });
        }
        let idle = { self.0.lock().open.is_none() } && self.waiting() == 0;
        if mode == Mode::FailCommit && idle {
            // Its copy of the state is not taken over.
            let mut state = self.0.lock().state.clone();
            let ran = state.transact(&mut work, Pass::First).and(Err(StoreError::DiskFull));
            return Box::pin(async { ran });
        }
        let (tell, told) = oneshot::channel();
        self.0.lock().queue.push_back((work, tell));
        if mode == Mode::Serve && idle {
            self.serve();
        }
        Box::pin(told.map(|told| told.unwrap_or(Err(StoreError::Busy))))
    }
}
