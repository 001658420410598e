//! The ledger as CSV, part by part: never a whole month in memory.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use planguard::time::BillingMonth;
use serde::Deserialize;

use crate::db::{Db, DbError};
use crate::export::{self, Part};
use crate::extract::{Admin, AppId, Query};
use crate::ledger::period::When;
use crate::problem::Problem;
use crate::service::Service;

#[derive(Deserialize)]
pub(super) struct Of {
    month: Option<String>,
}

pub(super) async fn csv(
    State(service): State<Arc<Service>>,
    _: Admin,
    AppId(app): AppId,
    Query(of): Query<Of>,
) -> Result<Response, Problem> {
    let config = service.app(app)?;
    let now = service.clock.now().as_millisecond();
    let running = When::new(config.billing_zone.time_zone(), now).month;
    let month = match of.month {
        Some(text) => text
            .parse::<BillingMonth>()
            .map_err(|_| Problem::field("month", "a month such as 2026-11 is needed"))?,
        None => running,
    };
    // The first part before the status: what cannot be read is an error, and not half a file.
    let first = read(&service.db, app, month, None).await?;
    let first = first.first_of(month, running).map_err(|why| Problem::not_found(why.to_string()))?;
    let name = format!("attachment; filename=\"ledger-{app}-{month}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let begin = Rest { db: service.db.clone(), app, month, next: Next::Head(first) };
    let body = Body::from_stream(futures_util::stream::try_unfold(begin, Rest::step));
    Ok((headers, body).into_response())
}

async fn read(db: &Db, app: u64, month: BillingMonth, after: Option<Vec<u8>>) -> Result<Part, DbError> {
    db.read(move |queries| export::part(queries, app, month, after.as_deref())).await
}

/// What of a ledger is still to be sent.
struct Rest {
    db: Db,
    app: u64,
    month: BillingMonth,
    next: Next,
}

enum Next {
    Head(Part),
    Part(Part),
    After(Vec<u8>),
    End,
}

impl Rest {
    /// The next bytes. A database that fails breaks the answer off, which a client sees.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, DbError> {
        let part = match std::mem::replace(&mut self.next, Next::End) {
            Next::Head(first) => {
                self.next = Next::Part(first);
                return Ok(Some((export::head()?.into(), self)));
            }
            Next::Part(part) => part,
            Next::After(account) => read(&self.db, self.app, self.month, Some(account)).await?,
            Next::End => return Ok(None),
        };
        if let Some(after) = part.after {
            self.next = Next::After(after);
        }
        Ok(Some((part.text.into(), self)))
    }
}
