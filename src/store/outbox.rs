//! The room of usage events that wait for delivery.

use serde::{Deserialize, Serialize};

use super::StoreError;

/// A usage event to be kept until it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The event's own id, by which the endpoint recognises a repetition.
    pub id: String,
    /// One `CloudEvents` JSON object.
    pub body: String,
}

/// A usage event that waits for delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// Rises with every entry; the order of delivery.
    pub seq: u64,
    /// The event's own id, by which the endpoint recognises a repetition.
    pub id: String,
    /// One `CloudEvents` JSON object.
    pub body: String,
}

/// The answer to adding to the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Enqueued {
    /// How many of the oldest entries were dropped to stay inside the bound.
    pub dropped: u64,
}

/// Usage events that wait for delivery.
pub trait Outbox {
    /// Adds usage events, dropping the oldest beyond `capacity`. An id already waiting is not added twice.
    fn enqueue(&mut self, events: &[NewEvent], capacity: u64) -> Result<Enqueued, StoreError>;

    /// The oldest waiting events, at most `max`.
    fn oldest(&mut self, max: usize) -> Result<Vec<OutboxEntry>, StoreError>;

    /// How many events wait, and how many were ever dropped.
    fn outbox_len(&mut self) -> Result<(u64, u64), StoreError>;

    /// Forgets delivered events.
    fn delivered(&mut self, seqs: &[u64]) -> Result<(), StoreError>;
}
