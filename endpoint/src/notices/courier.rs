//! Sends what waits. Each receiver has a courier of its own, so that one that is dead delays no other.

use std::sync::Arc;

use planguard::sync::{Request, http};

use super::config::Receiver;
use super::queue::{self, Delivery};
use super::signature::signature;
use crate::db::{Db, DbError};
use crate::outgoing::{Answer, Outgoing};
use crate::random;

/// What sends to one receiver of one app.
#[derive(Clone, Debug)]
pub struct Courier {
    app: i64,
    receiver: Arc<Receiver>,
    outgoing: Outgoing,
    db: Db,
}

/// What one turn did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What came of the delivery that was due; `None` where none was.
    pub answer: Option<Answer>,
    /// When the next one is due.
    pub next: Option<i64>,
}

impl Courier {
    /// A courier for one receiver of `app`.
    pub fn new(app: i64, receiver: Arc<Receiver>, outgoing: Outgoing, db: Db) -> Self {
        Self { app, receiver, outgoing, db }
    }

    /// Sends the one delivery that has been due longest.
    ///
    /// # Errors
    /// [`DbError`]: what was due stays due, and what was sent without being noted is sent again, under the same id.
    pub async fn turn(&self, now: i64) -> Result<Turn, DbError> {
        let (app, name) = (self.app, self.receiver.name.clone());
        let claimed = self.db.write(move |queries| queue::claim(queries, app, &name, now)).await?;
        let mut answer = None;
        if let Some(delivery) = claimed {
            let answered = match self.request(&delivery, now) {
                Some(request) => self.outgoing.send(request).await,
                None => Answer::Failed,
            };
            answer = Some(answered);
            let (name, dice) = (self.receiver.name.clone(), random::dice());
            let settle =
                self.db.write(move |queries| queue::settle(queries, &name, &delivery, answered, now, dice));
            settle.await?;
        }
        let name = self.receiver.name.clone();
        let next = self.db.read(move |queries| queue::next_due(queries, app, &name)).await?;
        Ok(Turn { answer, next })
    }

    fn request(&self, delivery: &Delivery, now: i64) -> Option<Request> {
        let sent_at = now.div_euclid(1000);
        let signed = signature(&self.receiver.secrets, &delivery.notice, sent_at, &delivery.body);
        http::Request::post(self.receiver.url.as_str())
            .header("content-type", "application/json")
            .header("webhook-id", &delivery.notice)
            .header("webhook-timestamp", sent_at)
            .header("webhook-signature", signed)
            .body(delivery.body.clone().into_bytes())
            .ok()
    }
}
