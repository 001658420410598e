//! How values are written into columns.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::model::{CounterKey, LimitId, Pseudonym, Subject, Timestamp, UsageOrigin};

/// A value in its stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Col<T>(pub(super) T);

macro_rules! column {
    ($type:ty, |$value:ident| $write:expr, |$stored:ident| $read:expr) => {
        impl ToSql for Col<$type> {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                let $value = self.0;
                Ok(ToSqlOutput::from($write))
            }
        }

        impl FromSql for Col<$type> {
            fn column_result($stored: ValueRef<'_>) -> FromSqlResult<Self> {
                $read.map(Self)
            }
        }
    };
}

// The signed number with the same bits: SQLite has no unsigned one.
column!(u64, |n| n.cast_signed(), |stored| stored.as_i64().map(i64::cast_unsigned));
column!(u128, |n| n.to_be_bytes().to_vec(), |stored| bytes(stored).map(u128::from_be_bytes));
column!(Timestamp, |t| t.as_millis(), |stored| stored.as_i64().map(Timestamp::from_millis));
column!(Pseudonym, |p| p.0.to_vec(), |stored| bytes(stored).map(Pseudonym));
column!(LimitId, |limit| limit.as_str(), |stored| stored
    .as_str()?
    .parse()
    .map_err(|_| FromSqlError::InvalidType));
column!(
    UsageOrigin,
    |origin| match origin {
        UsageOrigin::Counted => "counted",
        UsageOrigin::Observed => "observed",
        UsageOrigin::Endpoint => "endpoint",
    },
    |stored| match stored.as_str()? {
        "counted" => Ok(UsageOrigin::Counted),
        "observed" => Ok(UsageOrigin::Observed),
        "endpoint" => Ok(UsageOrigin::Endpoint),
        _ => Err(FromSqlError::InvalidType),
    }
);
column!(
    Subject,
    |subject| match subject {
        Subject::App => Vec::new(),
        Subject::User(id) => [&[1], &id.0[..]].concat(),
        Subject::Group(id) => [&[2], &id.0[..]].concat(),
    },
    |stored| match stored.as_blob()?.split_first() {
        None => Ok(Subject::App),
        Some((1, id)) => id.try_into().map(|id| Subject::User(Pseudonym(id))),
        Some((2, id)) => id.try_into().map(|id| Subject::Group(Pseudonym(id))),
        Some(_) => return Err(FromSqlError::InvalidType),
    }
    .map_err(|_| FromSqlError::InvalidType)
);

fn bytes(stored: ValueRef<'_>) -> FromSqlResult<[u8; 16]> {
    stored.as_blob()?.try_into().map_err(|_| FromSqlError::InvalidType)
}

/// The three columns of a key, for `params!`.
pub(super) fn key(key: &CounterKey) -> (Col<LimitId>, Col<Subject>, i32) {
    (Col(key.limit), Col(key.subject), key.bucket)
}

/// The key in the columns from `at` on; `None` when its limit is one that only a newer build knows.
pub(super) fn read_key(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Option<CounterKey>> {
    let limit: String = row.get(at)?;
    let (Col(subject), bucket) = (row.get(at + 1)?, row.get(at + 2)?);
    Ok(limit.parse().ok().map(|limit| CounterKey { limit, subject, bucket }))
}
