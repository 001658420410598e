//! The usage events that were taken, in memory.

use std::collections::HashSet;

use planguard_endpoint::contract::{Receipt, UsageEvent};
use serde::Serialize;
use serde_json::Value;

/// The usage events received.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReceivedEvents {
    /// Each event once, in order of arrival.
    pub received: Vec<ReceivedEvent>,
    /// How many more arrived with a `source` and `id` already received for their app.
    pub duplicates: u64,
}

/// One usage event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReceivedEvent {
    /// The app it was sent for.
    pub sdk_app_id: u64,
    /// The event as sent.
    pub event: Value,
}

#[derive(Default)]
pub(crate) struct EventLog {
    seen: HashSet<(u64, String, String)>,
    events: ReceivedEvents,
}

impl EventLog {
    /// Takes in a batch; an event already there, or twice in the batch, counts as a duplicate.
    pub(crate) fn record(&mut self, app_id: u64, batch: Vec<UsageEvent>) -> Receipt {
        let mut receipt = Receipt::default();
        for event in batch {
            if self.seen.insert((app_id, event.source().to_owned(), event.id().to_owned())) {
                receipt.accepted += 1;
                self.events.received.push(ReceivedEvent { sdk_app_id: app_id, event: event.into_value() });
            } else {
                receipt.duplicates += 1;
            }
        }
        self.events.duplicates += receipt.duplicates;
        receipt
    }

    pub(crate) fn snapshot(&self) -> ReceivedEvents {
        self.events.clone()
    }
}
