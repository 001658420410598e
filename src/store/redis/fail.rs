//! Why the server did not do what it was asked.

use redis::{ErrorKind, RedisError};

use crate::store::StoreError;

/// Why something did not happen.
#[derive(Clone, Debug)]
pub(super) enum Fail {
    /// The connection is of no use any more, and what was asked last may have happened.
    Lost(String),
    /// Nothing happened, and asking again does not help.
    Told(StoreError),
}

impl Fail {
    pub(super) fn lost(why: &str) -> Self {
        Self::Lost(why.to_owned())
    }

    /// What a caller is told.
    pub(super) fn told(self) -> StoreError {
        match self {
            Self::Lost(why) => StoreError::Unreachable { why },
            Self::Told(error) => error,
        }
    }
}

impl From<StoreError> for Fail {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

fn backend(why: &str) -> Fail {
    Fail::Told(StoreError::Backend { why: why.to_owned() })
}

fn refused(why: &str) -> Fail {
    Fail::Told(StoreError::Refused { why: why.to_owned() })
}

/// Whether the server does not know the script any more.
pub(super) fn is_script_unknown(error: &RedisError) -> bool {
    error.code() == Some("NOSCRIPT")
}

/// The server's own words are not passed on: they may quote what it was sent.
impl From<RedisError> for Fail {
    fn from(error: RedisError) -> Self {
        match error.code() {
            Some("NOAUTH" | "WRONGPASS") => return wrong_password(),
            Some("NOPERM") => return forbidden(),
            Some("MOVED" | "ASK" | "CROSSSLOT" | "TRYAGAIN") => {
                return backend(
                    "the server is a node of a cluster that does not hold this app's slot; name the node that does",
                );
            }
            Some("CLUSTERDOWN") => return Self::lost("the server's cluster is down"),
            Some("READONLY") => return Self::lost("the server is a replica, which takes no writes"),
            Some("MASTERDOWN") => return Self::lost("the server is a replica without its primary"),
            Some("LOADING") => return Self::lost("the server is still loading its data"),
            Some("NOREPLICAS") => return Self::lost("the server has fewer replicas than it asks for"),
            Some("BUSY") => return Self::Told(StoreError::Busy),
            Some("OOM") => return backend("the server's memory is full (maxmemory)"),
            Some("MISCONF") => return backend("the server takes no writes, as it cannot save to its disk"),
            // What a script may not do is told without a code of its own.
            Some("ERR") if error.detail().is_some_and(|said| said.contains("user executing the script")) => {
                return forbidden();
            }
            _ => {}
        }
        match error.kind() {
            ErrorKind::AuthenticationFailed => wrong_password(),
            ErrorKind::InvalidClientConfig => refused("the server's URL or its certificates cannot be used"),
            ErrorKind::RESP3NotSupported => backend("the server is older than Redis 6"),
            ErrorKind::Server(_) | ErrorKind::Extension => {
                let code = error.code().unwrap_or("ERR");
                // A code is one word in capitals; anything else could quote something.
                let known = code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
                backend(&format!("the server refused a command ({})", if known { code } else { "ERR" }))
            }
            _ if error.is_timeout() => Self::lost("the server gave no answer in time"),
            _ if error.is_connection_refusal() => Self::lost("nobody listens at the server's address"),
            _ => Self::lost("the connection to the server failed"),
        }
    }
}

fn forbidden() -> Fail {
    refused("the server's access list forbids a command or key; docs/FLEET.md names what is needed")
}

fn wrong_password() -> Fail {
    refused("the server refused the user name or the password")
}
