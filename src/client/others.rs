//! A guard that follows what other processes write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::core::Core;
#[cfg(all(feature = "ffi", target_arch = "wasm32"))]
use super::core::STORE_WAIT;

/// A look at what others have written, from when it is asked for until it begins, or is given up.
struct Looking(Arc<AtomicBool>);

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Core {
    /// Has memory follow what other processes write, where the store tells of that: not one look for each write, but one
    /// after the last.
    pub(crate) fn follow_others(self: &Arc<Self>) {
        let (core, looking) = (Arc::downgrade(self), Arc::new(AtomicBool::new(false)));
        let following = Arc::clone(&self.following);
        self.store.inner().on_foreign_write(Box::new(move || {
            if looking.swap(true, Ordering::AcqRel) {
                return;
            }
            let looked = Looking(Arc::clone(&looking));
            // Locked first, and so let go of after the core.
            let following = following.lock();
            if !*following {
                return;
            }
            let Some(core) = core.upgrade() else { return };
            let (work, _) = core.work(move |_| {
                // What is written from here on needs another look.
                looked.0.store(false, Ordering::Release);
                Ok(())
            });
            core.store.look(work);
        }));
    }

    /// Ends that, and waits for a look that is being asked for: the thread of the store would else have the last handle of
    /// the store, and nobody would wait until that thread has written what it was given.
    pub(super) fn unfollow(&self) {
        *self.following.lock() = false;
    }

    /// Follows what others have written, and writes nothing.
    #[cfg(all(feature = "ffi", target_arch = "wasm32"))]
    pub(crate) async fn look(&self) {
        let (work, _) = self.work(|_| Ok(()));
        self.store.run(work.reading_only(), self.clock.sleep(STORE_WAIT)).await;
        self.settle();
    }
}
