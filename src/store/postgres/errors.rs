//! What the client and the server say, as failures of a store. Details are left out: they hold rows.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::store::StoreError;
use crate::store::fleet::backing::Fail;

/// A statement that failed.
pub(super) fn fail(error: &Error) -> Fail {
    let Some(said) = error.as_db_error() else {
        let why = if error.is_closed() { "the connection was closed" } else { "the connection failed" };
        return Fail::Lost(why.to_owned());
    };
    let code = said.code();
    let lost = |why: &str| Fail::Lost(why.to_owned());
    match code.code() {
        // lock_not_available, query_canceled
        "55P03" | "57014" => Fail::Told(StoreError::Busy),
        "40001" | "40P01" => Fail::Conflict,
        "57P01" | "57P02" | "57P03" | "57P05" => lost("the server is shutting down or starting"),
        "53300" => lost("the server has no connection left"),
        "25P03" | "25P04" => lost("the transaction was idle for too long"),
        "25006" => lost("the server takes no writes: it is a standby"),
        "53100" => Fail::Told(StoreError::DiskFull),
        _ if *code == SqlState::INSUFFICIENT_PRIVILEGE => Fail::Told(StoreError::Refused {
            why: format!("the role has not the rights: {}", said.message()),
        }),
        "28000" | "28P01" => {
            Fail::Told(StoreError::Refused { why: "the server refused user or password".to_owned() })
        }
        "3D000" => Fail::Told(StoreError::Refused { why: "there is no such database".to_owned() }),
        other => Fail::Told(StoreError::Backend { why: format!("{} ({other})", said.message()) }),
    }
}
