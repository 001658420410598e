//! Everything a decision reads, behind one pointer.

use std::sync::Arc;

use super::counter_key::Pseudonym;
use super::entitlements::Entitlements;
use super::ledger::Ledger;
use super::suspension::ReportedSuspension;
use super::usage::Usage;

/// The state of a guard. The plan is replaced whole; usage and ledger are read where they are kept, as they stand then.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Rises whenever the entitlements are replaced: a host-side table of answers is valid for one generation.
    pub generation: u64,
    /// What the app is entitled to.
    pub entitlements: Arc<Entitlements>,
    /// What is used.
    pub usage: Usage,
    /// Who is counted.
    pub ledger: Ledger,
    /// On a device, the user of the latest login that was sent in this process.
    pub current_user: Option<Pseudonym>,
    /// Whose device it is: the user that the latest login asked for, in any process.
    pub device_user: Option<Pseudonym>,
    /// A suspension that a refusal of the provider showed.
    pub suspension: Option<ReportedSuspension>,
}
