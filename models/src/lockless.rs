//! Loom's atomics, in place of `src/lockless.rs`.

pub(crate) use loom::hint::spin_loop;
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};
pub(crate) use loom::thread::yield_now;

/// As `std`'s, which loom has not: what was put into it may be seen late, and is seen whole.
#[derive(Debug)]
pub(crate) struct OnceLock<T> {
    held: std::sync::OnceLock<T>,
    seen: AtomicBool,
}

impl<T> OnceLock<T> {
    pub(crate) fn new() -> Self {
        Self { held: std::sync::OnceLock::new(), seen: AtomicBool::new(false) }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        if self.seen.load(Ordering::Acquire) { self.held.get() } else { None }
    }

    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(held) = self.get() {
            return held;
        }
        let held = self.held.get_or_init(make);
        self.seen.store(true, Ordering::Release);
        held
    }
}
