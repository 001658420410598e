//! How schemas 1 to 3 named limits and origins: by their words.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};

use super::codec::Col;
use crate::model::{CounterKey, UsageOrigin};

/// A value in its old form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Old<T>(pub(super) T);

impl FromSql for Old<UsageOrigin> {
    fn column_result(stored: ValueRef<'_>) -> FromSqlResult<Self> {
        match stored.as_str()? {
            "counted" => Ok(UsageOrigin::Counted),
            "observed" => Ok(UsageOrigin::Observed),
            "endpoint" => Ok(UsageOrigin::Endpoint),
            "inferred" => Ok(UsageOrigin::Inferred),
            _ => Err(FromSqlError::InvalidType),
        }
        .map(Self)
    }
}

/// The word for an origin.
pub(super) const fn origin_text(origin: UsageOrigin) -> &'static str {
    match origin {
        UsageOrigin::Counted | UsageOrigin::Unknown => "counted",
        UsageOrigin::Observed => "observed",
        UsageOrigin::Endpoint => "endpoint",
        UsageOrigin::Inferred => "inferred",
    }
}

/// The key in the columns from `at` on; `None` when its limit is one that this build does not know.
pub(super) fn read_old_key(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Option<CounterKey>> {
    let limit: String = row.get(at)?;
    let (Col(subject), bucket) = (row.get(at + 1)?, row.get(at + 2)?);
    Ok(limit.parse().ok().map(|limit| CounterKey { limit, subject, bucket }))
}
