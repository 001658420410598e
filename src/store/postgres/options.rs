//! How a store in Postgres is opened.

use std::time::Duration;

use crate::store::fleet::boot::Boot;
use crate::store::fleet::bounds;
use crate::store::{StoreError, WhenLost};

/// The longest name that Postgres keeps whole, less what channels are named by besides.
const LONGEST: usize = 40;

/// How a [`PostgresStore`](super::PostgresStore) is opened.
#[derive(Clone)]
pub struct PostgresOptions {
    pub(super) schema: String,
    pub(super) deadline: Duration,
    pub(super) when_lost: WhenLost,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) boot: Option<Boot>,
}

impl std::fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("PostgresOptions");
        shown.field("schema", &self.schema).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            schema: "planguard".to_owned(),
            deadline: Duration::from_secs(2),
            when_lost: WhenLost::Deny,
            certificates: Vec::new(),
            boot: None,
        }
    }
}

impl PostgresOptions {
    /// The schema `planguard`, a deadline of two seconds, and [`WhenLost::Deny`].
    pub fn new() -> Self {
        Self::default()
    }

    /// The schema that holds the store. Each app has one of its own.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// How long the server may take for one answer, and for the row that other processes hold: two seconds if not set,
    /// at least 50 milliseconds and at most an hour.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = bounds::deadline(deadline);
        self
    }

    /// What this process may grant while the database cannot be reached; nothing unless told otherwise.
    #[must_use]
    pub const fn when_lost(mut self, policy: WhenLost) -> Self {
        self.when_lost = policy;
        self
    }

    /// Trusts the authority of this certificate (DER, or a PEM file's text with one or more) besides those that ship with
    /// planguard.
    #[must_use]
    pub fn trust(mut self, certificate: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(certificate.into());
        self
    }

    /// Measures waits by this clock, as on a machine of its own.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn machine(mut self, clock: std::sync::Arc<dyn crate::time::Clock>) -> Self {
        self.boot = Some(Boot::of(clock));
        self
    }

    /// A name that needs no quotes has no way out of a statement.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = self.schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        if begins && self.schema.chars().all(plain) && self.schema.len() <= LONGEST {
            return Ok(());
        }
        let why = "the schema's name is not of lower-case letters, digits and underscores, 40 at most";
        Err(StoreError::Refused { why: why.to_owned() })
    }
}
