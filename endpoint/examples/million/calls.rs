//! What comes in, each in a transaction of its own: a webhook, or a batch of usage events.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use planguard_endpoint::accounts::AccountKey;
use planguard_endpoint::contract::{Port as _, UsageEvent};
use planguard_endpoint::db::{Db, DbError};
use planguard_endpoint::ledger::App;
use planguard_endpoint::provider::{apply, read};
use planguard_endpoint::service::Service;
use serde_json::json;

use super::{APP, DAY, Failed, fill, say};

const WEBHOOKS: u32 = 2_000;

/// Events of one batch.
const BATCH: u32 = 4_000;

/// How often a batch is sent; the median counts.
const BATCHES: u32 = 5;

/// Webhooks as they come in: of users who are counted already, and of new ones.
pub(super) async fn webhooks(db: &Db, root: &[u8; 32], app: &App, now: i64) -> Result<(), Failed> {
    for (what, prefix) in [("of a user counted before", "user"), ("of a new user", "new")] {
        let begun = Instant::now();
        for user in 0..WEBHOOKS {
            let body = json!({
                "EventTime": now - i64::from(user % 19) * DAY,
                "Info": { "Action": "Login", "To_Account": format!("{prefix}-{user}") }
            });
            let (app, root) = (app.clone(), *root);
            db.write(move |queries| {
                let callback = read("State.StateChange", body.to_string().as_bytes());
                let callback = callback.map_err(|error| DbError::Failed { why: error.to_string() })?;
                apply(queries, &root, &app, "State.StateChange", &callback, now, now)
            })
            .await?;
        }
        say(begun.elapsed() / WEBHOOKS, &format!("one webhook {what}"));
    }
    Ok(())
}

/// Whole batches, by what takes those of devices: of new users within one day, of new users of nineteen days, and the
/// last one again, of which each event was taken before.
pub(super) async fn batches(service: &Arc<Service>, key: &AccountKey, now: i64) -> Result<(), Failed> {
    let mut last = Vec::new();
    for (what, days) in [("of one day", 1), ("of nineteen days", 19)] {
        let mut took = Vec::new();
        for nth in 0..BATCHES {
            last = batch(key, &format!("{days}-{nth}"), days, now)?;
            took.push(taken(service, &last, u64::from(BATCH)).await?);
        }
        say(median(took), &format!("a batch of {BATCH} events {what}"));
    }
    let mut took = Vec::new();
    for _ in 0..BATCHES {
        took.push(taken(service, &last, 0).await?);
    }
    say(median(took), "the same again: each event was taken before");
    Ok(())
}

async fn taken(service: &Arc<Service>, batch: &[UsageEvent], accepted: u64) -> Result<Duration, Failed> {
    let batch = batch.to_vec();
    let begun = Instant::now();
    let receipt = service.take(APP, batch).await.map_err(|problem| problem.detail().to_owned())?;
    let took = begun.elapsed();
    if receipt.accepted == accepted { Ok(took) } else { Err(format!("{receipt:?}").into()) }
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or_default()
}

fn batch(key: &AccountKey, name: &str, days: u32, now: i64) -> Result<Vec<UsageEvent>, Failed> {
    let event = |nth: u32| {
        let at = Timestamp::from_millisecond(now - i64::from(nth % days) * DAY)?;
        UsageEvent::check(json!({
            "specversion": "1.0",
            "id": format!("{name}-{nth}"),
            "source": "/planguard/3b0f6f0c9d1e4a52",
            "type": "planguard.login.executed",
            "time": at.to_string(),
            "data": fill::data(key, &format!("batch-{name}-{nth}"))
        }))
        .map_err(|fault| Failed::from(format!("{}: {}", fault.field, fault.why)))
    };
    (0..BATCH).map(event).collect()
}
