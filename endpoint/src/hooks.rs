//! What hangs on the contract's routes: counting what usage events say, and the sections that a document carries.

use jiff::Timestamp;
use serde_json::Value;

use crate::config::App;
use crate::contract::UsageEvent;
use crate::db::{DbError, Queries};
use crate::ledger::period::month_number;
use crate::ledger::{self, devices, tally};
use crate::notices::{self, Figures};
use crate::secret::Secret;
use crate::service::Bounds;
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

/// A webhook was counted: in the transaction that counts it. Thresholds that it crosses are told with it, or neither is
/// kept.
///
/// Where nobody is told there is nothing to look at here; the look of every minute keeps what the page shows.
pub(crate) fn counted(queries: &mut dyn Queries, app: &App, bounds: Bounds, now: i64) -> Result<(), DbError> {
    if app.notices.receivers.is_empty() {
        return Ok(());
    }
    let ledger = ledger::App::of(app);
    let Some(known) = ledger::usage::known(queries, &ledger, now)? else { return Ok(()) };
    let (month, date) = (known.as_of.month, known.as_of.date);
    let mau = if known.month(month) {
        u64::try_from(tally::get(queries, ledger.id, month_number(month), tally::what::MAU)?).ok()
    } else {
        None
    };
    let groups_today =
        if known.day(date) { Some(ledger::groups::net_new(queries, ledger.id, date)?) } else { None };
    let figures = Figures {
        month: month.to_string(),
        day: date.to_string(),
        mau,
        included: bounds.included,
        groups_today,
        group_quota: bounds.group_quota,
        last_webhook_at: Some(known.pulse.last_at),
        ..Figures::default()
    };
    notices::check(queries, &app.notices, app.sdk_app_id.cast_signed(), &figures, now).map(drop)
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
