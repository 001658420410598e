//! Sends what waits. Each receiver has a courier of its own, so that one that is dead delays no other.

use std::sync::Arc;

use planguard::Locale;
use planguard::sync::{Request, http};

use super::body;
use super::config::Receiver;
use super::queue;
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
            let answered = match request(&self.receiver, &delivery.notice, &delivery.body, now) {
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
}

/// Sends a receiver a test, once and past the queue, and gives what came of it.
///
/// # Errors
/// [`DbError::Failed`] where no body could be written.
pub async fn try_out(
    app: i64,
    receiver: &Receiver,
    outgoing: &Outgoing,
    locale: Locale,
    now: i64,
) -> Result<Answer, DbError> {
    let body = body::test(app, now, locale)?;
    Ok(match request(receiver, &queue::id(), &body, now) {
        Some(request) => outgoing.send(request).await,
        None => Answer::Failed,
    })
}

fn request(receiver: &Receiver, id: &str, body: &str, now: i64) -> Option<Request> {
    let sent_at = now.div_euclid(1000);
    http::Request::post(receiver.url.as_str())
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", sent_at)
        .header("webhook-signature", signature(&receiver.secrets, id, sent_at, body))
        .body(body.as_bytes().to_vec())
        .ok()
}
