//! One transaction as the shell writes it: the store's rooms, and events that are kept together with what they tell.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::endpoint::usage_event;
use super::events::Event;
use crate::model::{AccountName, Elapsed, Timestamp};
use crate::store::{NewEvent, Pass, StoreError, Transaction};

/// How usage events for the billing endpoint are written.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    /// Names app and install; the same for every event.
    pub(super) source: Arc<str>,
    /// How many may wait.
    pub(super) capacity: u64,
}

/// One transaction in progress.
pub(crate) struct Tx<'a> {
    pub(super) inner: &'a mut dyn Transaction,
    pub(super) pass: Pass,
    pub(super) events: &'a mut Vec<Event>,
    /// `None` where the app has no billing endpoint.
    pub(super) outgoing: Option<&'a Outgoing>,
    pub(super) now: Timestamp,
    /// The reading of the monotonic clock while the transaction runs. Against it waits are held that others began: a
    /// reading of before, such as the one a replay brings along, may lie before their beginning, as after a reboot.
    pub(super) elapsed: Elapsed,
    /// Drawn once for the work: a replay writes its events under the same ids.
    pub(super) seed: u128,
    pub(super) drawn: u32,
}

impl<'a> Deref for Tx<'a> {
    type Target = dyn Transaction + 'a;

    fn deref(&self) -> &Self::Target {
        &*self.inner
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.inner
    }
}

impl Tx<'_> {
    /// In which pass the work runs.
    pub(crate) const fn pass(&self) -> Pass {
        self.pass
    }

    /// The reading of the monotonic clock while the transaction runs.
    pub(crate) const fn elapsed(&self) -> Elapsed {
        self.elapsed
    }

    /// A number of this work's own: the same in a replay.
    pub(crate) fn draw(&mut self) -> u128 {
        self.drawn += 1;
        self.seed.wrapping_add(u128::from(self.drawn))
    }

    /// Reports `event` to the app once the transaction is durable, and keeps what the billing endpoint wants to know
    /// of it in the same transaction.
    pub(crate) fn emit(&mut self, event: Event) -> Result<(), StoreError> {
        self.emit_naming(event, None)
    }

    /// As [`Self::emit`] for an event of one user, whom the billing endpoint calls `account`.
    pub(crate) fn emit_naming(
        &mut self,
        event: Event,
        account: Option<AccountName>,
    ) -> Result<(), StoreError> {
        if let (Some(outgoing), Some(usage)) = (self.outgoing, event.usage()) {
            let id = usage_event::uuid(self.draw());
            let body = usage.to_wire(&id, &outgoing.source, self.now, account);
            let enqueued = self.inner.enqueue(&[NewEvent { id, body }], outgoing.capacity)?;
            if enqueued.dropped > 0 {
                self.events.push(Event::OutboxDropped { count: enqueued.dropped });
            }
        }
        self.events.push(event);
        Ok(())
    }
}
