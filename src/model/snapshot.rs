//! Everything a decision reads, as one immutable value behind one pointer.

use std::sync::Arc;

use super::counter_key::Pseudonym;
use super::entitlements::Entitlements;
use super::ledger::Ledger;
use super::session::Sessions;
use super::suspension::ReportedSuspension;
use super::usage::Usage;

/// The state of a guard at one instant. Replaced whole; loaded once per operation.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Rises with every replacement: a host-side table of answers is valid for one generation.
    pub generation: u64,
    /// What the app is entitled to.
    pub entitlements: Arc<Entitlements>,
    /// What is used.
    pub usage: Usage,
    /// Who is counted.
    pub ledger: Ledger,
    /// Who is logged in to the chat SDK in this process.
    pub sessions: Sessions,
    /// Whose device it is: the user that the latest login asked for, in any process.
    pub device_user: Option<Pseudonym>,
    /// A suspension that a refusal of the provider showed.
    pub suspension: Option<ReportedSuspension>,
}
