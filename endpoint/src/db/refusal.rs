//! What a Postgres that runs refuses, and what its owner can do about it.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::DbError;

/// The refusal that an error is; `None` where it is another one.
pub(super) fn refusal(error: &Error) -> Option<DbError> {
    let said = error.as_db_error()?;
    let remedy = match *said.code() {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "correct its user and password, special characters percent-encoded (`@` is `%40`)"
        }
        SqlState::INVALID_CATALOG_NAME => "correct its name, or make it with CREATE DATABASE",
        SqlState::INSUFFICIENT_PRIVILEGE => "let its user own it; endpoint/README.md shows how",
        _ => return None,
    };
    Some(DbError::Refused { why: said.message().to_owned(), remedy })
}
