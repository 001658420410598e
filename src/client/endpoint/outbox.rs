//! Usage events on their way to the billing endpoint: durable before the call returns, delivered at least once.

use std::sync::Arc;

use http::{HeaderValue, header};

use super::error::SyncError;
use super::link::{Link, MAX_BODY, Pass};
use super::usage_event::{UsageEvent, uuid};
use crate::decide::fetch::delivery::{Answer, Body, Delivery, MAX_BATCH, after_split, event_index, judge};
use crate::decide::fetch::judge::Refusal;
use crate::net::{BatchReply, Response, batch_reply, by_contract};
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
    /// Events that the endpoint named as ones it can never accept. They were dropped, so that the others can pass.
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
                let id = uuid(crate::client::draw::id());
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
        let mut size = MAX_BATCH;
        loop {
            let batch = self.next(size)?;
            if batch.is_empty() {
                return Ok(());
            }
            self.link.gate(true)?;
            let deadline = self.link.deadline();
            let pass = self.link.pass(deadline).await?;
            let response = self
                .link
                .post(&self.url(), &headers(), body(&batch), &pass, deadline)
                .await
                .map_err(|why| self.link.no_answer(why, &pass))?;
            match judge(answer(&response), batch.len()) {
                Delivery::Arrived => {
                    self.link.reached();
                    self.forget(&batch)?;
                    flushed.delivered += batch.len() as u64;
                }
                Delivery::Split => size = after_split(batch.len()),
                Delivery::Drop(event) if flushed.refused < MAX_DROPS => {
                    self.link.reached();
                    let status = response.status().as_u16();
                    tracing::warn!(status, "a usage event that the endpoint cannot accept was dropped");
                    self.forget(batch.get(event..=event).unwrap_or_default())?;
                    flushed.refused += 1;
                }
                Delivery::Drop(_) => return Err(self.kept(Refusal::Unexpected, &response, &pass)),
                Delivery::Keep(refusal) => return Err(self.kept(refusal, &response, &pass)),
            }
        }
    }

    fn next(&self, size: usize) -> Result<Vec<OutboxEntry>, SyncError> {
        self.link.parts().store.outbox(size).map_err(|error| store_failed(&error))
    }

    fn forget(&self, entries: &[OutboxEntry]) -> Result<(), SyncError> {
        let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
        self.link.parts().store.delivered(&seqs).map_err(|error| store_failed(&error))
    }

    fn url(&self) -> String {
        let parts = self.link.parts();
        parts.url.usage_events(parts.app)
    }

    /// Notes an answer after which the events stay.
    fn kept(&self, refusal: Refusal, response: &Response, pass: &Pass) -> SyncError {
        match refusal {
            Refusal::Unusable => self.link.refused(refusal, Some(response), pass, |retry_at| {
                SyncError::NoReceipt { status: response.status().as_u16(), retry_at }
            }),
            refusal => self.link.refused_status(refusal, response, pass),
        }
    }
}

fn headers() -> [(header::HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/cloudevents-batch+json")),
        (header::ACCEPT, HeaderValue::from_static("application/json, application/problem+json")),
        (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
    ]
}

fn body(batch: &[OutboxEntry]) -> Vec<u8> {
    let events: Vec<&str> = batch.iter().map(|entry| entry.body.as_str()).collect();
    format!("[{}]", events.join(",")).into_bytes()
}

fn answer(response: &Response) -> Answer {
    let body = match batch_reply(response, MAX_BODY) {
        BatchReply::Receipt { accepted, duplicates } => Body::Receipt { accepted, duplicates },
        BatchReply::Problem { field } => Body::Problem { event: field.and_then(|field| event_index(&field)) },
        BatchReply::Other => Body::Other,
    };
    Answer { code: response.status().as_u16(), body, by_contract: by_contract(response) }
}

fn store_failed(error: &StoreError) -> SyncError {
    SyncError::StoreFailed { why: error.to_string() }
}
