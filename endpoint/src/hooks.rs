//! What hangs on the contract's routes: counting what usage events say, and the usage that a document carries.

#![allow(clippy::unnecessary_wraps, reason = "what is called here can fail")]

use jiff::Timestamp;
use serde_json::Value;

use crate::config::App;
use crate::contract::UsageEvent;
use crate::db::{DbError, Queries};
use crate::secret::Secret;
use crate::{decisions, forward};

/// Usage events of one batch were taken, each for the first time: in the transaction that takes them, on which the receipt
/// depends.
///
/// Each module that counts has its call here.
pub(crate) fn taken(
    queries: &mut dyn Queries,
    app: &App,
    events: &[&UsageEvent],
    now: Timestamp,
) -> Result<(), DbError> {
    decisions::count(queries, app, events, now)?;
    if let Some(config) = &app.forward {
        forward::queue(queries, config, app.sdk_app_id, events, now)?;
    }
    Ok(())
}

/// The usage of an app as its document carries it at `now`, without `as_of`; `None` where nothing is known.
pub(crate) fn usage(
    _queries: &mut dyn Queries,
    _app: u64,
    _now: Timestamp,
) -> Result<Option<Value>, DbError> {
    Ok(None)
}

/// The key under which devices name users, as the document of an app carries it at `now`; `None` where it carries none.
pub(crate) fn accounts(
    _queries: &mut dyn Queries,
    _secret: &Secret,
    _app: u64,
    _now: Timestamp,
) -> Result<Option<Value>, DbError> {
    Ok(None)
}
