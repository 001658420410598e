//! A transaction that memory follows: what it is wrapped in on its way to the store.

use std::sync::Arc;

use super::core::Core;
use super::events::Event;
use super::random;
use super::tx::Tx;
use crate::lock::Mutex;
use crate::port::MaybeSend;
use crate::store::{Changes, Pass, StoreError, Work};

#[cfg(not(target_arch = "wasm32"))]
type Run = Box<dyn FnMut(&mut Tx<'_>) -> Result<(), StoreError> + Send>;
#[cfg(target_arch = "wasm32")]
type Run = Box<dyn FnMut(&mut Tx<'_>) -> Result<(), StoreError>>;

/// What a transaction left when it ran.
struct RanOnce {
    events: Vec<Event>,
    line: u64,
    changes: Changes,
}

impl Core {
    /// `run` as a work that memory follows, and where its answer will be once it has run.
    pub(super) fn work<T: MaybeSend + 'static>(
        &self,
        mut run: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + MaybeSend + 'static,
    ) -> (Work, Arc<Mutex<Option<T>>>) {
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        let work = self.followed(Box::new(move |tx| {
            let value = run(tx)?;
            // Run again in memory: the first answer stands.
            if tx.pass() == Pass::First {
                *slot.lock() = Some(value);
            }
            Ok(())
        }));
        (work, answer)
    }

    /// `run` as a work that memory follows. The same for whatever it answers: each answer has a copy of what is generic.
    fn followed(&self, mut run: Run) -> Work {
        let (outgoing, clock) = (self.outgoing.clone(), Arc::clone(&self.clock));
        let (memory, follower) = (Arc::clone(&self.memory), Arc::clone(&self.memory));
        let unreported = Arc::clone(&self.unreported);
        let (now, seed) = (self.now(), random::id());
        let ran: Arc<Mutex<Option<RanOnce>>> = Arc::default();
        let slot = Arc::clone(&ran);
        let work = Work::write(move |transaction, pass| {
            let line = transaction.line();
            let group = transaction.group();
            let since = memory.since(line, group);
            let mut events = Vec::new();
            run(&mut Tx {
                inner: &mut *transaction,
                pass,
                events: &mut events,
                outgoing: outgoing.as_ref(),
                now,
                elapsed: clock.elapsed(),
                seed,
                drawn: 0,
            })?;
            let mut slot = slot.lock();
            match (&mut *slot, pass) {
                (slot, Pass::First) => {
                    let changes = transaction.changes_since(since, clock.elapsed())?;
                    memory.handed(line, group, changes.seq);
                    *slot = Some(RanOnce { events, line, changes });
                }
                // Memory follows the rows it has here.
                (Some(first), Pass::Replay) if line != 0 => {
                    first.changes = transaction.changes_since(since, clock.elapsed())?;
                    first.line = line;
                }
                (_, Pass::Replay) => {}
            }
            Ok(())
        });
        work.then(move || {
            let ran = ran.lock().take();
            if let Some(RanOnce { events, line, changes }) = ran {
                follower.follow(line, &changes);
                unreported.lock().extend(events);
            }
        })
    }
}
