//! What hangs on the contract's routes: counting what usage events say, and the sections that a document carries.

use jiff::Timestamp;
use serde_json::Value;

use crate::config::App;
use crate::contract::UsageEvent;
use crate::db::{DbError, Queries};
use crate::ledger::{self, devices};
use crate::secret::Secret;
use crate::{accounts, decisions, forward};

/// Usage events of one batch were taken, each for the first time: in the transaction that takes them, on which their
/// receipt depends.
///
/// Each module that counts has its call here. They get the batch whole, since rows are written in one order in every
/// transaction, so that no two wait for each other.
pub(crate) fn taken(
    queries: &mut dyn Queries,
    secret: &Secret,
    app: &App,
    events: &[&UsageEvent],
    now: Timestamp,
) -> Result<(), DbError> {
    decisions::count(queries, app, events, now)?;
    if let Some(config) = &app.forward {
        forward::queue(queries, config, app.sdk_app_id, events, now)?;
    }
    let counted = events.iter().map(|event| devices::Event {
        kind: event.kind(),
        time: event.time().map(Timestamp::as_millisecond),
        data: event.members().get("data"),
    });
    let (counted, root) = (counted.collect::<Vec<_>>(), accounts::root(secret));
    devices::count(queries, &root, &ledger::App::of(app), &counted, now.as_millisecond())
}

/// The usage of an app as its document carries it at `now`; `None` where nothing is known.
pub(crate) fn usage(queries: &mut dyn Queries, app: &App, now: Timestamp) -> Result<Option<Value>, DbError> {
    ledger::usage::usage(queries, &ledger::App::of(app), now.as_millisecond())
}

/// The key under which devices name users, as the document of an app carries it at `now`; `None` where it carries none.
pub(crate) fn accounts(
    queries: &mut dyn Queries,
    secret: &Secret,
    app: &App,
    now: Timestamp,
) -> Result<Option<Value>, DbError> {
    let app = ledger::App::of(app);
    if !app.accounts {
        return Ok(None);
    }
    let month = ledger::period::When::new(&app.zone, now.as_millisecond()).month;
    accounts::section(queries, &accounts::root(secret), app.id, month)
}
