//! Usage events on their way to the billing endpoint: durable before the call returns, delivered at least once.

mod event;

use std::sync::Arc;

use serde::Deserialize;

pub use event::UsageEvent;

use super::link::{Link, Pass};
use super::sync::SyncError;
use crate::decide::delivery::{Delivery, MAX_BATCH, batch_after, event_index, judge};
use crate::net::{Header, HttpResponse, Method};
use crate::store::{Enqueued, OutboxEntry, StoreError};

/// How many events wait at most by default; beyond, the oldest are dropped and counted.
pub const OUTBOX_CAPACITY: u64 = 10_000;

/// Dropped in one flush at most: an endpoint that refuses everything is broken, and the events are not.
const MAX_DROPS: u64 = 10;

/// What a flush did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flushed {
    /// Events that arrived.
    pub delivered: u64,
    /// Events that the endpoint can never accept and that were dropped, so that the others can pass.
    pub refused: u64,
    /// Events that still wait.
    pub waiting: u64,
    /// Events that were dropped since the install because the outbox was full.
    pub dropped: u64,
    /// Why events still wait; `None` when all were sent.
    pub stopped: Option<SyncError>,
}

/// The outbox of one app's usage events.
#[derive(Debug)]
pub struct Outbox {
    link: Arc<Link>,
    source: String,
    capacity: u64,
    /// Two flushes at once would send everything twice.
    flushing: tokio::sync::Mutex<()>,
}

#[derive(Deserialize)]
struct Problem {
    field: String,
}

impl Outbox {
    /// An outbox that holds `capacity` events.
    pub fn new(link: Arc<Link>, capacity: u64) -> Self {
        let source = format!("/apps/{}/installs/{}", link.parts().app, link.install_id());
        Self { link, source, capacity, flushing: tokio::sync::Mutex::new(()) }
    }

    /// Keeps events for delivery; they are durable when this returns.
    pub fn record(&self, events: &[UsageEvent]) -> Result<Enqueued, StoreError> {
        let now = self.link.now();
        let entries: Vec<_> = events
            .iter()
            .map(|event| {
                let id = event::uuid(super::draw::id());
                let wire = event.to_wire(&id, &self.source, now);
                (id, wire)
            })
            .collect();
        self.link.parts().store.enqueue(&entries, self.capacity)
    }

    /// Delivers what waits, oldest first, until nothing is left or something is in the way.
    ///
    /// Dropping the future is safe: what was sent and not yet acknowledged is sent again, and the endpoint knows it
    /// by its id.
    pub async fn flush(&self) -> Flushed {
        let _flushing = self.flushing.lock().await;
        let mut flushed = Flushed::default();
        if let Err(error) = self.deliver(&mut flushed).await {
            flushed.stopped = Some(error);
        }
        match self.link.parts().store.outbox_len() {
            Ok((waiting, dropped)) => (flushed.waiting, flushed.dropped) = (waiting, dropped),
            Err(error) => {
                flushed.stopped.get_or_insert(store_failed(&error));
            }
        }
        flushed
    }

    async fn deliver(&self, flushed: &mut Flushed) -> Result<(), SyncError> {
        let store = &self.link.parts().store;
        let mut size = MAX_BATCH;
        loop {
            let batch = store.outbox(size).map_err(|error| store_failed(&error))?;
            if batch.is_empty() {
                return Ok(());
            }
            self.link.gate(true)?;
            let pass = self.link.pass().await?;
            let response = self.post(&batch, &pass).await?;
            match judge(response.status, named(&response), batch.len()) {
                Delivery::Arrived => {
                    self.link.reached();
                    let seqs: Vec<u64> = batch.iter().map(|entry| entry.seq).collect();
                    store.delivered(&seqs).map_err(|error| store_failed(&error))?;
                    flushed.delivered += batch.len() as u64;
                    size = batch_after(size, true);
                }
                Delivery::Split => size = batch_after(batch.len(), false),
                Delivery::Drop(index) if flushed.refused < MAX_DROPS => {
                    let seq = batch.get(index).map_or(0, |entry| entry.seq);
                    tracing::warn!(
                        status = response.status,
                        "a usage event that the endpoint cannot accept was dropped"
                    );
                    store.delivered(&[seq]).map_err(|error| store_failed(&error))?;
                    flushed.refused += 1;
                    size = MAX_BATCH;
                }
                Delivery::Drop(_) | Delivery::Keep(_) => {
                    return Err(self.link.refused_status(&response, &pass));
                }
            }
        }
    }

    async fn post(&self, batch: &[OutboxEntry], pass: &Pass) -> Result<HttpResponse, SyncError> {
        let parts = self.link.parts();
        let bodies: Vec<&str> = batch.iter().map(|entry| entry.body.as_str()).collect();
        let body = format!("[{}]", bodies.join(",")).into_bytes();
        let content_type =
            Header { name: "content-type", value: "application/cloudevents-batch+json".to_owned() };
        let url = parts.url.usage_events(parts.app);
        self.link
            .send(Method::Post, url, vec![content_type], Some(body), pass)
            .await
            .map_err(|why| self.link.no_answer(why, pass))
    }
}

/// The event that a problem document (RFC 9457) points at.
fn named(response: &HttpResponse) -> Option<usize> {
    let problem: Problem = serde_json::from_slice(&response.body).ok()?;
    event_index(&problem.field)
}

fn store_failed(error: &StoreError) -> SyncError {
    SyncError::StoreFailed { why: error.to_string() }
}
