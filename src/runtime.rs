//! The runtime that timers and the default transport run on.

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle, Runtime};

/// The runtime shared by all guards of the process, started on first use. Never the caller's: that one may have no
/// timers, may be driven only while the caller waits for something else, or may end before the guard does.
pub(crate) fn handle() -> std::io::Result<Handle> {
    static SHARED: OnceCell<Runtime> = OnceCell::new();
    SHARED
        .get_or_try_init(|| {
            Builder::new_multi_thread().worker_threads(1).thread_name("planguard").enable_all().build()
        })
        .map(|runtime| runtime.handle().clone())
}
