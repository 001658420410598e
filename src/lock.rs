//! The crate's mutex.
//!
//! With the feature `testing` it can be forbidden: [`without_locks`] panics when the code it runs takes one, so that a
//! test shows that reads take none.

#[cfg(not(feature = "testing"))]
pub(crate) use parking_lot::Mutex;
#[cfg(feature = "testing")]
pub(crate) use watched::Mutex;
#[cfg(feature = "testing")]
pub use watched::without_locks;

#[cfg(feature = "testing")]
mod watched {
    use std::cell::Cell;

    use parking_lot::MutexGuard;

    thread_local! {
        static FORBIDDEN: Cell<bool> = const { Cell::new(false) };
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
            self.0.lock()
        }

        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            assert!(!FORBIDDEN.get(), "a lock was taken where none may be");
            self.0.try_lock()
        }
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
