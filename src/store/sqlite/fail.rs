//! What SQLite reports, sorted by what is to be done about it.

use rusqlite::{Error, ErrorCode};

use crate::store::StoreError;

/// Why an operation on the file failed.
#[derive(Debug)]
pub(super) enum Fail {
    /// The caller is told.
    Told(StoreError),
    /// The file is damaged: it is set aside and the works start again on a new one.
    Damaged(String),
    /// One of several works failed: each is to run alone.
    Alone,
}

impl Fail {
    pub(super) fn damaged(why: impl Into<String>) -> Self {
        Self::Damaged(why.into())
    }

    /// What a caller is told while the store decides what to do.
    pub(super) fn told(&self) -> StoreError {
        match self {
            Self::Told(error) => error.clone(),
            Self::Damaged(why) => StoreError::Backend { why: why.clone() },
            Self::Alone => StoreError::Busy,
        }
    }
}

impl From<StoreError> for Fail {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl From<Fail> for StoreError {
    fn from(fail: Fail) -> Self {
        fail.told()
    }
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        let why = error.to_string();
        let code = match &error {
            Error::SqliteFailure(failure, _) => failure.code,
            // The schema fixes every column's type, so a value that does not convert was not written by us.
            Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..) => return Self::Damaged(why),
            _ => return Self::Told(StoreError::Backend { why }),
        };
        match code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(why),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Told(StoreError::Busy),
            ErrorCode::DiskFull => Self::Told(StoreError::DiskFull),
            ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                Self::Told(StoreError::Unwritable { why })
            }
            _ => Self::Told(StoreError::Backend { why }),
        }
    }
}
