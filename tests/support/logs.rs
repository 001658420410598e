//! What is logged, thread by thread.
//!
//! Whether a log statement is enabled is decided once for all threads of a process, so a subscriber of one test
//! alone may see nothing. There is one for all of them, and it keeps what the asking thread logs.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;

use tracing_subscriber::fmt::MakeWriter;

thread_local! {
    /// What this thread has logged since it began to listen; nothing when it does not.
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

struct PerThread;

impl Write for PerThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with_borrow_mut(|lines| {
            if let Some(lines) = lines {
                lines.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for PerThread {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

/// Keeps what this thread logs, at every level, until it is dropped.
pub struct Log(());

/// Begins to keep what this thread logs.
pub fn logged() -> Log {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(|| PerThread)
            .init();
    });
    LINES.set(Some(Vec::new()));
    Log(())
}

impl Log {
    /// What was logged so far.
    pub fn text(&self) -> String {
        LINES.with_borrow(|lines| String::from_utf8(lines.clone().unwrap_or_default()).unwrap())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        LINES.set(None);
    }
}
