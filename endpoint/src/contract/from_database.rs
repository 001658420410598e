//! The port over the endpoint's database.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{Extensions, StatusCode};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Content, Port, Prepared, Receipt, Signing, UsageEvent};
use crate::config::App;
use crate::credentials;
use crate::db::{DbError, Queries};
use crate::documents::{Filled, Issued, Stamp};
use crate::keys::KeysError;
use crate::ledger::belief::{Belief, believe};
use crate::ledger::period::When;
use crate::problem::Problem;
use crate::service::Service;
use crate::{hooks, keys, upkeep};

/// When events are to be sent again that are too old by a clock that may be wrong.
const CLOCK_SECS: u64 = 3600;

impl Port for Service {
    fn max_body_bytes(&self) -> usize {
        self.config.limits.body_bytes
    }

    async fn admit(&self, token: Option<&str>, app: Option<u64>) -> Result<(), Problem> {
        match app {
            Some(app) => Service::admit(self, token, app).await,
            None => self.admit_to_any(token).await,
        }
    }

    async fn document(&self, app: u64, _: &Extensions) -> Result<Option<Arc<Prepared>>, Problem> {
        let now = self.clock.now();
        let counted = self.app(app)?.clone();
        // By one caller at a time, the others get what there is.
        if self.looks(app, now) {
            self.fill(&counted, now).await?;
        }
        let held = self.prepared(app);
        let (secret, audience) = (self.secret.clone(), self.config.audience.clone());
        let known = held.as_ref().map(|(stamp, _)| stamp.clone());
        let read = move |queries: &mut dyn Queries| {
            let month = When::new(counted.billing_zone.time_zone(), now.as_millisecond()).month;
            // Before what it stands for: what changes in between is seen by the next call.
            let stamp = Stamp::read(queries, app, month, now)?;
            if stamp.is_none() || stamp == known {
                return Ok((stamp, None));
            }
            let Some(issued) = Issued::read(queries, app)? else { return Ok((None, None)) };
            let document = issued.document(app, hooks::accounts(queries, &secret, &counted, now)?);
            let signing = keys::signing(queries, &secret, audience.as_deref(), now)?;
            Ok((stamp, Some((Content::of(&document), signing))))
        };
        match self.db.read(read).await? {
            (None, _) => Ok(None),
            (Some(_), None) => Ok(held.map(|(_, prepared)| prepared)),
            (Some(stamp), Some((content, signing))) => {
                let prepared = Arc::new(content.by(signing.map_err(|error| cannot_sign(&error))?));
                self.prepare(app, stamp, Arc::clone(&prepared));
                Ok(Some(prepared))
            }
        }
    }

    /// With the credential and what the document hangs on in one transaction, where a document is held.
    async fn document_for(
        &self,
        token: Option<&str>,
        app: u64,
        call: &Extensions,
    ) -> Result<Option<Arc<Prepared>>, Problem> {
        let now = self.clock.now();
        let config = self.config.app(app).filter(|_| !self.is_to_look(app, now));
        let held = config.zip(token).zip(self.prepared(app));
        let Some(((config, token), (known, prepared))) = held else {
            Service::admit(self, token, app).await?;
            return self.document(app, call).await;
        };
        let token = token.to_owned();
        let month = When::new(config.billing_zone.time_zone(), now.as_millisecond()).month;
        let read = move |queries: &mut dyn Queries| {
            let credential = credentials::verify(queries, &token, now)?;
            // Strangers cost no more than that.
            let stamp = if credential.is_some() { Stamp::read(queries, app, month, now)? } else { None };
            Ok((credential, stamp))
        };
        let (credential, stamp) = self.db.read(read).await?;
        self.admit_as(&self.taken(credential)?, app)?;
        if stamp == Some(known) { Ok(Some(prepared)) } else { self.document(app, call).await }
    }

    async fn catalog(&self, id: &str) -> Result<Option<Arc<Prepared>>, Problem> {
        let id = id.to_owned();
        let sql = "SELECT body FROM catalogs WHERE id = $1";
        let row = self.db.read(move |queries| queries.first(sql, &[id.as_str().into()])).await?;
        let Some(row) = row else { return Ok(None) };
        let body: String = row.get(0)?;
        let body = serde_json::from_str(&body)
            .map_err(|error| DbError::Damaged { table: "catalogs".into(), why: error.to_string() })?;
        Ok(Some(Arc::new(Content::of(&body).by(self.signing().await?))))
    }

    async fn signing(&self) -> Result<Signing, Problem> {
        let (secret, audience, now) = (self.secret.clone(), self.config.audience.clone(), self.clock.now());
        let read = move |queries: &mut dyn Queries| keys::signing(queries, &secret, audience.as_deref(), now);
        self.db.read(read).await?.map_err(|error| cannot_sign(&error))
    }

    async fn take(&self, app: u64, batch: Vec<UsageEvent>) -> Result<Receipt, Problem> {
        let now = self.clock.now();
        let (config, secret) = (self.app(app)?.clone(), self.secret.clone());
        let batch: Vec<_> = batch.into_iter().map(|event| (key(&event), event)).collect();
        let oldest = batch.iter().filter_map(|(_, event)| event.time()).min();
        // Rows in one order in every transaction, so that no two wait for each other.
        let mut rows: Vec<_> = (0..batch.len()).collect();
        rows.sort_by_key(|at| batch[*at].0);
        let take = move |queries: &mut dyn Queries| {
            // What is too old by a clock that may be wrong is not taken: it would count for nothing, and never again.
            let looks_old =
                oldest.is_some_and(|at| believe(at.as_millisecond(), now.as_millisecond()) == Belief::TooOld);
            if looks_old && upkeep::is_in_doubt(queries, now)? {
                return Ok(None);
            }
            let row = |at: &usize| vec![app.cast_signed().into(), batch[*at].0[..].into(), now.into()];
            let values: Vec<_> = rows.iter().map(row).collect();
            let head = "INSERT INTO events_taken (app, event, taken_at)";
            let taken = queries.insert(head, &values, "ON CONFLICT DO NOTHING RETURNING event")?;
            let mut taken: BTreeSet<Vec<u8>> =
                taken.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
            // Of those that are twice in the batch, the first.
            let new = batch.iter().filter(|(key, _)| taken.remove(&key[..])).map(|(_, event)| event);
            let new: Vec<&UsageEvent> = new.collect();
            hooks::taken(queries, &secret, &config, &new, now)?;
            let accepted = new.len() as u64;
            Ok(Some(Receipt { accepted, duplicates: batch.len() as u64 - accepted }))
        };
        let Some(receipt) = self.db.write_batch(take).await? else {
            tracing::error!(
                "the clock went far ahead: events that are too old by it are not taken until it is believed"
            );
            let detail = "by this endpoint's clock, which may be wrong, the events are too old; send the same again later";
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(CLOCK_SECS));
        };
        self.metrics.events(receipt.accepted, receipt.duplicates);
        Ok(receipt)
    }
}

impl Service {
    /// Computes what the endpoint fills into the document of an app, and issues it anew where that is due.
    async fn fill(&self, app: &App, now: Timestamp) -> Result<(), DbError> {
        let (id, counted, secret) = (app.sdk_app_id, app.clone(), self.secret.clone());
        let read = move |queries: &mut dyn Queries| {
            let Some(issued) = Issued::read(queries, id)? else { return Ok(None) };
            let accounts = hooks::accounts(queries, &secret, &counted, now)?;
            let filled = Filled { usage: hooks::usage(queries, &counted, now)?, accounts };
            Ok(issued.is_due(&filled, now).then_some((issued, filled)))
        };
        if let Some((issued, filled)) = self.db.read(read).await? {
            let renew = move |queries: &mut dyn Queries| issued.clone().renew(queries, id, &filled, now);
            self.db.write(renew).await?;
        }
        Ok(())
    }
}

fn cannot_sign(error: &KeysError) -> Problem {
    tracing::error!(why = %error, "signing keys cannot be used");
    let detail = "the endpoint cannot sign; its operator finds the cause in its log";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
}

/// By what an event is known again: source and id, at a fixed length.
fn key(event: &UsageEvent) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update(event.source().as_bytes());
    hasher.update(b"\0");
    hasher.update(event.id().as_bytes());
    let digest: [u8; 32] = hasher.finalize().into();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}
