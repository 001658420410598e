//! Usage events on their way to the billing endpoint: durable before the call returns, delivered at least once.

use std::collections::HashSet;
use std::sync::Arc;

use http::{HeaderValue, header};

use super::error::SyncError;
use super::link::{Link, MAX_BODY, Pass};
use super::pace::Route;
use crate::client::core::STORE_WAIT;
use crate::client::events::Event;
use crate::client::tx::Tx;
use crate::decide::fetch::delivery::{Answer, Body, Delivery, MAX_BATCH, after_split, event_index, judge};
use crate::decide::fetch::judge::Refusal;
use crate::net::{BatchReply, Response, batch_reply, by_contract};
use crate::store::{OutboxEntry, StoreError};

/// How many events wait at most by default; beyond, the oldest are dropped and counted.
pub(crate) const OUTBOX_CAPACITY: u64 = 10_000;

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

/// The outbox of one app's usage events. They are written in the transactions that they tell of; this delivers them.
#[derive(Debug)]
pub(crate) struct Outbox {
    link: Arc<Link>,
    /// Two flushes at once would send everything twice.
    flushing: tokio::sync::Mutex<()>,
}

impl Outbox {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self { link, flushing: tokio::sync::Mutex::new(()) }
    }

    /// Delivers what waits, oldest first, until nothing is left or something is in the way.
    ///
    /// Dropping the future is safe: what was sent and not yet acknowledged is sent again, and the endpoint knows it
    /// by its id.
    pub(crate) async fn flush(&self) -> Flushed {
        let _flushing = self.flushing.lock().await;
        let mut flushed = Flushed::default();
        if let Err(error) = self.deliver(&mut flushed).await {
            flushed.stopped = Some(error);
        }
        match self.link.core.read(|transaction| transaction.outbox_len()).await {
            Ok((waiting, dropped)) => (flushed.waiting, flushed.dropped) = (waiting, dropped),
            Err(error) => {
                flushed.stopped.get_or_insert(store_failed(&error));
            }
        }
        flushed
    }

    async fn deliver(&self, flushed: &mut Flushed) -> Result<(), SyncError> {
        let mut size = MAX_BATCH;
        let mut gone = HashSet::new();
        loop {
            let batch = self.next(size).await?;
            if batch.is_empty() {
                return Ok(());
            }
            // A store that keeps what it was told to forget would have it sent for ever.
            if batch.iter().any(|entry| gone.contains(&entry.id)) {
                return Err(store_failed(&kept_what_is_gone()));
            }
            self.link.gate_events()?;
            let deadline = self.link.deadline();
            let pass = self.link.pass(Route::UsageEvents, deadline).await?;
            let url = self.link.usage_events_url();
            let response = match self.link.post(&url, &headers(), body(&batch), &pass, deadline).await {
                Ok(response) => response,
                Err(why) => return Err(self.link.no_answer(why, &pass).await),
            };
            match judge(answer(&response), batch.len()) {
                Delivery::Arrived => {
                    self.link.events_taken().await;
                    self.forget(&batch, 0).await;
                    flushed.delivered += batch.len() as u64;
                    gone.extend(batch.into_iter().map(|entry| entry.id));
                }
                Delivery::Split => size = after_split(batch.len()),
                Delivery::Drop(event) if flushed.refused < MAX_DROPS => {
                    self.link.events_taken().await;
                    let status = response.status().as_u16();
                    tracing::warn!(status, "a usage event that the endpoint cannot accept was dropped");
                    let refused = batch.get(event..=event).unwrap_or_default();
                    self.forget(refused, 1).await;
                    flushed.refused += 1;
                    gone.extend(refused.iter().map(|entry| entry.id.clone()));
                }
                Delivery::Drop(_) => return Err(self.kept(Refusal::Unexpected, &response, &pass).await),
                Delivery::Keep(refusal) => return Err(self.kept(refusal, &response, &pass).await),
            }
        }
    }

    async fn next(&self, size: usize) -> Result<Vec<OutboxEntry>, SyncError> {
        let oldest = self.link.core.read(move |transaction| transaction.oldest(size)).await;
        oldest.map_err(|error| store_failed(&error))
    }

    /// Forgets what arrived, or what the endpoint named as `refused` events it can never accept.
    async fn forget(&self, entries: &[OutboxEntry], refused: u64) {
        let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
        let forget = move |tx: &mut Tx<'_>| {
            tx.delivered(&seqs)?;
            if refused > 0 { tx.emit(Event::UsageEventsRefused { count: refused }) } else { Ok(()) }
        };
        self.link.core.write(STORE_WAIT, forget).await;
    }

    /// Notes an answer after which the events stay.
    async fn kept(&self, refusal: Refusal, response: &Response, pass: &Pass) -> SyncError {
        match refusal {
            Refusal::Unusable => {
                let status = response.status().as_u16();
                let error = |retry_at| SyncError::NoReceipt { status, retry_at };
                self.link.refused(refusal, Some(response), pass, error).await
            }
            refusal => self.link.refused_status(refusal, response, pass).await,
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

fn kept_what_is_gone() -> StoreError {
    StoreError::Backend { why: "it still lists usage events that it was told to forget".to_owned() }
}

fn store_failed(error: &StoreError) -> SyncError {
    SyncError::StoreFailed { why: error.to_string() }
}
