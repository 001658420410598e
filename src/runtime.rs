//! The runtime that timers and the default transport run on.

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle};

/// The runtime shared by all guards of the process, started on first use. Never the caller's: that one may have no
/// timers, may be driven only while the caller waits for something else, or may end before the guard does.
///
/// It runs on one thread of its own. Timers and a request now and then ask for no more, and tokio's scheduler for
/// several threads would add to the library without being used.
pub(crate) fn handle() -> std::io::Result<Handle> {
    static SHARED: OnceCell<Handle> = OnceCell::new();
    SHARED.get_or_try_init(start).cloned()
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let thread = std::thread::Builder::new().name("planguard".to_owned());
    // It is driven as long as the process lives: guards come and go.
    thread.spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}
