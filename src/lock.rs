//! The crate's mutex.
//!
//! With the feature `testing` it can be forbidden: [`without_locks`] panics when the code it runs takes one, so that a
//! test shows that reads take none. And a model can have its say before each lock: [`before_each_lock`].

#[cfg(not(feature = "testing"))]
pub(crate) use parking_lot::Mutex;
#[cfg(feature = "testing")]
pub(crate) use watched::Mutex;
#[cfg(feature = "testing")]
pub use watched::{before_each_lock, without_locks};

#[cfg(feature = "testing")]
mod watched {
    use std::cell::Cell;

    use parking_lot::MutexGuard;

    thread_local! {
        static FORBIDDEN: Cell<bool> = const { Cell::new(false) };
        static BEFORE: Cell<Option<fn()>> = const { Cell::new(None) };
    }

    /// A mutex that panics where locks are forbidden.
    #[derive(Debug, Default)]
    pub(crate) struct Mutex<T: ?Sized>(parking_lot::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(parking_lot::Mutex::new(value))
        }
    }

    impl<T: ?Sized> Mutex<T> {
        /// What it guards, without a lock: nobody else has it.
        pub(crate) fn get_mut(&mut self) -> &mut T {
            self.0.get_mut()
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            assert!(!FORBIDDEN.get(), "a lock was taken where none may be");
            if let Some(step) = BEFORE.get() {
                step();
                while self.0.is_locked() {
                    step();
                }
            }
            self.0.lock()
        }

        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            assert!(!FORBIDDEN.get(), "a lock was taken where none may be");
            self.0.try_lock()
        }
    }

    /// Has this thread call `step` before it takes a lock, and again for as long as another one has it: a model whose
    /// tasks share a thread goes on with another task there. `None` ends it.
    pub fn before_each_lock(step: Option<fn()>) {
        BEFORE.set(step);
    }

    /// Runs `read` on this thread with every lock of the crate forbidden.
    ///
    /// # Panics
    /// When `read` takes a lock.
    pub fn without_locks<T>(read: impl FnOnce() -> T) -> T {
        struct Allow(bool);
        impl Drop for Allow {
            fn drop(&mut self) {
                FORBIDDEN.set(self.0);
            }
        }
        let _allow = Allow(FORBIDDEN.replace(true));
        read()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_forbidden_lock_panics_and_is_allowed_again_afterwards() {
            let mutex = Mutex::new(1);
            let took =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| without_locks(|| *mutex.lock())));
            assert!(took.is_err());
            assert_eq!(*mutex.lock(), 1);
        }
    }
}
