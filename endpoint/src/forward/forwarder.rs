//! Sends the batches of one app.

use std::sync::Arc;

use planguard::sync::{Request, http};

use super::batch::{self, BATCH_JSON};
use super::config::ForwardConfig;
use super::queue;
use crate::db::{Db, DbError};
use crate::outgoing::{Answer, Outgoing};
use crate::random;

/// What forwards the usage events of one app.
#[derive(Clone, Debug)]
pub struct Forwarder {
    app: i64,
    config: Arc<ForwardConfig>,
    outgoing: Outgoing,
    db: Db,
}

/// What one turn did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How many events were sent, and what was answered; `None` where none were due.
    pub sent: Option<(usize, Answer)>,
    /// When the next batch is due.
    pub next: Option<i64>,
}

impl Forwarder {
    /// What forwards the events of `app`.
    pub fn new(app: i64, config: Arc<ForwardConfig>, outgoing: Outgoing, db: Db) -> Self {
        Self { app, config, outgoing, db }
    }

    /// Sends one batch, where one is due.
    ///
    /// # Errors
    /// [`DbError`]: what was sent without being noted is sent again, with the same sources and ids.
    pub async fn turn(&self, now: i64) -> Result<Turn, DbError> {
        let (app, most) = (self.app, i64::from(self.config.batch));
        let claimed = self.db.write(move |queries| queue::claim(queries, app, most, now)).await?;
        let mut sent = None;
        if let Some(claim) = claimed {
            let answer = match self.request(batch::body(&claim)) {
                Some(request) => self.outgoing.send(request).await,
                None => Answer::Failed,
            };
            sent = Some((claim.events.len(), answer));
            let outcome = batch::outcome(&claim, answer, most, now, random::dice());
            self.db.write(move |queries| queue::settle(queries, app, &claim, outcome, now)).await?;
        }
        let next = self.db.read(move |queries| queue::next_due(queries, app)).await?;
        Ok(Turn { sent, next })
    }

    fn request(&self, body: String) -> Option<Request> {
        let mut request = http::Request::post(self.config.url.as_str()).header("content-type", BATCH_JSON);
        if let Some(header) = &self.config.header {
            request = request.header(&header.name, &header.value);
        }
        request.body(body.into_bytes()).ok()
    }
}
