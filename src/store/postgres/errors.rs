//! What the client and the server say, as failures of a store. Details are left out: they hold rows.

use std::error::Error as _;

use rustls::CertificateError as Bad;
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
        // A pooler may hand out a session of its own choosing, or empty it.
        "26000" => lost("the session forgets its prepared statements: a pooler must pool by session"),
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

/// A connection that was not made.
pub(super) fn not_connected(error: &Error) -> Fail {
    if error.as_db_error().is_some() {
        return fail(error);
    }
    Fail::Lost(not_encrypted(error).unwrap_or_else(|| "no connection to the server".to_owned()))
}

/// Why a connection could not be encrypted, where that is what it failed for. What the client says of a certificate may
/// hold the server's address.
fn not_encrypted(error: &Error) -> Option<String> {
    let cause = error.source()?;
    if cause.to_string() == "server does not support TLS" {
        return Some("the server offers no encryption, which sslmode=require asks for".to_owned());
    }
    // An I/O error gives the cause of its cause as its own.
    match cause.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(bad) => Some(not_trusted(bad)),
        _ => Some("the server and planguard agree on no encryption".to_owned()),
    }
}

fn not_trusted(bad: &Bad) -> String {
    let why = match bad {
        // The signature is another's where an authority was made anew under the same name.
        Bad::UnknownIssuer | Bad::BadSignature => {
            "is signed by no authority that is trusted; add that by PostgresOptions::trust"
        }
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
            "is for another name than the URL's host"
        }
        Bad::Expired | Bad::ExpiredContext { .. } => "has expired, by this machine's clock",
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => "is not valid yet, by this machine's clock",
        other => return format!("the server's certificate cannot be verified: {other}"),
    };
    format!("the server's certificate {why}")
}
