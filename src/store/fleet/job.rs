//! What the thread of a store on Postgres is asked to do.

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use crate::store::{StoreError, Work};

/// A work, and where its answer goes.
pub(in crate::store) struct Job {
    pub(in crate::store) work: Work,
    pub(in crate::store) reply: oneshot::Sender<Result<(), StoreError>>,
}

/// Where works come from.
pub(in crate::store) type Jobs = UnboundedReceiver<Job>;
