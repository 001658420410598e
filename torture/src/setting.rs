//! What all worlds of a run share.

use std::path::PathBuf;

use tokio::runtime::Runtime;

pub(crate) struct Setting {
    /// Where the endpoints run.
    pub(crate) runtime: Runtime,
    /// The folder of the frozen stores.
    pub(crate) fixtures: PathBuf,
    /// Locks are short.
    pub(crate) short: bool,
    /// File systems can be mounted that nobody else sees.
    pub(crate) mounts: bool,
}
