//! The runtime that timers and the default transport run on when the caller has none.

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle, Runtime};

/// The caller's runtime when there is one, else one shared by all guards of the process, started on first use.
pub(crate) fn handle() -> std::io::Result<Handle> {
    static SHARED: OnceCell<Runtime> = OnceCell::new();
    if let Ok(current) = Handle::try_current() {
        return Ok(current);
    }
    SHARED
        .get_or_try_init(|| {
            Builder::new_multi_thread().worker_threads(1).thread_name("planguard").enable_all().build()
        })
        .map(|runtime| runtime.handle().clone())
}
