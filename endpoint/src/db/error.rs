//! Why a database did not do what was asked.

/// Why a database did not do what was asked. Nothing of it happened.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// It cannot be opened, or the connection to it broke.
    #[error(
        "database: cannot be reached ({why}); check `database` in the configuration or \
         PLANGUARD_ENDPOINT_DATABASE, and that it runs"
    )]
    Unreachable {
        /// What the driver said.
        why: String,
    },
    /// The server runs, and does not let the URL's user do it.
    #[error("database: refused by its server ({why}); {remedy}")]
    Refused {
        /// What the server said.
        why: String,
        /// What can be done about it.
        remedy: &'static str,
    },
    /// It gave no answer in time, or others were in its way for too long.
    #[error("database: busy; try again")]
    Busy,
    /// A newer endpoint has written it.
    #[error("database: of schema {found}, and this endpoint knows up to {known}; run the newer endpoint")]
    NewerSchema {
        /// The schema in the database.
        found: i64,
        /// The newest one that is known here.
        known: i64,
    },
    /// A text holds U+0000, which no database is given.
    #[error("database: a text holds the character U+0000")]
    NulInText,
    /// It is named by a URL of another kind.
    #[error(
        "database: a URL of a kind that is not known; name a file, or postgres://user@host/name in `database`"
    )]
    UnknownScheme,
    /// What is there is not what the endpoint wrote.
    #[error("database: {table} holds what the endpoint did not write ({why}); restore a backup")]
    Damaged {
        /// Which table, or which statement.
        table: String,
        /// What was found.
        why: String,
    },
    /// Anything else that the driver reports.
    #[error("database: {why}")]
    Failed {
        /// What the driver said.
        why: String,
    },
}

impl DbError {
    /// Which it is, in a word.
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Refused { .. } => "refused",
            Self::Busy => "busy",
            Self::NewerSchema { .. } => "newer_schema",
            Self::NulInText => "nul_in_text",
            Self::UnknownScheme => "unknown_scheme",
            Self::Damaged { .. } => "damaged",
            Self::Failed { .. } => "failed",
        }
    }

    pub(super) fn unreachable(why: &dyn std::fmt::Display) -> Self {
        Self::Unreachable { why: why.to_string() }
    }

    pub(super) fn failed(why: &dyn std::fmt::Display) -> Self {
        Self::Failed { why: why.to_string() }
    }
}
