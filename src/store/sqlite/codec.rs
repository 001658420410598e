//! How values are written into columns.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{limit_code, limit_of};
use super::fail::Fail;
use crate::model::{CounterKey, Elapsed, LimitId, Pseudonym, Subject, Timestamp, Wait};
use crate::store::StoreError;

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
column!(Elapsed, |e| e.0.cast_signed(), |stored| stored.as_i64().map(i64::cast_unsigned).map(Elapsed));
column!(Timestamp, |t| t.as_millis(), |stored| stored.as_i64().map(Timestamp::from_millis));
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

impl ToSql for Col<LimitId> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(limit_code(self.0)))
    }
}

impl ToSql for Col<Pseudonym> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(&self.0.0[..]))
    }
}

impl FromSql for Col<Pseudonym> {
    fn column_result(stored: ValueRef<'_>) -> FromSqlResult<Self> {
        bytes(stored).map(|name| Self(Pseudonym(name)))
    }
}

fn bytes(stored: ValueRef<'_>) -> FromSqlResult<[u8; 16]> {
    stored.as_blob()?.try_into().map_err(|_| FromSqlError::InvalidType)
}

/// The three columns of a key, for `params!`.
pub(super) fn key(key: &CounterKey) -> (Col<LimitId>, Col<Subject>, i32) {
    (Col(key.limit), Col(key.subject), key.bucket)
}

/// The key in the columns from `at` on; `None` when its limit is one that only a newer build knows.
pub(super) fn read_key(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Option<CounterKey>> {
    let Some(limit) = limit_of(row.get(at)?) else { return Ok(None) };
    let (Col(subject), bucket) = (row.get(at + 1)?, row.get(at + 2)?);
    Ok(Some(CounterKey { limit, subject, bucket }))
}

/// The wait in the two columns from `at` on.
pub(super) fn read_wait(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Wait> {
    let (Col(begun), Col(length_ms)) = (row.get(at)?, row.get(at + 1)?);
    Ok(Wait { begun, length_ms })
}

/// A structured value as it is stored.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, Fail> {
    serde_json::to_string(value).map_err(|error| StoreError::Backend { why: error.to_string() }.into())
}

/// A structured value in the column at `at`. One that does not parse was not written by us.
pub(super) fn from_json<T: DeserializeOwned>(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<T> {
    parse(at, row.get_ref(at)?.as_str()?)
}

/// As [`from_json`], of a column that may be empty.
pub(super) fn from_json_if_any<T: DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    at: usize,
) -> rusqlite::Result<Option<T>> {
    row.get_ref(at)?.as_str_or_null()?.map(|text| parse(at, text)).transpose()
}

fn parse<T: DeserializeOwned>(at: usize, text: &str) -> rusqlite::Result<T> {
    // The parser's own message may quote the content.
    serde_json::from_str(text).map_err(|error| {
        let why = format!("line {} column {}", error.line(), error.column());
        rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, why.into())
    })
}
